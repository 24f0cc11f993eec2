package status

import (
	"iter"
	"strconv"
	"strings"
)

// maxNested is how many causes below one another are taken apart; what is
// deeper stays text of the last one.
const maxNested = 16

// ParseText finds the first error in a text, such as a line of a log, and takes
// it apart; false if there is none. It knows the texts of [Error.Error] and
// Kitex's "biz error: code=N, msg=message".
//
// What stands before the error is passed over, and an error ends with its line:
// nothing tells what a log put behind a message from the message. Only where a
// log took off the blank that ends a text without a message does the error end
// there: at the end of the line, or at a control character, a quote, a backslash,
// a bracket that closes, the next tag, a comma, a semicolon or a bar. A text says
// nothing of Desc, Extra and Remote (the latter is set for CalleeFramework,
// which means it), nor of the Message of a Stream error that has a Cause.
//
// For the text of any Error but one of kind Application
//
//   - ParseText(e.Error()) gives an error of the same text;
//   - it gives e's Kind, Code, Side, CancelPath (of up to 17 hops), Message and
//     Cause (by the same rule, and up to 16 deep) where no Message and no text of
//     a cause from elsewhere holds "[ttstream error, code=", "type:",
//     "biz error: " or ", caused by ", or begins with `\x5b`. A cause from
//     elsewhere becomes an error of that text, or the Message of a Stream error.
//
// A message that holds one of those reads as the error it looks like, as it
// does to people: a text is no proof. The cost is linear in len(s).
func ParseText(s string) (*Error, bool) {
	i := nextHead(s)
	if i == len(s) {
		return nil, false
	}
	r := textReader{}
	e, _, _ := r.read(line(s[i:]), 0)
	return e, true
}

// Found is an error in a text.
type Found struct {
	Start, End int // the bytes of the text that it takes, End not included
	Err        *Error
}

// FindText gives all errors in a text, from its start to its end: log files,
// mostly. It reads as ParseText does, but an error that is no other's cause ends
// at the latest where the next one begins, and one that is another's cause more
// than 16 deep is given apart from it. Its cost is linear in len(s).
func FindText(s string) iter.Seq[Found] {
	return func(yield func(Found) bool) {
		r := textReader{find: true}
		eol := 0
		for i := nextHead(s); i < len(s); i += nextHead(s[i:]) {
			if i >= eol {
				eol = i + len(line(s[i:]))
			}
			e, _, n := r.read(s[i:eol], 0)
			if !yield(Found{i, i + n, e}) {
				return
			}
			i += n
		}
	}
}

// line is s up to the end of its first line.
func line(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return strings.TrimSuffix(s, "\r")
}

// nextHead is where the first error in s begins, len(s) if there is none.
func nextHead(s string) int {
	for i := range len(s) {
		switch s[i] {
		case '[', 't', 'b':
			if _, _, ok := cutHead(s[i:]); ok {
				return i
			}
		}
	}
	return len(s)
}

// head is what the head of a text says.
type head struct {
	kind  Kind
	code  int32
	kitex bool // Kitex's form of a business error
}

// cutHead reads the head of a text at the start of s. Its cost depends on the
// length of that head alone.
func cutHead(s string) (h head, rest string, ok bool) {
	if rest, ok := strings.CutPrefix(s, streamHead); ok {
		h.kind = Stream
		if h.code, rest, ok = cutCode(rest, ""); ok {
			rest, ok = cutPart(rest, "]")
		}
		return h, rest, ok
	}
	if rest, ok := strings.CutPrefix(s, kitexBiz); ok {
		h.kind, h.kitex = Business, true
		h.code, rest, ok = cutCode(rest, ", msg=")
		return h, rest, ok
	}
	rest, ok = strings.CutPrefix(s, "type:")
	for k := Framework; ok && k <= Business; k++ {
		if rest, ok := strings.CutPrefix(rest, k.String()+", code:"); ok {
			h.kind = k
			h.code, rest, ok = cutCode(rest, ", msg:")
			return h, rest, ok
		}
	}
	return h, s, false
}

// cutCode reads a decimal int32 as %d prints it, and what has to follow.
func cutCode(s, after string) (code int32, rest string, ok bool) {
	i := 0
	for i < len(s) && (s[i] == '-' || '0' <= s[i] && s[i] <= '9') {
		i++
	}
	v, err := strconv.ParseInt(s[:i], 10, 32)
	if err != nil || strconv.FormatInt(v, 10) != s[:i] {
		return 0, s, false
	}
	rest, ok = strings.CutPrefix(s[i:], after)
	return int32(v), rest, ok
}

