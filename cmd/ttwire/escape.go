package main

import (
	"bytes"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// Nothing that came over the wire, and no file name, goes to a terminal but
// through the functions of this file.

// shown reports whether r may go to a terminal as it is. Control characters,
// bidi controls and everything else that moves the cursor, reorders text or
// cannot be seen may not.
func shown(r rune) bool {
	return r >= ' ' && r < 0x7F || r > 0x7F && strconv.IsPrint(r) && r != '\u2800' &&
		!unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// isPlain reports whether all of s is shown as it is.
func isPlain(s []byte) bool {
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		if r == utf8.RuneError && n == 1 || !shown(r) {
			return false
		}
		s = s[n:]
	}
	return true
}

// appendWord appends s so that it reads as one word: as it is, or quoted where
// that would be unclear.
func appendWord(dst, s []byte) []byte {
	if len(s) == 0 || string(s) == "-" || bytes.ContainsAny(s, " \"") || !isPlain(s) {
		return appendQuoted(dst, s)
	}
	return append(dst, s...)
}

// appendValue appends s, which ends its line: as it is, or quoted where that
// would be unclear. A quoted value begins with a quote and a plain one never
// does, so a backslash in a plain one is a backslash.
func appendValue(dst, s []byte) []byte {
	if len(s) == 0 || s[0] == '"' || s[0] == ' ' || s[len(s)-1] == ' ' || !isPlain(s) {
		return appendQuoted(dst, s)
	}
	return append(dst, s...)
}

// appendCut is appendValue for the first most bytes of s, with the length of
// all of it behind. most 0 shows s whole.
func appendCut(dst, s []byte, most int) []byte {
	if most == 0 || len(s) <= most {
		return appendValue(dst, s)
	}
	dst = append(appendQuoted(dst, cutAt(s, most)), "... of "...)
	return append(strconv.AppendInt(dst, int64(len(s)), 10), " bytes"...)
}

// cutAt is the first n bytes of s, or up to 3 fewer so that no character is
// cut in two.
func cutAt(s []byte, n int) []byte {
	for i := n; i > n-utf8.UTFMax && i > 0; i-- {
		if utf8.RuneStart(s[i]) {
			return s[:i]
		}
	}
	return s[:n]
}

// showName is the name of a FILE as it may go into a line of text.
func showName(name string) string {
	if name == "-" {
		return "standard input"
	}
	return string(appendWord(nil, []byte(name)))
}

// appendQuoted appends s in double quotes, with the escapes of a Go string.
func appendQuoted(dst, s []byte) []byte {
	dst = append(dst, '"')
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		switch {
		case r == utf8.RuneError && n == 1:
			dst = appendHexEscape(dst, s[0])
		case r == '"' || r == '\\':
			dst = append(dst, '\\', s[0])
		case shown(r):
			dst = append(dst, s[:n]...)
		case r == '\n':
			dst = append(dst, '\\', 'n')
		case r == '\r':
			dst = append(dst, '\\', 'r')
		case r == '\t':
			dst = append(dst, '\\', 't')
		case r < ' ' || r == 0x7F:
			dst = appendHexEscape(dst, s[0])
		case r > 0xFFFF:
			dst = append(dst, '\\', 'U')
			dst = appendHexInt(dst, r, 8)
		default:
			dst = append(dst, '\\', 'u')
			dst = appendHexInt(dst, r, 4)
		}
		s = s[n:]
	}
	return append(dst, '"')
}

// appendJSON appends s as a JSON string. Bytes that are not UTF-8 become
// U+FFFD. What is not shown is escaped, since a terminal obeys U+009B too.
func appendJSON(dst, s []byte) []byte {
	return append(appendJSONText(append(dst, '"'), s), '"')
}

// appendJSONText appends what appendJSON puts between the quotes.
func appendJSONText(dst, s []byte) []byte {
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		s = s[n:]
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case shown(r):
			dst = utf8.AppendRune(dst, r)
		case r > 0xFFFF:
			r -= 0x10000
			dst = appendHexInt(append(dst, '\\', 'u'), 0xD800+r>>10, 4)
			dst = appendHexInt(append(dst, '\\', 'u'), 0xDC00+r&0x3FF, 4)
		default:
			dst = appendHexInt(append(dst, '\\', 'u'), r, 4)
		}
	}
	return dst
}

const hexDigits = "0123456789abcdef"

// appendHex appends a byte as two hex digits.
func appendHex(dst []byte, c byte) []byte {
	return append(dst, hexDigits[c>>4], hexDigits[c&15])
}

// appendHexEscape appends a byte as \xNN.
func appendHexEscape(dst []byte, c byte) []byte { return appendHex(append(dst, '\\', 'x'), c) }

// appendHexInt appends the last so many hex digits of v.
func appendHexInt[T rune | int64](dst []byte, v T, digits int) []byte {
	for i := digits - 1; i >= 0; i-- {
		dst = append(dst, hexDigits[v>>(4*i)&15])
	}
	return dst
}
