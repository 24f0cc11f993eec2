package main

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// result is what is known of a target: what the engine has printed.
type result struct {
	name    string
	execs   int64
	fresh   int // inputs that reached something new
	corpus  int // inputs in all, seeds too
	elapsed time.Duration
	base    string        // how far the engine is with what it knows already: "3/120"
	fuzzing bool          // it is through with that
	known   time.Duration // that took so long, which is no part of elapsed
	tail    []string      // of the output
	failure string        // what went wrong, if something has
}

var (
	baseLine  = regexp.MustCompile(`^fuzz: elapsed: (\S+), (?:gathering baseline coverage|testing seed corpus): (\d+/\d+)( completed, now fuzzing)?`)
	execsLine = regexp.MustCompile(`^fuzz: elapsed: (\S+), execs: (\d+) \(\d+/sec\), new interesting: (\d+) \(total: (\d+)\)`)
)

// line takes the next line of the engine's output.
func (r *result) line(s string) {
	if m := baseLine.FindStringSubmatch(s); m != nil {
		r.base = m[2]
		if m[3] != "" {
			r.fuzzing = true
			r.known, _ = time.ParseDuration(m[1])
		}
		return
	}
	if m := execsLine.FindStringSubmatch(s); m != nil {
		elapsed, _ := time.ParseDuration(m[1])
		r.elapsed = elapsed - r.known
		r.execs, _ = strconv.ParseInt(m[2], 10, 64)
		r.fresh, _ = strconv.Atoi(m[3])
		r.corpus, _ = strconv.Atoi(m[4])
		return
	}
	if r.tail = append(r.tail, s); len(r.tail) > 40 {
		r.tail = r.tail[1:]
	}
}

// end takes the end of the process. A run whose time is up in the middle of
// something may end with the error of its context, which is no failure.
func (r *result) end(err error, interrupted bool) {
	text := strings.Join(r.tail, "\n")
	up := strings.Contains(text, "context deadline exceeded") || interrupted && strings.Contains(text, "context canceled")
	found := strings.Contains(text, "Failing input written to ") || strings.Contains(text, "--- FAIL") && !up
	if err == nil || (interrupted || up) && !found {
		return
	}
	if r.failure = strings.TrimSpace(text); r.failure == "" {
		r.failure = err.Error()
	}
}

// unfuzzed are the targets for which the time did not suffice to begin.
func unfuzzed(results []*result) []string {
	var names []string
	for _, r := range results {
		if r.execs == 0 && r.failure == "" {
			names = append(names, r.name)
		}
	}
	return names
}

// rate is executions a second.
func (r *result) rate() int64 {
	if r.elapsed <= 0 {
		return 0
	}
	return int64(float64(r.execs) / r.elapsed.Seconds())
}

// The verdicts on a run in which the fuzzing itself went well.
var (
	errFailed   = errors.New("some targets failed: go test ./fuzz runs their inputs again")
	errUnfuzzed = errors.New("some targets were not fuzzed at all")
)

// verdict is what a run comes to. What the user has stopped need not have begun.
func verdict(results []*result, stopped bool) error {
	var unbegun, failed error
	if len(unfuzzed(results)) > 0 && !stopped {
		unbegun = errUnfuzzed
	}
	for _, r := range results {
		if r.failure != "" {
			failed = errFailed
		}
	}
	return errors.Join(unbegun, failed)
}

func (r *result) failures() int {
	if r.failure != "" {
		return 1
	}
	return 0
}
