package main

import (
	"bytes"
	"fmt"
	"runtime"
	"time"

	"github.com/ttwire/ttwire/tools/internal/marked"
)

// A result is what found a plant.
type result struct {
	plant   plant
	tests   finding // by the tests of its package
	fuzzing finding // by its target
}

// found reports whether either did.
func (r *result) found() bool { return r.tests.found || r.fuzzing.found }

// The table in a Markdown file stands between these lines.
const (
	markBegin = "<!-- plants -->\n"
	markEnd   = "<!-- /plants -->\n"
)

// markdown is the table, and how it came about.
func markdown(results []result, limit time.Duration) []byte {
	var b bytes.Buffer
	missed := 0
	for i := range results {
		if !results[i].found() {
			missed++
		}
	}
	fmt.Fprintf(&b, "%s, %s %s/%s, %d processors, %v for each run: %d of %d found.\n\n", time.Now().UTC().Format(time.DateOnly),
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), limit, len(results)-missed, len(results))
	b.WriteString("| package | bug | kind | its tests | a target |\n|---|---|---|---|---|\n")
	for i := range results {
		p := &results[i].plant
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", p.pkg(), p.name, p.kind, results[i].tests.cell(""), results[i].fuzzing.cell(p.target))
	}
	return b.Bytes()
}

// cell is a finding in the table, of a target if there is one.
func (f finding) cell(target string) string {
	name := f.by
	if target != "" {
		name = target
	}
	switch {
	case !f.found && target != "":
		return "not by `" + target + "`"
	case !f.found:
		return "not found"
	case f.hung && target == "":
		return "they do not end"
	case f.hung:
		return "`" + name + "` does not end"
	case name == "":
		return "a crash, " + seconds(f.took)
	}
	return "`" + name + "`, " + seconds(f.took)
}

// replaceTable writes the table to where it stands in a file.
func replaceTable(file string, results []result, limit time.Duration) error {
	return marked.Replace(file, markBegin, markEnd, markdown(results, limit))
}
