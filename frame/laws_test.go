package frame_test

import (
	"bytes"
	"slices"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/wire"
	"pgregory.net/rapid"
)

// The laws of Parse. Each holds for any bytes, so each is put to testgen.Inputs
// beside the frames and faults of which the answer is known.

// Law 1: err == nil: b[:n] is the frame. Appending bytes to b changes nothing.
func TestLaw1Legal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		model := testgen.Frames().Draw(t, "frame")
		b := model.Bytes()
		same(t, model.Report(), mustParse(t, b))

		f := new(frame.Frame)
		longer := append(slices.Clone(b), testgen.Tails().Draw(t, "tail")...)
		if n, err := f.Parse(longer); err != nil || n != len(b) {
			t.Fatalf("with bytes behind it: Parse = %d, %v; want %d, nil", n, err, len(b))
		}
		same(t, model.Report(), f)
	})
}

// Law 1 for input that happens to be legal: the frame alone, and what the
// caller keeps behind it, give the same.
func TestLaw1AnyInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := testgen.Inputs().Draw(t, "input")
		f := new(frame.Frame)
		n, err := f.Parse(b)
		if err != nil {
			return
		}
		if n != f.Size() || n > len(b) {
			t.Fatalf("n = %d, Size() = %d, len(b) = %d", n, f.Size(), len(b))
		}
		same(t, report(f), mustParse(t, b[:n]))
	})
}

// Law 2: err == ErrShort: b is a proper prefix of a legal frame; n > len(b) is
// how many bytes to come back with: exact once 4 bytes are there, never
// decreasing.
func TestLaw2Short(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := testgen.Frames().Draw(t, "frame").Bytes()
		last := 0
		for i := range cuts(len(b)) {
			n, err := new(frame.Frame).Parse(b[:i])
			switch {
			case err != wire.ErrShort:
				t.Fatalf("%d of %d bytes: Parse = %d, %v; want ErrShort", i, len(b), n, err)
			case n <= i || n < last:
				t.Fatalf("%d of %d bytes: n = %d, before that %d", i, len(b), n, last)
			case n > len(b), i >= 4 && n != len(b):
				t.Fatalf("%d of %d bytes: n = %d", i, len(b), n)
			}
			last = n
		}
	})
}

// Law 2 for any input: n is more than is there, and never decreases.
func TestLaw2AnyInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := testgen.Inputs().Draw(t, "input")
		last := 0
		for i := range cuts(len(b) + 1) {
			n, err := new(frame.Frame).Parse(b[:i])
			if err != wire.ErrShort {
				break
			}
			if n <= i || n < last {
				t.Fatalf("%d bytes: n = %d, before that %d", i, n, last)
			}
			last = n
		}
	})
}

// Law 3: any other code: illegal. n is the offset of the first field that makes
// it so, and no further input changes code or offset.
func TestLaw3Illegal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fault := testgen.Faults().Draw(t, "fault")
		n, err := new(frame.Frame).Parse(fault.In)
		if err != fault.Code || n != fault.At {
			t.Fatalf("Parse = %d, %v; want %d, %v", n, err, fault.At, fault.Code)
		}
		if n, err := new(frame.Frame).Parse(fault.In[:fault.Due]); err != fault.Code || n != fault.At {
			t.Fatalf("%d bytes are enough to see it: Parse = %d, %v; want %d, %v", fault.Due, n, err, fault.At, fault.Code)
		}
		if n, err := new(frame.Frame).Parse(fault.In[:fault.Due-1]); err != wire.ErrShort {
			t.Fatalf("%d bytes are not enough to see it: Parse = %d, %v", fault.Due-1, n, err)
		}
		stays(t, fault.In, &frame.Limits{})
	})
}

// Law 3 for any input.
func TestLaw3AnyInput(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lim := testLimits(t)
		b := testgen.Inputs().Draw(t, "input")
		stays(t, b, &lim)
		stays(t, b, &frame.Limits{})
	})
}

// Law 3 at the edge of each limit, where an answer is most easily one of two.
func testLimits(t *rapid.T) frame.Limits {
	small := func(name string, most int) int { return rapid.IntRange(0, most).Draw(t, name) }
	return frame.Limits{
		MaxHeader: small("header", 60), MaxPayload: small("payload", 60), MaxPairs: small("pairs", 5),
		Strict: rapid.Bool().Draw(t, "strict"), UnknownTypes: rapid.Bool().Draw(t, "unknown types"),
	}
}

