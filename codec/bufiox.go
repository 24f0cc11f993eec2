package codec

import (
	"errors"
	"io"

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

// A BufioxReader cuts what a BufioxSource holds into frames, which are views of
// its buffer. It has the laws of Reader; where src fails while a frame is
// incomplete, Peek must still give the bytes that have come, as
// bufiox.DefaultReader does.
//
// A frame of more than 64 KiB is peeked in steps that double, so that src
// cannot be made to allocate what only a length field says. Release is called
// once 4 KiB have been used, since it may move all that src holds.
type BufioxReader struct {
	f     frame.Frame
	lim   frame.Limits
	src   BufioxSource
	given int // size of the frame that Next has given
	used  int // bytes skipped since the last Release
	off   int64
	err   error
}

const (
	bufioxStep    = 64 << 10 // peeked on the word of LENGTH alone, in bytes
	bufioxRelease = 4 << 10
)

// NewBufioxReader makes a BufioxReader of src that accepts frames within lim;
// the zero Limits has every default on.
func NewBufioxReader(src BufioxSource, lim frame.Limits) *BufioxReader {
	return &BufioxReader{lim: lim, src: src}
}

// Next gives the next frame. The frame and all that it hands out are valid
// until the next call.
func (r *BufioxReader) Next() (*frame.Frame, error) {
	if r.err == nil {
		r.err = r.release()
	}
	for want := sniffSize; r.err == nil; {
		b, err := r.peek(want)
		if err != nil {
			r.err = r.atEnd(want, err)
			break
		}
		n, err := r.f.ParseWithin(b, &r.lim)
		switch err {
		case nil:
			r.given = n
			r.off += int64(n)
			return &r.f, nil
		case wire.ErrShort:
			want = bufioxWait(b, n)
		default:
			r.err = illegal(r.off, n, err)
		}
	}
	return nil, r.err
}

// bufioxWait is wait for a source of which each Peek costs: a small frame is
// peeked whole at once, a large one in steps.
func bufioxWait(b []byte, n int) int {
	if n <= bufioxRelease {
		return n
	}
	return min(wait(b, n), max(bufioxStep, 2*len(b)))
}

// release moves over the frame that Next has given.
func (r *BufioxReader) release() error {
	if r.given == 0 {
		return nil
	}
	n := r.given
	r.given = 0 // first, so that it is not skipped twice if src panics
	if err := r.src.Skip(n); err != nil {
		return err
	}
	if r.used += n; r.used < bufioxRelease {
		return nil
	}
	r.used = 0
	return r.src.Release(nil)
}

// peek gives the next n bytes. bufiox.DefaultReader gives up, without an error,
// after 100 reads for one Peek, even if each has brought something: as long as
// they do, it is asked again.
func (r *BufioxReader) peek(n int) ([]byte, error) {
	for have := -1; ; {
		b, err := r.src.Peek(n)
		if err != nil {
			return nil, err
		}
		if len(b) >= n {
			return b[:n], nil
		}
		now := len(r.rest(n))
		if now <= have {
			return nil, io.ErrNoProgress
		}
		have = now
	}
}

// atEnd is the error where src has failed with err before it had want bytes.
// What has come may be illegal, or says what is truncated.
func (r *BufioxReader) atEnd(want int, err error) error {
	var t interface{ Timeout() bool }
	if err == io.ErrNoProgress || errors.As(err, &t) && t.Timeout() {
		return err // another Peek would wait again
	}
	b := r.rest(want)
	if n, bad := r.f.ParseWithin(b, &r.lim); bad != wire.ErrShort {
		return illegal(r.off, n, bad)
	}
	return atEnd(r.off, b, 0, err)
}

// rest is what has come, where src could not give n bytes. As src does not say
// how much that is, it is searched for.
func (r *BufioxReader) rest(n int) []byte {
	var b []byte
	for len(b)+1 < n {
		mid := (len(b) + n) / 2
		if more, err := r.src.Peek(mid); err == nil && len(more) >= mid {
			b = more[:mid]
		} else {
			n = mid
		}
	}
	return b
}

// Offset is where the Reader stands, in bytes from the start of the input:
// behind what it has given, and after an illegal frame at the start of that.
func (r *BufioxReader) Offset() int64 { return r.off }
