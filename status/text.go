package status

import (
	"strconv"
	"strings"
)

// The texts (rule 10.1), as live peers write them:
//
//	[ttstream error, code=N] [client-side stream] [canceled path: A -> B] message
//	type:framework, code:N, msg:message, caused by cause
//
// parsetext.go reads them back, from the same pieces.
const (
	streamHead  = "[ttstream error, code="
	clientPart  = "[client-side stream]"
	serverPart  = "[server-side stream]"
	pathPart    = "[canceled path: "
	pathArrow   = " -> "
	causeMark   = ", caused by "
	handlerMark = "biz error: " // Kitex puts it before what a handler returned
	kitexBiz    = "biz error: code="

	// bracket is how the first byte of a message is escaped that begins like
	// one of the parts before it, so that no peer can make them up.
	bracket = `\x5b`

	// hopEscapes keep a hop of the path within the path.
	hopEscapes = "]>"

	// A path of more than maxHops hops is shown by its ends, which with the
	// mark between them are maxHops again.
	endHops = 8
	maxHops = 2*endHops + 1
)

// Error is the text: for kind Stream the form of TTHeader Streaming, for
// Application the message, else the form of tRPC. It is one line, without
// control characters whatever the peer sent: what cannot be printed is there as
// \xHH. [ParseText] reads it back.
func (e *Error) Error() string { return string(e.appendText(nil)) }

// Error is that of [Error].
func (e *BizError) Error() string { return (*Error)(e).Error() }

// Error is that of [Error].
func (e *Exception) Error() string { return (*Error)(e).Error() }

func (e *Error) appendText(dst []byte) []byte {
	if e == nil {
		return append(dst, "<nil>"...)
	}
	switch e.Kind {
	case Stream:
		return e.appendStream(dst)
	case Application:
		return appendEscaped(dst, e.Message, "")
	}
	dst = append(dst, "type:"...)
	dst = append(dst, e.Kind.String()...)
	dst = append(dst, ", code:"...)
	dst = strconv.AppendInt(dst, int64(e.Code), 10)
	dst = append(dst, ", msg:"...)
	dst = appendEscaped(dst, e.Message, "")
	if e.Cause != nil {
		dst = append(dst, causeMark...)
		dst = appendCause(dst, e.Cause)
	}
	return dst
}

func (e *Error) appendStream(dst []byte) []byte {
	dst = append(dst, streamHead...)
	dst = strconv.AppendInt(dst, int64(e.Code), 10)
	dst = append(dst, "] "...)
	switch e.Side {
	case SideClient:
		dst = append(dst, clientPart+" "...)
	case SideServer:
		dst = append(dst, serverPart+" "...)
	}
	if len(e.CancelPath) > 0 {
		dst = append(dst, pathPart...)
		dst = appendPath(dst, e.CancelPath)
		dst = append(dst, "] "...)
	}
	if e.Cause == nil {
		return appendBody(dst, e.Message)
	}
	if own := ownText(e.Cause); own != nil {
		return own.appendText(dst)
	}
	return appendBody(dst, rawText(e.Cause))
}

// appendPath appends the hops with arrows between them.
func appendPath(dst []byte, path []string) []byte {
	for i, hop := range path {
		if len(path) > maxHops && i >= endHops && i < len(path)-endHops {
			if i == endHops {
				dst = append(dst, pathArrow+"... "...)
				dst = strconv.AppendInt(dst, int64(len(path)-2*endHops), 10)
				dst = append(dst, " more ..."...)
			}
			continue
		}
		if i > 0 {
			dst = append(dst, pathArrow...)
		}
		dst = appendEscaped(dst, hop, hopEscapes)
	}
	return dst
}

// appendBody appends the message of a Stream error.
func appendBody(dst []byte, msg string) []byte {
	if strings.HasPrefix(msg, "[") && isPart(msg[1:]) {
		dst = append(dst, bracket...)
		msg = msg[1:]
	}
	return appendEscaped(dst, msg, "")
}

func unescapeBody(s string) string {
	if rest, ok := strings.CutPrefix(s, bracket); ok && isPart(rest) {
		return "[" + unescape(rest, "")
	}
	return unescape(s, "")
}

// isPart reports whether s, after a bracket, begins like a part of a text.
func isPart(s string) bool {
	return strings.HasPrefix(s, clientPart[1:]) || strings.HasPrefix(s, serverPart[1:]) ||
		strings.HasPrefix(s, pathPart[1:])
}

// texter has a text that is made here: escaped already, and with a head, so that
// no message can be taken for it.
type texter interface{ appendText(dst []byte) []byte }

// ownText is a cause as a texter, nil if its text is anything else's.
func ownText(err error) texter {
	if q, ok := err.(*quoted); ok {
		return q
	}
	if e := recordOf(err); e != nil && e.Kind != Application {
		return e
	}
	return nil
}

// rawText is the text of any other cause, still to be escaped.
func rawText(err error) string {
	if e := recordOf(err); e != nil {
		return e.Message
	}
	return err.Error()
}

// appendCause appends the text of an error that is another's cause.
func appendCause(dst []byte, err error) []byte {
	if own := ownText(err); own != nil {
		return own.appendText(dst)
	}
	return appendEscaped(dst, rawText(err), "")
}

// quoted is a cause as Kitex writes it: an error that a handler returned, with
// Kitex's mark before it, or a business error in Kitex's form.
type quoted struct {
	err *Error
	biz bool
}

func (q *quoted) Error() string { return string(q.appendText(nil)) }

func (q *quoted) Unwrap() error { return q.err.Err() }

func (q *quoted) appendText(dst []byte) []byte {
	if !q.biz {
		return q.err.appendText(append(dst, handlerMark...))
	}
	dst = append(dst, kitexBiz...)
	dst = strconv.AppendInt(dst, int64(q.err.Code), 10)
	dst = append(dst, ", msg="...)
	return appendEscaped(dst, q.err.Message, "")
}

// plain is a cause of which nothing but the text is known.
type plain string

func (p plain) Error() string { return string(p) }
