package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"
)

// The verdicts. A mutant with which the tests hang is run twice before it counts
// as found; one that the compiler refuses is no mutant and counts nowhere.
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
	workers        int
}

// baseline builds and runs the tests as they are, as many at once as there will
// be, and takes the time that a run may need from it.
func (b *bench) baseline() error {
	bin := filepath.Join(b.dir, "baseline.test")
	if out, err := b.build(bin, filepath.Join(b.dir, "none.json"), nil); err != nil {
		return fmt.Errorf("%s does not build: %v\n%s", b.pkg, err, out)
	}
	errs := make([]error, b.workers)
	start := time.Now()
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			if verdict, by := b.test(bin, 5*time.Minute); verdict != lived {
				errs[i] = fmt.Errorf("the tests of %s fail without a mutant: %s %s", b.pkg, verdict, by)
			}
		})
	}
	wg.Wait()
	b.limit = max(3*time.Second, 3*time.Since(start))
	return errors.Join(errs...)
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

// test runs a test binary.
func (b *bench) test(bin string, limit time.Duration) (verdict, by string) {
	// The binary ends itself at the limit; should it not, it is ended.
	ctx, cancel := context.WithTimeout(context.Background(), limit+10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", slices.Concat([]string{"-c", limited, bin, "-test.timeout=" + limit.String()}, testFlags)...)
	cmd.Dir = filepath.Join(b.root, b.pkg)
	out := &watch{stop: cancel}
	cmd.Stdout, cmd.Stderr = out, out
	err := cmd.Run()
	if m := failed.FindSubmatch(out.Bytes()); m != nil {
		return killed, string(m[1])
	}
	switch {
	case err == nil:
		return lived, ""
	case ctx.Err() != nil || bytes.Contains(out.Bytes(), []byte("panic: test timed out after")):
		return timedOut, ""
	}
	return killed, "" // by a panic, or an init that fails
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
		r.Verdict, r.By = b.test(file(".test"), b.limit)
		if r.Verdict == timedOut {
			r.Verdict, r.By = b.test(file(".test"), b.limit)
		}
	case refused.Match(out):
		r.Verdict = notViable
	default:
		return nil, fmt.Errorf("%s:%d: %v\n%s", m.File, m.Line, err, out)
	}
	r.Seconds = time.Since(start).Round(10 * time.Millisecond).Seconds()
	return r, nil
}
