package bench

import (
	"runtime"
	"slices"
	"time"
)

// A Series is what one variant of a row took, sample by sample.
type Series struct {
	Impl    string   // Ours, or a peer
	Samples []Sample // one a round
}

// A Sample is one turn of a variant.
type Sample struct {
	Ops    int     // how many operations it was
	Value  float64 // per operation, in the row's Unit
	Bytes  uint64  // allocated, in all operations together
	Allocs uint64  // objects allocated, in all operations together
}

// median is the variant's value.
func (s *Series) median() float64 {
	var vs []float64
	for _, m := range s.Samples {
		vs = append(vs, m.Value)
	}
	return median(vs)
}

// allocsPerOp and bytesPerOp round down over all samples, as package testing
// does: what the runtime allocates for itself during a sample is not the
// variant's.
func (s *Series) allocsPerOp() uint64 {
	return s.perOp(func(m *Sample) uint64 { return m.Allocs })
}

func (s *Series) bytesPerOp() uint64 {
	return s.perOp(func(m *Sample) uint64 { return m.Bytes })
}

func (s *Series) perOp(what func(*Sample) uint64) uint64 {
	var sum, ops uint64
	for i := range s.Samples {
		sum += what(&s.Samples[i])
		ops += uint64(s.Samples[i].Ops)
	}
	return sum / max(ops, 1)
}

// Measure times the variants of a row in interleaved rounds: in each round
// every variant has its turn of about the given time, so that what slows the
// machine down for a while slows all of them. Each round starts with another
// variant.
func (r *Row) Measure(rounds int, turn time.Duration) []Series {
	vs := r.variants()
	all := make([]Series, len(vs))
	ops := make([]int, len(vs))
	for i, v := range vs {
		all[i].Impl = v.impl
		if r.gauge == nil {
			ops[i] = calibrate(v.body, turn)
		}
	}
	for round := range rounds {
		for i := range vs {
			i = (i + round) % len(vs)
			all[i].Samples = append(all[i].Samples, r.sample(vs[i].body, ops[i]))
		}
	}
	return all
}

// sample is one turn of n operations.
func (r *Row) sample(do body, n int) Sample {
	if r.gauge != nil {
		return Sample{Ops: 1, Value: r.gauge()}
	}
	return timed(do, n)
}

// calibrate finds how many operations take about the given time. It doubles
// from 1, which warms the variant up as well, and believes only what has been
// so twice: the first time may have made what the variant works on, or waited
// for somebody else.
func calibrate(do body, turn time.Duration) int {
	for n := 1; ; n *= 2 {
		if took := min(once(do, n), once(do, n)); took > turn/4 {
			return max(1, int(float64(n)*float64(turn)/float64(took)))
		}
	}
}

// once is how long n operations take.
func once(do body, n int) time.Duration {
	start := time.Now()
	do(n)
	return time.Since(start)
}

// timed does n operations and measures them.
func timed(do body, n int) Sample {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	took := once(do, n)
	runtime.ReadMemStats(&after)
	return Sample{
		Ops:    n,
		Value:  float64(took.Nanoseconds()) / float64(n),
		Bytes:  after.TotalAlloc - before.TotalAlloc,
		Allocs: after.Mallocs - before.Mallocs,
	}
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
