package fuzz

import (
	"bytes"
	"runtime"
	"sync/atomic"
	"time"
)

// A decoder may cost time that is linear in the input, and twice the input and
// a constant in memory. Measuring memory costs more than most decoders do, so of
// the inputs that are made up one in measured is measured, and all of those that
// are stored.
const measured = 128

var (
	turn, longTurn, failed atomic.Uint32
	unmeasured             atomic.Bool
)

// Unmeasured switches all measuring off, for whoever counts what is executed.
func Unmeasured() { unmeasured.Store(true) }

// due reports whether this one is to be measured. After a failure all are, so
// that what has failed fails again while it is made smaller.
func due() bool {
	if unmeasured.Load() {
		return false
	}
	return !fuzzing() || failed.Load() > 0 || turn.Add(1)%measured == 0
}

// allocates asserts that run, which is given in, allocates at most factor bytes
// for each byte of it, and fixed bytes. With both 0 it must not allocate at all.
func allocates(t T, in []byte, factor, fixed int, run func()) {
	t.Helper()
	if !due() {
		run()
		return
	}
	limit, least := uint64(factor*len(in)+fixed), ^uint64(0)
	for range 3 { // another goroutine may allocate meanwhile
		if least = min(least, allocated(run)); least <= limit {
			return
		}
	}
	failed.Store(1)
	t.Fatalf("%d bytes allocated for %d of input, want %d at most", least, len(in), limit)
}

// allocated is how many bytes run allocates.
func allocated(run func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// The time that is allowed is counted in readings of the input: what takes
// longer than slow is put to it, and may take maxReadings of at least 64 KiB, or
// that some times over. Only what is worse than linear comes near.
const (
	slow        = 5 * time.Millisecond
	maxReadings = 300
)

// linear asserts that the time of run grows no faster than its input: in
// itself, and now and then 1 MiB of in over and over.
func linear(t T, in []byte, run func(in []byte)) {
	t.Helper()
	linearTimes(t, in, 1, run)
}

// linearTimes is linear for a run that by what it is for looks at its input
// several times.
func linearTimes(t T, in []byte, times time.Duration, run func(in []byte)) {
	t.Helper()
	inTime(t, in, times, run)
	if len(in) > 0 && dueLong() {
		const long = 1 << 20
		inTime(t, bytes.Repeat(in, 1+long/len(in)), times, run)
	}
}

// dueLong reports whether this one is to be repeated: one in a thousand of those
// that are made up, one in eight of those that are stored.
func dueLong() bool {
	every := uint32(8)
	if fuzzing() {
		every = 8 * measured
	}
	return !unmeasured.Load() && (longTurn.Add(1)%every == 1 || failed.Load() > 0)
}

// inTime asserts that run, which is given in, takes no longer than maxReadings,
// times over.
func inTime(t T, in []byte, times time.Duration, run func(in []byte)) {
	t.Helper()
	if timed(func() { run(in) }) <= slow || unmeasured.Load() {
		return
	}
	most, least := time.Duration(0), time.Duration(1<<62)
	for range 3 { // the machine may have been busy with something else
		// Both in this order each time, so that they meet the same load.
		most = max(most, times*maxReadings*reading(in), slow)
		if least = min(least, timed(func() { run(in) })); least <= most {
			return
		}
	}
	failed.Store(1)
	t.Fatalf("%d bytes take %v, which is more than %v", len(in), least, most)
}

func timed(run func()) time.Duration {
	start := time.Now()
	run()
	return time.Since(start)
}

var sum atomic.Uint32

// reading is the time of looking at each byte of in once, or at 64 KiB if in is
// shorter.
func reading(in []byte) time.Duration {
	if len(in) < 64<<10 {
		in = make([]byte, 64<<10)
	}
	return timed(func() {
		var s uint32
		for _, c := range in {
			s = s<<1 ^ uint32(c)
		}
		sum.Store(s)
	})
}
