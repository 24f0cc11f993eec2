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
	for i, p := range pairs {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSON(dst, p.Key)
		dst = append(dst, ':')
		dst = appendJSON(dst, p.Value)
	}
	return append(dst, '}')
}

// appendJSON appends s as a JSON string.
func appendJSON(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		n := 1
		if s[i] < utf8.RuneSelf {
			if !escaped[s[i]] {
				i++
				continue
			}
			dst = appendEscape(append(dst, s[from:i]...), s[i])
		} else {
			var r rune
			r, n = utf8.DecodeRuneInString(s[i:])
			switch {
			case r == utf8.RuneError && n == 1:
				dst = append(append(dst, s[from:i]...), `\ufffd`...)
			case r == '\u2028' || r == '\u2029':
				// Legal in JSON, but not in the JavaScript it may be pasted into.
				dst = append(append(dst, s[from:i]...), `\u202`...)
				dst = append(dst, hexDigits[r&15])
			default:
				i += n
				continue
			}
		}
		i += n
		from = i
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

const hexDigits = "0123456789abcdef"

// escaped marks the ASCII characters that are written as escape sequences.
var escaped = func() (t [utf8.RuneSelf]bool) {
	for c := range byte(' ') {
		t[c] = true
	}
	for _, c := range []byte(`"\<>&`) {
		t[c] = true
	}
	return t
}()

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
