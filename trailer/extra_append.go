package trailer

import (
	"unicode/utf8"

	"github.com/ttwire/ttwire/status"
)

// AppendExtra appends the pairs as a JSON object, in their order, and {} if
// there are none (rule 7.5). It is compact and escaped byte for byte as
// encoding/json and live peers do: what is not UTF-8 goes out as U+FFFD. Of a
// key given twice a reader keeps the last value.
//
// A header value of over 65,535 bytes is refused by the frame's builder, not
// here.
func AppendExtra(dst []byte, pairs []status.Pair) []byte {
	dst = append(dst, '{')
	for i := range pairs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSON(dst, pairs[i].Key)
		dst = append(dst, ':')
		dst = appendJSON(dst, pairs[i].Value)
	}
	return append(dst, '}')
}

// appendJSON appends s as a JSON string.
func appendJSON(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for {
		n := 0
		for n < len(s) && kinds[s[n]] == asItIs {
			n++
		}
		dst, s = append(dst, s[:n]...), s[n:]
		if len(s) == 0 {
			return append(dst, '"')
		}
		if kinds[s[0]] == escaped {
			dst, s = appendEscape(dst, s[0]), s[1:]
		} else {
			dst, s = appendNonASCII(dst, s)
		}
	}
}

// The kinds of bytes in a string that is to be written.
const (
	asItIs = iota
	escaped
	nonASCII
)

var kinds = func() (t [256]uint8) {
	for c := range byte(' ') {
		t[c] = escaped
	}
	for _, c := range []byte(`"\<>&`) {
		t[c] = escaped
	}
	for c := utf8.RuneSelf; c < len(t); c++ {
		t[c] = nonASCII
	}
	return t
}()

const hexDigits = "0123456789abcdef"

// appendEscape appends the escape sequence of an ASCII character.
func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// appendNonASCII appends the text at the start of s that is not ASCII, up to
// and with the first of it that must be escaped, and returns the rest of s.
func appendNonASCII(dst []byte, s string) (_ []byte, rest string) {
	for p := 0; ; {
		if p == len(s) || s[p] < utf8.RuneSelf {
			return append(dst, s[:p]...), s[p:]
		}
		r, n := utf8.DecodeRuneInString(s[p:])
		switch {
		case r == utf8.RuneError && n == 1:
			return append(append(dst, s[:p]...), `\ufffd`...), s[p+1:]
		case r == '\u2028' || r == '\u2029':
			// Legal in JSON, but not in the JavaScript that it may be pasted into.
			return append(append(dst, s[:p]...), '\\', 'u', '2', '0', '2', hexDigits[r&15]), s[p+n:]
		}
		p += n
	}
}
