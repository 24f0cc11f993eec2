package plain

import (
	"strings"
	"unicode/utf8"
)

// ParseExtra judges a biz-extra (section 7). The members are in wire order,
// nil without an object.
func ParseExtra(text string, strict bool) (members []Pair, v Verdict) {
	defer judged(&v)
	if text == "" {
		return nil, Verdict{}
	}
	d := extraDecoder{text: text, bad: -1, twice: -1}
	members = d.extra()
	if strict && d.bad >= 0 {
		illegal("biz-utf8", d.bad)
	}
	if strict && d.twice >= 0 {
		illegal("biz-duplicate", d.twice)
	}
	return members, Verdict{At: len(text)}
}

type extraDecoder struct {
	text       string
	at         int
	bad, twice int // where strict finds the first fault, -1: nowhere
}

// next is the next byte, which must be there.
func (d *extraDecoder) next() byte {
	if d.at == len(d.text) {
		illegal("biz-extra", d.at)
	}
	return d.text[d.at]
}

func (d *extraDecoder) wrong() { illegal("biz-extra", d.at) }

func (d *extraDecoder) literal(s string) {
	for _, c := range []byte(s) {
		if d.next() != c {
			d.wrong()
		}
		d.at++
	}
}

func (d *extraDecoder) space() {
	for d.at < len(d.text) && strings.IndexByte(" \t\n\r", d.text[d.at]) >= 0 {
		d.at++
	}
}

func (d *extraDecoder) extra() (members []Pair) {
	d.space()
	switch d.next() {
	case 'n':
		d.literal("null")
	case '{':
		d.at++
		members = d.object()
	default:
		d.wrong()
	}
	if d.space(); d.at < len(d.text) {
		d.wrong()
	}
	return members
}

// object is what stands behind the brace.
func (d *extraDecoder) object() []Pair {
	members := []Pair{}
	if d.space(); d.next() == '}' {
		d.at++
		return members
	}
	for {
		d.space()
		members = append(members, d.member(members))
		d.space()
		switch d.next() {
		case '}':
			d.at++
			return members
		case ',':
			d.at++
		default:
			d.wrong()
		}
	}
}

func (d *extraDecoder) member(before []Pair) (m Pair) {
	at := d.at
	m.Key = d.str()
	if d.twice < 0 && count(before, m.Key) > 0 {
		d.twice = at
	}
	d.space()
	d.literal(":")
	if d.space(); d.next() == 'n' {
		d.literal("null")
	} else {
		m.Value = d.str()
	}
	return m
}

// str is a string, decoded (rule 7.3).
func (d *extraDecoder) str() string {
	var s []rune
	for d.literal(`"`); d.next() != '"'; {
		switch c := d.next(); {
		case c < 0x20:
			d.wrong()
		case c == '\\':
			s = append(s, d.escape())
		default:
			r, n := utf8.DecodeRuneInString(d.text[d.at:])
			if r == utf8.RuneError && n == 1 {
				d.odd(d.at)
			}
			s = append(s, r)
			d.at += n
		}
	}
	d.at++
	return string(s)
}

// odd notes a place that strict refuses.
func (d *extraDecoder) odd(at int) {
	if d.bad < 0 {
		d.bad = at
	}
}

func (d *extraDecoder) escape() rune {
	start := d.at
	d.at++
	c := d.next()
	if c == 'u' {
		return d.unicode(start)
	}
	i := strings.IndexByte(`"\/bfnrt`, c)
	if i < 0 {
		d.wrong()
	}
	d.at++
	return rune("\"\\/\b\f\n\r\t"[i])
}

// unicode is an escape of a code unit, or of two that are one character.
func (d *extraDecoder) unicode(start int) rune {
	r := d.unit()
	if r < 0xD800 || r > 0xDFFF {
		return r
	}
	if r < 0xDC00 && strings.HasPrefix(d.text[d.at:], `\u`) {
		behind := d.at
		d.at++
		if low := d.unit(); low >= 0xDC00 && low <= 0xDFFF {
			return 0x10000 + (r-0xD800)<<10 + (low - 0xDC00)
		}
		d.at = behind // what follows is read on its own
	}
	d.odd(start)
	return utf8.RuneError
}

// unit is the u and its 4 hex digits.
func (d *extraDecoder) unit() (r rune) {
	d.literal("u")
	for range 4 {
		i := strings.IndexByte("0123456789abcdefABCDEF", d.next())
		if i < 0 {
			d.wrong()
		}
		if i > 15 {
			i -= 6
		}
		r = r<<4 | rune(i)
		d.at++
	}
	return r
}
