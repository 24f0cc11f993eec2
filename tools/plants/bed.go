package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A bed is a copy of the repository into which bugs are put.
type bed struct {
	dir  string
	time time.Duration
}

func newBed(root string, limit time.Duration) (*bed, error) {
	dir, err := os.MkdirTemp("", "ttwire-plants")
	if err != nil {
		return nil, err
	}
	b := &bed{dir: dir, time: limit}
	if err := copyTree(filepath.Join(dir, "src"), root); err != nil {
		b.remove()
		return nil, err
	}
	return b, nil
}

func (b *bed) remove() { os.RemoveAll(b.dir) }

func (b *bed) path(elem ...string) string {
	return filepath.Join(append([]string{b.dir, "src"}, elem...)...)
}

// copyTree copies all files but those of Git.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		switch {
		case err != nil:
			return err
		case d.Name() == ".git":
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), text, 0o644)
	})
}

// baseline runs what is to find the bugs without any: whatever fails then would
// count as having found each of them.
func (b *bed) baseline(ctx context.Context, all []plant) error {
	seen := make(map[string]bool)
	first := func(name string) bool {
		was := seen[name]
		seen[name] = true
		return !was
	}
	for _, p := range all {
		if first(p.pkg()) {
			f, err := b.test(ctx, p.pkg())
			if err = clean("the tests of "+p.pkg(), f, err); err != nil {
				return err
			}
		}
		if first(p.target) {
			// Its seeds by themselves too: one second may not be enough for all.
			f, err := b.fuzz(ctx, p.target, time.Second, "-test.run=^"+p.target+"$")
			if err = clean(p.target, f, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// clean is the error of a run without a bug, if it fails.
func clean(what string, f finding, err error) error {
	switch {
	case err != nil:
		return fmt.Errorf("%s, without a bug: %w", what, err)
	case f.found:
		return fmt.Errorf("%s, without a bug: %s", what, f)
	}
	return nil
}

// try puts a bug in, looks who finds it, and takes it out again. A bug that does
// not compile is an error, and found by nobody.
func (b *bed) try(ctx context.Context, p plant) (r result, err error) {
	file := b.path(p.file)
	old, err := os.ReadFile(file)
	if err != nil {
		return r, err
	}
	bad, err := p.put(old)
	if err != nil {
		return r, err
	}
	if err := os.WriteFile(file, bad, 0o644); err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, os.WriteFile(file, old, 0o644)) }()
	r.plant = p
	if r.tests, err = b.test(ctx, p.pkg()); err != nil {
		return r, err
	}
	r.fuzzing, err = b.fuzz(ctx, p.target, b.time, "-test.run=^$")
	return r, err
}

// put is the text of the file with the bug in it.
func (p *plant) put(old []byte) ([]byte, error) {
	if n := bytes.Count(old, []byte(p.right)); n != 1 {
		return nil, fmt.Errorf("%q stands there %d times, want once", p.right, n)
	}
	return bytes.Replace(old, []byte(p.right), []byte(p.wrong), 1), nil
}

// test runs the tests of a package.
func (b *bed) test(ctx context.Context, pkg string) (finding, error) {
	bin := filepath.Join(b.dir, "tests")
	if err := b.build(ctx, bin, pkg); err != nil {
		return finding{}, err
	}
	return b.run(ctx, pkg, bin)
}

// fuzz runs one target for some time, from its seeds and stored inputs on, and
// before that the tests that a flag names.
func (b *bed) fuzz(ctx context.Context, target string, d time.Duration, tests string) (finding, error) {
	bin := filepath.Join(b.dir, "fuzzing")
	if err := b.build(ctx, bin, "fuzz", "-fuzz="+target); err != nil {
		return finding{}, err
	}
	cache := filepath.Join(b.dir, "cache")
	defer os.RemoveAll(cache)
	f, err := b.run(ctx, "fuzz", bin, tests, "-test.fuzz=^"+target+"$", "-test.fuzztime="+d.String(),
		"-test.fuzzminimizetime=1x", "-test.fuzzcachedir="+cache)
	if f.input != "" { // the next bug is to be found anew
		err = errors.Join(err, os.Remove(b.path("fuzz", f.input)))
	}
	return f, err
}

// build compiles tests, so that compiling is no part of the time.
func (b *bed) build(ctx context.Context, bin, pkg string, flags ...string) error {
	cmd := exec.CommandContext(ctx, "go", slices.Concat([]string{"test", "-c", "-o", bin}, flags, []string{"./" + pkg})...)
	cmd.Dir = b.path()
	cmd.Env = append(os.Environ(), "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go test -c: %w\n%s", err, out)
	}
	return nil
}

// grace is what a run may take over its time, to start, and to say what failed.
const grace = 15 * time.Second

// run runs compiled tests in the folder of their package.
func (b *bed) run(ctx context.Context, pkg, bin string, args ...string) (f finding, err error) {
	limited, cancel := context.WithTimeout(ctx, b.time+grace)
	defer cancel()
	cmd := exec.CommandContext(limited, bin, append(args, "-test.failfast")...)
	cmd.Dir = b.path(pkg)
	cmd.WaitDelay = time.Second
	start := time.Now()
	out, err := cmd.CombinedOutput()
	f.took = time.Since(start)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return f, ctx.Err()
	case err != nil && limited.Err() == nil && !errors.As(err, &exit):
		return f, err // it could not be run, which finds nothing
	}
	f.read(string(out), err != nil, limited.Err() != nil)
	return f, nil
}

// A finding is what a run of tests or of a target came to.
type finding struct {
	found bool
	hung  bool // it was found because it did not end
	by    string
	input string // file with an input that was made up, from the folder of the package
	took  time.Duration
}

var (
	failLine  = regexp.MustCompile(`(?m)^ *--- FAIL: (\S+)`)
	inputLine = regexp.MustCompile(`Failing input written to (\S+)`)
)

// read takes what a run has printed. The innermost test that failed is the one
// that names the bug.
func (f *finding) read(out string, failed, hung bool) {
	f.found, f.hung = failed, hung
	if m := inputLine.FindStringSubmatch(out); m != nil {
		f.input = m[1]
	}
	for _, m := range failLine.FindAllStringSubmatch(out, -1) {
		if f.by == "" || strings.HasPrefix(m[1], f.by+"/") {
			f.by = m[1]
		}
	}
}

// String is the finding in a few words.
func (f finding) String() string {
	switch {
	case !f.found:
		return "not found"
	case f.hung:
		return "did not end"
	case f.by == "":
		return fmt.Sprintf("crashed after %v", seconds(f.took))
	}
	return fmt.Sprintf("%s after %v", f.by, seconds(f.took))
}

// seconds is a time to a tenth of a second.
func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
