package main

import (
	"unicode/utf8"

	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
)

// status appends the key that says what a trailer or rst means. The shapes are
// a contract, which help states.
func (j *jsonPrinter) status(l []byte, r *record) []byte {
	if l = append(l, `,"status":`...); r.unread {
		return append(l, "null"...)
	}
	s := &r.status
	l = append(append(append(l, `{"kind":"`...), s.Ending.String()...), '"')
	switch s.Ending {
	case status.EndOK:
		return append(l, '}')
	case status.EndBusiness:
		l = appendNumber(append(l, `,"func_ret":`...), int(s.FuncRet))
		l = appendExtra(append(j.message(l, s), `,"extra":`...), s.Extra)
	case status.EndFramework:
		l = j.message(appendFuncRet(appendRet(l, s), s), s)
	case status.EndCanceled:
		l = j.canceled(l, s)
	default:
		l = j.unreadable(l, r)
	}
	l = appendJSON(append(l, `,"error":`...), []byte(r.errorText()))
	return append(l, '}')
}

// canceled appends what an rst says. One without a readable exception says
// nothing, and gets no code made up for it.
func (j *jsonPrinter) canceled(l []byte, s *status.Status) []byte {
	if !s.NoDetail {
		l = appendRet(l, s)
	}
	l = append(j.message(l, s), `,"cancel_path":[`...)
	comma := ""
	for hop := range trailer.Path(s.CancelPath).Nodes() {
		l = appendJSON(append(l, comma...), hop)
		comma = ","
	}
	if l = append(l, ']'); s.Err != 0 {
		l = appendReason(l, s)
	}
	return l
}

// unreadable appends what makes an ending illegal, and what could be read of it.
func (j *jsonPrinter) unreadable(l []byte, r *record) []byte {
	s := &r.status
	l = appendReason(l, s)
	if len(r.frame.Payload) > 0 && s.Err.StreamCode() == int32(status.IllegalBiz) {
		l = appendRet(l, s) // the exception was well, and something beside it was not
	}
	l = appendFuncRet(l, s)
	if s.Message != nil {
		l = j.message(l, s)
	}
	return l
}

func appendReason(l []byte, s *status.Status) []byte {
	l = appendNumber(append(l, `,"code":`...), int(s.Err.StreamCode()))
	l = append(append(l, `,"reason":"`...), s.Err.Reason()...)
	return appendNumber(append(l, `","at":`...), s.Offset)
}

func appendRet(l []byte, s *status.Status) []byte {
	return appendNumber(append(l, `,"ret":`...), int(s.Ret))
}

// appendFuncRet appends the business code that is there beside something else.
func appendFuncRet(l []byte, s *status.Status) []byte {
	if s.FuncRet == 0 {
		return l
	}
	return appendNumber(append(l, `,"func_ret":`...), int(s.FuncRet))
}

// messagePiece is how much of a message is escaped at once.
const messagePiece = 16 << 10

// message appends a message, and sends ahead what makes the line long: one
// takes up to 16 MiB, and six times that when it is escaped.
func (j *jsonPrinter) message(l []byte, s *status.Status) []byte {
	m := s.Message
	l = append(l, `,"message":"`...)
	for len(m) > messagePiece {
		piece := cutAt(m, messagePiece)
		_ = j.flush(appendJSONText(l, piece)) // the next write meets the same error
		l, m = j.line, m[len(piece):]
	}
	return append(appendJSONText(l, m), '"')
}

// appendExtra appends a biz-extra that has been checked: an object in the order
// of the wire, in which the last of a repeated name counts, or null.
func appendExtra(l, extra []byte) []byte {
	var x trailer.Extra
	if _, err := x.Parse(extra, false); err != nil || x.Null() {
		return append(l, "null"...)
	}
	last := make(map[string]int)
	buf := make([]byte, 0, utf8.UTFMax*len(extra)) // so that views stay where they are
	i := 0
	for k := range x.All(buf) {
		last[string(k)] = i
		i++
	}
	l = append(l, '{')
	i = 0
	comma := ""
	for k, v := range x.All(buf) {
		if last[string(k)] == i {
			l = append(appendJSON(append(l, comma...), k), ':')
			l = appendJSON(l, v)
			comma = ","
		}
		i++
	}
	return append(l, '}')
}
