package codec_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/cloudwego/gopkg/bufiox"
	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
)

// A source or sink may panic, and its caller may go on: then nothing is lost and
// nothing comes twice.

var errPanic = errors.New("from the connection")

// panics delivers bytes in pieces, and panics once at a place.
type panics struct {
	r    bytes.Reader
	left int // bytes until it panics
}

func (p *panics) Read(b []byte) (int, error) {
	if p.left == 0 {
		p.left = -1
		panic(errPanic)
	}
	if p.left > 0 {
		b = b[:min(len(b), p.left)]
	}
	n, err := p.r.Read(b)
	if p.left > 0 {
		p.left -= n
	}
	return n, err
}

// recovered calls next until it does not panic.
func recovered(next func() (*frame.Frame, error)) (f *frame.Frame, err error) {
	for again := true; again; {
		func() {
			defer func() { again = recover() != nil }()
			f, err = next()
		}()
	}
	return f, err
}

func TestReaderAfterPanic(t *testing.T) {
	b := several(10, 3000, 5, 70)
	want := expect(b, frame.Limits{}, io.EOF)
	for at := 1; at < len(b); at += 7 {
		for _, size := range []int{512, codec.DefaultBufferSize} {
			src := &panics{left: at}
			src.r.Reset(b)
			r := codec.NewReaderSize(src, frame.Limits{}, size)
			for i, frames := 0, want.Frames; ; i++ {
				f, err := recovered(r.Next)
				if err != nil {
					if err != io.EOF || i != len(frames) {
						t.Fatalf("panic at %d, size %d: %d frames, then %v", at, size, i, err)
					}
					break
				}
				if told(f) != frames[i] {
					t.Fatalf("panic at %d, size %d: frame %d is %s, want %s", at, size, i, told(f), frames[i])
				}
			}
		}
	}
}

// peeks is a bufiox.Reader that panics in one of its calls.
type peeks struct {
	bufiox.Reader
	calls, at int
}

func (p *peeks) maybe() {
	if p.calls++; p.calls == p.at {
		panic(errPanic)
	}
}

func (p *peeks) Peek(n int) ([]byte, error) { p.maybe(); return p.Reader.Peek(n) }
func (p *peeks) Skip(n int) error           { err := p.Reader.Skip(n); p.maybe(); return err }
func (p *peeks) Release(e error) error      { err := p.Reader.Release(e); p.maybe(); return err }

func TestBufioxReaderAfterPanic(t *testing.T) {
	b := several(10, 3000, 5, 70, 5000, 0)
	want := expect(b, frame.Limits{}, io.EOF).Frames
	for at := 1; at < 30; at++ {
		r := codec.NewBufioxReader(&peeks{Reader: bufiox.NewBytesReader(b), at: at}, frame.Limits{})
		for i := 0; ; i++ {
			f, err := recovered(r.Next)
			if err != nil {
				if !errors.Is(err, io.EOF) || i != len(want) {
					t.Fatalf("panic in call %d: %d frames, then %v", at, i, err)
				}
				break
			}
			if told(f) != want[i] {
				t.Fatalf("panic in call %d: frame %d is %s, want %s", at, i, told(f), want[i])
			}
		}
	}
}

// halfSink takes half of the first write, and panics.
type halfSink struct {
	bytes.Buffer
	calls int
}

func (s *halfSink) Write(b []byte) (int, error) {
	if s.calls++; s.calls == 1 {
		s.Buffer.Write(b[:len(b)/2])
		panic(errPanic)
	}
	return s.Buffer.Write(b)
}

// What a write that panicked has written is not known, so nothing follows it.
func TestWriterAfterPanic(t *testing.T) {
	dst := new(halfSink)
	w := codec.NewWriter(dst, frame.Limits{})
	if err := w.Commit(append(w.Buffer(), small(1, 10)...), nil); err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is gone")
			}
		}()
		w.Flush()
	}()
	half := dst.Len()
	first := w.Flush()
	if again := w.Commit(append(w.Buffer(), small(1, 10)...), nil); first == nil || again != first || w.Flush() != first {
		t.Errorf("Flush gives %v, Commit %v", first, again)
	}
	if dst.Len() != half || dst.calls != 1 {
		t.Errorf("%d bytes written in %d calls, want %d in 1", dst.Len(), dst.calls, half)
	}
}