// textReader reads the text of one error, or of several in a row if find is set.
type textReader struct{ find bool }

// read takes apart the error whose head is at the start of s, which ends with
// the line. n is how much of s it takes: all of it, unless find is set.
func (r textReader) read(s string, depth int) (e *Error, h head, n int) {
	h, rest, ok := cutHead(s)
	if !ok {
		return nil, h, 0
	}
	e = &Error{Kind: h.kind, Code: h.code, Remote: h.kind == CalleeFramework}
	if h.kind != Stream {
		return e, h, len(s) - len(rest) + r.readMessage(e, rest, depth, h.kitex)
	}
	rest = e.cutParts(rest)
	n = len(s) - len(rest)
	if s[n-1] != ' ' {
		return e, h, n // what follows is no message
	}
	if size, cause := r.readCause(rest, depth); cause != nil {
		e.Cause = cause
		return e, h, n + size
	}
	rest = r.cut(rest)
	e.Message = unescapeBody(rest)
	return e, h, n + len(rest)
}

// cut is s up to the next error in it if find is set, else s.
func (r textReader) cut(s string) string {
	if r.find {
		return s[:nextHead(s)]
	}
	return s
}

// readMessage reads what follows the head in tRPC's form: the message, and a
// cause if there is one; Kitex's form has none. It returns how much it took.
func (r textReader) readMessage(e *Error, s string, depth int, kitex bool) int {
	own := r.cut(s)
	msg, below, found := strings.Cut(own, causeMark)
	if kitex {
		msg, found = own, false
	}
	e.Message = unescape(msg, "")
	if !found {
		return len(own)
	}
	if n, cause := r.readCause(s[len(msg)+len(causeMark):], depth); cause != nil {
		e.Cause = cause
		return len(msg) + len(causeMark) + n
	}
	e.Cause = plain(unescape(below, ""))
	return len(own)
}

// readCause reads the text of an error at the start of s, if there is one; n is
// as in read.
//
// Unless find is set it takes apart only what is, to the byte, the text of an
// error: anything else has to stay text to be printed again as it was.
func (r textReader) readCause(s string, depth int) (n int, cause error) {
	if depth == maxNested {
		return 0, nil
	}
	e, h, n := r.read(s, depth+1)
	switch rest, ok := strings.CutPrefix(s, handlerMark); {
	case e != nil && h.kitex:
		cause = &quoted{err: e, biz: true}
	case e != nil:
		cause = e.Err()
	case ok:
		if e, _, n = r.read(rest, depth+1); e == nil {
			return 0, nil
		}
		cause, n = &quoted{err: e}, n+len(handlerMark)
	default:
		return 0, nil
	}
	if !r.find && string(appendCause(nil, cause)) != s {
		return 0, nil
	}
	return n, cause
}

// cutParts reads the side and the path behind the head of a Stream error.
func (e *Error) cutParts(s string) string {
	if rest, ok := cutPart(s, clientPart); ok {
		e.Side, s = SideClient, rest
	} else if rest, ok := cutPart(s, serverPart); ok {
		e.Side, s = SideServer, rest
	}
	path, ok := strings.CutPrefix(s, pathPart)
	if !ok {
		return s
	}
	for i := range len(path) {
		if rest, ok := cutPart(path[i:], "]"); ok {
			e.CancelPath = strings.Split(path[:i], pathArrow)
			for j, hop := range e.CancelPath {
				e.CancelPath[j] = unescape(hop, hopEscapes)
			}
			return rest
		}
	}
	return s
}

// cutPart cuts part and the space after it. Where a text ends behind part, a log
// may have taken that space off.
func cutPart(s, part string) (string, bool) {
	rest, ok := strings.CutPrefix(s, part)
	if !ok || rest == "" {
		return rest, ok
	}
	if rest[0] != ' ' {
		return rest, rest[0] < ' ' || strings.IndexByte(textEnds, rest[0]) >= 0
	}
	return rest[1:], true
}

// textEnds are what stands behind texts in logs, besides the line's end and other
// control characters: what quotes, brackets and lists are made of.
const textEnds = "\x7f\"'`\\)]}<>,;|"
