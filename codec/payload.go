package codec

import (
	"errors"
	"io"
)

// ReadPayload fills p with payload bytes of the frame that NextHeader has
// given, or with what is left of them if that is less; n is less than both only
// with an error. What is buffered is copied, the rest is read from src straight
// into p.
func (r *Reader) ReadPayload(p []byte) (n int, err error) {
	p = p[:min(len(p), r.left)]
	for n < len(p) {
		k, err := r.readSome(p[n:])
		if n += k; err != nil {
			return n, err
		}
	}
	return n, nil
}

// Payload gives the payload bytes of the frame that NextHeader has given, or
// what is left of them, as a stream that ends with io.EOF. It reads from src
// what it is asked for and no more, so ask for large pieces. It must not be
// used any more after the next call of Next or NextHeader.
func (r *Reader) Payload() io.Reader { return (*payloadReader)(r) }

// payloadReader is a Reader under the method set of its payload.
type payloadReader Reader

func (p *payloadReader) Read(b []byte) (int, error) {
	r := (*Reader)(p)
	if r.left == 0 {
		return 0, io.EOF
	}
	return r.readSome(b[:min(len(b), r.left)])
}

// readSome reads up to len(p) payload bytes, which are at most those left: from
// the buffer, or else with one read.
func (r *Reader) readSome(p []byte) (int, error) {
	if r.err != nil || len(p) == 0 {
		return 0, r.err
	}
	n := copy(p, r.buf.bytes())
	if r.buf.r += n; n == 0 {
		if n = r.buf.readInto(p); n == 0 {
			return 0, r.cutOff()
		}
	}
	r.off += int64(n)
	r.left -= n
	return n, nil
}

// skip moves over what is left of a payload. It gives what the Reader has
// failed with, if it has.
func (r *Reader) skip() error {
	for r.left > 0 && r.err == nil {
		if n := min(r.left, r.buf.len()); n > 0 {
			r.take(n)
			r.left -= n
			continue
		}
		if r.buf.end != nil {
			return r.cutOff()
		}
		r.buf.fill(1)
	}
	return r.err
}

// cutOff is the error for an input that ends inside a payload.
func (r *Reader) cutOff() error {
	r.err = r.buf.end
	if errors.Is(r.err, io.EOF) {
		o := &r.open
		r.err = &TruncatedError{Frame: o.start, Have: o.size - r.left, Need: o.size, Info: o.info}
	}
	return r.err
}