// stays checks what law 3 says of illegal b: every prefix and every longer
// input gives ErrShort or the same code and offset, and what stands before the
// fault is not illegal by itself, unless it leaves no room for the field at n.
func stays(t fataler, b []byte, lim *frame.Limits) {
	t.Helper()
	f := new(frame.Frame)
	at, code := parse(t, f, b, lim)
	if code == nil || code == wire.ErrShort {
		return
	}
	if at < 0 || at > len(b) {
		t.Fatalf("%v at %d of %d bytes", code, at, len(b))
	}
	found := false
	for i := range cuts(len(b)) {
		n, err := parse(t, f, b[:i], lim)
		if found = found || err != wire.ErrShort; found && (n != at || err != code) {
			t.Fatalf("%d of %d bytes: Parse = %d, %v; the whole: %d, %v", i, len(b), n, err, at, code)
		}
	}
	if n, err := parse(t, f, b[:at], lim); err != wire.ErrShort && !runsOver(code) {
		t.Fatalf("%v at %d, but what stands before it gives %d, %v", code, at, n, err)
	}
	if n, err := parse(t, f, b[:max(at-1, 0)], lim); err != wire.ErrShort {
		t.Fatalf("%v at %d, but what stands before it gives %d, %v", code, at, n, err)
	}
	longer := append(slices.Clone(b), "\x00\x10\xff garbage"...)
	if n, err := parse(t, f, longer, lim); n != at || err != code {
		t.Fatalf("with bytes behind it: Parse = %d, %v; without: %d, %v", n, err, at, code)
	}
}

// runsOver reports whether code may mean a field for which there is no room,
// known before its first byte (rule 1.3).
func runsOver(code error) bool {
	switch code {
	case wire.ErrStrCount, wire.ErrIntCount, wire.ErrStrPair, wire.ErrIntPair, wire.ErrToken, wire.ErrPairLimit:
		return true
	}
	return false
}

// Law 4: it never panics, allocates or writes to b, and what it hands out
// aliases b, capped at its own length.
func TestLaw4NoTrace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := testgen.Inputs().Draw(t, "input")
		before := slices.Clone(b)
		f := new(frame.Frame)
		n, err := f.Parse(b)
		if a := testing.AllocsPerRun(1, func() { f.Parse(b) }); a != 0 {
			t.Fatalf("%v allocs", a)
		}
		if !bytes.Equal(b, before) {
			t.Fatalf("Parse wrote to its input")
		}
		if err != nil {
			return
		}
		for _, v := range windows(f) {
			if cap(v) != len(v) {
				t.Fatalf("a window of %d bytes can grow to %d", len(v), cap(v))
			}
			if len(v) > 0 && !inside(b[:n], v) {
				t.Fatalf("a window of %d bytes is not one on the frame", len(v))
			}
		}
	})
}

// windows are all the slices that a frame hands out.
func windows(f *frame.Frame) [][]byte {
	all := [][]byte{f.Payload, f.Method(), f.Header.Bytes(), f.Header.Transforms()}
	for k, v := range f.Header.Ints() {
		last, _ := f.Header.Int(k)
		all = append(all, v, last)
	}
	for k, v := range f.Header.Strs() {
		last, _ := f.Header.Str(string(k))
		all = append(all, k, v, last)
	}
	token, _ := f.Header.Token()
	return append(all, token)
}

// inside reports whether v is part of b's memory.
func inside(b, v []byte) bool {
	start := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	at := uintptr(unsafe.Pointer(unsafe.SliceData(v)))
	return start <= at && at+uintptr(len(v)) <= start+uintptr(len(b))
}

// Law 4: the cost does not depend on the payload, which is not even looked at:
// all but its size is known without it.
func TestLaw4PayloadUnread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		model := testgen.Frames().Draw(t, "frame")
		b := model.Bytes()
		f := new(frame.Frame)
		f.Payload = b
		n, payload, err := f.ParseHeader(b[:len(b)-len(model.Payload)])
		if err != nil || n+payload != len(b) || payload != len(model.Payload) || f.Payload != nil {
			t.Fatalf("ParseHeader = %d, %d, %v, Payload %d bytes; want %d, %d, nil, none",
				n, payload, err, len(f.Payload), len(b)-len(model.Payload), len(model.Payload))
		}
		want := model.Report()
		want.Payload = ""
		same(t, want, f)
	})
}

// ParseHeader says of any input what Parse says of it, but does not ask for the
// payload.
func TestParseHeaderAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lim := frame.Limits{UnknownTypes: rapid.Bool().Draw(t, "unknown types")}
		headerAgrees(t, testgen.Inputs().Draw(t, "input"), &lim)
	})
}

