package main

import (
	"bytes"
	"io"
	"strings"

	"github.com/ttwire/ttwire/status"
)

const (
	// maxFoundText is how much is read of the text of one error, in bytes. What
	// goes on after that is cut.
	maxFoundText = 16 << 10

	// maxLine is how much of a line is looked at in one piece. A longer one is
	// looked at in pieces that overlap by maxFoundText, so that no error is lost.
	maxLine = bufferSize
)

// codeMark is in the head of every error text and every error record. Looking
// for it first lets lines without errors pass at the speed of memory.
var codeMark = []byte("code")

// finding is an error in a text.
type finding struct {
	line   int64 // from 1
	offset int64 // of its first byte in the input, in bytes
	text   string
	err    *status.Error
	cut    bool // its text goes on: it is longer than maxFoundText
	record bool // it was there as a record, and text was made from it
}

// finder finds the errors in an input of any size. It holds one window of it.
type finder struct {
	in    *input
	found func(*finding) error

	begins string // the first bytes of the input
	line   int64  // number of the line that is being read, less 1
	base   int64  // offset of the piece that is being read
	quotes quotes
	errors int64 // how many were found
	unread int64 // number of the first line with too much that begins like a record, 0 for none
}

// run reads the input to its end. The error is what ended it, but for io.EOF, or
// one of found.
func (s *finder) run() error {
	for {
		b := s.in.unread()
		if s.in.off == 0 {
			s.begins = string(b[:min(len(b), maxKeyShown)])
		}
		if i := bytes.LastIndexByte(b, '\n') + 1; i > 0 {
			if err := s.lines(b[:i]); err != nil {
				return err
			}
			s.in.step(i)
			continue
		}
		if len(b) >= maxLine {
			if err := s.part(b); err != nil {
				return err
			}
			continue
		}
		if err := s.in.fill(len(b) + 1); err != nil {
			return firstOf(s.last(s.in.unread()), ending(err))
		}
	}
}

// ending is what ended an input, nil for its end.
func ending(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

// lines finds the errors in whole lines.
func (s *finder) lines(b []byte) error {
	base := s.in.off
	for len(b) > 0 {
		i := bytes.Index(b, codeMark)
		if i < 0 {
			i = len(b)
		}
		start := bytes.LastIndexByte(b[:i], '\n') + 1
		if start > 0 {
			s.line += int64(bytes.Count(b[:start], newline))
			s.quotes = quotes{}
		}
		b, base = b[start:], base+int64(start)
		end := bytes.IndexByte(b, '\n') + 1
		if end == 0 {
			return nil // b is used up: it ends with a line
		}
		s.base = base
		if _, err := s.piece(span{text: string(b[:end])}, end); err != nil {
			return err
		}
		s.line++
		s.quotes = quotes{}
		b, base = b[end:], base+int64(end)
	}
	return nil
}

var newline = []byte("\n")

// part finds the errors in the beginning of a line that is longer than what is
// looked at in one piece, and steps over them.
func (s *finder) part(b []byte) error {
	s.base = s.in.off
	taken, err := s.piece(span{text: string(b)}, len(b)-maxFoundText)
	s.in.step(taken)
	s.quotes.raw = false // the quote that had no end may have one in the next part
	return err
}

// last finds the errors in what comes after the last line end.
func (s *finder) last(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	s.base = s.in.off
	_, err := s.piece(span{text: string(b)}, len(b))
	s.line++
	s.in.step(len(b))
	return err
}

// piece finds the errors in t that begin before limit. It returns how much of t
// is done with: limit, or more where the last error goes further.
func (s *finder) piece(t span, limit int) (taken int, err error) {
	taken, s.quotes, err = s.span(t, limit, s.quotes, 0)
	return taken, err
}

// span is piece for a text at a depth of quoted strings within one another, as
// which errors stand in logs that are JSON or logfmt.
func (s *finder) span(t span, limit int, q quotes, depth int) (taken int, _ quotes, err error) {
	recs, whole := records(t.text, limit)
	if !whole && s.unread == 0 {
		s.unread = s.line + 1
	}
	done := 0 // q has followed t this far
	for _, r := range recs {
		if err := s.report(&finding{offset: t.offset(r.start), text: r.err.Error(), err: r.err, record: true}); err != nil {
			return done, q, err
		}
		taken = max(taken, r.end)
	}
	known := 0 // where the records end that begin before what is looked at
	for f := range status.FindText(t.text) {
		for ; len(recs) > 0 && recs[0].start <= f.Start; recs = recs[1:] {
			known = max(known, recs[0].end)
		}
		if f.Start < max(done, known) {
			continue // in a quoted string or a record that was read as a whole
		}
		if f.Start >= limit {
			break
		}
		open := done + max(q.follow(t.text[done:f.Start]), 0)
		done = f.Start
		if end := q.end(t.text[done:]); end >= 0 && depth < maxQuoteDepth {
			content := t.unquote(open, done+end)
			if _, _, err := s.span(content, len(content.text), quotes{}, depth+1); err != nil {
				return done, q, err
			}
			done += end
			continue
		}
		found := newFinding(t.text[f.Start:f.End], t.text[f.End:], f.Err)
		found.offset = t.offset(f.Start)
		if err := s.report(found); err != nil {
			return done, q, err
		}
		q.follow(found.text)
		done += len(found.text)
	}
	if taken = max(taken, limit, done); done < taken {
		q.follow(t.text[done:taken])
	}
	return taken, q, nil
}

// newFinding is the error that was found in text, which it takes whole, or up to
// a control character: an error text is one line without any, so one of those
// is the end of it, such as a tab before the next column of a log, or a colour.
// Where another error is right behind it, what links them is no part of it.
func newFinding(text, behind string, err *status.Error) *finding {
	f := &finding{text: text, err: err}
	if behind != "" && strings.IndexByte(heads, behind[0]) >= 0 {
		f.text = cutLink(text)
	}
	if i := strings.IndexFunc(f.text, isControl); i >= 0 {
		f.text = f.text[:i]
	}
	if f.cut = len(f.text) > maxFoundText; f.cut {
		f.text = f.text[:maxFoundText]
	}
	if len(f.text) < len(text) {
		f.err = firstError(f.text)
	}
	return f
}

// heads are the characters that error texts begin with. Only the next one ends an
// error before one of these.
const heads = "[tb"

// cutLink cuts what stands between two errors in one line off the first one: a
// semicolon, blanks, and perhaps a word for the second one, as in "; send: ". No
// head of an error text ends like that.
func cutLink(text string) string {
	rest := strings.TrimRight(text, " ")
	if label, ok := strings.CutSuffix(rest, ":"); ok {
		rest = strings.TrimRight(strings.TrimRightFunc(label, inWord), " ")
	}
	if rest, ok := strings.CutSuffix(rest, ";"); ok {
		return strings.TrimRight(rest, " ")
	}
	return text
}

// firstError is the error at the start of text.
func firstError(text string) *status.Error {
	for f := range status.FindText(text) {
		return f.Err
	}
	return nil
}

// report passes an error on. Its offset still counts from the piece.
func (s *finder) report(f *finding) error {
	s.errors++
	f.line = s.line + 1
	f.offset += s.base
	return s.found(f)
}

func isControl(r rune) bool { return r < ' ' || r >= 0x7F && r < 0xA0 }
