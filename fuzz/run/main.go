// Command run fuzzes all targets of package fuzz for a given time each, shows
// how far it is, and ends with a table.
//
//	go run ./fuzz/run -time 60s
//	go run ./fuzz/run -time 10m -parallel 4 -targets 'Conn|Reader'
//
// The inputs that it finds go to the build cache, where go test -fuzz has them
// too, so that every run goes on from the ones before. The time of a target begins
// when all that is known has run. An input that fails is written to fuzz/testdata,
// and the exit code is 1; so it is if a target was not fuzzed at all.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// pkg is what is fuzzed.
const pkg = "github.com/ttwire/ttwire/fuzz"

type options struct {
	time     time.Duration // of each target
	parallel int           // targets at once
	workers  int           // of each target
	targets  *regexp.Regexp
	minimize string // of each new input, as go test takes it
	markdown string // file to write the table to as well
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "fuzz/run:", err)
		os.Exit(1)
	}
}

func parseFlags() (options, error) {
	var o options
	flag.DurationVar(&o.time, "time", time.Minute, "how long to fuzz each target")
	flag.IntVar(&o.parallel, "parallel", 1, "how many targets to fuzz at the same time")
	flag.IntVar(&o.workers, "workers", 0, "processes of each target; 0 shares the processors out")
	names := flag.String("targets", "", "regular expression: which targets, all if empty")
	flag.StringVar(&o.minimize, "minimize", "100x", "how much to try to make each new input smaller: runs such as 100x, or a duration")
	flag.StringVar(&o.markdown, "markdown", "", "file of which the table between the marks is replaced")
	flag.Parse()
	if flag.NArg() > 0 || o.parallel < 1 || o.workers < 0 || o.time <= 0 {
		return o, errors.New("usage: fuzz/run [flags]; -h lists them")
	}
	if o.workers == 0 {
		o.workers = max(1, runtime.GOMAXPROCS(0)/o.parallel)
	}
	var err error
	o.targets, err = regexp.Compile(*names)
	return o, err
}

func run() error {
	o, err := parseFlags()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	tmp, err := os.MkdirTemp("", "ttwire-fuzz")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	b, err := build(ctx, tmp)
	if err != nil {
		return err
	}
	names, err := b.list(ctx, o.targets)
	if err != nil {
		return err
	}
	fmt.Printf("%d targets, %v each, %d at a time with %d workers\n", len(names), o.time, o.parallel, o.workers)
	results := fuzzAll(ctx, b, o, names)
	writeTable(os.Stdout, results)
	if late := unfuzzed(results); len(late) > 0 && ctx.Err() == nil {
		fmt.Printf("\nNothing new was tried, as the known inputs took over %v: %s.\n", maxKnown, strings.Join(late, ", "))
	}
	if o.markdown != "" {
		err = replaceTable(o.markdown, results, o)
	}
	for _, r := range results {
		if r.failure != "" {
			fmt.Printf("\n%s\n%s\n", r.name, r.failure)
		}
	}
	return errors.Join(err, verdict(results, ctx.Err() != nil))
}

// binary is the compiled tests, instrumented for fuzzing.
type binary struct {
	path  string
	dir   string // of the package, where its testdata is
	cache string // where new inputs go
}

func build(ctx context.Context, tmp string) (*binary, error) {
	dir, err := output(ctx, "go", "list", "-f", "{{.Dir}}", pkg)
	if err != nil {
		return nil, err
	}
	cache, err := output(ctx, "go", "env", "GOCACHE")
	if err != nil {
		return nil, err
	}
	b := &binary{path: filepath.Join(tmp, "fuzz.test"), dir: dir, cache: filepath.Join(cache, "fuzz", filepath.FromSlash(pkg))}
	// Which target -fuzz names makes no difference to -c.
	_, err = output(ctx, "go", "test", "-c", "-fuzz=.", "-o", b.path, pkg)
	return b, err
}

// list is the names of the targets that match.
func (b *binary) list(ctx context.Context, which *regexp.Regexp) ([]string, error) {
	out, err := output(ctx, b.path, "-test.list", "^Fuzz")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, name := range strings.Fields(out) {
		if which.MatchString(name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no target matches %q", which)
	}
	return names, nil
}

// output runs a command and gives what it prints.
func output(ctx context.Context, name string, args ...string) (string, error) {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	text := strings.TrimSpace(string(out))
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s", name, err, text)
	}
	return text, err
}
