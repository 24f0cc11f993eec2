package main

import "strconv"

// doubtMark stands behind the offset of frames that are low confidence.
const doubtMark = "?"

// doubt puts the mark on a line that ends with the offset and two blanks, and
// perhaps colours.
func (t *textPrinter) doubt(l []byte) []byte {
	at := len(l) - len(t.faint.off)
	l = append(l[:at-2], t.faint.off...)
	return append(t.bad.append(l, doubtMark), ' ')
}

// skipped shows which bytes were searched, and what the marks on frames behind
// them mean.
func (t *textPrinter) skipped(from, to int64, found bool) error {
	l := t.number(t.start(t.line[:0]), colOffset, from)
	l = append(append(l, t.bad.on...), "skipped "...)
	l = append(appendBytes(l, to-from), t.bad.off...)
	if !found {
		return t.flush(append(l, ": no frame starts in them\n"...))
	}
	l = append(strconv.AppendInt(append(l, ": a frame seems to start at byte "...), to, 10), '\n')
	return t.flush(t.doubts(l))
}

// said is what has been said once, and is not said again.
type said struct {
	doubt bool // what doubtMark means
	hint  bool // what could be done about an illegal frame
}

// doubts appends what the mark means, once.
func (t *textPrinter) doubts(l []byte) []byte {
	if t.said == nil || t.said.doubt {
		return l
	}
	t.said.doubt = true
	return append(append(l, t.indent()...), "From here on frames are marked "+doubtMark+": they are found by their looks.\n"...)
}

// gap shows that bytes are missing in a capture.
func (t *textPrinter) gap(at, bytes int64) error {
	l := t.number(t.start(t.line[:0]), colOffset, at)
	l = append(l, t.bad.on...)
	if bytes < 0 {
		l = append(append(l, "the capture begins inside this connection"...), t.bad.off...)
		return t.flush(t.doubts(append(l, '\n')))
	}
	l = append(appendBytes(append(l, "gap: the capture misses "...), bytes), t.bad.off...)
	return t.flush(t.doubts(append(l, '\n')))
}

// foreign shows that a direction of a capture is something else.
func (t *textPrinter) foreign(_, text string) error {
	l := t.number(t.start(t.line[:0]), colOffset, 0)
	return t.flush(append(append(append(l, "not TTHeader Streaming: "...), text...), '\n'))
}

func appendBytes(l []byte, n int64) []byte {
	l = append(strconv.AppendInt(l, n, 10), " byte"...)
	if n != 1 {
		l = append(l, 's')
	}
	return l
}

// textTurn puts a heading above what is shown of another input than before: the
// directions of a capture take turns.
type textTurn struct {
	last *textPrinter
	any  bool // there was a heading
}

// begin makes it t's turn, with another input. Without turns it does nothing.
func (u *textTurn) begin(t *textPrinter, name string) error {
	if u == nil {
		return nil
	}
	t.name, u.last = name, nil
	return u.take(t)
}

// take makes it t's turn.
func (u *textTurn) take(t *textPrinter) error {
	if u == nil || u.last == t {
		return nil
	}
	l := t.heading(nil, t.name, u.any)
	u.last, u.any = t, true
	_, err := t.out.Write(l)
	return err
}
