package main

import (
	"bufio"
	"maps"
	"slices"
	"strconv"

	"github.com/ttwire/ttwire/status"
)

// explainJSON explains to programs: one JSON object a line. The keys and their
// order are a contract, which help states.
type explainJSON struct {
	out  *bufio.Writer
	line []byte
}

// number writes a line for each sense of a bare code.
func (j *explainJSON) number(arg string, senses []sense) error {
	for i := range senses {
		l := appendString(append(j.line[:0], `{"arg":`...), arg)
		l = append(appendPlace(l, nil, nil), `,"count":0,"varies":false,"text":null`...)
		l = append(appendSense(append(l, ','), &senses[i], nil), "}\n"...)
		if err := j.flush(l); err != nil {
			return err
		}
	}
	return nil
}

// report writes a line for each group, and one that sums up.
func (j *explainJSON) report(r *report, inputs []inputTotal) error {
	for _, c := range r.sorted() {
		for _, g := range c.groups {
			if err := j.group(g); err != nil {
				return err
			}
		}
	}
	return j.total(r, inputs)
}

func (j *explainJSON) group(g *group) error {
	l := append(j.line[:0], `{"arg":null`...)
	l = appendPlace(l, &g.places[0], &g.last)
	l = strconv.AppendInt(append(l, `,"count":`...), g.count, 10)
	l = strconv.AppendBool(append(l, `,"varies":`...), g.varies)
	l = appendString(append(l, `,"text":`...), g.text)
	l = appendError(append(l, ','), g.err)
	return j.flush(append(l, "}\n"...))
}

// each writes a line for one error.
func (j *explainJSON) each(f *finding, at place) error {
	return j.group(&group{text: f.text, err: f.err, count: 1, places: []place{at}, last: at})
}

// total writes the line that sums up.
func (j *explainJSON) total(r *report, inputs []inputTotal) error {
	var sum inputTotal
	for _, in := range inputs {
		sum.lines += in.lines
		sum.bytes += in.bytes
	}
	l := append(j.line[:0], `{"total":{"inputs":`...)
	l = appendNumber(l, len(inputs))
	l = strconv.AppendInt(append(l, `,"lines":`...), sum.lines, 10)
	l = strconv.AppendInt(append(l, `,"bytes":`...), sum.bytes, 10)
	l = strconv.AppendInt(append(l, `,"errors":`...), r.total, 10)
	l = appendNumber(append(l, `,"groups":`...), r.kept())
	l = strconv.AppendInt(append(l, `,"ungrouped":`...), r.ungrouped(), 10)
	l = strconv.AppendInt(append(l, `,"cut":`...), r.cut, 10)
	return j.flush(append(l, "}}\n"...))
}

// flush writes l to the output and keeps its memory for the next lines.
func (j *explainJSON) flush(l []byte) error {
	j.line = l[:0]
	_, err := j.out.Write(l)
	return err
}

// appendPlace appends where the first of some errors is and where the last.
func appendPlace(l []byte, first, last *place) []byte {
	if first == nil {
		return append(l, `,"file":null,"line":null,"offset":null,"last_file":null,"last_line":null,"last_offset":null`...)
	}
	for i, p := range []*place{first, last} {
		prefix := []string{`,"`, `,"last_`}[i]
		l = append(append(l, prefix...), `file":`...)
		if p.file == "" {
			l = append(l, "null"...)
		} else {
			l = appendString(l, p.file)
		}
		l = strconv.AppendInt(append(append(l, prefix...), `line":`...), p.line, 10)
		l = strconv.AppendInt(append(append(l, prefix...), `offset":`...), p.offset, 10)
	}
	return l
}

// appendError appends what is known of an error, and of those below it.
func appendError(l []byte, e *status.Error) []byte {
	s := senseOf(e)
	return appendSense(l, &s, e)
}

// appendSense appends the keys of a sense; e is nil for a bare code.
func appendSense(l []byte, s *sense, e *status.Error) []byte {
	l = append(l, `"kind":`...)
	if e == nil {
		l = append(l, "null"...)
	} else {
		l = appendString(l, e.Kind.String())
	}
	l = appendNumber(append(l, `,"code":`...), int(s.code))
	l = appendOrNull(append(l, `,"family":`...), s.family)
	l = strconv.AppendBool(append(l, `,"known":`...), s.known)
	l = appendOrNull(append(l, `,"name":`...), s.Name)
	l = appendOrNull(append(l, `,"class":`...), className(s))
	l = appendOrNull(append(l, `,"raised_by":`...), s.raised)
	l = strconv.AppendBool(append(l, `,"timeout":`...), s.Timeout)
	l = strconv.AppendBool(append(l, `,"canceled":`...), s.Canceled)
	l = appendOwn(l, s, e)
	l = appendString(append(l, `,"meaning":`...), s.meaning)
	l = appendStrings(append(l, `,"causes":`...), s.Causes)
	l = appendStrings(append(l, `,"checks":`...), s.Checks)
	l = appendOrNull(append(l, `,"go":`...), s.match)
	l = appendCause(append(l, `,"cause":`...), e)
	return l
}

// appendOwn appends what an error says beyond its code.
func appendOwn(l []byte, s *sense, e *status.Error) []byte {
	if e == nil {
		l = append(l, `,"side":null,"cancel_path":null,"message":`...)
		return append(appendOrNull(l, s.Message), `,"extra":null`...)
	}
	side := ""
	if e.Side != status.SideUnknown {
		side = e.Side.String()
	}
	l = appendOrNull(append(l, `,"side":`...), side)
	l = append(l, `,"cancel_path":`...)
	if e.CancelPath == nil {
		l = append(l, "null"...)
	} else {
		l = appendStrings(l, e.CancelPath)
	}
	l = appendString(append(l, `,"message":`...), e.Message)
	return appendPairMap(append(l, `,"extra":`...), e.Extra)
}

// appendPairMap appends the pairs of a business error, in the order of the keys.
func appendPairMap(l []byte, extra map[string]string) []byte {
	if extra == nil {
		return append(l, "null"...)
	}
	l = append(l, '{')
	for i, k := range slices.Sorted(maps.Keys(extra)) {
		if i > 0 {
			l = append(l, ',')
		}
		l = appendString(append(appendString(l, k), ':'), extra[k])
	}
	return append(l, '}')
}

// appendCause appends the error below e, as an object with the same keys; if
// only its text is known, all but its message is null.
func appendCause(l []byte, e *status.Error) []byte {
	if e == nil || e.Cause == nil {
		return append(l, "null"...)
	}
	if cause := causeOf(e); cause != nil {
		return append(appendError(append(l, '{'), cause), '}')
	}
	l = append(l, `{"kind":null,"code":null,"family":null,"known":false,"name":null,"class":null,"raised_by":null,`+
		`"timeout":false,"canceled":false,"side":null,"cancel_path":null,"message":`...)
	l = appendString(l, e.Cause.Error())
	return append(l, `,"extra":null,"meaning":null,"causes":[],"checks":[],"go":null,"cause":null}`...)
}

// className is the class of a code, or "".
func className(s *sense) string {
	if s.Class == 0 {
		return ""
	}
	return s.Class.String()
}

func appendString(l []byte, s string) []byte { return appendJSON(l, []byte(s)) }

func appendOrNull(l []byte, s string) []byte {
	if s == "" {
		return append(l, "null"...)
	}
	return appendString(l, s)
}

func appendStrings(l []byte, all []string) []byte {
	l = append(l, '[')
	for i, s := range all {
		if i > 0 {
			l = append(l, ',')
		}
		l = appendString(l, s)
	}
	return append(l, ']')
}
