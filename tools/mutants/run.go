package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"
)

// The verdicts. One that the compiler refuses is no mutant and counts nowhere.
const (
	killed    = "killed"
	lived     = "lived"
	timedOut  = "timed out"
	notViable = "not viable"
)

type result struct {
	mutant
	Package string  `json:"package"`
	Verdict string  `json:"verdict"`
	By      string  `json:"by,omitempty"` // the first test that failed
	Seconds float64 `json:"seconds"`
}

// testFlags make a run the same each time, stop it at the first failure, and
// leave nothing behind.
var testFlags = []string{"-test.failfast", "-rapid.seed=1", "-rapid.shrinktime=1ms", "-rapid.nofailfile"}

// A mutant can eat all memory, so that the tests get 6 GiB of address space.
const limited = `ulimit -v 6291456 2>/dev/null; exec "$0" "$@"`

// bench tries the mutants of one package.
type bench struct {
	root, pkg, dir string // dir is for what is made on the way
	limit          time.Duration
	cpu            time.Duration // that the tests take without a mutant
	workers        int
}

// baseline builds and runs the tests as they are, as many at once as there will
// be, and takes the time that a run may need from it.
func (b *bench) baseline() error {
	bin := filepath.Join(b.dir, "baseline.test")
	if out, err := b.build(bin, filepath.Join(b.dir, "none.json"), nil); err != nil {
		return fmt.Errorf("%s does not build: %v\n%s", b.pkg, err, out)
	}
	runs := make([]outcome, b.workers)
	start := time.Now()
	var wg sync.WaitGroup
	for i := range runs {
		wg.Go(func() { runs[i] = b.test(bin, 5*time.Minute) })
	}
	wg.Wait()
	b.limit = max(3*time.Second, 3*time.Since(start))
	for _, r := range runs {
		if r.verdict != lived {
			return fmt.Errorf("the tests of %s fail without a mutant: %s %s", b.pkg, r.verdict, r.by)
		}
		b.cpu = max(b.cpu, r.cpu)
	}
	return nil
}

// build compiles the tests of the package with some files replaced.
func (b *bench) build(bin, overlay string, replace map[string]string) ([]byte, error) {
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(overlay, text, 0o644); err != nil {
		return nil, err
	}
	cmd := exec.Command("go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-overlay", overlay, "-o", bin, "./"+b.pkg)
	cmd.Dir = b.root
	// A build cache of its own, for what mutants leave there is of no use to anyone;
	// and a compiler that does not collect garbage takes a third less time.
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOGC=off", "GOCACHE="+filepath.Join(b.dir, "cache"))
	return cmd.CombinedOutput()
}

// refused is what the compiler says of a place in a file.
var refused = regexp.MustCompile(`\.go:\d+:\d+: `)

var failed = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)

// watch is the output of a test binary, of which the first failure is enough:
// -test.failfast lets the examples run all the same.
type watch struct {
	bytes.Buffer
	stop context.CancelFunc
}

func (w *watch) Write(p []byte) (int, error) {
	n, err := w.Buffer.Write(p)
	if failed.Match(w.Bytes()) {
		w.stop()
	}
	return n, err
}

// outcome is what came of a run.
type outcome struct {
	verdict, by string
	cpu         time.Duration // that it took
}

// test runs a test binary.
func (b *bench) test(bin string, limit time.Duration) (o outcome) {
	// The binary ends itself at the limit; should it not, it is ended.
	ctx, cancel := context.WithTimeout(context.Background(), limit+10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", slices.Concat([]string{"-c", limited, bin, "-test.timeout=" + limit.String()}, testFlags)...)
	cmd.Dir = filepath.Join(b.root, b.pkg)
	out := &watch{stop: cancel}
	cmd.Stdout, cmd.Stderr = out, out
	err := cmd.Run()
	if s := cmd.ProcessState; s != nil {
		o.cpu = s.UserTime() + s.SystemTime()
	}
	m := failed.FindSubmatch(out.Bytes())
	switch {
	case m != nil:
		o.verdict, o.by = killed, string(m[1])
	case err == nil:
		o.verdict = lived
	case ctx.Err() != nil || bytes.Contains(out.Bytes(), []byte("panic: test timed out after")):
		o.verdict = timedOut
	default:
		o.verdict = killed // by a panic, or an init that fails
	}
	return o
}

// verdict runs a mutant's tests. Where they reach the limit without having had
// twice the processor time that they need, it is the machine that is slow, or
// they wait for something: they are given four times as long.
func (b *bench) verdict(bin string) outcome {
	o := b.test(bin, b.limit)
	if o.verdict == timedOut && o.cpu < 2*b.cpu {
		o = b.test(bin, 4*b.limit)
	}
	return o
}

// try builds and tests a mutant; worker's files are its own.
func (b *bench) try(m *mutant, src []byte, worker int) (*result, error) {
	r, start := &result{mutant: *m, Package: b.pkg}, time.Now()
	file := func(kind string) string { return filepath.Join(b.dir, fmt.Sprint(worker, kind)) }
	if err := os.WriteFile(file(".go"), m.apply(src), 0o644); err != nil {
		return nil, err
	}
	out, err := b.build(file(".test"), file(".json"), map[string]string{filepath.Join(b.root, m.File): file(".go")})
	switch {
	case err == nil:
		o := b.verdict(file(".test"))
		r.Verdict, r.By = o.verdict, o.by
	case refused.Match(out):
		r.Verdict = notViable
	default:
		return nil, fmt.Errorf("%s:%d: %v\n%s", m.File, m.Line, err, out)
	}
	r.Seconds = time.Since(start).Round(10 * time.Millisecond).Seconds()
	return r, nil
}
