package main

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// followed is a result that has seen these lines.
func followed(exit error, interrupted bool, lines ...string) *result {
	r := &result{name: "FuzzX"}
	for _, l := range lines {
		r.line(l)
	}
	r.end(exit, interrupted)
	return r
}

var errExit = errors.New("exit status 1")

func TestResult(t *testing.T) {
	r := followed(nil, false,
		"fuzz: elapsed: 0s, gathering baseline coverage: 0/549 completed",
		"fuzz: elapsed: 2s, gathering baseline coverage: 549/549 completed, now fuzzing with 1 workers",
		"fuzz: elapsed: 1m5s, execs: 126000 (5841/sec), new interesting: 13 (total: 562)",
		"PASS")
	// The time begins behind what is known already.
	if r.execs != 126000 || r.fresh != 13 || r.corpus != 562 || r.elapsed != 63*time.Second || r.rate() != 2000 || r.failure != "" || !r.fuzzing {
		t.Errorf("%+v, rate %d", r, r.rate())
	}
	if r.base != "549/549" {
		t.Errorf("base %q", r.base)
	}
	if r = followed(nil, false, "fuzz: elapsed: 1s, testing seed corpus: 3/3 completed, now fuzzing with 1 workers"); !r.fuzzing {
		t.Error("where nothing is instrumented, it does not begin")
	}
}

// What is a failure, and what is only the end of the time or the user's wish.
func TestFailure(t *testing.T) {
	failing := []string{"--- FAIL: FuzzX (2.41s)", "    Failing input written to testdata/fuzz/FuzzX/0c11fe8c1788ff21", "FAIL"}
	for _, tt := range []struct {
		name        string
		exit        error
		interrupted bool
		lines       []string
		failures    int
	}{
		{"passed", nil, false, []string{"PASS"}, 0},
		{"an input fails", errExit, false, failing, 1},
		{"an input fails as the user stops it", errExit, true, failing, 1},
		{"a seed fails", errExit, false, []string{"--- FAIL: FuzzX (0.1s)", "    --- FAIL: FuzzX/seed#3 (0.00s)"}, 1},
		{"time is up in the middle", errExit, false, []string{"--- FAIL: FuzzX (9.46s)", "    context deadline exceeded", "FAIL"}, 0},
		{"the user stops it", errExit, true, []string{"signal: interrupt"}, 0},
		{"it is stopped in the middle", errExit, true, []string{"--- FAIL: FuzzX (9.46s)", "    context canceled", "FAIL"}, 0},
		{"an input fails before it is stopped", errExit, true, []string{"--- FAIL: FuzzX (0.1s)", "    --- FAIL: FuzzX/seed#3 (0.00s)"}, 1},
		{"it does not start", errExit, false, nil, 1},
		{"it dies", errExit, false, []string{"fatal error: out of memory"}, 1},
	} {
		if r := followed(tt.exit, tt.interrupted, tt.lines...); r.failures() != tt.failures {
			t.Errorf("%s: %d failures, want %d: %q", tt.name, r.failures(), tt.failures, r.failure)
		}
	}
}

func TestTable(t *testing.T) {
	results := []*result{
		{name: "FuzzA", execs: 1000, elapsed: 10 * time.Second, fresh: 3, corpus: 20},
		{name: "FuzzB", execs: 500, elapsed: 5 * time.Second, fresh: 1, corpus: 7, failure: "bad"},
	}
	var out strings.Builder
	writeTable(&out, results)
	for _, want := range []string{"executions/s", "FuzzA        1000           100           3      20         0", "all        1500           100           4      27         1"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	md := string(markdown(results, options{time: 10 * time.Second, parallel: 2}))
	for _, want := range []string{"-time 10s -parallel 2`, 15s of fuzzing", "| FuzzB | 500 | 100 | 1 | 7 | 1 |\n", "| all | 1500 | 100 | 4 | 27 | 1 |\n"} {
		if !strings.Contains(md, want) {
			t.Errorf("no %q in\n%s", want, md)
		}
	}
}

// A target that had no time to begin does not pass for one without failures.
func TestUnfuzzed(t *testing.T) {
	late := followed(nil, false, "fuzz: elapsed: 3s, gathering baseline coverage: 17/549 completed", "PASS")
	if late.fuzzing {
		t.Error("it has begun")
	}
	done := followed(nil, false, "fuzz: elapsed: 3s, execs: 9 (3/sec), new interesting: 0 (total: 5)", "PASS")
	bad := followed(errExit, false, "--- FAIL: FuzzX (0.1s)")
	all := []*result{late, done, bad}
	if got := unfuzzed(all); len(got) != 1 || got[0] != "FuzzX" {
		t.Errorf("%q", got)
	}
	for _, tt := range []struct {
		results []*result
		stopped bool
		want    []error
	}{
		{[]*result{done}, false, nil},
		{[]*result{done, late}, false, []error{errUnfuzzed}},
		{[]*result{done, late}, true, nil}, // the user did not want it
		{[]*result{bad}, true, []error{errFailed}},
		{all, false, []error{errUnfuzzed, errFailed}},
	} {
		err := verdict(tt.results, tt.stopped)
		if (err == nil) != (tt.want == nil) {
			t.Errorf("%v, want %v", err, tt.want)
		}
		for _, want := range tt.want {
			if !errors.Is(err, want) {
				t.Errorf("%v, want %v", err, want)
			}
		}
	}
}

func TestBetween(t *testing.T) {
	got, err := between([]byte("front\n"+markBegin+"old\n"+markEnd+"back\n"), []byte("new\n"))
	if err != nil || string(got) != "front\n"+markBegin+"new\n"+markEnd+"back\n" {
		t.Errorf("%q, %v", got, err)
	}
	for _, bad := range []string{"", markBegin, markEnd, markEnd + markBegin} {
		if _, err := between([]byte(bad), nil); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
