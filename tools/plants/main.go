// Command plants puts bugs into a copy of the library, one at a time, and says
// whether a test of the package or a fuzz target finds each of them, and how
// long that takes.
//
//	go -C tools run ./plants
//	go -C tools run ./plants -plants 'header|trailer' -time 10s
//	go -C tools run ./plants -markdown ../docs/testing.md
//
// The bugs are the list in plants.go. The tests and targets that are to find them
// must pass without any first. The exit code is 1 if they do not, or if a bug is
// found by neither. The tree itself is not touched.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"slices"
	"time"
)

type options struct {
	root     string         // of the repository
	time     time.Duration  // that a test run and a target have each, compiling apart
	plants   *regexp.Regexp // which of them
	markdown string         // file to write the table to as well
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "plants:", err)
		os.Exit(1)
	}
}

func parseFlags() (options, error) {
	var o options
	flag.StringVar(&o.root, "root", "..", "root of the repository")
	flag.DurationVar(&o.time, "time", 30*time.Second, "how long the tests and the target may take to find a bug, each")
	names := flag.String("plants", "", "regular expression: which bugs by package and name, all if empty")
	flag.StringVar(&o.markdown, "markdown", "", "file of which the table between the marks is replaced")
	flag.Parse()
	if flag.NArg() > 0 || o.time <= 0 {
		return o, errors.New("usage: plants [flags]; -h lists them")
	}
	var err error
	o.plants, err = regexp.Compile(*names)
	return o, err
}

func run() error {
	o, err := parseFlags()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	bed, err := newBed(o.root, o.time)
	if err != nil {
		return err
	}
	defer bed.remove()
	wanted := slices.DeleteFunc(slices.Clone(plants), func(p plant) bool {
		return !o.plants.MatchString(p.pkg() + " " + p.name)
	})
	fmt.Println("first, everything that is to find bugs, without one")
	if err := bed.baseline(ctx, wanted); err != nil {
		return err
	}
	var results []result
	missed := 0
	for _, p := range wanted {
		r, err := bed.try(ctx, p)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", p.file, p.name, err)
		}
		fmt.Printf("%-8s %-48s tests: %s; %s: %s\n", p.pkg(), p.name, r.tests, p.target, r.fuzzing)
		if results = append(results, r); !r.found() {
			missed++
		}
	}
	fmt.Printf("%d of %d bugs found\n", len(results)-missed, len(results))
	if o.markdown != "" {
		if err := replaceTable(o.markdown, results, o.time); err != nil {
			return err
		}
	}
	if missed > 0 {
		return fmt.Errorf("%d of %d bugs not found", missed, len(results))
	}
	return nil
}
