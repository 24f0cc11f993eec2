package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ttwire/ttwire/tools/internal/marked"
)

// enough is the share of its mutants, in percent, that a package's tests must find.
const enough = 90

// score is what came of the mutants of a package.
type score struct {
	name                                      string
	killed, hung, lived, explained, notViable int
}

// all is how many mutants there were; what the compiler refuses is none.
func (s *score) all() int { return s.killed + s.hung + s.lived }

func (s *score) percent() float64 { return 100 * float64(s.killed+s.hung) / float64(max(1, s.all())) }

func (s *score) add(r *result, explained bool) {
	switch {
	case r.Verdict == killed:
		s.killed++
	case r.Verdict == timedOut:
		s.hung++
	case r.Verdict == notViable:
		s.notViable++
	case explained:
		s.lived++
		s.explained++
	default:
		s.lived++
	}
}

// judge scores the packages and names what lived without an explanation.
func judge(all []*result, why []*explanation) (scores []*score, unexplained []*result) {
	for _, r := range all {
		if len(scores) == 0 || scores[len(scores)-1].name != r.Package {
			scores = append(scores, &score{name: r.Package})
		}
		explained := false
		for _, e := range why {
			explained = r.Verdict == lived && e.explains(&r.mutant) || explained
		}
		scores[len(scores)-1].add(r, explained)
		if r.Verdict == lived && !explained {
			unexplained = append(unexplained, r)
		}
	}
	return scores, unexplained
}

// report prints the verdict, and says whether it is good enough.
func report(w io.Writer, o options, all []*result) (ok bool, err error) {
	doc, err := os.ReadFile(o.explained)
	if err != nil {
		return false, err
	}
	why, err := explanations(string(doc))
	if err != nil {
		return false, fmt.Errorf("%s: %w", o.explained, err)
	}
	scores, unexplained := judge(all, why)
	fmt.Fprintln(w)
	for _, r := range unexplained {
		fmt.Fprintln(w, r)
	}
	if o.whole() {
		for _, line := range stale(why) {
			fmt.Fprintln(w, "stale: docs/testing.md", line)
		}
	}
	ok = len(unexplained) == 0 && !o.partial
	for _, s := range scores {
		ok = ok && s.percent() >= enough
	}
	writeTable(w, scores)
	if o.markdown && o.whole() {
		err = marked.Replace(o.explained, markBegin, markEnd, markdown(scores))
	}
	return ok, err
}

// whole says that every mutant of every package is judged.
func (o *options) whole() bool {
	return !o.partial && o.packages.String() == "" && o.files.String() == "" && o.mutators.String() == ""
}

var columns = []string{"package", "mutants", "killed", "hung", "lived", "explained", "found", "not viable"}

func (s *score) cells() []string {
	row := []string{s.name}
	for _, n := range []int{s.all(), s.killed, s.hung, s.lived, s.explained} {
		row = append(row, strconv.Itoa(n))
	}
	return append(row, fmt.Sprintf("%.1f%%", s.percent()), strconv.Itoa(s.notViable))
}

func rows(scores []*score) [][]string {
	all := [][]string{columns}
	sum := &score{name: "all"}
	for _, s := range scores {
		all = append(all, s.cells())
		sum.killed, sum.hung, sum.lived = sum.killed+s.killed, sum.hung+s.hung, sum.lived+s.lived
		sum.explained, sum.notViable = sum.explained+s.explained, sum.notViable+s.notViable
	}
	return append(all, sum.cells())
}

func writeTable(w io.Writer, scores []*score) {
	fmt.Fprintln(w)
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range rows(scores) {
		fmt.Fprintln(tw, strings.Join(row, "\t")+"\t")
	}
	tw.Flush()
}

// The table in docs/testing.md stands between these lines.
const (
	markBegin = "<!-- mutants -markdown writes from here -->\n"
	markEnd   = "<!-- to here -->\n"
)

func markdown(scores []*score) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s, %s %s/%s, %d processors.\n\n",
		time.Now().UTC().Format(time.DateOnly), runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	for i, row := range rows(scores) {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			b.WriteString("|---" + strings.Repeat("|--:", len(columns)-1) + "|\n")
		}
	}
	return b.Bytes()
}
