package main

import (
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ttwire/ttwire/bench"
)

// Every curve has rows, and every row of a series has a curve.
func TestFigures(t *testing.T) {
	shown := make(map[string]bool)
	files := make(map[string]bool)
	for _, f := range figures() {
		if files[f.file] || !strings.HasSuffix(f.file, ".svg") {
			t.Errorf("%s comes twice, or is no SVG", f.file)
		}
		files[f.file] = true
		for _, c := range f.curves {
			n := 0
			for _, r := range bench.Rows() {
				if _, ok := c.at(r.Name); ok {
					shown[r.Name] = true
					n++
				}
			}
			if n < 2 {
				t.Errorf("%s: %d rows of %s", f.file, n, c.row)
			}
		}
	}
	for _, r := range bench.Rows() {
		if strings.Contains(r.Name, "=") && !shown[r.Name] {
			t.Errorf("%s is in no figure", r.Name)
		}
	}
}

// The run that is kept can be read, and its page has a place for every part.
func TestKept(t *testing.T) {
	const dir = "../../docs/bench"
	if r, err := readFile(filepath.Join(dir, "bench.txt")); err != nil || len(r.rows) == 0 {
		t.Errorf("bench.txt: %v", err)
	}
	page := contents(t, dir, "README.md")
	for _, name := range []string{"gates", "rows"} {
		if !strings.Contains(page, fmt.Sprintf(markBegin, name)) {
			t.Errorf("no place for %s", name)
		}
	}
	for _, f := range figures() {
		name := strings.TrimSuffix(f.file, ".svg")
		if !strings.Contains(page, fmt.Sprintf(markBegin, name)) || !strings.Contains(page, "]("+f.file+")") {
			t.Errorf("no table and picture of %s", name)
		}
	}
}

// The tables of the pages that show the run that is kept are its own.
func TestKeptTables(t *testing.T) {
	const samples = "../../docs/bench/bench.txt"
	src, err := readFile(samples)
	if err != nil {
		t.Fatal(err)
	}
	c := config{match: regexp.MustCompile("")}
	lines, err := c.table(io.Discard, src)
	if err != nil {
		t.Fatal(err)
	}
	all := parts(lines, src.machine())
	for _, dir := range []string{"../..", "../../docs/bench"} {
		page := contents(t, dir, "README.md")
		text, found, err := replaceParts([]byte(page), all)
		if err != nil || !found {
			t.Errorf("%s/README.md: tables found: %v, %v", dir, found, err)
		}
		if d := cmp.Diff(string(text), page); d != "" {
			t.Errorf("%s/README.md does not show bench.txt: go run ./bench/run -from docs/bench/bench.txt -markdown <it> (-want +got):\n%s", dir, d)
		}
	}
}

var someLines = []bench.Result{
	{Row: "ReadSize/frames=1", Unit: nsPerOp, Value: 40, Peer: "gopkg", PeerValue: 200, Ratio: 5, Verdict: bench.NoGate},
	{Row: "ReadSize/frames=4", Unit: nsPerOp, Value: 20, Peer: "other", PeerValue: 1, Verdict: bench.NoGate},
	{Row: "ReadSize/frames=4", Unit: nsPerOp, Value: 20, Peer: "gopkg", PeerValue: 2000, Ratio: 100, Verdict: bench.NoGate},
	{Row: "ReadSize/frames=many", Unit: nsPerOp, Value: 1, Peer: "gopkg", PeerValue: 1, Verdict: bench.NoGate},
	{Row: "ReadSizes/frames=9", Unit: nsPerOp, Value: 1, Peer: "gopkg", PeerValue: 1, Verdict: bench.NoGate},
	{Row: "X/y", Unit: nsPerOp, Value: 3, Peer: "gopkg", PeerValue: 60, Ratio: 20, RatioMin: 18, RatioMax: 22, Gate: ">= 30x", Limit: 30, Verdict: bench.FallsShort},
	{Row: "X/z", Unit: nsPerOp, Value: 3, Peer: "copy", PeerValue: 2, Ratio: 1.5, Gate: "<= 2x", Limit: 2, AtMost: true, Verdict: bench.Holds},
}

