package fuzz

import (
	"io"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/fuzz/internal/script"
	"github.com/ttwire/ttwire/wire"
)

// Feeder: what Reader asserts, of a codec.Feeder that is fed in pieces, each of
// which is overwritten as soon as it is the caller's again.
func Feeder(t T, in []byte) {
	s := script.NewReader(in).Stream()
	drains(t, &fed{d: codec.NewFeeder(s.Limits), src: &pieces{s: &s}, t: t}, looped(&s))
	const fixed = 4*codec.DefaultBufferSize + 4096
	buf := make([]byte, 1<<16)
	read := func(in []byte) {
		s := onlyBytes(s, in)
		r := fed{d: codec.NewFeeder(s.Limits), src: &pieces{s: &s}, t: t, buf: buf}
		for _, err := r.Next(); err == nil; _, err = r.Next() {
		}
	}
	allocates(t, s.Bytes, 2, fixed, func() { read(s.Bytes) })
	linear(t, s.Bytes, read)
}

// fed drives a Feeder as an event loop does.
type fed struct {
	d     *codec.Feeder
	src   *pieces
	buf   []byte
	piece []byte
	sum   int64 // bytes fed
	end   error // of the source
	err   error // of the stream, once it is known
	t     T
}

func (f *fed) Offset() int64 { return f.d.Offset() }

func (f *fed) Next() (*frame.Frame, error) {
	for f.err == nil {
		fr, err := f.d.Next()
		if sum := f.d.Offset() + int64(f.d.Buffered()); sum != f.sum {
			f.t.Fatalf("Offset %d and Buffered %d are not the %d fed", f.d.Offset(), f.d.Buffered(), f.sum)
		}
		if f.d.InFrame() != (f.d.Buffered() > 0) {
			f.t.Fatalf("InFrame is %v with %d bytes buffered", f.d.InFrame(), f.d.Buffered())
		}
		if err != nil {
			f.overwrite()
		}
		if err != wire.ErrShort {
			return fr, err
		}
		if f.end != nil {
			f.err = f.finish()
			break
		}
		f.feed()
	}
	return nil, f.err
}

// overwrite puts frames where the piece was, which is the caller's again.
func (f *fed) overwrite() {
	for b := f.piece; len(b) > 0; {
		b = b[copy(b, aFrame):]
	}
}

// aFrame is a data frame.
var aFrame = []byte("\x00\x00\x00\x1e\x10\x00\x00\x02\x00\x00\x00\x01\x00\x05\x10\x00\x10\x00\x02\x00\x1b\x00\x013\x00\x09\x00\x04Bidi\x00\x00")

// feed hands in the next piece.
func (f *fed) feed() {
	if f.buf == nil {
		f.buf = make([]byte, 1<<16)
	}
	var n int
	n, f.end = f.src.Read(f.buf)
	f.piece = f.buf[:n]
	f.sum += int64(n)
	f.d.Feed(f.piece)
}

// finish is what an event loop makes of the connection's end.
func (f *fed) finish() error {
	err := f.d.End()
	if _, cut := err.(*codec.TruncatedError); err == nil || cut && f.end != io.EOF {
		return f.end
	}
	return err
}
