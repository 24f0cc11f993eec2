package main

import (
	"bufio"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/ttwire/ttwire/status"
)

const (
	// textWidth is where lines of explanations end, if words allow.
	textWidth = 80

	// labelWidth is the column of what stands behind a label.
	labelWidth = 17

	// What is shown of a report, unless --full is given.
	maxCodesShown   = 20
	maxGroupsShown  = 4
	maxMessageShown = 400
)

// explainText explains to people.
type explainText struct {
	palette
	out   *bufio.Writer
	full  bool // leave nothing out
	named bool // errors come from several files: name them

	blocks int
	err    error
}

// number explains a bare code: a block for each of its senses.
func (t *explainText) number(_ string, senses []sense) error {
	for i := range senses {
		s := &senses[i]
		t.heading(s.heading(), s.title)
		t.meaning(s)
		t.field("Reads as", hang(s.reads)...)
		t.field("In Go", s.match)
		if s.Canceled || s.Timeout && s.family == "ttstream" {
			t.examplePath(s)
		}
		t.advice(s)
	}
	return t.err
}

// examplePath shows how to read the path that such an error may have.
func (t *explainText) examplePath(s *sense) {
	e := &status.Error{Kind: status.Stream, Code: s.code, CancelPath: []string{"ServiceA", "ServiceB"}}
	if s.family != "ttstream" || pathless(e, "") != nil {
		return
	}
	t.field("Cancel path", append([]string{"[canceled path: ServiceA -> ServiceB] in a text means"},
		drawPath(pathOf(e), textWidth-labelWidth)...)...)
}

// report explains what was found in texts.
func (t *explainText) report(r *report, inputs []inputTotal) error {
	t.inputs(inputs)
	codes := r.sorted()
	if len(codes) > 1 {
		t.overview(codes)
	}
	for _, c := range codes[:t.most(len(codes), maxCodesShown)] {
		t.code(c)
	}
	t.leftOut(r)
	return t.err
}

// inputs tells how much was found where; not of arguments, which are in sight.
func (t *explainText) inputs(inputs []inputTotal) {
	first := true
	for _, in := range inputs {
		if in.file == "" {
			continue
		}
		if first {
			t.gap()
		}
		first = false
		t.line(t.bold(showName(in.file)) + ": " + many(in.errors, "error") + " in " + many(in.lines, "line"))
	}
}

// overview is a line for each code.
func (t *explainText) overview(codes []*codeGroups) {
	t.gap()
	wide := len("COUNT")
	for _, c := range codes {
		wide = max(wide, len(strconv.FormatInt(c.count, 10)))
	}
	t.line(t.bold(fmt.Sprintf("%*s  CODE", wide, "COUNT")))
	for _, c := range codes[:t.most(len(codes), maxCodesShown)] {
		s := &c.sense
		l := fmt.Sprintf("%*d  %-32s", wide, c.count, s.heading())
		t.line(strings.TrimRight(l+"  "+t.dim(s.title), " "))
	}
	if n := len(codes) - t.most(len(codes), maxCodesShown); n > 0 {
		t.line(fmt.Sprintf("%*s  and %s: --full shows them", wide, "", many(int64(n), "more code")))
	}
}

// code explains one code and shows the errors that have it.
func (t *explainText) code(c *codeGroups) {
	s := &c.sense
	t.heading(s.heading(), s.title)
	t.meaning(s)
	shown := c.groups[:t.most(len(c.groups), maxGroupsShown)]
	alone := len(c.groups) == 1 && c.others == 0
	if alone {
		t.group(c.groups[0])
	}
	t.advice(s)
	if !alone {
		for _, g := range shown {
			t.line("")
			t.group(g)
		}
		t.moreGroups(c, shown)
	}
	t.causes(shown)
}

// moreGroups tells how many errors of a code are not shown.
func (t *explainText) moreGroups(c *codeGroups, shown []*group) {
	left := c.count - c.others
	for _, g := range shown {
		left -= g.count
	}
	var lines []string
	if left > 0 {
		lines = append(lines, many(left, "more error")+" with other texts: --full shows them")
	}
	if c.others > 0 {
		lines = append(lines, many(c.others, "more error")+", counted only")
	}
	if lines != nil {
		t.line("")
		t.field("And", lines...)
	}
}

