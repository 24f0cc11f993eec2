package main

import (
	"strconv"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

// windowLines is how many lines of bytes are shown around the illegal one.
const windowLines = 3

// window is a stretch of the input. Where a frame is illegal it begins with the
// frame, or later.
type window struct {
	from int64 // where b[0] is in the input
	b    []byte
}

// illegal shows what is wrong with a frame, and the bytes around it.
func (t *textPrinter) illegal(e *wire.Error, w window) error {
	l := t.number(t.start(t.line[:0]), colOffset, e.Frame)
	l = append(t.bad.append(l, e.Code.Error()), '\n')
	at := e.Frame + int64(e.Offset)
	l = append(l, t.indent()...)
	l = strconv.AppendInt(l, int64(e.Code.StreamCode()), 10)
	l = append(append(append(l, ' '), e.Code.Reason()...), ", at byte "...)
	l = strconv.AppendInt(l, int64(e.Offset), 10)
	l = append(l, " of the frame, byte "...)
	l = strconv.AppendInt(l, at, 10)
	l = append(l, " (0x"...)
	l = append(strconv.AppendInt(l, at, 16), ") of the input\n"...)
	l = t.window(l, w, at)
	l = append(l, t.indent()...)
	l = append(l, "Nothing after an illegal frame can be trusted: the rest is "...)
	l = append(l, t.rest...)
	if t.hint != "" && !t.said.hint && !isForeign(e.Code) {
		l, t.said.hint = append(l, t.hint...), true
	}
	return t.flush(append(l, ".\n"...))
}

// window appends the lines around byte at of the input, as far as they are in
// w, with a mark below the byte.
func (t *textPrinter) window(l []byte, w window, at int64) []byte {
	first := max(at-at%hexColumns-(windowLines-1)/2*hexColumns, w.from-w.from%hexColumns)
	for line := first; line < first+windowLines*hexColumns; line += hexColumns {
		from := max(line, w.from)
		until := min(line+hexColumns, w.from+int64(len(w.b)))
		if from >= until {
			break
		}
		l = append(l, t.indent()...)
		l = append(appendHexLine(l, line, int(from-line), w.b[from-w.from:until-w.from]), '\n')
		if at >= from && at < line+hexColumns {
			l = append(l, t.indent()...)
			l = append(t.mark.append(pad(l, hexColumn(line, int(at-line))), "^^"), '\n')
		}
	}
	return l
}

// cut shows that the input ends inside a frame, which f is as far as it is
// known: nil without a whole header.
func (t *textPrinter) cut(e *cutError, f *frame.Frame) error {
	l := t.number(t.start(t.line[:0]), colOffset, e.start)
	l = append(append(l, t.bad.on...), "cut short: this "...)
	if f != nil {
		l = append(append(l, f.Type.String()...), ' ')
	}
	l = append(l, "frame "...)
	if f != nil {
		l = append(appendNumber(append(l, "of stream "...), int(f.StreamID)), ' ')
	}
	l = appendNumber(append(l, "has "...), e.have)
	if e.have < 4 {
		l = append(l, " of its first "...)
	} else {
		l = append(l, " of its "...)
	}
	l = append(appendNumber(l, e.need), " bytes"...)
	return t.flush(append(append(l, t.bad.off...), '\n'))
}
