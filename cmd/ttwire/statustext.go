package main

import (
	"bytes"
	"iter"
	"strconv"

	"github.com/ttwire/ttwire/status"
)

// maxErrorShown is where an error text is cut unless --full is given. The usual
// ones, with a path of some hops, are shorter.
const maxErrorShown = 400

// endingMark begins the line of an ending. No pair's line looks like it: behind
// a key that is not quoted there are two blanks.
const endingMark = "=> "

// status appends the line that says what a trailer or rst means.
func (t *textPrinter) status(l []byte, r *record) []byte {
	l = append(l, t.indent()...)
	if r.unread {
		return append(t.bad.append(l, endingMark+"not read: the exception is too large for memory"), '\n')
	}
	s := &r.status
	in := t.endings[s.Ending]
	if r.after {
		in = t.faint
	}
	l = append(append(l, in.on...), endingMark...)
	if r.after {
		l = append(l, afterMark+": "...)
	}
	switch s.Ending {
	case status.EndOK:
		return append(append(append(l, okText(r)...), in.off...), '\n')
	case status.EndBusiness: // its text begins with what it is
		return append(append(t.error(l, r), in.off...), '\n')
	case status.EndFramework:
		l = appendNumber(append(l, "exception, Thrift type id "...), int(s.Ret))
		if s.FuncRet != 0 {
			l = appendNumber(append(l, ", func_ret "...), int(s.FuncRet))
		}
	default:
		l = append(l, s.Ending.String()...)
	}
	l = t.error(append(append(l, in.off...), ": "...), r)
	if s.Ending == status.EndCanceled && s.Err != 0 {
		l = append(append(l, " ("...), s.Err.Error()...)
		l = appendNumber(append(l, ", at byte "...), s.Offset)
		l = append(append(append(l, "; "...), s.Err.Reason()...), ')')
	}
	return append(l, '\n')
}

// afterMark is said of what comes behind the end of its stream: nobody receives
// it.
const afterMark = "after the end"

// okText is what a good ending is called. A client's trailer ends its sending
// and not the stream, which only a tap can tell.
func okText(r *record) string {
	if r.half {
		return "half-close, sends no more"
	}
	return "ok"
}

// error appends the error text. One with a long message is never in memory
// whole, even if it is shown whole.
func (t *textPrinter) error(l []byte, r *record) []byte {
	text, rest := r.errorStart()
	most := t.most(maxErrorShown)
	switch {
	case len(rest) == 0:
		return appendCut(l, []byte(text), most)
	case most > 0:
		size := len(text)
		for more := range escaped(rest) {
			size += len(more)
		}
		l = append(appendQuoted(l, cutAt([]byte(text), most)), "... of "...)
		return append(strconv.AppendInt(l, int64(size), 10), " bytes"...)
	}
	l = appendQuotedText(append(l, '"'), text)
	for more := range escaped(rest) {
		_ = t.flush(l) // the next write meets the same error
		l = appendQuotedText(t.line, more)
	}
	return append(l, '"')
}

// appendQuotedText appends what appendQuoted puts between the quotes.
func appendQuotedText(dst []byte, s string) []byte {
	quoted := appendQuoted(nil, []byte(s))
	return append(dst, quoted[1:len(quoted)-1]...)
}

// escaped is a message as error texts have it, in pieces.
func escaped(message []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(message) > 0 {
			n := escapedPiece(message, messagePiece)
			e := status.Error{Kind: status.Application, Message: string(message[:n])} // its text is the message
			if !yield(e.Error()) {
				return
			}
			message = message[n:]
		}
	}
}

// escapedPiece is how long a piece of a message is, of up to most bytes, that
// package status escapes by itself as in the whole: no character is cut in two,
// and nothing that looks like an escape, unless that alone is longer.
func escapedPiece(message []byte, most int) int {
	if len(message) <= most {
		return len(message)
	}
	n := len(cutAt(message, most))
	from := bytes.LastIndexByte(message[:n], '\\')
	if from <= 0 {
		return n
	}
	to := from + 1
	for bytes.HasPrefix(message[to:], []byte("x5c")) {
		to += len("x5c")
	}
	if to+len("xHH") > n {
		return from
	}
	return n
}