// headerAgrees checks it for every prefix of b.
func headerAgrees(t fataler, b []byte, lim *frame.Limits) {
	t.Helper()
	last := 0
	for i := range cuts(len(b) + 1) {
		var whole, head frame.Frame
		n, err := whole.ParseWithin(b[:i], lim)
		m, payload, headErr := head.ParseHeaderWithin(b[:i], lim)
		switch {
		case headErr == wire.ErrShort:
			if err != wire.ErrShort || m <= i || m < last || m > n || payload != 0 {
				t.Fatalf("%d bytes: ParseHeader = %d, %d, ErrShort; Parse = %d, %v", i, m, payload, n, err)
			}
			last = m
		case headErr != nil:
			if err != headErr || m != n || payload != 0 {
				t.Fatalf("%d bytes: ParseHeader = %d, %d, %v; Parse = %d, %v", i, m, payload, headErr, n, err)
			}
		case err != nil && err != wire.ErrShort || m+payload != n || m > i || m < last:
			t.Fatalf("%d bytes: ParseHeader = %d, %d, nil; Parse = %d, %v", i, m, payload, n, err)
		}
	}
}

// ParseHeader asks for the fixed part first, then for the header info too, and
// for nothing of the payload.
func TestParseHeaderShort(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		model := testgen.Frames().Draw(t, "frame")
		b := model.Bytes()
		end := len(b) - len(model.Payload)
		for i := range cuts(end) {
			want := frame.FixedSize
			if i >= frame.FixedSize {
				want = end
			}
			if n, _, err := new(frame.Frame).ParseHeader(b[:i]); n != want || err != wire.ErrShort {
				t.Fatalf("%d bytes: ParseHeader = %d, %v; want %d, ErrShort", i, n, err, want)
			}
		}
	})
}

// Law 5: what Parse accepts, AppendTo writes again, byte for byte.
func TestLaw5AppendTo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := testgen.Inputs().Draw(t, "input")
		f := new(frame.Frame)
		n, err := f.Parse(b)
		if err != nil {
			return
		}
		out, err := f.AppendTo(nil)
		if err != nil || !bytes.Equal(out, b[:n]) {
			t.Fatalf("AppendTo = % x, %v\nwant % x", out, err, b[:n])
		}
	})
}

// Law 5: building a frame anew from its parts gives an equal frame, and always
// the same bytes: no padding but at the end, no block more than needed. E6 is the one exception: a header frame
// without a method is legal to receive and refused to send.
func TestLaw5Builder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		model := testgen.Frames().Draw(t, "frame")
		out, err := rebuild(nil, model)
		if model.Type == '2' && model.Report().Method.Value == "" {
			if err != wire.ErrNoMethod || out != nil {
				t.Fatalf("Finish = %d bytes, %v; want none, ErrNoMethod", len(out), err)
			}
			return
		}
		if err != nil {
			t.Fatalf("Finish: %v", err)
		}
		if diff := cmp.Diff(model.Canonical().Bytes(), out); diff != "" {
			t.Fatalf("not canonical (-want +got):\n%s", diff)
		}
		same(t, model.Report(), mustParse(t, out))
	})
}

// rebuild builds a model's frame with a Builder, in wire order.
func rebuild(dst []byte, model testgen.Frame) ([]byte, error) {
	b := frame.Begin(dst, frame.Type(model.Type-'0'), model.Stream, header.Protocol(model.Protocol))
	b.Flags(frame.Flags(model.Flags))
	b.Transforms([]byte(model.Transforms))
	for _, block := range model.Blocks {
		for _, p := range block.Pairs {
			addPair(&b, block.ID, p)
		}
	}
	return b.Finish([]byte(model.Payload))
}

// addPair adds a pair in one of the two ways to give it.
func addPair(b *frame.Builder, id byte, p testgen.Pair) {
	asBytes := len(p.Value)%2 == 0
	switch {
	case id == testgen.Ints && asBytes:
		b.IntBytes(header.Key(p.Int), []byte(p.Value))
	case id == testgen.Ints:
		b.Int(header.Key(p.Int), p.Value)
	case id == testgen.Strs && asBytes:
		b.StrBytes([]byte(p.Key), []byte(p.Value))
	case id == testgen.Strs:
		b.Str(p.Key, p.Value)
	case asBytes:
		b.TokenBytes([]byte(p.Value))
	default:
		b.Token(p.Value)
	}
}

// A clone reports the same and shares no memory with the input.
func TestCloneIsIndependent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		model := testgen.Frames().Draw(t, "frame")
		b := model.Bytes()
		c := mustParse(t, b).Clone()
		for i := range b {
			b[i] ^= 0xFF
		}
		same(t, model.Report(), &c)
		for _, v := range windows(&c) {
			if len(v) > 0 && inside(b, v) {
				t.Fatalf("a clone's window of %d bytes is on the input", len(v))
			}
		}
	})
}
