package main

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxQuoteDepth is how many quoted strings within one another are unquoted: a
// record that is JSON may well be a string in another one.
const maxQuoteDepth = 4

// quotes follows double quotes along a line.
type quotes struct {
	in, escaped bool
	last        byte // the byte before
	raw         bool // they do not pair: they mean nothing in this line
}

// follow moves on over s. It returns where in s the string begins that is open
// at its end, -1 if it begins before s or none is open.
func (q *quotes) follow(s string) (open int) {
	open = -1
	for i := range len(s) {
		switch {
		case q.escaped:
			q.escaped = false
		case s[i] == '\\':
			q.escaped = q.in
		case s[i] == '"' && (q.in || !inWord(rune(q.last))): // a 5" pipe opens no string
			q.in = !q.in
			open = i + 1
		}
		q.last = s[i]
	}
	if !q.in {
		return -1
	}
	return open
}

// end is where in s the string ends that is open, or -1 if none is, or if it
// has no end. A quote without an end is an inch, or whatever else.
func (q *quotes) end(s string) int {
	if !q.in || q.raw {
		return -1
	}
	for i := 0; i < len(s) && s[i] != '\n'; i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	q.raw = true
	return -1
}

// span is a text and where its bytes are in the input.
type span struct {
	text string
	at   []int32 // of each byte, nil: text is as in the input
}

// offset is where byte i is, counted from the beginning of the piece of the
// input that the span comes from.
func (t span) offset(i int) int64 {
	if t.at != nil {
		return int64(t.at[i])
	}
	return int64(i)
}

// unquote is what the inside of a quoted string says, text[from:to], with the
// escapes of JSON and of Go's %q. What is no escape stands as it is.
func (t span) unquote(from, to int) span {
	u := span{at: make([]int32, 0, to-from)}
	b := make([]byte, 0, to-from)
	for i := from; i < to; {
		n := len(b)
		size := 1
		if t.text[i] == '\\' {
			b, size = appendUnescaped(b, t.text[i:to])
		} else {
			b = append(b, t.text[i])
		}
		for range len(b) - n {
			u.at = append(u.at, int32(t.offset(i)))
		}
		i += size
	}
	u.text = string(b)
	return u
}

// appendUnescaped appends what the escape at the start of s stands for, and
// tells how long it is.
func appendUnescaped(dst []byte, s string) ([]byte, int) {
	if strings.HasPrefix(s, `\/`) {
		return append(dst, '/'), 2
	}
	if r, ok := surrogates(s); ok {
		return utf8.AppendRune(dst, r), 12
	}
	r, multibyte, rest, err := strconv.UnquoteChar(s, '"')
	switch {
	case err != nil:
		return append(dst, s[0]), 1
	case r < utf8.RuneSelf || !multibyte:
		dst = append(dst, byte(r))
	default:
		dst = utf8.AppendRune(dst, r)
	}
	return dst, len(s) - len(rest)
}

// surrogates reads a character outside the first 65,536 as JSON has it.
func surrogates(s string) (rune, bool) {
	if len(s) < 12 || s[:2] != `\u` || s[6:8] != `\u` {
		return 0, false
	}
	hi, err1 := strconv.ParseUint(s[2:6], 16, 16)
	lo, err2 := strconv.ParseUint(s[8:12], 16, 16)
	r := utf16.DecodeRune(rune(hi), rune(lo))
	return r, err1 == nil && err2 == nil && r != utf8.RuneError
}
