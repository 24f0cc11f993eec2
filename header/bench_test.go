package header_test

import (
	"fmt"
	"testing"

	"github.com/ttwire/ttwire/header"
)

// op is one thing to measure. BenchmarkView runs it for its time, and
// TestAllocs for its allocations, of which there must be none.
type op struct {
	name string
	run  func()
}

func TestAllocs(t *testing.T) {
	for _, o := range ops() {
		allocs(t, o.name, o.run)
	}
}

func BenchmarkView(b *testing.B) {
	for _, o := range ops() {
		b.Run(o.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				o.run()
			}
		})
	}
}

func ops() (all []op) {
	for _, n := range []int{1, 6, 64} {
		all = append(all, viewOps(n)...)
	}
	return all
}

// viewOps are the lookups and loops over header info of n string pairs and n
// int pairs.
func viewOps(n int) []op {
	var kvs []string
	var kvi []any
	for i := range n {
		kvs = append(kvs, fmt.Sprintf("key-%02d", i), "value-value")
		kvi = append(kvi, 100+i, "value-value")
	}
	in := info(token("token"), strs(kvs...), ints(kvi...), ints(27, "3", 9, "Bidi"))
	v := new(header.View)
	if _, err := v.Parse(in); err != nil {
		panic(err)
	}
	found := func(ok bool) {
		if !ok {
			panic("not found")
		}
	}
	first, last := kvs[0], kvs[2*n-2]
	named := func(name string, run func()) op { return op{fmt.Sprintf("%s/%dpairs", name, n), run} }
	return []op{
		named("Parse", func() { _, err := v.Parse(in); found(err == nil) }),
		named("Str-first", func() { _, ok := v.Str(first); found(ok) }),
		named("Str-last", func() { _, ok := v.Str(last); found(ok) }),
		named("Str-missing", func() { _, ok := v.Str("missing"); found(!ok) }),
		named("Str-token", func() { _, ok := v.Str(header.KeyToken); found(ok) }),
		named("Int", func() { _, ok := v.Int(100); found(ok) }),
		named("Int-missing", func() { _, ok := v.Int(99); found(!ok) }),
		named("At", func() { found(v.At(100) > 0 && v.FrameTypeAt() > 0) }),
		named("Token", func() { _, ok := v.Token(); found(ok) }),
		named("Method", func() { _, ok := v.Method(); found(ok) }),
		named("Fields", func() { found(len(v.Bytes()) > len(v.Transforms()) && v.Protocol().Valid() && v.FrameType() == '3') }),
		named("Ints", func() {
			count := 0
			for k, val := range v.Ints() {
				if len(val) > 0 && k > 0 {
					count++
				}
			}
			found(count == n+2)
		}),
		named("Strs", func() {
			count := 0
			for k, val := range v.Strs() {
				if len(val) > 0 && len(k) > 0 {
					count++
				}
			}
			found(count == n)
		}),
	}
}
