package codec

import (
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

// A BufioxSource is what a BufioxReader needs of the bufiox.Reader that
// CloudWeGo transports hold (github.com/cloudwego/gopkg/bufiox).
type BufioxSource interface {
	// Peek gives the next n bytes without moving on, valid until Release.
	Peek(n int) ([]byte, error)
	// Skip moves on by n bytes.
	Skip(n int) error
	// Release ends the validity of all that was given.
	Release(err error) error
}

// A BufioxReader is a Reader whose buffer is the transport's own. It has the
// laws of Reader, and frames are views of that buffer, valid until the next
// call of Next, which alone calls Release.
type BufioxReader struct {
	f   frame.Frame
	lim frame.Limits
	src BufioxSource
	off int64
	err error
}

// NewBufioxReader makes a BufioxReader of src that accepts frames within lim;
// the zero Limits has every default on.
func NewBufioxReader(src BufioxSource, lim frame.Limits) *BufioxReader {
	return &BufioxReader{lim: lim, src: src}
}

// Next gives the next frame. The frame and all that it hands out are valid
// until the next call.
func (r *BufioxReader) Next() (*frame.Frame, error) { return nil, wire.ErrShort }

// Offset is where the Reader stands, in bytes from the start of the input.
func (r *BufioxReader) Offset() int64 { return r.off }
