package codec_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"sync"
	"testing"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
)

// E11: many goroutines write frames of all sizes, from one shared template and
// payload, some of which are refused. Each goroutine's frames come out whole and
// in its order, without a Flush by anybody.
func TestE11SharedWriter(t *testing.T) {
	const goroutines, each = 8, 300
	near, far := net.Pipe()
	s := codec.NewSharedWriter(codec.NewWriterSize(near, frame.Limits{}, 2000))
	go func() {
		var all sync.WaitGroup
		for g := range goroutines {
			all.Go(func() { send(t, s, int32(g+1), each) })
		}
		all.Wait()
		near.Close()
	}()
	r, seen := codec.NewReader(far, frame.Limits{}), map[int32]uint32{}
	for {
		f, err := r.Next()
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if n := binary.BigEndian.Uint32(f.Payload); n != seen[f.StreamID] {
			t.Fatalf("stream %d: frame %d, want %d", f.StreamID, n, seen[f.StreamID])
		}
		seen[f.StreamID]++
	}
	for g := range goroutines {
		if n := seen[int32(g+1)]; n != each {
			t.Errorf("stream %d: %d frames, want %d", g+1, n, each)
		}
	}
}

// send writes numbered frames, every tenth of them large, and between them some
// that are refused.
func send(t *testing.T, s *codec.SharedWriter, stream int32, n int) {
	tmpl, err := frame.NewTemplate(stream, "Bidi", header.ThriftStruct)
	if err != nil {
		t.Error(err)
		return
	}
	payload := make([]byte, codec.CopyMax+100)
	for i := range n {
		binary.BigEndian.PutUint32(payload, uint32(i))
		err := s.Do(func(w *codec.Writer) error {
			if i%10 == 9 {
				return w.WriteData(&tmpl, payload)
			}
			return w.WriteData(&tmpl, payload[:4+i%50])
		})
		if err != nil {
			t.Error(err)
		}
		if err := s.Do(refused); err != wire.ErrNoMethod {
			t.Error(err)
		}
	}
}

func refused(w *codec.Writer) error {
	b := frame.Begin(w.Buffer(), frame.Header, 1, header.ThriftStruct)
	return w.Commit(b.Finish(nil))
}

// A frame that is alone is written before Do returns.
func TestSharedWriterAlone(t *testing.T) {
	var out writes
	s := codec.NewSharedWriter(codec.NewWriter(&out, frame.Limits{}))
	for i := range 3 {
		if err := s.Do(oneFrame); err != nil || len(out) != i+1 {
			t.Fatalf("%v, %d writes", err, len(out))
		}
	}
}

func oneFrame(w *codec.Writer) error { return w.WriteData(template(), nil) }

// What is committed while others wait shares a write. Whether they wait yet
// cannot be seen from here, so it is tried a few times.
func TestSharedWriterGroups(t *testing.T) {
	const frames = 6
	for range 1000 {
		var out writes
		var others sync.WaitGroup
		s := codec.NewSharedWriter(codec.NewWriter(&out, frame.Limits{}))
		s.Do(func(w *codec.Writer) error {
			for range frames - 1 {
				others.Go(func() { s.Do(oneFrame) })
			}
			runtime.Gosched()
			return oneFrame(w)
		})
		others.Wait()
		if n := total(out); n != frames*34 {
			t.Fatalf("%d bytes written, want %d", n, frames*34)
		}
		if len(out) < frames {
			return
		}
	}
	t.Error("each frame has a write of its own")
}

func total(w writes) int { return len(bytes.Join(w, nil)) }

// E8: the goroutine that writes gets the error, and everybody after it.
func TestE8SharedWriter(t *testing.T) {
	s := codec.NewSharedWriter(codec.NewWriter(writerFunc(func(p []byte) (int, error) { return 0, errBroken }), frame.Limits{}))
	for range 3 {
		if err := s.Do(oneFrame); err != errBroken {
			t.Error(err)
		}
	}
	if err := s.Flush(); err != errBroken {
		t.Error(err)
	}
	own := errors.New("own")
	if err := s.Do(func(*codec.Writer) error { return own }); err != own {
		t.Errorf("%v, want f's own error", err)
	}
}

// What f has committed before it panics is written, and nobody is locked out.
func TestSharedWriterPanic(t *testing.T) {
	var out writes
	s := codec.NewSharedWriter(codec.NewWriter(&out, frame.Limits{}))
	func() {
		defer func() {
			if fmt.Sprint(recover()) != "oh" {
				t.Error("the panic is lost")
			}
		}()
		s.Do(func(w *codec.Writer) error {
			w.WriteData(template(), nil)
			panic("oh")
		})
	}()
	if err := s.Flush(); err != nil || total(out) != 34 {
		t.Errorf("%v, %d bytes", err, total(out))
	}
}
