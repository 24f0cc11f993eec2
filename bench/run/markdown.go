package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/ttwire/ttwire/bench"
)

// A Markdown file may have any of these parts, each between two lines:
//
//	<!-- bench/run writes gates from here -->
//	<!-- to here -->
//
// gates is the table of all gates, rows that of the rows without one, and each
// figure has a table under its file's name without the end, such as pairs.
const (
	markBegin = "<!-- bench/run writes %s from here -->\n"
	markEnd   = "<!-- to here -->\n"
)

// fill replaces the parts that the file has.
func fill(file string, lines []bench.Result, about string) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text, found, err := replaceParts(old, parts(lines, about))
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", file, err)
	case !found:
		return fmt.Errorf("%s: it has no line %q, or the like", file, fmt.Sprintf(markBegin, "gates"))
	}
	return os.WriteFile(file, text, 0o644)
}

// A part is one of the texts, under its name.
type part struct {
	name string
	text []byte
}

func parts(lines []bench.Result, about string) []part {
	all := []part{
		{"gates", gatesTable(lines, about)},
		{"rows", rowsTable(lines)},
	}
	for _, f := range figures() {
		if len(f.xs(lines)) > 0 {
			all = append(all, part{strings.TrimSuffix(f.file, ".svg"), f.table(lines)})
		}
	}
	return all
}

// replaceParts puts the parts between their marks.
func replaceParts(b []byte, all []part) (text []byte, found bool, err error) {
	for _, p := range all {
		begin := fmt.Appendf(nil, markBegin, p.name)
		front, rest, ok := bytes.Cut(b, begin)
		if !ok {
			continue
		}
		_, back, ok := bytes.Cut(rest, []byte(markEnd))
		if !ok {
			return nil, false, fmt.Errorf("no %q behind %q", markEnd, begin)
		}
		found = true
		b = slices.Concat(front, begin, p.text, []byte(markEnd), back)
	}
	return b, found, nil
}

// gatesTable is how the run was made, how many gates hold, and all of them.
func gatesTable(lines []bench.Result, about string) []byte {
	var b bytes.Buffer
	var gated []*bench.Result
	for i := range lines {
		if lines[i].Verdict != bench.NoGate {
			gated = append(gated, &lines[i])
		}
	}
	n := short(lines)
	fmt.Fprintf(&b, "%s. %d of %d gates hold.\n\n", about, len(gated)-n, len(gated))
	row(&b, "work", "against", "ours", "peer", "ratio", "in single rounds", "gate", "")
	b.WriteString("|---|---|---:|---:|---:|---:|---:|---|\n")
	for _, l := range gated {
		verdict := l.Verdict
		if verdict == bench.FallsShort {
			verdict = "**" + verdict + "**"
		}
		row(&b, l.Row, l.Peer, value(l.Value, l.Unit), value(l.PeerValue, l.Unit), times(l.Ratio), spread(l), sign(l.Gate), verdict)
	}
	return b.Bytes()
}

// sign writes a gate with the signs that text has room for.
func sign(gate string) string {
	return strings.NewReplacer(">= ", "≥ ", "<= ", "≤ ").Replace(gate)
}

// rowsTable is the lines without a gate that belong to no figure.
func rowsTable(lines []bench.Result) []byte {
	var b bytes.Buffer
	row(&b, "work", "against", "ours", "peer", "ratio", "in single rounds")
	b.WriteString("|---|---|---:|---:|---:|---:|\n")
	for i := range lines {
		l := &lines[i]
		if l.Verdict == bench.NoGate && !strings.Contains(l.Row, "=") {
			row(&b, l.Row, l.Peer, value(l.Value, l.Unit), value(l.PeerValue, l.Unit), times(l.Ratio), spread(l))
		}
	}
	return b.Bytes()
}

// table is the figure's values.
func (f *figure) table(lines []bench.Result) []byte {
	var b bytes.Buffer
	head := []string{f.x}
	for i := range f.curves {
		head = append(head, f.curves[i].name)
	}
	row(&b, head...)
	b.WriteString("|---:" + strings.Repeat("|---:", len(f.curves)) + "|\n")
	for _, x := range f.xs(lines) {
		cells := []string{f.label(x)}
		for i := range f.curves {
			cells = append(cells, f.cell(&f.curves[i], x, lines))
		}
		row(&b, cells...)
	}
	return b.Bytes()
}

func (f *figure) cell(c *curve, x int, lines []bench.Result) string {
	for _, p := range c.points(lines) {
		if p.x == x {
			return value(p.y, f.unit(lines))
		}
	}
	return ""
}

// row is a line of a table.
func row(b *bytes.Buffer, cells ...string) {
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}
