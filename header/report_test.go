package header_test

import (
	"testing"

	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/testgen"
)

// report is what a view reports, in the model's words.
func report(v *header.View) testgen.Report {
	r := testgen.Report{
		Protocol: byte(v.Protocol()), Transforms: string(v.Transforms()),
		Method: optional(v.Method()), Token: optional(v.Token()), TokenKey: optional(v.Str(header.KeyToken)),
	}
	for k, val := range v.Ints() {
		r.Ints = append(r.Ints, testgen.Pair{Int: uint16(k), Value: string(val)})
	}
	for k, val := range v.Strs() {
		r.Strs = append(r.Strs, testgen.Pair{Key: string(k), Value: string(val)})
	}
	return r
}

func optional(v []byte, ok bool) testgen.Optional { return testgen.Optional{Value: string(v), OK: ok} }

// infoReport is what must be reported of a model's header info.
func infoReport(f testgen.Frame) testgen.Report {
	r := f.Report()
	r.Type, r.Flags, r.Stream, r.Payload = 0, 0, 0, ""
	return r
}

// fataler is a *testing.T or a *rapid.T.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// mustParse parses header info that is legal.
func mustParse(t fataler, info []byte) *header.View {
	t.Helper()
	v := new(header.View)
	if n, err := v.Parse(info); err != nil || n != len(info) {
		t.Fatalf("Parse = %d, %v; want %d, nil\n% x", n, err, len(info), info[:min(len(info), 200)])
	}
	return v
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
