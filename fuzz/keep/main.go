// Command keep chooses the inputs that are stored in fuzz/testdata: of those
// that fuzzing has found on this machine, and those stored already, the ones
// that reach something in the library that neither the generated seeds nor a
// smaller one reaches.
//
//	go run ./fuzz/keep
//
// Run it after fuzz/run, and commit what it leaves. It does not touch files that
// were named by hand.
package main

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/coverage"
	"slices"
	"strings"

	"github.com/ttwire/ttwire/fuzz"
	"github.com/ttwire/ttwire/fuzz/internal/corpus"
)

const (
	module  = "github.com/ttwire/ttwire"
	library = module + "/wire," + module + "/header," + module + "/frame," + module + "/status," + module + "/trailer," + module + "/codec"

	// maxInput is how long a stored input may be, in bytes.
	maxInput = 16 << 10
)

func main() {
	counting := flag.Bool("counting", false, "for keep itself: this is the program that counts")
	flag.Parse()
	run := count
	if *counting {
		run = keep
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "fuzz/keep:", err)
		os.Exit(1)
	}
}

// count builds keep again so that it counts what the library executes, and runs
// that.
func count() error {
	tmp, err := os.MkdirTemp("", "ttwire-keep")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	bin := filepath.Join(tmp, "keep")
	for _, args := range [][]string{
		// Without main nothing is counted at all.
		{"go", "build", "-cover", "-covermode=atomic", "-coverpkg=" + library + "," + module + "/fuzz/keep", "-o", bin, module + "/fuzz/keep"},
		{bin, "-counting"},
	} {
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Env = append(os.Environ(), "GOCOVERDIR="+tmp)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			return err
		}
	}
	return nil
}

func keep() error {
	fuzz.Unmeasured()
	dir, err := output("go", "list", "-f", "{{.Dir}}", module+"/fuzz")
	if err != nil {
		return err
	}
	cache, err := output("go", "env", "GOCACHE")
	if err != nil {
		return err
	}
	found := filepath.Join(cache, "fuzz", filepath.FromSlash(module), "fuzz")
	total := 0
	for i := range fuzz.Targets {
		t := &fuzz.Targets[i]
		stored := filepath.Join(dir, "testdata", "fuzz", t.Name)
		inputs, err := candidates(stored, filepath.Join(found, t.Name))
		if err != nil {
			return err
		}
		kept, err := choose(t, inputs)
		if err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		if err := corpus.Write(stored, kept); err != nil {
			return err
		}
		size := 0
		for _, in := range kept {
			size += len(corpus.Encode(in))
		}
		total += size
		fmt.Printf("%-20s %4d of %4d inputs, %6d bytes\n", t.Name, len(kept), len(inputs), size)
	}
	fmt.Printf("%d bytes in all\n", total)
	return nil
}

func output(name string, args ...string) (string, error) {
	out, err := exec.Command(name, args...).Output()
	return strings.TrimSpace(string(out)), err
}

// candidates are the inputs of some folders, the smallest first, each once.
func candidates(dirs ...string) ([][]byte, error) {
	var all [][]byte
	for _, dir := range dirs {
		inputs, err := corpus.Read(dir)
		if err != nil {
			return nil, err
		}
		for _, in := range inputs {
			if len(in.In) <= maxInput && !corpus.Kept(in.Name) {
				all = append(all, in.In)
			}
		}
	}
	slices.SortFunc(all, func(a, b []byte) int { return cmp.Or(cmp.Compare(len(a), len(b)), bytes.Compare(a, b)) })
	return slices.CompactFunc(all, bytes.Equal), nil
}

// choose takes the inputs that reach something new, beyond the seeds.
func choose(t *fuzz.Target, inputs [][]byte) ([][]byte, error) {
	reached := map[place]bool{}
	for _, in := range t.Seeds() {
		if _, err := reach(t, in, reached); err != nil {
			return nil, err
		}
	}
	var kept [][]byte
	for _, in := range inputs {
		fresh, err := reach(t, in, reached)
		if err != nil {
			return nil, err
		}
		if fresh {
			kept = append(kept, in)
		}
	}
	return kept, nil
}

// reach runs an input, notes what it reaches, and reports whether any of that
// was not reached before.
func reach(t *fuzz.Target, in []byte, reached map[place]bool) (fresh bool, err error) {
	if err := coverage.ClearCounters(); err != nil {
		return false, err
	}
	failed := ""
	func() {
		defer func() {
			if r := recover(); r != nil && failed == "" {
				failed = fmt.Sprint(r)
			}
		}()
		t.Run(failing{&failed}, in)
	}()
	if failed != "" {
		return false, fmt.Errorf("%s fails, mend that first: %s", corpus.Name(in), failed)
	}
	var b bytes.Buffer
	if err := coverage.WriteCounters(&b); err != nil {
		return false, err
	}
	places, err := counters(b.Bytes())
	for _, p := range places {
		fresh = fresh || !reached[p]
		reached[p] = true
	}
	return fresh, err
}

// failing ends a target that fails.
type failing struct{ why *string }

func (f failing) Helper() {}

func (f failing) Fatalf(format string, args ...any) {
	*f.why = fmt.Sprintf(format, args...)
	panic(errFailed)
}

var errFailed = errors.New("the input fails")
