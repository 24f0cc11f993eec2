package frame_test

import (
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/internal/testgen"
)

// report is what the package reports of a frame, in the model's words.
func report(f *frame.Frame) testgen.Report {
	r := testgen.Report{
		Flags: uint16(f.Flags), Stream: f.StreamID, Protocol: byte(f.Header.Protocol()),
		Transforms: string(f.Header.Transforms()), Payload: string(f.Payload),
		Method:   optional(f.Header.Method()),
		Token:    optional(f.Header.Token()),
		TokenKey: optional(f.Header.Str(testgen.KeyToken)),
	}
	if f.Type != 0 {
		r.Type = '0' + byte(f.Type)
	}
	for k, v := range f.Header.Ints() {
		r.Ints = append(r.Ints, testgen.Pair{Int: uint16(k), Value: string(v)})
	}
	for k, v := range f.Header.Strs() {
		r.Strs = append(r.Strs, testgen.Pair{Key: string(k), Value: string(v)})
	}
	return r
}

func optional(v []byte, ok bool) testgen.Optional { return testgen.Optional{Value: string(v), OK: ok} }

// fataler is a *testing.T or a *rapid.T.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// same fails the test unless f reports what the model says.
func same(t fataler, want testgen.Report, f *frame.Frame) {
	t.Helper()
	if diff := cmp.Diff(want, report(f)); diff != "" {
		t.Fatalf("frame differs (-want +got):\n%s", diff)
	}
}

// mustParse parses a frame that is legal and whole.
func mustParse(t fataler, b []byte) *frame.Frame {
	t.Helper()
	f := new(frame.Frame)
	if n, err := f.Parse(b); err != nil || n != len(b) {
		t.Fatalf("Parse = %d, %v; want %d, nil\n% x", n, err, len(b), b[:min(len(b), 200)])
	}
	return f
}

// parse is ParseWithin, of which Parse must give the same where it has the same
// limits: the two do not take the same way.
func parse(t fataler, f *frame.Frame, b []byte, lim *frame.Limits) (int, error) {
	t.Helper()
	n, err := f.ParseWithin(b, lim)
	if *lim == (frame.Limits{}) {
		if m, parseErr := new(frame.Frame).Parse(b); m != n || parseErr != err {
			t.Fatalf("%d bytes: Parse = %d, %v; ParseWithin no limits = %d, %v", len(b), m, parseErr, n, err)
		}
	}
	return n, err
}

// cuts are the places at which a test cuts n bytes: every one while that is
// cheap, else every one near both ends and some in between.
func cuts(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := 0; i < n; i++ {
			if i > 200 && i < n-40 {
				i = min(i+n/50, n-40)
			}
			if !yield(i) {
				return
			}
		}
	}
}

// allocs fails the test unless run allocates nothing, and does not panic.
func allocs(t testing.TB, name string, run func()) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("%s: %v", name, r)
		}
	}()
	if n := testing.AllocsPerRun(10, run); n != 0 {
		t.Errorf("%s: %v allocs, want 0", name, n)
	}
}
