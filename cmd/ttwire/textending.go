package main

import (
	"strconv"

	"github.com/ttwire/ttwire/wire"
)

// windowLines is how many lines of bytes are shown around the illegal one.
const windowLines = 3

// illegal shows what is wrong with the frame that begins at s.start, and the
// bytes around it.
func (t *textPrinter) illegal(s *scanner, e *wire.Error) error {
	l := t.number(t.line[:0], colOffset, e.Frame)
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
	l = t.window(l, s, at)
	l = append(l, t.indent()...)
	return t.flush(append(l, "Nothing after an illegal frame can be trusted: the rest is not read.\n"...))
}

// window appends the lines around byte at of the input, as far as they belong
// to the frame or come after it, with a mark below the byte.
func (t *textPrinter) window(l []byte, s *scanner, at int64) []byte {
	b := s.in.unread()
	first := max(at-at%hexColumns-(windowLines-1)/2*hexColumns, s.start-s.start%hexColumns)
	for line := first; line < first+windowLines*hexColumns; line += hexColumns {
		from := max(line, s.start)
		until := min(line+hexColumns, s.start+int64(len(b)))
		if from >= until {
			break
		}
		l = append(l, t.indent()...)
		l = append(appendHexLine(l, line, int(from-line), b[from-s.start:until-s.start]), '\n')
		if at >= line && at < line+hexColumns {
			l = append(l, t.indent()...)
			l = append(t.mark.append(pad(l, hexColumn(line, int(at-line))), "^^"), '\n')
		}
	}
	return l
}

// cut shows that the input ends inside the frame that begins at s.start.
func (t *textPrinter) cut(s *scanner, e *cutError) error {
	l := t.number(t.line[:0], colOffset, e.start)
	l = append(append(l, t.bad.on...), "cut short: this "...)
	if s.header {
		l = append(append(l, s.frame.Type.String()...), ' ')
	}
	l = append(l, "frame "...)
	if s.header {
		l = append(appendNumber(append(l, "of stream "...), int(s.frame.StreamID)), ' ')
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
