package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	tests := []struct {
		xs   []float64
		want float64
	}{
		{nil, 0},
		{[]float64{3}, 3},
		{[]float64{9, 1}, 5},
		{[]float64{100, 1, 2}, 2},
		{[]float64{4, 100, 2, 1}, 3},
	}
	for _, tt := range tests {
		xs := slices.Clone(tt.xs)
		if got := median(tt.xs); got != tt.want {
			t.Errorf("median(%v) = %v, want %v", tt.xs, got, tt.want)
		}
		if !slices.Equal(xs, tt.xs) {
			t.Errorf("median changed its argument: %v, was %v", tt.xs, xs)
		}
	}
}

// calibrate asks for enough operations to fill the sample.
func TestCalibrate(t *testing.T) {
	n := calibrate(func(n int) { time.Sleep(time.Duration(n) * time.Millisecond) }, 40*time.Millisecond)
	if n < 5 || n > 41 {
		t.Errorf("calibrate: %d operations of 1 ms or more in 40 ms", n)
	}
	slow := calibrate(func(int) { time.Sleep(5 * time.Millisecond) }, time.Millisecond)
	if slow != 1 {
		t.Errorf("calibrate: %d operations that each take longer than the sample, want 1", slow)
	}
}

// In each round every variant has one turn, and the rounds start with
// different ones.
func TestMeasureInterleaves(t *testing.T) {
	var turns []string
	spend := func(name string) body {
		return func(n int) {
			turns = append(turns, name)
			time.Sleep(2 * time.Millisecond)
		}
	}
	r := row{ours: spend("a"), peers: []peer{{name: "b", body: spend("b")}, {name: "c", body: spend("c")}}}
	all := measure(&r, 3, time.Millisecond)
	calibrated := 3
	if got, want := strings.Join(turns[calibrated:], ""), "abcbcacab"; got != want {
		t.Errorf("turns %s, want %s", got, want)
	}
	for i, want := range []string{ours, "b", "c"} {
		if all[i].impl != want || len(all[i].ns) != 3 || all[i].ops != 3 {
			t.Errorf("series %d: %+v, want 3 samples of 1 operation of %s", i, all[i], want)
		}
	}
}

// One allocation per operation shows; one in a while does not.
func TestSeriesCountsAllocs(t *testing.T) {
	var s, rare series
	s.take(func(n int) {
		for range n {
			sink.b = make([]byte, 64)
		}
	}, 1000)
	if s.allocsPerOp() != 1 || s.bytesPerOp() < 64 || s.bytesPerOp() > 70 {
		t.Errorf("%d allocs of %d bytes, want 1 of 64", s.allocsPerOp(), s.bytesPerOp())
	}
	rare.take(func(n int) { sink.b = make([]byte, 64) }, 1000)
	if rare.allocsPerOp() != 0 || rare.bytesPerOp() != 0 {
		t.Errorf("%d allocs of %d bytes, want none", rare.allocsPerOp(), rare.bytesPerOp())
	}
}

func TestVerdict(t *testing.T) {
	tests := []struct {
		gate       gate
		ours, peer float64
		want       string
	}{
		{gate{}, 1, 100, noGate},
		{gate{faster: 20}, 5, 100, holds},
		{gate{faster: 20}, 5.1, 100, fallsShort},
		{gate{within: 3}, 15, 5, holds},
		{gate{within: 3}, 15.1, 5, fallsShort},
		{gate{within: 3}, 1, 5, holds},
	}
	for _, tt := range tests {
		if got := tt.gate.verdict(tt.gate.ratio(tt.ours, tt.peer)); got != tt.want {
			t.Errorf("gate %q, ours %v, peer %v: %s, want %s", tt.gate, tt.ours, tt.peer, got, tt.want)
		}
	}
}

// A line is the ratio of the medians, with the rounds' own ratios as spread.
func TestJudge(t *testing.T) {
	r := row{name: "X/y", bytes: 5, ours: func(int) {}, peers: []peer{{name: gopkg, gate: gate{faster: 20}}}}
	lines := judge(&r, []series{
		{impl: ours, ns: []float64{10, 11, 30}, ops: 10, allocs: 25},
		{impl: gopkg, ns: []float64{300, 220, 240}, ops: 10, bytes: 1000},
	})
	if len(lines) != 1 {
		t.Fatalf("%d lines, want 1", len(lines))
	}
	l := lines[0]
	if l.Ns != 11 || l.PeerNs != 240 || l.AllocsPerOp != 2 || l.PeerBytes != 100 {
		t.Errorf("medians and allocs: %+v", l)
	}
	if fmt.Sprintf("%.2f %.2f %.2f", l.Ratio, l.RatioMin, l.RatioMax) != "21.82 8.00 30.00" || l.Verdict != holds {
		t.Errorf("ratio %.2f (%.2f .. %.2f) %s, want 21.82 (8.00 .. 30.00) holds", l.Ratio, l.RatioMin, l.RatioMax, l.Verdict)
	}
}

// Where there is nothing of ours a row says so, gate and all, and never that
// it holds.
func TestJudgeWaits(t *testing.T) {
	r := row{name: "X/y", peers: []peer{{name: gopkg, gate: gate{faster: 20}}}}
	lines := judge(&r, []series{{impl: gopkg, ns: []float64{300}}})
	if len(lines) != 1 || lines[0].Verdict != waits || lines[0].Gate != ">= 20x" || lines[0].PeerNs != 300 {
		t.Errorf("%+v", lines)
	}
	alone := row{name: "X/z", ours: func(int) {}}
	if lines := judge(&alone, []series{{ns: []float64{7}}}); len(lines) != 1 || lines[0].Verdict != noGate || lines[0].Ns != 7 {
		t.Errorf("%+v", lines)
	}
}

func TestPasses(t *testing.T) {
	tests := []struct {
		name           string
		line           result
		strict, normal bool
	}{
		{"holds", result{Verdict: holds}, true, true},
		{"falls short", result{Verdict: fallsShort}, false, true},
		{"waits", result{Verdict: waits}, true, true},
		{"no gate", result{Verdict: noGate}, true, true},
		{"allocates", result{Verdict: holds, AllocsPerOp: 1}, false, false},
	}
	for _, tt := range tests {
		lines := []result{{Verdict: holds}, tt.line}
		if got := passes(lines, true); got != tt.strict {
			t.Errorf("%s, strict: %v", tt.name, got)
		}
		if got := passes(lines, false); got != tt.normal {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
