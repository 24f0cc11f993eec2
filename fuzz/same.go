package fuzz

import (
	"bytes"
	"slices"
	"strings"
	"unsafe"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
)

// sameFrame asserts that two parsed frames are the same to every accessor.
func sameFrame(t T, f, g *frame.Frame) {
	t.Helper()
	if f.Type != g.Type || f.Flags != g.Flags || f.StreamID != g.StreamID || !bytes.Equal(f.Payload, g.Payload) {
		t.Fatalf("%v %#x %d with %d bytes is not %v %#x %d with %d", f.Type, uint16(f.Flags), f.StreamID, len(f.Payload),
			g.Type, uint16(g.Flags), g.StreamID, len(g.Payload))
	}
	if !bytes.Equal(f.Header.Bytes(), g.Header.Bytes()) {
		t.Fatalf("header info % x\nis not      % x", f.Header.Bytes(), g.Header.Bytes())
	}
	if !bytes.Equal(f.Method(), g.Method()) {
		t.Fatalf("method %q, %q", f.Method(), g.Method())
	}
	samePairs(t, &f.Header, &g.Header)
	if f.Header.FrameTypeAt() != g.Header.FrameTypeAt() {
		t.Fatalf("frame type at %d, %d", f.Header.FrameTypeAt(), g.Header.FrameTypeAt())
	}
}

// samePairs asserts that two views report the same pairs, wherever they stand.
func samePairs(t T, v, w *header.View) {
	t.Helper()
	if v.Protocol() != w.Protocol() || !bytes.Equal(v.Transforms(), w.Transforms()) {
		t.Fatalf("protocol %v, %v, transforms % x, % x", v.Protocol(), w.Protocol(), v.Transforms(), w.Transforms())
	}
	a, b := pairsOf(v), pairsOf(w)
	if !slices.Equal(a, b) {
		t.Fatalf("pairs %q\nare not %q", a, b)
	}
}

// pair is a string pair, an int pair or the token, by kind.
type pair struct {
	kind  byte // 's', 'i' or 't'
	key   string
	int   header.Key
	value string
}

// pairsOf lists what a view reports.
func pairsOf(v *header.View) []pair {
	var all []pair
	for k, val := range v.Strs() {
		all = append(all, pair{kind: 's', key: string(k), value: string(val)})
	}
	for k, val := range v.Ints() {
		all = append(all, pair{kind: 'i', int: k, value: string(val)})
	}
	if token, ok := v.Token(); ok {
		all = append(all, pair{kind: 't', value: string(token)})
	}
	return all
}

// isWindow asserts that v is a part of b that cannot grow.
func isWindow(t T, b, v []byte) {
	t.Helper()
	if cap(v) != len(v) {
		t.Fatalf("a window of %d bytes can grow to %d", len(v), cap(v))
	}
	if len(v) > 0 && !inside(b, v) {
		t.Fatalf("%d bytes are no part of the input", len(v))
	}
}

// inside reports whether v, which is not empty, is part of b's memory.
func inside(b, v []byte) bool {
	start, at := address(b), address(v)
	return start <= at && at+uintptr(len(v)) <= start+uintptr(len(b))
}

func address(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }

// isText asserts what every error text is: at most 256 bytes of printable ASCII.
func isText(t T, err error) {
	t.Helper()
	s := err.Error()
	if s == "" || len(s) > 256 || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
		t.Fatalf("error text of %d bytes: %.300q", len(s), s)
	}
}

// isRefusal asserts that an encoder's error is one, and that dst came back as
// the slice that it was.
func isRefusal(t T, err error, out, dst []byte) {
	t.Helper()
	code, ok := err.(wire.Code)
	if !ok || !code.Is(wire.ErrRefused) && !refusesExtra(code) {
		t.Fatalf("an encoder's error is %v, which is no refusal", err)
	}
	isText(t, err)
	if len(out) != len(dst) || cap(out) != cap(dst) || address(out) != address(dst) {
		t.Fatalf("%v: dst of %d bytes came back with %d", err, len(dst), len(out))
	}
}

// refusesExtra reports whether an encoder says by this code of a reader that a
// biz-extra is none that this reader would take.
func refusesExtra(c wire.Code) bool {
	return c == wire.ErrBizExtra || c == wire.ErrBizUTF8 || c == wire.ErrBizDuplicate
}

// appended runs an encoder on a slice that holds something, twice, and gives
// what it appended, or the error. Same input, same bytes; what was there stays.
func appended(t T, run func(dst []byte) ([]byte, error)) ([]byte, error) {
	t.Helper()
	var outs [2][]byte
	var errs [2]error
	for i, room := range []int{0, 1 << 12} {
		dst := append(make([]byte, 0, 5+room), "there"...)
		out, err := run(dst)
		if string(dst) != "there" || len(out) < 5 || string(out[:5]) != "there" {
			t.Fatalf("what dst held has changed to %q", dst)
		}
		if err != nil {
			isRefusal(t, err, out, dst)
		}
		outs[i], errs[i] = out[5:], err
	}
	if errs[0] != errs[1] || !bytes.Equal(outs[0], outs[1]) {
		t.Fatalf("the same input gave %d bytes, %v, and then %d, %v", len(outs[0]), errs[0], len(outs[1]), errs[1])
	}
	return outs[0], errs[0]
}