// group shows one error, or several that are equal.
func (t *explainText) group(g *group) {
	t.field("Found", t.found(g)...)
	t.way(g.err)
	t.field("Message", wrap(t.message(g.err), textWidth-labelWidth)...)
	for _, k := range slices.Sorted(maps.Keys(g.err.Extra)) {
		t.field("Extra", t.pair(k, g.err.Extra[k]))
	}
	if g.err.Cause != nil {
		t.field("Cause", t.chain(g.err)...)
	}
}

// way shows where in a stream an error is seen and how it came there.
func (t *explainText) way(e *status.Error) {
	if e.Side != status.SideUnknown {
		t.field("Seen at", "the "+e.Side.String()+" side of the stream")
	}
	if steps := pathOf(e); steps != nil {
		t.field("Cancel path", drawPath(steps, textWidth-labelWidth)...)
	}
}

// found tells where errors are and how many.
func (t *explainText) found(g *group) (lines []string) {
	if g.last.file != "" {
		for _, p := range g.places {
			lines = append(lines, t.place(p))
		}
		if g.count > int64(len(g.places)) {
			lines = []string{"from " + lines[0], "to " + t.place(g.last)}
		}
	}
	if g.count > 1 {
		times := many(g.count, "time")
		switch row := strings.Join(lines, ", "); {
		case row == "":
			lines = []string{times}
		case len(times)+len(": ")+utf8.RuneCountInString(row) <= textWidth-labelWidth:
			lines = []string{times + ": " + row}
		default:
			lines = append([]string{times + ":"}, lines...)
		}
	}
	if g.varies {
		lines = append(lines, "words with digits differ; this is the first of them")
	}
	return lines
}

// place is where an error is.
func (t *explainText) place(p place) string {
	text := fmt.Sprintf("line %d (offset %d)", p.line, p.offset)
	if t.named && p.file != "" {
		text = showName(p.file) + " " + text
	}
	return text
}

// message is the message of an error as it may be shown.
func (t *explainText) message(e *status.Error) string {
	if e.Message == "" {
		return ""
	}
	return string(appendCut(nil, []byte(e.Message), t.most(len(e.Message), maxMessageShown)))
}

// pair is a pair of a business error as it may be shown.
func (t *explainText) pair(key, value string) string {
	l := appendWord(nil, []byte(key))
	return string(appendCut(append(l, " = "...), []byte(value), t.most(len(value), maxValueShown)))
}

// chain is a line or more for each error below e.
func (t *explainText) chain(e *status.Error) (lines []string) {
	for depth := 0; e.Cause != nil; depth++ {
		indent := strings.Repeat("  ", min(depth, 8))
		cause := causeOf(e)
		text := e.Cause.Error()
		if cause != nil {
			text = cause.Message
		}
		text = string(appendCut(nil, []byte(text), t.most(len(text), maxMessageShown)))
		if cause != nil {
			s := senseOf(cause)
			text = strings.TrimSuffix(s.heading()+", "+cause.Kind.String()+": "+text, `: ""`)
		}
		for i, l := range wrap(text, textWidth-labelWidth-len(indent)-len("by ")) {
			mark := "   "
			if i == 0 {
				mark = "by "
			}
			lines = append(lines, indent+mark+l)
		}
		if cause == nil {
			break
		}
		e = cause
	}
	return lines
}

// causes explains the codes below those of the groups, each once.
func (t *explainText) causes(groups []*group) {
	said := map[codeKey]bool{}
	for _, g := range groups {
		for e := causeOf(g.err); e != nil; e = causeOf(e) {
			if key := keyOf(e); said[key] {
				continue
			} else {
				said[key] = true
			}
			s := senseOf(e)
			t.line("")
			t.line("  caused by " + t.bold(s.heading()) + t.dim("  ("+s.title+")"))
			t.meaning(&s)
			t.way(e)
			t.advice(&s)
		}
	}
}

