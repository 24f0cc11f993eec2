package main

import (
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ttwire/ttwire/bench"
)

// find is a row of the table.
func find(t *testing.T, name string) *bench.Row {
	t.Helper()
	for _, r := range bench.Rows() {
		if r.Name == name {
			return &r
		}
	}
	t.Fatalf("no row %s", name)
	return nil
}

// The lines are what go test -bench prints, down to the order of the units.
func TestSampleLines(t *testing.T) {
	m := bench.Sample{Ops: 2000, Value: 12.344041, Bytes: 64_000, Allocs: 2000}
	cpus := ""
	if n := runtime.GOMAXPROCS(0); n > 1 {
		cpus = fmt.Sprintf("-%d", n)
	}
	for _, tt := range []struct{ row, impl, want string }{
		{"Lookup/last-of-6", "gopkg", "12.344 ns/op\t32 B/op\t1 allocs/op"},
		{"Reader/data-64B", "ttwire", "12.344 ns/op\t7939.1 MB/s\t32 B/op\t1 allocs/op"},
		{"Heap/streams=1000", "ttwire", "12.344 B/stream"},
	} {
		var b strings.Builder
		writeSample(&b, find(t, tt.row), tt.impl, &m)
		if want := "Benchmark" + tt.row + "/impl=" + tt.impl + cpus + "\t2000\t" + tt.want + "\n"; b.String() != want {
			t.Errorf("%q, want %q", b.String(), want)
		}
	}
}

// What is written is read back, sample for sample.
func TestReadBack(t *testing.T) {
	want := []bench.Series{
		{Impl: "ttwire", Samples: []bench.Sample{{Ops: 10, Value: 7.5}, {Ops: 10, Value: 8.5}}},
		{Impl: "gopkg-conn", Samples: []bench.Sample{{Ops: 3, Value: 1234500, Bytes: 300, Allocs: 6}, {Ops: 3, Value: 0.5, Bytes: 3}}},
	}
	r := find(t, "Parse/rst")
	b := strings.Builder{}
	b.WriteString("# 2026-01-02, somewhere\ngoos: linux\npkg: x\n")
	if err := writeSamples(&b, r, want); err != nil {
		t.Fatal(err)
	}
	b.WriteString("PASS\nok  \tx\t1.2s\n")
	got, err := read(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got.rows[r.Name]); d != "" || got.machine() != "2026-01-02, somewhere" {
		t.Errorf("%s: (-want +got):\n%s\n%s", got.machine(), d, b.String())
	}
	if order := regexp.MustCompile(`impl=\w+`).FindAllString(b.String(), -1); !cmp.Equal(order, []string{"impl=ttwire", "impl=gopkg", "impl=ttwire", "impl=gopkg"}) {
		t.Errorf("lines in the order %v, want round by round", order)
	}
}

// A line that is not a sample is not passed over.
func TestReadFails(t *testing.T) {
	for _, bad := range []string{
		"BenchmarkX/y/impl=z-2", "BenchmarkX/y-2 1 2 ns/op", "BenchmarkX/y/impl=z 1 2", "BenchmarkX/y/impl=z one 2 ns/op",
		"BenchmarkX/y/impl=z 1 two ns/op",
	} {
		if _, err := read(strings.NewReader("goos: linux\n" + bad + "\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: %v, want an error of line 2", bad, err)
		}
	}
}
