package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"text/tabwriter"
	"time"
)

var columns = []string{"target", "executions", "executions/s", "new inputs", "corpus", "failures"}

// cells is a row of the table.
func (r *result) cells() []string {
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	return []string{r.name, n(r.execs), n(r.rate()), n(int64(r.fresh)), n(int64(r.corpus)), n(int64(r.failures()))}
}

// sums is the last row.
func sums(results []*result) *result {
	all := &result{name: "all"}
	for _, r := range results {
		all.execs += r.execs
		all.fresh += r.fresh
		all.corpus += r.corpus
		all.elapsed += r.elapsed
	}
	return all
}

// sumCells is the last row; its failures are all of them.
func sumCells(results []*result) []string {
	cells, failures := sums(results).cells(), 0
	for _, r := range results {
		failures += r.failures()
	}
	cells[len(cells)-1] = strconv.Itoa(failures)
	return cells
}

func rows(results []*result) [][]string {
	var all [][]string
	for _, r := range results {
		all = append(all, r.cells())
	}
	return append(all, sumCells(results))
}

// writeTable prints the table for people.
func writeTable(w io.Writer, results []*result) {
	fmt.Fprintln(w)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range append([][]string{columns}, rows(results)...) {
		for _, cell := range row {
			fmt.Fprint(tw, cell, "\t")
		}
		fmt.Fprintln(tw)
	}
	tw.Flush()
}

// The table in a Markdown file stands between these lines.
const (
	markBegin = "<!-- fuzz/run -markdown writes from here -->\n"
	markEnd   = "<!-- to here -->\n"
)

// markdown is the table, and how it came about.
func markdown(results []*result, o options) []byte {
	var b bytes.Buffer
	day := time.Now().UTC().Format(time.DateOnly)
	fmt.Fprintf(&b, "%s, %s %s/%s, %d processors, `go run ./fuzz/run -time %v -parallel %d`, %v of fuzzing in all.\n\n",
		day, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), o.time, o.parallel, sums(results).elapsed.Round(time.Second))
	line := func(cells []string) {
		for _, cell := range cells {
			b.WriteString("| " + cell + " ")
		}
		b.WriteString("|\n")
	}
	line(columns)
	b.WriteString("|---|---:|---:|---:|---:|---:|\n")
	for _, row := range rows(results) {
		line(row)
	}
	return b.Bytes()
}

// replaceTable writes the table to where it stands in a file.
func replaceTable(file string, results []*result, o options) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	b, err := between(old, markdown(results, o))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return os.WriteFile(file, b, 0o644)
}

// between puts text between the marks.
func between(old, text []byte) ([]byte, error) {
	front, rest, ok := bytes.Cut(old, []byte(markBegin))
	_, back, ok2 := bytes.Cut(rest, []byte(markEnd))
	if !ok || !ok2 {
		return nil, fmt.Errorf("it has no lines %q and %q", markBegin, markEnd)
	}
	return bytes.Join([][]byte{front, []byte(markBegin), text, []byte(markEnd), back}, nil), nil
}
