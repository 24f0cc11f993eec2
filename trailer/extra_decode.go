package trailer

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// escape reads the escape sequence at b[p:], which begins with a backslash. r
// is what it stands for, a pair of surrogates being one sequence, and -1 for a
// lone surrogate. end is as in scan.
func escape(b []byte, p int) (r rune, end int) {
	p++
	if p == len(b) {
		return 0, ^p
	}
	if b[p] == 'u' {
		return escapeU(b, p+1)
	}
	switch c := b[p]; c {
	case '"', '\\', '/':
		return rune(c), p + 1
	case 'b':
		return '\b', p + 1
	case 'f':
		return '\f', p + 1
	case 'n':
		return '\n', p + 1
	case 'r':
		return '\r', p + 1
	case 't':
		return '\t', p + 1
	}
	return 0, ^p
}

// escapeU is escape from behind the \u.
func escapeU(b []byte, p int) (r rune, end int) {
	if r, end = hex4(b, p); end < 0 || !utf16.IsSurrogate(r) {
		return r, end
	}
	// A second one that is no escape reads as 0 here, and is found when its turn
	// comes.
	if bytes.HasPrefix(b[end:], []byte(`\u`)) {
		low, pair := hex4(b, end+2)
		if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
			return both, pair
		}
	}
	return -1, end
}

// hex4 reads four hexadecimal digits.
func hex4(b []byte, p int) (v rune, end int) {
	for range 4 {
		if p == len(b) {
			return 0, ^p
		}
		switch c := b[p]; {
		case c >= '0' && c <= '9':
			v = v<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			v = v<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, ^p
		}
		p++
	}
	return v, p
}

// decode gives the text of a checked string: s itself where it stands for
// itself, else what it appends to buf, and the buf for the next one.
func decode(buf, s []byte) (text, rest []byte) {
	if bytes.IndexByte(s, '\\') < 0 && utf8.Valid(s) {
		return s, buf
	}
	from := len(buf)
	for p := 0; p < len(s); {
		if s[p] < utf8.RuneSelf && s[p] != '\\' {
			buf = append(buf, s[p])
			p++
			continue
		}
		var r rune
		r, p = char(s, p)
		buf = utf8.AppendRune(buf, r)
	}
	return buf[from:len(buf):len(buf)], buf
}

// char gives the character at s[p:] of a checked string, and where it ends.
// Where there is none it is one that utf8 encodes as U+FFFD.
func char(s []byte, p int) (r rune, end int) {
	if s[p] == '\\' {
		return escape(s, p)
	}
	r, n := utf8.DecodeRune(s[p:])
	return r, p + n
}