func TestPoints(t *testing.T) {
	ours, peer := curve{row: "ReadSize", impl: bench.Ours}, curve{row: "ReadSize", impl: "gopkg"}
	if d := cmp.Diff([]point{{1, 40}, {4, 20}}, ours.points(someLines), cmp.AllowUnexported(point{})); d != "" {
		t.Errorf("ours (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]point{{1, 200}, {4, 2000}}, peer.points(someLines), cmp.AllowUnexported(point{})); d != "" {
		t.Errorf("gopkg (-want +got):\n%s", d)
	}
}

func TestLabels(t *testing.T) {
	payload, pairs := figure{file: "payload.svg"}, figure{file: "pairs.svg"}
	for x, want := range map[int]string{0: "0 B", 64: "64 B", 16 << 10: "16 KiB", 16 << 20: "16 MiB"} {
		if got := payload.label(x); got != want {
			t.Errorf("payload of %d bytes: %s, want %s", x, got, want)
		}
	}
	for x, want := range map[int]string{1: "1", 1024: "1,024", 100_000: "100,000", 1_000_007: "1,000,007"} {
		if got := pairs.label(x); got != want {
			t.Errorf("%d: %s, want %s", x, got, want)
		}
	}
	for ns, want := range map[float64]string{1: "1 ns", 100: "100 ns", 1e3: "1 µs", 1e7: "10 ms", 1e9: "1 s"} {
		if got := tickLabel(ns); got != want {
			t.Errorf("%v ns: %s, want %s", ns, got, want)
		}
	}
}

// drawn is the picture of the lines' gates.
func drawn(t *testing.T, lines ...bench.Result) string {
	t.Helper()
	var b strings.Builder
	if _, err := drawGates(lines, "somewhere").svg.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The gates' picture has every gate, says how many hold, and is none without
// gates.
func TestDrawGates(t *testing.T) {
	all := drawn(t, someLines...)
	for _, want := range []string{"1 of 2 speed gates hold", "somewhere", ">X/y vs gopkg<", ">X/z vs copy<", ">20.0x<", ">1.50x<"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q", want)
		}
	}
	if drawGates(someLines[:2], "") != nil {
		t.Error("a picture without gates")
	}
}

// A gate is drawn by its kind, and one that is missed by far inside the picture.
func TestDrawGateKinds(t *testing.T) {
	fast, long := someLines[5], someLines[6]
	fast.Ratio = 0.01
	bar := regexp.MustCompile(`[ML](-?[0-9.]+)`)
	for _, m := range bar.FindAllStringSubmatch(drawn(t, fast), -1) {
		if x, err := strconv.ParseFloat(m[1], 64); err != nil || x < 0 {
			t.Errorf("a bar or line goes to %s", m[1])
		}
	}
	const asFast, asLong = "times as fast", "times as long"
	if s := drawn(t, fast); !strings.Contains(s, asFast) || strings.Contains(s, asLong) {
		t.Errorf("%s is not drawn as %q", fast.Gate, asFast)
	}
	if s := drawn(t, long); strings.Contains(s, asFast) || !strings.Contains(s, asLong) {
		t.Errorf("%s is not drawn as %q", long.Gate, asLong)
	}
}

func TestParts(t *testing.T) {
	all := make(map[string]string)
	for _, p := range parts(someLines, "somewhere") {
		all[p.name] = string(p.text)
	}
	for name, want := range map[string]string{
		"gates": "| X/y | gopkg | 3.00 ns | 60.0 ns | 20.0x | 18.0 .. 22.0 | ≥ 30x | **falls short** |\n",
		"reads": "| 4 | 20.0 ns | 2.00 µs |\n",
	} {
		if !strings.Contains(all[name], want) {
			t.Errorf("%s: no %q in\n%s", name, want, all[name])
		}
	}
	if _, ok := all["heap"]; ok {
		t.Error("a table of nothing")
	}
}

func TestReplaceParts(t *testing.T) {
	all := []part{{"a", []byte("new a\n")}, {"b", []byte("new b\n")}}
	mark := "<!-- bench/run writes a from here -->\n"
	got, found, err := replaceParts([]byte("x\n"+mark+"old\n"+markEnd+"y\n"), all)
	if want := "x\n" + mark + "new a\n" + markEnd + "y\n"; err != nil || !found || string(got) != want {
		t.Errorf("%q, %v, %v, want %q", got, found, err, want)
	}
	if _, found, err := replaceParts([]byte("x\n"), all); found || err != nil {
		t.Errorf("without marks: %v, %v", found, err)
	}
	if _, _, err := replaceParts([]byte(mark+"old\n"), all); err == nil {
		t.Error("a part without an end is taken")
	}
}
