package main

import (
	"runtime"
	"slices"
	"time"
)

// A series is what one variant of a row took, sample by sample.
type series struct {
	impl   string
	ns     []float64 // per operation, one a round
	ops    uint64    // in all samples together
	allocs uint64    // objects, in all samples together
	bytes  uint64    // of those objects
}

// median is the variant's time, in ns per operation.
func (s *series) median() float64 { return median(s.ns) }

// allocsPerOp and bytesPerOp round down, as package testing does: what the
// runtime allocates for itself during a sample is not the variant's.
func (s *series) allocsPerOp() uint64 { return s.allocs / max(s.ops, 1) }
func (s *series) bytesPerOp() uint64  { return s.bytes / max(s.ops, 1) }

// measure times the variants of a row in interleaved rounds: in each round
// every variant has its turn of about the given time, so that what slows the
// machine down for a while slows all of them. Each round starts with another
// variant.
func measure(r *row, rounds int, sample time.Duration) []series {
	vs := r.variants()
	all := make([]series, len(vs))
	ops := make([]int, len(vs))
	for i, v := range vs {
		all[i].impl = v.impl
		ops[i] = calibrate(v.body, sample)
	}
	for round := range rounds {
		for i := range vs {
			i = (i + round) % len(vs)
			all[i].take(vs[i].body, ops[i])
		}
	}
	return all
}

// calibrate finds how many operations take about the given time. It doubles
// from 1, which warms the variant up as well.
func calibrate(do body, sample time.Duration) int {
	for n := 1; ; n *= 2 {
		start := time.Now()
		do(n)
		if took := time.Since(start); took > sample/4 {
			return max(1, int(float64(n)*float64(sample)/float64(took)))
		}
	}
}

// take adds one sample of n operations.
func (s *series) take(do body, n int) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	do(n)
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	s.ns = append(s.ns, float64(took.Nanoseconds())/float64(n))
	s.ops += uint64(n)
	s.allocs += after.Mallocs - before.Mallocs
	s.bytes += after.TotalAlloc - before.TotalAlloc
}

// median is the middle of xs, or the mean of the two in the middle.
func median(xs []float64) float64 {
	xs = slices.Sorted(slices.Values(xs))
	n := len(xs)
	if n == 0 {
		return 0
	}
	return (xs[(n-1)/2] + xs[n/2]) / 2
}
