// Command run measures ttwire against its peers and says which speed gates
// hold.
//
//	go run ./bench/run                       every row, 10 interleaved rounds
//	go run ./bench/run -run 'Parse|Reject'   rows whose name matches
//	go run ./bench/run -rounds 6 -time 10ms  quicker and rougher
//	go run ./bench/run -json                 one JSON object a line
//	go run ./bench/run -strict               exit status 1 if a gate falls short
//	go run ./bench/run -o new.txt            the samples too, as benchstat reads them
//	go run ./bench/run -docs docs/bench      samples, tables and pictures
//	go run ./bench/run -from docs/bench/bench.txt  the table of such a file, without measuring
//	go run ./bench/run -from docs/bench/bench.txt -markdown README.md  and put between a file's marks
//
// A gate is a ratio between medians of one run, never an absolute time. That
// ours allocates nothing does not depend on the machine, so the exit status is
// 1 without -strict too where it does. How to read the table: bench/README.md.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/ttwire/ttwire/bench"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// minRounds is the least that a median is taken of, on a noisy machine.
const minRounds = 6

// config is the command line.
type config struct {
	match    *regexp.Regexp
	rounds   int
	turn     time.Duration
	json     bool
	strict   bool
	out      string // file for benchstat
	from     string // such a file, instead of measuring
	plots    string // folder for the pictures
	markdown string // file with marks
}

// run is main with its surroundings handed in; it returns the exit status.
func run(args []string, out, errs io.Writer) int {
	c, err := parseFlags(args, errs)
	if err != nil {
		return 2
	}
	ok, err := c.do(out)
	switch {
	case err != nil:
		fmt.Fprintln(errs, "bench/run:", err)
		return 2
	case !ok:
		return 1
	}
	return 0
}

// do is all that is asked for. It reports whether the rows pass.
func (c *config) do(out io.Writer) (ok bool, err error) {
	src, err := c.source()
	if err != nil {
		return false, err
	}
	lines, err := c.table(out, src)
	if err == nil && c.plots != "" {
		err = drawAll(c.plots, lines, src.machine())
	}
	if err == nil && c.markdown != "" {
		err = fill(c.markdown, lines, src.machine())
	}
	return bench.Passes(lines, c.strict), err
}

// A source is where samples come from.
type source interface {
	machine() string // and date, and how it was measured
	samples(r *bench.Row) ([]bench.Series, error)
	io.Closer
}

func (c *config) source() (source, error) {
	if c.from != "" {
		return readFile(c.from)
	}
	return newMeter(c.rounds, c.turn, c.out)
}

// table prints the rows that match, as they are measured, and gives their
// lines.
func (c *config) table(out io.Writer, src source) (all []bench.Result, err error) {
	defer func() { err = errors.Join(err, src.Close()) }()
	if !c.json {
		if _, err := fmt.Fprintf(out, "%s\n\n", src.machine()); err != nil {
			return nil, err
		}
		if err := printHead(out); err != nil {
			return nil, err
		}
	}
	rows := bench.Rows()
	for i := range rows {
		r := rows[i]
		rows[i] = bench.Row{} // what it holds in memory must not burden the ones after it
		if !c.match.MatchString(r.Name) {
			continue
		}
		series, err := src.samples(&r)
		if err != nil {
			return nil, err
		}
		lines := r.Judge(series)
		if err := c.print(out, lines); err != nil {
			return nil, err
		}
		all = append(all, lines...)
	}
	if all == nil {
		return nil, fmt.Errorf("no row matches %q", c.match)
	}
	return all, nil
}

// print prints the lines of a row.
func (c *config) print(out io.Writer, lines []bench.Result) error {
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
	fs := flag.NewFlagSet("bench/run", flag.ContinueOnError)
	fs.SetOutput(errs)
	match := fs.String("run", "", "only rows whose name matches this `regexp`")
	fs.IntVar(&c.rounds, "rounds", 10, "interleaved rounds; at least 6")
	fs.DurationVar(&c.turn, "time", 20*time.Millisecond, "one variant's turn in a round")
	fs.BoolVar(&c.json, "json", false, "one JSON object a line")
	fs.BoolVar(&c.strict, "strict", false, "exit status 1 if a ratio gate falls short")
	fs.StringVar(&c.out, "o", "", "`file` to write all samples to, for benchstat")
	fs.StringVar(&c.from, "from", "", "judge and draw the samples in this `file`, and measure nothing")
	fs.StringVar(&c.plots, "plots", "", "`folder` to draw pictures into, as SVG")
	fs.StringVar(&c.markdown, "markdown", "", "`file` in which the tables between the marks are replaced")
	docs := fs.String("docs", "", "short for -o, -plots and -markdown: bench.txt, README.md and the pictures in this `folder`")
	err := fs.Parse(args)
	if err != nil {
		return nil, err
	}
	if *docs != "" {
		c.out, c.plots, c.markdown = filepath.Join(*docs, "bench.txt"), *docs, filepath.Join(*docs, "README.md")
	}
	c.rounds = max(c.rounds, minRounds)
	c.match, err = regexp.Compile(*match)
	if err == nil && fs.NArg() > 0 {
		err = fmt.Errorf("what is %q?", fs.Arg(0))
	}
	if err != nil {
		fmt.Fprintln(errs, "bench/run:", err)
	}
	return &c, err
}
