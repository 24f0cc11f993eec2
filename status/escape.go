package status

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Texts hold words of the peer, so whatever could steer a terminal, break a
// line or not be printed at all is written as \xHH, two lower-case hex digits
// for each of its bytes: control characters, bytes that are not UTF-8, and
// characters without a glyph, such as those that turn the direction of writing.
// Everything else stands as it is, a backslash too, unless what follows would
// make it read as such an escape: then "x5c" comes in between.
//
//	"a\nb"      -> `a\x0ab`
//	`a\x0ab`    -> `a\x5cx0ab`
//	`a\x5cx0ab` -> `a\x5cx5cx0ab`
//	`C:\new`    -> `C:\new`
//
// So unescape(escape(s)) is s for every s, and escape(unescape(t)) is t for
// every t that escape gave.
//
// also holds ASCII punctuation that is to be escaped besides.

// appendEscaped appends s, escaped.
func appendEscaped(dst []byte, s, also string) []byte {
	from := 0
	for i := 0; i < len(s); {
		size := safeLen(s[i:], also)
		if size > 0 {
			i += size
			continue
		}
		dst = append(dst, s[from:i]...)
		dst = appendHex(dst, s[i])
		i++
		from = i
	}
	return append(dst, s[from:]...)
}

// safeLen is how many bytes at the start of s stand as they are: those of one
// character, or 0 if the first byte is to be escaped. The bytes that follow it
// in its character are no UTF-8 without it, so their turn comes by itself.
func safeLen(s, also string) int {
	if c := s[0]; c < utf8.RuneSelf {
		if isEscaped(c, also) || startsEscape(s, also) {
			return 0
		}
		return 1
	}
	r, size := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && size == 1:
		return 0
	case strconv.IsGraphic(r), r == zwnj, r == zwj:
		return size
	}
	return 0
}

// The joiners have no glyph, but scripts and emoji need them.
const (
	zwnj = '\u200c'
	zwj  = '\u200d'
)

// isEscaped reports whether c is a byte that stands as \xHH and nothing else.
func isEscaped(c byte, also string) bool {
	return c < ' ' || c >= 0x7f || strings.IndexByte(also, c) >= 0
}

func appendHex(dst []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'x', hex[c>>4], hex[c&15])
}

// unescape undoes appendEscaped. Of a text that came from elsewhere it leaves
// alone what is no escape.
func unescape(s, also string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); {
		if startsEscape(s[i:], also) {
			b = append(b, unhex(s[i+2])<<4|unhex(s[i+3]))
			i += len(`\xHH`)
			continue
		}
		b = append(b, s[i])
		i++
	}
	return string(b)
}

// startsEscape reports whether s starts with an escape, or with one that as many
// "x5c" as there are keep from being one: then the first four bytes are
// themselves an escape, that of the backslash.
func startsEscape(s, also string) bool {
	if s[0] != '\\' {
		return false
	}
	i := 1
	for strings.HasPrefix(s[i:], "x5c") {
		i += 3
	}
	return len(s)-i >= 3 && s[i] == 'x' && isHex(s[i+1]) && isHex(s[i+2]) &&
		isEscaped(unhex(s[i+1])<<4|unhex(s[i+2]), also)
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' }

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c - 'a' + 10
}
