package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// An explanation is a row of the table in docs/testing.md that says why mutants
// of a line may live. It names them by what they are and not by line number, so
// that it holds wherever the line goes.
type explanation struct {
	file, in, text string
	mutators       []named
	row            int // in docs/testing.md
}

// named is a mutator and which of its mutants in the line, 0 for all of them.
type named struct {
	mutator string
	nth     int
	used    bool
}

// explanations reads the rows whose first cell is a file:
//
//	| wire/error.go | Error.Error | `b := make([]byte, 0, 160)` | OFF_BY_ONE 2, REMOVE_CHECK | why |
func explanations(doc string) (all []*explanation, err error) {
	for i, line := range strings.Split(doc, "\n") {
		cells := cells(line)
		if len(cells) == 0 || !strings.HasSuffix(cells[0], ".go") {
			continue
		}
		if len(cells) != 5 || cells[4] == "" {
			return nil, fmt.Errorf("line %d: an explanation is a file, a function, a line, mutators and a reason", i+1)
		}
		e := &explanation{file: cells[0], in: cells[1], text: bare(cells[2]), row: i + 1}
		for name := range strings.SplitSeq(cells[3], ",") {
			n, err := parseNamed(name)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", i+1, err)
			}
			e.mutators = append(e.mutators, n)
		}
		all = append(all, e)
	}
	return all, nil
}

func parseNamed(s string) (named, error) {
	name, nth, numbered := strings.Cut(strings.TrimSpace(s), " ")
	if !numbered {
		return named{mutator: name}, nil
	}
	n, err := strconv.Atoi(nth)
	return named{mutator: name, nth: n}, err
}

// cells are those of a row of a Markdown table, in which \| is no border.
func cells(row string) []string {
	row, ok := strings.CutPrefix(strings.TrimSpace(row), "|")
	if !ok {
		return nil
	}
	row = strings.ReplaceAll(strings.TrimSuffix(row, "|"), `\|`, "\x00")
	all := strings.Split(row, "|")
	for i, c := range all {
		all[i] = strings.TrimSpace(strings.ReplaceAll(c, "\x00", "|"))
	}
	return all
}

// bare is a line without what quotes it.
func bare(s string) string { return strings.Trim(s, "` ") }

// explains says whether the row is about this mutant, and notes that it is of use.
func (e *explanation) explains(m *mutant) bool {
	if e.file != m.File || e.in != m.Func || e.text != bare(m.Text) {
		return false
	}
	i := slices.IndexFunc(e.mutators, func(n named) bool {
		return n.mutator == m.Mutator && (n.nth == 0 || n.nth == m.Nth)
	})
	if i >= 0 {
		e.mutators[i].used = true
	}
	return i >= 0
}

// stale is what no longer names a mutant that lived.
func stale(all []*explanation) (lines []string) {
	for _, e := range all {
		for _, n := range e.mutators {
			if !n.used {
				lines = append(lines, fmt.Sprintf("line %d: nothing lived of %s in %s: %s", e.row, n.mutator, e.file, e.text))
			}
		}
	}
	return lines
}
