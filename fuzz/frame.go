package fuzz

import (
	"bytes"
	"slices"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/fuzz/internal/script"
	"github.com/ttwire/ttwire/wire"
)

// Frame: the five laws of frame.Frame.Parse, under each of the limits that
// scripts choose from, and what limits mean for each other.
func Frame(t T, in []byte) {
	before := slices.Clone(in)
	var verdicts [6]verdict
	for i := range script.Limits {
		v := judge(in, &script.Limits[i])
		v.laws(t, in, &script.Limits[i])
		verdicts[i] = v
	}
	compareLimits(t, verdicts[:])
	f := new(frame.Frame)
	allocates(t, in, 0, 0, func() { f.Parse(in) })
	inTime(t, in, 1, func(in []byte) { f.Parse(in) })
	if !bytes.Equal(in, before) {
		t.Fatalf("Parse wrote to its input")
	}
}

// verdict is what Parse says of an input.
type verdict struct {
	f   frame.Frame
	n   int
	err error
}

func judge(in []byte, lim *frame.Limits) (v verdict) {
	v.n, v.err = v.f.ParseWithin(in, lim)
	return v
}

func (v *verdict) laws(t T, in []byte, lim *frame.Limits) {
	t.Helper()
	v.judgedAtCuts(t, in, lim)
	v.headerAgrees(t, in, lim)
	switch v.err {
	case nil:
		v.legal(t, in, lim)
	case wire.ErrShort:
		if v.n <= len(in) {
			t.Fatalf("short: come back with %d bytes, of which there are %d", v.n, len(in))
		}
		if len(in) >= 4 && int64(v.n) != int64(wire.Uint32(in, 0))+4 {
			t.Fatalf("short: come back with %d bytes, LENGTH is %d", v.n, wire.Uint32(in, 0))
		}
	default:
		v.illegal(t, in, lim)
	}
}

// legal: laws 1, 4 and 5.
func (v *verdict) legal(t T, in []byte, lim *frame.Limits) {
	t.Helper()
	if v.n != v.f.Size() || v.n > len(in) {
		t.Fatalf("n = %d, Size() = %d, of %d bytes", v.n, v.f.Size(), len(in))
	}
	alone := judge(in[:v.n:v.n], lim)
	longer := judge(append(slices.Clone(in[:v.n]), "\x00\x10 what follows"...), lim)
	for _, other := range []*verdict{&alone, &longer} {
		if other.err != nil || other.n != v.n {
			t.Fatalf("%d, nil with %d bytes behind it; without, or with others: %d, %v", v.n, len(in)-v.n, other.n, other.err)
		}
		sameFrame(t, &v.f, &other.f)
	}
	for _, w := range windows(&v.f) {
		isWindow(t, in[:v.n], w)
	}
	v.again(t, in[:v.n], lim)
}

// again: law 5, what Parse accepts can be said again.
func (v *verdict) again(t T, in []byte, lim *frame.Limits) {
	t.Helper()
	out, err := v.f.AppendWithin(nil, lim)
	if err != nil || !bytes.Equal(out, in) {
		t.Fatalf("AppendTo gives %d bytes, %v\n% x\nwant\n% x", len(out), err, out, in)
	}
	clone := v.f.Clone()
	sameFrame(t, &v.f, &clone)
	if !v.f.Type.Valid() {
		return // a Builder makes frames of the five types only
	}
	out, err = rebuild(&v.f, lim)
	if v.f.Type == frame.Header && len(v.f.Method()) == 0 {
		if err != wire.ErrNoMethod {
			t.Fatalf("a header frame without a method is built: %v", err)
		}
		return
	}
	g := judge(out, lim)
	if err != nil || g.err != nil || g.n != len(out) {
		t.Fatalf("built anew: %v; parsed again: %d, %v", err, g.n, g.err)
	}
	if g.f.Type != v.f.Type || g.f.Flags != v.f.Flags || g.f.StreamID != v.f.StreamID || !bytes.Equal(g.f.Payload, v.f.Payload) {
		t.Fatalf("built anew, it is another frame")
	}
	samePairs(t, &v.f.Header, &g.f.Header)
}

// rebuild makes a frame anew from what it reports.
func rebuild(f *frame.Frame, lim *frame.Limits) ([]byte, error) {
	b := frame.BeginWithin(nil, f.Type, f.StreamID, f.Header.Protocol(), lim)
	b.Flags(f.Flags)
	b.Transforms(f.Header.Transforms())
	if token, ok := f.Header.Token(); ok {
		b.TokenBytes(token)
	}
	for k, v := range f.Header.Strs() {
		b.StrBytes(k, v)
	}
	for k, v := range f.Header.Ints() {
		b.IntBytes(k, v)
	}
	return b.Finish(f.Payload)
}

