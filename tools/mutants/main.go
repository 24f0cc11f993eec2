// Mutants changes the library in small ways, one at a time, and shows which of
// the changes its tests do not find: docs/testing.md.
//
//	go -C tools run ./mutants -workers 2
//
// Each change is one operator, number, statement or check of a source file, which
// is compiled with go test -overlay: nothing in the tree is written to. It exits
// with 1 if the tests of a package find less than 90% of its mutants, or if one
// lived that docs/testing.md does not explain.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

var packages = []string{"wire", "header", "frame", "status", "trailer", "codec"}

type options struct {
	packages, files, mutators *regexp.Regexp
	workers                   int
	root, results, explained  string
	keep, judge, markdown     bool
	partial                   bool // results are missing
}

func main() {
	var o options
	pattern := func(p **regexp.Regexp, name, usage string) {
		*p = regexp.MustCompile("")
		flag.Func(name, usage, func(s string) (err error) { *p, err = regexp.Compile(s); return })
	}
	pattern(&o.packages, "packages", "only packages whose name matches this `regexp`")
	pattern(&o.files, "files", "only files that match, such as codec/conn_recv.go")
	pattern(&o.mutators, "mutators", "only mutators that match")
	flag.IntVar(&o.workers, "workers", 1, "mutants at a time")
	flag.StringVar(&o.root, "root", "..", "the library's module")
	flag.StringVar(&o.results, "results", "", "a `file` for each mutant's result, a line of JSON each; what it holds already is kept")
	flag.BoolVar(&o.keep, "keep", false, "run only what -results does not know or knows to have lived")
	flag.BoolVar(&o.judge, "judge", false, "run nothing, judge what -results holds")
	flag.BoolVar(&o.markdown, "markdown", false, "write the table to docs/testing.md")
	flag.Parse()
	ok, err := run(os.Stdout, o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
	}
	if !ok {
		os.Exit(1)
	}
}

// run tries the mutants and judges what came of them.
func run(w io.Writer, o options) (ok bool, err error) {
	if o.root, err = filepath.Abs(o.root); err != nil {
		return false, err
	}
	o.explained = filepath.Join(o.root, "docs", "testing.md")
	known, err := readResults(o.results)
	if err != nil {
		return false, err
	}
	var all []*result
	for _, pkg := range packages {
		if !o.packages.MatchString(pkg) {
			continue
		}
		results, err := o.tryPackage(w, pkg, known)
		if err != nil {
			return false, err
		}
		all = append(all, results...)
	}
	return report(w, o, all)
}

// job is one mutant to try, in its file.
type job struct {
	m   *mutant
	src []byte
}

// tryPackage is the result of each mutant of a package, from this run or an
// earlier one.
func (o *options) tryPackage(w io.Writer, pkg string, known map[string]*result) (all []*result, err error) {
	jobs, err := o.jobs(pkg)
	if err != nil {
		return nil, err
	}
	var todo []job
	for _, j := range jobs {
		if r := known[j.m.key()]; r != nil && (o.judge || o.keep && r.Verdict != lived) {
			all = append(all, r.at(j.m))
		} else {
			todo = append(todo, j)
		}
	}
	if o.judge && len(todo) > 0 {
		fmt.Fprintf(w, "%s: %d mutants have no result yet\n", pkg, len(todo))
		o.partial = true
	}
	if o.judge || len(todo) == 0 {
		return all, nil
	}
	fresh, err := o.tryAll(w, pkg, todo)
	return append(all, fresh...), err
}

// jobs is every mutant of a package's files.
func (o *options) jobs(pkg string) (all []job, err error) {
	files, err := filepath.Glob(filepath.Join(o.root, pkg, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, path := range files {
		name := pkg + "/" + filepath.Base(path)
		if strings.HasSuffix(name, "_test.go") || !o.files.MatchString(name) {
			continue
		}
		ms, src, err := mutants(path, name)
		if err != nil {
			return nil, err
		}
		for _, m := range ms {
			if o.mutators.MatchString(m.Mutator) {
				all = append(all, job{m, src})
			}
		}
	}
	return all, nil
}

// tryAll runs the workers.
func (o *options) tryAll(w io.Writer, pkg string, todo []job) ([]*result, error) {
	dir, err := os.MkdirTemp("", "mutants-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	b := &bench{root: o.root, pkg: pkg, dir: dir, workers: o.workers}
	if err := b.baseline(); err != nil {
		return nil, err
	}
	fmt.Fprintf(w, "%s: %d mutants, at most %v each\n", pkg, len(todo), b.limit.Round(time.Second))
	c := &collector{w: w, file: o.results, todo: len(todo), start: time.Now()}
	queue := make(chan job)
	var wg sync.WaitGroup
	for i := range o.workers {
		wg.Go(func() {
			for j := range queue {
				c.take(b.try(j.m, j.src, i))
			}
		})
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	for _, j := range todo {
		if ctx.Err() != nil { // dir is large, and goes away only if this returns
			c.take(nil, ctx.Err())
			break
		}
		queue <- j
	}
	close(queue)
	wg.Wait()
	return c.results, c.err
}
