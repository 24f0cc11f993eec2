package codec

import (
	"io"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

// DefaultBufferSize is how many bytes a Reader asks for at once, unless told
// otherwise: enough that frames of a few hundred bytes cost a small part of a
// system call each.
const DefaultBufferSize = 64 << 10

// A Reader cuts the bytes of an io.Reader into frames.
//
// Its laws, whatever pieces the bytes come in:
//
//   - The frames and errors are the same, and the work is linear in the bytes.
//   - io.EOF is returned between frames only. Where the input ends inside one,
//     the error is a *TruncatedError; where a frame is illegal, a *wire.Error,
//     once what makes it so has come, within 8 bytes for foreign ones. Other
//     errors of the io.Reader are returned as they are, once all that came
//     before is used up; one that returns nothing over and over gets
//     io.ErrNoProgress.
//   - After an error every call returns the same one, and nothing is read.
//   - Memory is bounded by what has come, not by what a length field says: while
//     n bytes of a frame come, at most 2n and 6 times the buffer size is
//     allocated; 3n for one with more header info than a buffer that was made
//     smaller than DefaultBufferSize holds.
//
// The buffer starts at 512 bytes and grows while reads fill it, so that 10,000
// connections that never finish a header hold 10,000 times that. It grows over
// its size for a frame that does not fit, and shrinks again after 16 reads
// without such a frame; NextHeader and ReadPayload do without.
//
// A Reader must not be used by several goroutines at once.
type Reader struct {
	f     frame.Frame
	lim   frame.Limits
	plain bool // lim is the default
	buf   readBuffer
	off   int64 // of the first byte in the buffer, in bytes from the start of the input
	left  int   // of the payload behind the last header that NextHeader gave
	open  opened
	err   error // what every call returns from now on
}

// opened is the frame that NextHeader has given, for error texts.
type opened struct {
	start int64
	size  int
	info  int
}

// NewReader makes a Reader of src that accepts frames within lim; the zero
// Limits has every default on.
func NewReader(src io.Reader, lim frame.Limits) *Reader {
	return NewReaderSize(src, lim, DefaultBufferSize)
}

// NewReaderSize is NewReader with a buffer of size bytes, of 512 at least. A
// larger one pays where most frames are larger than a few KiB.
func NewReaderSize(src io.Reader, lim frame.Limits, size int) *Reader {
	return &Reader{lim: lim, plain: lim == frame.Limits{}, buf: readBuffer{src: src, size: max(size, firstSize)}}
}

// Next gives the next frame. The frame and all that it hands out are valid
// until the next call of any method that reads.
func (r *Reader) Next() (*frame.Frame, error) {
	if r.plain && r.left == 0 {
		if n, err := r.f.Parse(r.buf.bytes()); err == nil {
			r.take(n)
			return &r.f, nil
		}
	}
	return r.next()
}

// next is Next where something must be read or skipped, or has failed, or where
// the limits are not the default ones. (These Parse knows beforehand, which is 5%
// of what a small frame costs.)
func (r *Reader) next() (*frame.Frame, error) {
	if err := r.skip(); err != nil {
		return nil, err
	}
	for {
		n, err := r.f.ParseWithin(r.buf.bytes(), &r.lim)
		if err == nil {
			r.take(n)
			return &r.f, nil
		}
		if err = r.more(n, err); err != nil {
			return nil, err
		}
	}
}

// NextHeader gives the next frame without its payload, of which payload bytes
// follow. The payload can be read with ReadPayload or Payload; what is left of
// it is skipped by the next call of Next or NextHeader. Until then the frame is
// valid; its Payload is nil, which the caller may set.
//
// A payload within the limits may still be larger than what the caller wants to
// hold: LENGTH has been checked, but nothing has been allocated for it.
func (r *Reader) NextHeader() (f *frame.Frame, payload int, err error) {
	if err := r.skip(); err != nil {
		return nil, 0, err
	}
	for {
		n, payload, err := r.f.ParseHeaderWithin(r.buf.bytes(), &r.lim)
		if err == nil {
			r.open = opened{start: r.off, size: n + payload, info: n - frame.FixedSize}
			r.take(n)
			r.left = payload
			return &r.f, payload, nil
		}
		if err = r.more(n, err); err != nil {
			return nil, 0, err
		}
	}
}

// take moves over n bytes that have been given to the caller.
func (r *Reader) take(n int) {
	r.buf.r += n
	r.off += int64(n)
}

// more reads on after a parse that has failed with n and err, or makes the
// Reader fail.
func (r *Reader) more(n int, err error) error {
	switch {
	case err != wire.ErrShort:
		r.err = illegal(r.off, n, err)
	case r.buf.end != nil:
		r.err = atEnd(r.off, r.buf.bytes(), r.buf.pile.n, r.buf.end)
	default:
		r.buf.fill(wait(r.buf.bytes(), n))
	}
	return r.err
}

// Offset is where the Reader stands, in bytes from the start of the input:
// behind what it has given, and after an illegal frame at the start of that.
func (r *Reader) Offset() int64 { return r.off }

// Buffered is how many bytes have been read and not given yet. Offset and
// Buffered together are what src has delivered.
func (r *Reader) Buffered() int { return r.buf.len() }

// InFrame reports whether a frame has begun that has not been given whole.
//
// It is for timing frames: a src that sets a deadline in its Read asks there,
// and allows an idle connection more time than one that is inside a frame. (At
// other times whole frames may wait in the buffer; they count as begun.)
func (r *Reader) InFrame() bool { return r.left > 0 || r.Buffered() > 0 }