// meaning shows what happened, and who says so.
func (t *explainText) meaning(s *sense) {
	t.paragraph(s.meaning)
	if s.raised != "" || len(s.reads) > 0 {
		t.line("")
	}
	t.field("Raised by", s.raised)
}

// advice shows what may have brought a code about and what to look at.
func (t *explainText) advice(s *sense) {
	t.field("Likely causes", items(s.Causes)...)
	t.field("What to check", items(s.Checks)...)
}

// leftOut tells what a report could not keep.
func (t *explainText) leftOut(r *report) {
	if n := r.ungrouped(); n > 0 {
		t.gap()
		t.paragraph(fmt.Sprintf("There are more than %d different errors. The texts of those that came after that were not kept: %s, counted only.",
			maxGroups, many(n, "error")))
	}
	if r.cut > 0 {
		t.gap()
		t.paragraph(fmt.Sprintf("%s longer than %d bytes and cut there.", many(r.cut, "error text"), maxFoundText))
	}
}

// each shows one error in one line.
func (t *explainText) each(f *finding, at place) error {
	s := senseOf(f.err)
	l := ""
	if at.file != "" {
		l = t.dim(t.place(at)) + "  "
	}
	l += t.bold(s.heading()) + "  " + string(appendCut(nil, []byte(f.text), t.most(len(f.text), maxMessageShown)))
	if f.cut {
		l += " (goes on)"
	}
	t.line(l)
	return t.err
}

// heading begins a block.
func (t *explainText) heading(text, title string) {
	t.gap()
	t.line(t.bold(text) + t.dim("  ("+title+")"))
}

// gap puts an empty line before anything but the first block.
func (t *explainText) gap() {
	if t.blocks++; t.blocks > 1 {
		t.line("")
	}
}

func (t *explainText) paragraph(text string) {
	for _, l := range wrap(text, textWidth-2) {
		t.line("  " + l)
	}
}

// field shows lines behind a label; nothing if there is nothing in them.
func (t *explainText) field(label string, lines ...string) {
	label = string(t.key.append(nil, label)) + strings.Repeat(" ", max(labelWidth-2-len(label), 1))
	for i, l := range lines {
		if l == "" && len(lines) == 1 {
			return
		}
		if i > 0 {
			label = strings.Repeat(" ", labelWidth-2)
		}
		t.line(strings.TrimRight("  "+label+l, " "))
	}
}

func (t *explainText) line(text string) {
	if _, err := t.out.WriteString(text + "\n"); err != nil && t.err == nil {
		t.err = err
	}
}

func (t *explainText) bold(text string) string { return string(t.title.append(nil, text)) }
func (t *explainText) dim(text string) string  { return string(t.faint.append(nil, text)) }

// most is how much of n is shown where limit is what is shown at most.
func (t *explainText) most(n, limit int) int {
	if t.full {
		return n
	}
	return min(n, limit)
}

// items is a list, each item behind a dash.
func items(texts []string) (lines []string) {
	for _, text := range texts {
		mark := "- "
		for _, l := range wrap(text, textWidth-labelWidth-len(mark)) {
			lines = append(lines, mark+l)
			mark = "  "
		}
	}
	return lines
}

// hang is texts in lines, those after the first one of a text with an indent.
func hang(texts []string) (lines []string) {
	for _, text := range texts {
		for i, l := range wrap(text, textWidth-labelWidth-2) {
			if i > 0 {
				l = "  " + l
			}
			lines = append(lines, l)
		}
	}
	return lines
}

// many is a number of things, in words.
func many(n int64, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return strconv.FormatInt(n, 10) + " " + thing
}

// wrap cuts text into lines at blanks, none wider than width if blanks allow.
func wrap(text string, width int) (lines []string) {
	for utf8.RuneCountInString(text) > width {
		at := -1
		column := 0
		for i, r := range text {
			if column > width && at >= 0 {
				break
			}
			if r == ' ' {
				at = i
			}
			column++
		}
		if at <= 0 {
			break
		}
		lines = append(lines, text[:at])
		text = strings.TrimLeft(text[at:], " ")
	}
	if text != "" {
		lines = append(lines, text)
	}
	return lines
}
