package plain_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/internal/plain"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/wire"
	"pgregory.net/rapid"
)

// limits are the library's in plain's words, which does not mend them.
func limits(l wire.Limits) plain.Limits {
	return plain.Limits{Header: l.Header(), Payload: l.Payload(), Pairs: l.Pairs(), Strict: l.Strict, UnknownTypes: l.UnknownTypes}
}

// verdict is what the library says, in plain's words. Before LENGTH is there
// only the library knows what to ask for.
func verdict(n int, err error, have int) plain.Verdict {
	if err == nil {
		return plain.Verdict{At: n}
	}
	if err == wire.ErrShort && have < 4 {
		n = 0
	}
	return plain.Verdict{Reason: err.(wire.Code).Reason(), At: n}
}

func text(v []byte, there bool) (string, bool) { return string(v), there }

// said is what the library says of a frame, in plain's words.
func said(f *frame.Frame) plain.Frame {
	p := plain.Frame{Flags: uint16(f.Flags), Stream: f.StreamID, Protocol: byte(f.Header.Protocol()),
		Transforms: string(f.Header.Transforms()), Payload: string(f.Payload)}
	if f.Type != 0 {
		p.Type = '0' + byte(f.Type)
	}
	for k, v := range f.Header.Ints() {
		p.Ints = append(p.Ints, plain.IntPair{Key: uint16(k), Value: string(v)})
	}
	for k, v := range f.Header.Strs() {
		p.Strs = append(p.Strs, plain.Pair{Key: string(k), Value: string(v)})
	}
	p.Method, p.HasMethod = text(f.Header.Method())
	p.Token, p.HasToken = text(f.Header.Token())
	p.TokenKey, p.HasKey = text(f.Header.Str(plain.TokenName))
	return p
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

// agree fails unless library and plain decoder say the same of b.
func agree(t failer, b []byte, lim wire.Limits) {
	t.Helper()
	var f frame.Frame
	n, err := f.ParseWithin(b, &lim)
	p, v := plain.ParseFrame(b, limits(lim))
	if got := verdict(n, err, len(b)); got != v {
		t.Fatalf("% .200x\nwithin %+v: library %+v, plain %+v", b, lim, got, v)
	}
	if v.Legal() && !cmp.Equal(p, said(&f)) {
		t.Fatalf("% .200x: (-plain +library)\n%.2000s", b, cmp.Diff(p, said(&f)))
	}
}

// TestFrameHostile: the plain decoder gives what the catalogue asks for, and
// what the library gives at every cut.
func TestFrameHostile(t *testing.T) {
	for _, c := range testgen.Hostile() {
		want := plain.Verdict{Reason: c.Code.Reason(), At: c.N}
		switch {
		case c.Code == 0:
			want.Reason = ""
		case c.Code == wire.ErrShort && len(c.In) < 4:
			want.At = 0
		}
		if _, v := plain.ParseFrame(c.In, limits(c.Limits)); v != want {
			t.Errorf("%s: %+v, want %+v", c.ID, v, want)
		}
		for i := 0; i <= len(c.In); i += 1 + max(0, len(c.In)-300)/40 {
			agree(t, c.In[:i], c.Limits)
		}
	}
}

func drawLimits(t *rapid.T) wire.Limits {
	return wire.Limits{
		MaxHeader:    rapid.SampledFrom([]int{0, 0, 4, 23, 24, 200}).Draw(t, "header"),
		MaxPayload:   rapid.SampledFrom([]int{0, 0, 1, 8, 1 << 30}).Draw(t, "payload"),
		MaxPairs:     rapid.SampledFrom([]int{0, 0, 1, 2, 5}).Draw(t, "pairs"),
		Strict:       rapid.Bool().Draw(t, "strict"),
		UnknownTypes: rapid.Bool().Draw(t, "unknown types"),
	}
}

// foreign is the first bytes of other protocols and what is nearly that.
func foreign() *rapid.Generator[[]byte] {
	starts := []string{"GET ", "POST", "PUT ", "HEAD", "DELE", "OPTI", "PATC", "TRAC", "CONN", "HTTP", "PRI ", "SSH-",
		"@RSY", "\x16\x03\x04\x00", "\x80\x01\x00\x04", "\xFF\xAF\x00\x00", "\x09\x30\x01\x04", "\x00\x00\x00\x16", "\x3F\xFF\xFF\xFF"}
	return rapid.Custom(func(t *rapid.T) []byte {
		b := []byte(rapid.SampledFrom(starts).Draw(t, "start"))
		b = append(b, rapid.SampledFrom([]string{"\xFF\xAF", "\x80\x01", "\x0F\xFF", "\x10\x00", "/ "}).Draw(t, "magic")...)
		if rapid.Bool().Draw(t, "near") {
			b[rapid.IntRange(0, 5).Draw(t, "at")] += byte(rapid.SampledFrom([]int{1, 255}).Draw(t, "by"))
		}
		return append(b, "\x00\x02\x00\x00\x00\x01\x00\x01"...)
	})
}

// TestFrameAgrees: whatever comes, within whatever limits, whole or cut.
func TestFrameAgrees(t *testing.T) {
	inputs := rapid.OneOf(testgen.Inputs(), testgen.Inputs(), foreign())
	rapid.Check(t, func(t *rapid.T) {
		b, lim := inputs.Draw(t, "input"), drawLimits(t)
		agree(t, b, wire.Limits{})
		agree(t, b, lim)
		agree(t, b[:rapid.IntRange(0, len(b)).Draw(t, "cut")], lim)
	})
}

// TestFrameFaults: one known fault, at its place and not before it is there.
func TestFrameFaults(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fault := testgen.Faults().Draw(t, "fault")
		want := plain.Verdict{Reason: fault.Code.Reason(), At: fault.At}
		if _, v := plain.ParseFrame(fault.In[:fault.Due], plain.Limits{}); v != want {
			t.Fatalf("%+v, want %+v", v, want)
		}
		if _, v := plain.ParseFrame(fault.In[:fault.Due-1], plain.Limits{}); v.Reason != "short" {
			t.Fatalf("%+v one byte before", v)
		}
	})
}
