// Command bench measures ttwire against its peers and says which speed gates
// hold.
//
//	go run ./bench                      every row, 10 interleaved rounds
//	go run ./bench -run Parse           rows whose name matches
//	go run ./bench -rounds 6 -time 10ms quicker and rougher
//	go run ./bench -json                one JSON object a line
//	go run ./bench -strict              exit status 1 if a gate falls short
//
// A gate is a ratio between medians of one run, never an absolute time. That
// ours allocates nothing does not depend on the machine, so the exit status is
// 1 without -strict too where it does. How to read the table: README.md.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"time"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// minRounds is the least that a median is taken of, on a noisy machine.
const minRounds = 6

// config is the command line.
type config struct {
	match  *regexp.Regexp
	rounds int
	sample time.Duration
	json   bool
	strict bool
}

// run is main with its surroundings handed in; it returns the exit status.
func run(args []string, out, errs io.Writer) int {
	c, err := parseFlags(args, errs)
	if err != nil {
		return 2
	}
	ok, err := c.table(out)
	switch {
	case err != nil:
		fmt.Fprintln(errs, "bench:", err)
		return 2
	case !ok:
		return 1
	}
	return 0
}

// table measures and prints the rows that match, and reports whether they
// pass.
func (c *config) table(out io.Writer) (ok bool, err error) {
	if !c.json {
		fmt.Fprintf(out, "%s %s/%s, %d CPUs, %d interleaved rounds of %v a variant\n\n",
			runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), c.rounds, c.sample)
		if err := printHead(out); err != nil {
			return false, err
		}
	}
	ok, seen := true, false
	for _, r := range rows() {
		if !c.match.MatchString(r.name) {
			continue
		}
		lines := judge(&r, measure(&r, c.rounds, c.sample))
		if err := c.print(out, lines); err != nil {
			return false, err
		}
		seen, ok = true, ok && passes(lines, c.strict)
	}
	if !seen {
		return false, fmt.Errorf("no row matches %q", c.match)
	}
	return ok, nil
}

// print prints the lines of a row.
func (c *config) print(out io.Writer, lines []result) error {
	for i := range lines {
		var err error
		if c.json {
			err = printJSON(out, &lines[i])
		} else {
			err = printLine(out, &lines[i], i == 0)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// parseFlags reads the command line. Where it returns an error it has said
// what is wrong.
func parseFlags(args []string, errs io.Writer) (*config, error) {
	var c config
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	fs.SetOutput(errs)
	match := fs.String("run", "", "only rows whose name matches this `regexp`")
	fs.IntVar(&c.rounds, "rounds", 10, "interleaved rounds; at least 6")
	fs.DurationVar(&c.sample, "time", 20*time.Millisecond, "one variant's turn in a round")
	fs.BoolVar(&c.json, "json", false, "one JSON object a line")
	fs.BoolVar(&c.strict, "strict", false, "exit status 1 if a ratio gate falls short")
	if err := fs.Parse(args); err != nil {
		return nil, err
	}
	c.rounds = max(c.rounds, minRounds)
	var err error
	if c.match, err = regexp.Compile(*match); err != nil {
		fmt.Fprintln(errs, "bench: -run:", err)
	}
	return &c, err
}
