package bench

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
	calls := 0
	n = calibrate(func(n int) {
		if calls++; calls == 1 {
			time.Sleep(50 * time.Millisecond)
		}
		time.Sleep(time.Duration(n) * time.Millisecond)
	}, 40*time.Millisecond)
	if n < 5 {
		t.Errorf("calibrate: %d operations of 1 ms in 40 ms after a slow start", n)
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
	r := Row{ours: spend("a"), peers: []peer{{name: "b", body: spend("b")}, {name: "c", body: spend("c")}}}
	all := r.Measure(3, time.Millisecond)
	calibrated := 6
	if got, want := strings.Join(turns[calibrated:], ""), "abcbcacab"; got != want {
		t.Errorf("turns %s, want %s", got, want)
	}
	for i, want := range []string{Ours, "b", "c"} {
		if all[i].Impl != want || len(all[i].Samples) != 3 || all[i].Samples[2].Ops != 1 {
			t.Errorf("series %d: %+v, want 3 samples of 1 operation of %s", i, all[i], want)
		}
	}
}

// One allocation per operation shows; one in a while does not.
func TestTimedCountsAllocs(t *testing.T) {
	often := Series{Samples: []Sample{timed(func(n int) {
		for range n {
			sink.b = make([]byte, 64)
		}
	}, 1000)}}
	if often.allocsPerOp() != 1 || often.bytesPerOp() < 64 || often.bytesPerOp() > 70 {
		t.Errorf("%d allocs of %d bytes, want 1 of 64", often.allocsPerOp(), often.bytesPerOp())
	}
	rare := Series{Samples: []Sample{timed(func(int) { sink.b = make([]byte, 64) }, 1000)}}
	if rare.allocsPerOp() != 0 || rare.bytesPerOp() != 0 {
		t.Errorf("%d allocs of %d bytes, want none", rare.allocsPerOp(), rare.bytesPerOp())
	}
}

// A gauge is read once a round, and is what it says it is.
func TestMeasureGauge(t *testing.T) {
	reads := 0.0
	r := Row{Name: "Heap/x", gauge: func() float64 { reads++; return 10 * reads }}
	all := r.Measure(3, time.Hour)
	if len(all) != 1 || all[0].Impl != Ours || len(all[0].Samples) != 3 {
		t.Fatalf("%+v, want one series of 3 samples", all)
	}
	lines := r.Judge(all)
	if len(lines) != 1 || lines[0].Value != 20 || lines[0].Unit != "B/stream" || lines[0].Verdict != NoGate {
		t.Errorf("%+v, want 20 B/stream without a gate", lines)
	}
}

// What a row works on is made once, and not before it is run.
func TestLazily(t *testing.T) {
	made, done := 0, 0
	do := lazily(func() body {
		made++
		return func(n int) { done += n }
	})
	if made != 0 {
		t.Error("made before it is run")
	}
	do(2)
	do(3)
	if made != 1 || done != 5 {
		t.Errorf("made %d times for %d operations, want once for 5", made, done)
	}
}

func TestVerdict(t *testing.T) {
	tests := []struct {
		gate       gate
		ours, peer float64
		want       string
	}{
		{gate{}, 1, 100, NoGate},
		{gate{faster: 20}, 5, 100, Holds},
		{gate{faster: 20}, 5.1, 100, FallsShort},
		{gate{within: 3}, 15, 5, Holds},
		{gate{within: 3}, 15.1, 5, FallsShort},
		{gate{within: 3}, 1, 5, Holds},
	}
	for _, tt := range tests {
		if got := tt.gate.verdict(tt.gate.ratio(tt.ours, tt.peer)); got != tt.want {
			t.Errorf("gate %q, ours %v, peer %v: %s, want %s", tt.gate, tt.ours, tt.peer, got, tt.want)
		}
	}
}

// series is a variant that took these times; all else is of the first sample.
func series(impl string, first Sample, values ...float64) Series {
	s := Series{Impl: impl}
	for i, v := range values {
		m := Sample{Value: v}
		if i == 0 {
			m = first
			m.Value = v
		}
		s.Samples = append(s.Samples, m)
	}
	return s
}

// A line is the ratio of the medians, with the rounds' own ratios as spread.
func TestJudge(t *testing.T) {
	r := Row{Name: "X/y", Bytes: 5, ours: func(int) {}, peers: []peer{{name: gopkg, gate: gate{faster: 20}}}}
	lines := r.Judge([]Series{
		series(gopkg, Sample{Ops: 10, Bytes: 1000}, 300, 220, 240),
		series(Ours, Sample{Ops: 10, Allocs: 25}, 10, 11, 30),
	})
	if len(lines) != 1 {
		t.Fatalf("%d lines, want 1", len(lines))
	}
	l := lines[0]
	if l.Value != 11 || l.PeerValue != 240 || l.AllocsPerOp != 2 || l.PeerBytes != 100 || l.Unit != "ns/op" {
		t.Errorf("medians and allocs: %+v", l)
	}
	if fmt.Sprintf("%.2f %.2f %.2f", l.Ratio, l.RatioMin, l.RatioMax) != "21.82 8.00 30.00" || l.Verdict != Holds {
		t.Errorf("ratio %.2f (%.2f .. %.2f) %s, want 21.82 (8.00 .. 30.00) holds", l.Ratio, l.RatioMin, l.RatioMax, l.Verdict)
	}
	if l.Gate != ">= 20x" || l.Limit != 20 || l.AtMost {
		t.Errorf("gate %+v, want >= 20x", l)
	}
	r.peers[0].gate = gate{within: 2}
	l = r.Judge([]Series{series(Ours, Sample{}, 30), series(gopkg, Sample{}, 20)})[0]
	if l.Gate != "<= 2x" || l.Limit != 2 || !l.AtMost || l.Ratio != 1.5 {
		t.Errorf("gate %+v, want <= 2x and a ratio of 1.5", l)
	}
}

// A file that lacks a variant gives no line for it, and one that lacks ours none
// at all.
func TestJudgeLacks(t *testing.T) {
	r := Row{Name: "X/y", ours: func(int) {}, peers: []peer{{name: gopkg, gate: gate{faster: 20}}, {name: plainCopy}}}
	mine, copied := series(Ours, Sample{}, 7), series(plainCopy, Sample{}, 14)
	if lines := r.Judge([]Series{mine, copied}); len(lines) != 1 || lines[0].Peer != plainCopy || lines[0].Ratio != 2 {
		t.Errorf("without gopkg: %+v", lines)
	}
	if lines := r.Judge([]Series{mine}); len(lines) != 1 || lines[0].Verdict != NoGate || lines[0].Value != 7 {
		t.Errorf("without peers: %+v", lines)
	}
	if lines := r.Judge([]Series{copied}); lines != nil {
		t.Errorf("without ours: %+v", lines)
	}
}

func TestPasses(t *testing.T) {
	tests := []struct {
		name           string
		line           Result
		strict, normal bool
	}{
		{"holds", Result{Verdict: Holds}, true, true},
		{"falls short", Result{Verdict: FallsShort}, false, true},
		{"no gate", Result{Verdict: NoGate}, true, true},
		{"allocates", Result{Verdict: Holds, AllocsPerOp: 1}, false, false},
	}
	for _, tt := range tests {
		lines := []Result{{Verdict: Holds}, tt.line}
		if got := Passes(lines, true); got != tt.strict {
			t.Errorf("%s, strict: %v", tt.name, got)
		}
		if got := Passes(lines, false); got != tt.normal {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
