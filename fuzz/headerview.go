package fuzz

import (
	"bytes"

	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
)

// HeaderView: header.View over any header info. What Parse accepts, every
// accessor can read and agrees on; what it refuses, it refuses at the same place
// however much has arrived; and the fast path never says otherwise.
func HeaderView(t T, in []byte) {
	if len(in) > wire.MaxHeader {
		return
	}
	var v header.View
	n, err := v.Parse(in)
	viewAtCuts(t, in, n, err)
	viewFastPath(t, in, &v, n, err)
	if err == nil {
		viewLegal(t, in, n, &v)
	} else if code, ok := err.(wire.Code); !ok || !code.Is(wire.ErrIllegalFrame) || n < 0 || n > len(in) {
		t.Fatalf("%v at %d of %d bytes", err, n, len(in))
	}
	allocates(t, in, 0, 0, func() {
		v.Parse(in)
		if err == nil {
			walk(&v)
		}
	})
	linear(t, in, func(in []byte) { v.Parse(in[:min(len(in), wire.MaxHeader)]) })
}

// walk reads what can be read of a view in one pass.
func walk(v *header.View) (pairs int) {
	for range v.Ints() {
		pairs++
	}
	for range v.Strs() {
		pairs++
	}
	v.Token()
	v.Method()
	v.Int(header.KeyLogID)
	v.Str(header.KeyToken)
	return pairs
}

func viewLegal(t T, in []byte, n int, v *header.View) {
	t.Helper()
	if n != len(in) || !bytes.Equal(v.Bytes(), in) || !v.Protocol().Valid() {
		t.Fatalf("%d of %d bytes accepted, protocol %v", n, len(in), v.Protocol())
	}
	if pairs := walk(v); pairs > wire.DefaultMaxPairs {
		t.Fatalf("%d pairs accepted", pairs)
	}
	viewInts(t, in, v)
	viewStrs(t, in, v)
	again := v.Clone()
	samePairs(t, v, &again)
	if len(in) > 0 && inside(in, again.Bytes()) {
		t.Fatalf("a clone aliases its original")
	}
}

// viewInts: the last pair of a key is what Int, At, Method and FrameType tell.
func viewInts(t T, in []byte, v *header.View) {
	t.Helper()
	last := map[header.Key][]byte{}
	for k, val := range v.Ints() {
		isWindow(t, in, val)
		last[k] = val
	}
	for k, want := range last {
		got, ok := v.Int(k)
		at := v.At(k)
		if !ok || !bytes.Equal(got, want) || address(got) != address(want) {
			t.Fatalf("Int(%v) = %q, %v; the last one is %q", k, got, ok, want)
		}
		if at < 0 || at+2 > len(in) || int(wire.Uint16(in, at)) != len(want) || !bytes.HasPrefix(in[at+2:], want) {
			t.Fatalf("At(%v) = %d", k, at)
		}
		if len(last) > 50 {
			break // Int is linear, and this is not about time
		}
	}
	if m, ok := v.Method(); ok != (last[header.KeyMethod] != nil) || !bytes.Equal(m, last[header.KeyMethod]) {
		t.Fatalf("Method = %q, %v; key 9 is %q", m, ok, last[header.KeyMethod])
	}
	var typ byte
	if val := last[header.KeyFrameType]; len(val) == 1 {
		typ = val[0]
	}
	if v.FrameType() != typ || v.FrameTypeAt() != v.At(header.KeyFrameType) {
		t.Fatalf("FrameType = %q at %d; key 27 is %q at %d", v.FrameType(), v.FrameTypeAt(), last[header.KeyFrameType], v.At(header.KeyFrameType))
	}
}

// viewStrs: the last pair of a key is what Str tells. The token's key is also
// the token's, and is left out here.
func viewStrs(t T, in []byte, v *header.View) {
	t.Helper()
	last := map[string][]byte{}
	for k, val := range v.Strs() {
		isWindow(t, in, k)
		isWindow(t, in, val)
		last[string(k)] = val
	}
	delete(last, header.KeyToken)
	for k, want := range last {
		if got, ok := v.Str(k); !ok || address(got) != address(want) || len(got) != len(want) {
			t.Fatalf("Str(%q) = %q, %v; the last one is %q", k, got, ok, want)
		}
		if len(last) > 50 {
			break
		}
	}
	if token, ok := v.Token(); ok {
		isWindow(t, in, token)
		if _, ok := v.Str(header.KeyToken); !ok {
			t.Fatalf("there is a token, and not by its key")
		}
	}
}

// viewAtCuts: the verdict does not depend on how much has arrived.
func viewAtCuts(t T, in []byte, n int, err error) {
	t.Helper()
	var v header.View
	var lim wire.Limits
	found := false
	for i := range cuts(len(in)) {
		m, cutErr := v.ParsePrefix(in[:i], len(in), &lim)
		switch {
		case cutErr == wire.ErrShort && !found:
			if m != len(in) {
				t.Fatalf("%d of %d bytes: short, come back with %d", i, len(in), m)
			}
		case cutErr != err || m != n:
			t.Fatalf("%d of %d bytes: %d, %v; the whole: %d, %v", i, len(in), m, cutErr, n, err)
		default:
			found = true
		}
	}
	if m, whole := v.ParsePrefix(in, len(in), &lim); m != n || whole != err {
		t.Fatalf("ParsePrefix of all: %d, %v; Parse: %d, %v", m, whole, n, err)
	}
}

// viewFastPath: what ParseUsual answers is what Parse does.
func viewFastPath(t T, in []byte, v *header.View, n int, err error) {
	t.Helper()
	var usual header.View
	switch typ, bad := usual.ParseUsual(in, wire.DefaultMaxPairs); {
	case bad != 0:
		if err != wire.ErrStrPair || n != bad {
			t.Fatalf("ParseUsual: str-pair at %d; Parse: %d, %v", bad, n, err)
		}
	case typ != 0:
		if err != nil || v.FrameType() != typ {
			t.Fatalf("ParseUsual: type %q; Parse: %d, %v, type %q", typ, n, err, v.FrameType())
		}
		samePairs(t, v, &usual)
		if v.FrameTypeAt() != usual.FrameTypeAt() {
			t.Fatalf("ParseUsual: type at %d; Parse: %d", usual.FrameTypeAt(), v.FrameTypeAt())
		}
	}
}
