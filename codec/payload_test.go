package codec_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
	"testing/iotest"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/wire"
	"pgregory.net/rapid"
)

// What is left of a payload is skipped, however much that is and whatever was
// read of it, and the frames behind it are the right ones.
func TestPayloadSkipped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 9), rapid.IntRange(0, 9000)), 1, 8).Draw(t, "payloads")
		src := genPieces(t, several(sizes...))
		src.end = io.EOF
		r := codec.NewReaderSize(src, frame.Limits{}, 512)
		for i, size := range sizes {
			if rapid.Bool().Draw(t, "whole") {
				f, err := r.Next()
				if err != nil || int(f.StreamID) != i+1 || len(f.Payload) != size {
					t.Fatalf("frame %d: Next = %v, %v", i, f, err)
				}
				continue
			}
			f, n, err := r.NextHeader()
			if err != nil || int(f.StreamID) != i+1 || n != size || f.Payload != nil {
				t.Fatalf("frame %d: NextHeader = %v, %d, %v; want payload %d", i, f, n, err, size)
			}
			p := make([]byte, rapid.IntRange(0, size).Draw(t, "read"))
			if n, err := r.ReadPayload(p); n != len(p) || err != nil || string(p) != counting(size)[:n] {
				t.Fatalf("frame %d: ReadPayload of %d = %d, %v", i, len(p), n, err)
			}
			if r.InFrame() != (len(p) < size) && r.Buffered() == 0 {
				t.Fatalf("frame %d: %d of %d read, InFrame = %v", i, len(p), size, r.InFrame())
			}
			if string(f.Method()) != "Bidi" {
				t.Fatalf("frame %d: method %q once the payload is read", i, f.Method())
			}
		}
		if _, err := r.Next(); err != io.EOF {
			t.Fatalf("at the end: %v", err)
		}
	})
}

// A payload that looks like a frame is none.
func TestPayloadIsNoFrame(t *testing.T) {
	inner := small(7, 3)
	f := testgen.Frame{Type: '3', Flags: 2, Stream: 1, Protocol: 0x10, Payload: string(inner) + string(inner),
		Blocks: []testgen.Block{{ID: testgen.Ints, Pairs: []testgen.Pair{{Int: 27, Value: "3"}}}}}
	b := slices.Concat(f.Bytes(), f.Bytes(), small(2, 0))
	r := codec.NewReader(bytes.NewReader(b), frame.Limits{})
	r.NextHeader()
	if _, n, err := r.NextHeader(); n != 2*len(inner) || err != nil {
		t.Fatal(n, err)
	}
	r.ReadPayload(make([]byte, len(inner)))
	if f, err := r.Next(); err != nil || f.StreamID != 2 {
		t.Errorf("%v, %v", f, err)
	}
}

// The payload is read straight into the caller's buffer: src sees it.
func TestPayloadReadStraight(t *testing.T) {
	b := small(1, 200_000)
	dst := make([]byte, 200_000)
	at, straight := 0, 0
	r := codec.NewReader(readerFunc(func(p []byte) (int, error) {
		if at > 0 && &p[len(p)-1] == &dst[len(dst)-1] {
			straight++
		}
		n := copy(p, b[at:])
		at += n
		return n, nil
	}), frame.Limits{})
	if _, n, err := r.NextHeader(); n != len(dst) || err != nil {
		t.Fatal(n, err)
	}
	if n, err := r.ReadPayload(dst); n != len(dst) || err != nil || straight != 1 {
		t.Errorf("ReadPayload = %d, %v, with %d reads into dst", n, err, straight)
	}
	if n, err := r.ReadPayload(dst); n != 0 || err != nil {
		t.Errorf("ReadPayload of nothing more = %d, %v", n, err)
	}
}

// The payload as a stream is a good io.Reader.
func TestPayloadStream(t *testing.T) {
	b := several(3000, 0, 10)
	for _, src := range []io.Reader{bytes.NewReader(b), iotest.OneByteReader(bytes.NewReader(b)), iotest.DataErrReader(bytes.NewReader(b))} {
		r := codec.NewReaderSize(src, frame.Limits{}, 512)
		for _, size := range []int{3000, 0, 10} {
			if _, n, err := r.NextHeader(); n != size || err != nil {
				t.Fatal(n, err)
			}
			if err := iotest.TestReader(r.Payload(), []byte(counting(size))); err != nil {
				t.Error(err)
			}
		}
	}
}

// What begins inside a payload, goes on behind it and looks like a frame is none.
func TestPayloadIsNoStart(t *testing.T) {
	inner := small(2, 3)
	b := append(small(1, 9), inner[1:]...)
	b[len(small(1, 9))-1] = inner[0] // the payload's last byte
	for left := range 10 {
		r := codec.NewReader(bytes.NewReader(b), frame.Limits{})
		r.NextHeader()
		r.ReadPayload(make([]byte, 9-left))
		f, err := r.Next()
		if want := "magic at 4 of the frame at 43"; toldError(err) != want {
			t.Errorf("with %d bytes left: %v, %s; want %s", left, f, toldError(err), want)
		}
	}
}

// F22: the end comes inside a payload that is read, streamed or skipped.
func TestF22PayloadCut(t *testing.T) {
	b := append(several(5), small(2, 5000)[:1034]...)
	for name, read := range map[string]func(r *codec.Reader) error{
		"read": func(r *codec.Reader) error {
			n, err := r.ReadPayload(make([]byte, 5000))
			if n != 1000 {
				t.Errorf("ReadPayload of 1000 bytes that have come = %d, %v", n, err)
			}
			return err
		},
		"stream": func(r *codec.Reader) error {
			n, err := io.Copy(io.Discard, r.Payload())
			if n != 1000 {
				t.Errorf("a stream of 1000 bytes that have come gives %d, %v", n, err)
			}
			return err
		},
		"skip":  func(r *codec.Reader) error { _, err := r.Next(); return err },
		"skip2": func(r *codec.Reader) error { _, _, err := r.NextHeader(); return err },
	} {
		for _, end := range []error{io.EOF, errBroken} {
			r := codec.NewReaderSize(&pieces{b: b, sizes: []int{300}, end: end}, frame.Limits{}, 512)
			r.Next()
			if _, n, err := r.NextHeader(); n != 5000 || err != nil {
				t.Fatal(n, err)
			}
			err, want := read(r), error(errBroken)
			if end == io.EOF {
				want = &codec.TruncatedError{Frame: 39, Have: 1034, Need: 5034, Info: 20}
			}
			if toldError(err) != toldError(want) {
				t.Errorf("%s, %v: %v, want %v", name, end, toldError(err), toldError(want))
			}
			_, again := r.Next()
			_, again2 := r.ReadPayload(make([]byte, 1))
			_, again3 := r.Payload().Read(make([]byte, 1))
			if again != err || again2 != err || again3 != err {
				t.Errorf("%s, %v: then %v, %v, %v", name, end, again, again2, again3)
			}
		}
	}
}

// A payload over the limit is refused before any of it is read (rule 2.6).
func TestPayloadRefusedUnread(t *testing.T) {
	b := small(1, 2000)
	src := &pieces{b: b, sizes: []int{34}, end: io.EOF}
	_, _, err := codec.NewReader(src, frame.Limits{MaxPayload: 1999}).NextHeader()
	if !errors.Is(err, wire.ErrPayloadLimit) || src.given > 34 {
		t.Errorf("%v after %d bytes", err, src.given)
	}
}