// illegal: law 3. Nothing that stands before the fault is wrong by itself, and
// nothing that follows it matters.
func (v *verdict) illegal(t T, in []byte, lim *frame.Limits) {
	t.Helper()
	code, ok := v.err.(wire.Code)
	if !ok || !code.Is(wire.ErrIllegalFrame) || v.n < 0 || v.n > len(in) {
		t.Fatalf("%v at %d of %d bytes", v.err, v.n, len(in))
	}
	isText(t, &wire.Error{Code: code, Offset: v.n, Frame: 1 << 40})
	longer := judge(append(slices.Clone(in), "\x00\x10 what follows"...), lim)
	if longer.err != v.err || longer.n != v.n {
		t.Fatalf("%v at %d; with bytes behind it: %v at %d", v.err, v.n, longer.err, longer.n)
	}
	if front := judge(in[:max(v.n-1, 0)], lim); front.err != wire.ErrShort {
		t.Fatalf("%v at %d, but what stands before it gives %d, %v", v.err, v.n, front.n, front.err)
	}
}

// judgedAtCuts: laws 2 and 3 for the beginnings of the input. The verdict is
// short, asking for no less than before, until it is what it is for the whole.
func (v *verdict) judgedAtCuts(t T, in []byte, lim *frame.Limits) {
	t.Helper()
	last, found := 0, false
	for i := range cuts(len(in)) {
		c := judge(in[:i], lim)
		switch {
		case c.err == wire.ErrShort && !found:
			if c.n <= i || c.n < last {
				t.Fatalf("%d of %d bytes: come back with %d, before that it was %d", i, len(in), c.n, last)
			}
			last = c.n
		case c.err != v.err || c.n != v.n:
			t.Fatalf("%d of %d bytes: %d, %v; the whole: %d, %v", i, len(in), c.n, c.err, v.n, v.err)
		default:
			found = true
		}
	}
}

// cuts are the places at which inputs are cut: all of the first hundred, which
// hold what is judged in small inputs, and fewer of the rest.
func cuts(n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n; i++ {
			if i > 100 {
				i += n / 32
			}
			if i >= n || !yield(i) {
				return
			}
		}
	}
}

// headerAgrees: ParseHeader says what Parse says, without the payload.
func (v *verdict) headerAgrees(t T, in []byte, lim *frame.Limits) {
	t.Helper()
	var h frame.Frame
	n, payload, err := h.ParseHeaderWithin(in, lim)
	switch {
	case err == wire.ErrShort:
		if v.err != wire.ErrShort || n > v.n || n <= len(in) {
			t.Fatalf("ParseHeader: %d, short; Parse: %d, %v", n, v.n, v.err)
		}
	case err != nil:
		if v.err != err || v.n != n {
			t.Fatalf("ParseHeader: %d, %v; Parse: %d, %v", n, err, v.n, v.err)
		}
	case v.err == nil:
		h.Payload = in[n : n+payload]
		sameFrame(t, &v.f, &h)
	case v.err != wire.ErrShort || n+payload != v.n:
		t.Fatalf("ParseHeader: %d and %d, nil; Parse: %d, %v", n, payload, v.n, v.err)
	}
}

// windows are all the slices that a frame hands out.
func windows(f *frame.Frame) [][]byte {
	all := [][]byte{f.Payload, f.Method(), f.Header.Bytes(), f.Header.Transforms()}
	for k, v := range f.Header.Ints() {
		last, _ := f.Header.Int(k)
		if all = append(all, v, last); len(all) > 200 {
			break // Int is linear, and this is not about time
		}
	}
	for k, v := range f.Header.Strs() {
		last, _ := f.Header.Str(string(k))
		if all = append(all, k, v, last); len(all) > 400 {
			break
		}
	}
	token, _ := f.Header.Token()
	return append(all, token)
}

// compareLimits: what one limit accepts a wider one does too, as the same
// frame, and strict accepts nothing more. The order is that of script.Limits.
func compareLimits(t T, v []verdict) {
	t.Helper()
	const normal, strict, lowered, raised, unknown, untrusted = 0, 1, 2, 3, 4, 5
	for _, within := range [][2]int{
		{strict, normal}, {lowered, normal}, {normal, raised}, {normal, unknown}, {untrusted, strict},
	} {
		narrow, wide := &v[within[0]], &v[within[1]]
		switch {
		case narrow.err == nil:
			if wide.err != nil || wide.n != narrow.n {
				t.Fatalf("limits %d accept %d bytes, limits %d say %d, %v", within[0], narrow.n, within[1], wide.n, wide.err)
			}
			sameFrame(t, &narrow.f, &wide.f)
		case wide.err != nil && wide.err != wire.ErrShort && narrow.err == wire.ErrShort:
			t.Fatalf("limits %d say %v at %d, limits %d say short", within[1], wide.err, wide.n, within[0])
		}
	}
	if u := &v[unknown]; u.err == nil && v[normal].err != nil {
		if code := v[normal].err; code != wire.ErrNoFrameType && code != wire.ErrFrameType || u.f.Type != 0 {
			t.Fatalf("unknown types let %v through, as %v", code, u.f.Type)
		}
	}
}
