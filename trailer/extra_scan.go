package trailer

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// The grammar of biz-extra (rule 7.1), as RFC 8259 has it with nothing but
// strings and nulls for values:
//
//	extra  = [ ws ( null / "{" ws [ member *( "," ws member ) ] "}" ) ws ]
//	member = string ws ":" ws ( string / null ) ws
//
// The functions here take a place in b and return the place behind what they
// read. Where that is not there they return ^p instead, a negative number: p
// is the first byte that is wrong, len(b) if b ends too early.
//
// Keys and values are strings alike, and null counts as one: k is how many of
// them are read.

// scanPlain reads as far as b is what peers mostly write: no white space, no
// null, no escapes, ASCII. It returns the place behind the last string it took.
// It is a loop of its own without a call in it, so that all it needs stays in
// registers: most extras are done with it.
func scanPlain(b []byte) (p, k int) {
	last := len(b) - 8
	before := byte('{')
	for last >= 0 && p < len(b)-1 && b[p] == before && b[p+1] == '"' {
		q, m := p+2, uint64(0)
		for ; q < last; q += 8 {
			if m = special(binary.LittleEndian.Uint64(b[q:])); m != 0 {
				break
			}
		}
		if m == 0 {
			m = special(binary.LittleEndian.Uint64(b[last:]) >> (8 * uint(q-last)))
		}
		q += bits.TrailingZeros64(m) / 8
		if q == len(b) || b[q] < ' ' {
			return ^q, k
		}
		if b[q] != '"' {
			return p, k
		}
		p = q + 1
		if k++; k%2 == 1 {
			before = ':'
		} else {
			before = ','
		}
	}
	// Where this cannot go on nothing can, most often: no second look.
	if k > 0 && (p == len(b) || b[p] > ' ' && b[p] != before && b[p] != '}') {
		return ^p, k
	}
	return p, k
}

// closes reports whether, k strings being read as far as b[p:], nothing is left
// but the brace that closes the object.
func closes(b []byte, p, k int) bool {
	return k > 0 && k%2 == 0 && p == len(b)-1 && b[p] == '}'
}

// scan reads the rest of b, from behind the k-th string on.
func (x *Extra) scan(b []byte, p, k int) (int, int) {
	for ; p >= 0 && p < len(b); p = gap(b, p, k) {
		if b[p] == '"' {
			p = x.scanString(b, p+1)
		} else {
			p = scanNull(b, p)
		}
		if p < 0 {
			break
		}
		k++
	}
	return p, k
}

// gap reads what stands between the k-th string and the next, and returns the
// place of that; or, where no string follows, the rest of b.
func gap(b []byte, p, k int) int {
	p = space(b, p)
	if k == 0 && (p == len(b) || b[p] != '{') {
		return scanNone(b, p)
	}
	if p < len(b) && b[p] == between(k) {
		p = space(b, p+1)
		if p < len(b) && (b[p] == '"' || k%2 == 1 && b[p] == 'n') {
			return p
		}
		if k > 0 {
			return ^p
		}
	}
	if k%2 == 1 || p == len(b) || b[p] != '}' {
		return ^p
	}
	return scanEnd(b, p+1)
}

// scanNone reads what may stand in place of an object.
func scanNone(b []byte, p int) int {
	if len(b) == 0 {
		return 0
	}
	if p = scanNull(b, p); p < 0 {
		return p
	}
	return scanEnd(b, p)
}

// scanEnd reads what may stand behind everything.
func scanEnd(b []byte, p int) int {
	if p = space(b, p); p < len(b) {
		return ^p
	}
	return p
}

// between is what goes before the next string when k are read.
func between(k int) byte {
	switch {
	case k == 0:
		return '{'
	case k%2 == 1:
		return ':'
	}
	return ','
}

const null = "null"

func scanNull(b []byte, p int) int {
	for i := range len(null) {
		if p == len(b) || b[p] != null[i] {
			return ^p
		}
		p++
	}
	return p
}

// space steps over JSON's white space.
func space(b []byte, p int) int {
	for p < len(b) && (b[p] == ' ' || b[p] == '\n' || b[p] == '\t' || b[p] == '\r') {
		p++
	}
	return p
}

// scanString reads a string from behind its opening quote.
func (x *Extra) scanString(b []byte, p int) int {
	last := len(b) - 8
	for {
		m := uint64(0)
		for ; p < last; p += 8 {
			if m = special(binary.LittleEndian.Uint64(b[p:])); m != 0 {
				break
			}
		}
		if m == 0 {
			m = special(lastWord(b, p))
		}
		p += bits.TrailingZeros64(m) / 8
		if p < len(b) && b[p] == '"' {
			return p + 1
		}
		if p = x.scanOdd(b, p); p < 0 {
			return p
		}
	}
}

// lastWord is the word at b[p:], 8 bytes or fewer from the end. Behind the end
// come zeros, which are special themselves.
func lastWord(b []byte, p int) (w uint64) {
	if last := len(b) - 8; last >= 0 {
		return binary.LittleEndian.Uint64(b[last:]) >> (8 * uint(p-last))
	}
	for i := len(b) - 1; i >= p; i-- {
		w = w<<8 | uint64(b[i])
	}
	return w
}

// Words of 8 equal bytes.
const (
	ones  = 0x0101010101010101
	highs = ones * 0x80
)

// special sets the high bit of each byte of w that is a quote, a backslash, a
// control character or not ASCII. Above the first of these it may set others.
func special(w uint64) uint64 {
	quote, slash := w^ones*'"', w^ones*'\\'
	return (w | (quote - ones) | (slash - ones) | (w - ones*' ')) & highs
}

// scanOdd reads what a string may hold at a special byte other than its
// closing quote: an escape sequence or bytes of 0x80 and above. It notes in x
// that not all of the string stands there as it reads.
func (x *Extra) scanOdd(b []byte, p int) int {
	if p == len(b) || b[p] < ' ' {
		return ^p
	}
	if b[p] != '\\' {
		return x.scanUTF8(b, p)
	}
	r, end := escape(b, p)
	x.coded = true
	if r < 0 {
		x.repairAt(p)
	}
	return end
}

// scanUTF8 reads bytes of 0x80 and above. Most text of that kind is in 3-byte
// sequences, for which utf8.DecodeRune takes several times as long. (Those that
// begin with 0xE0 or 0xED have rules of their own and are left to it.)
func (x *Extra) scanUTF8(b []byte, p int) int {
	for p < len(b) && b[p] >= utf8.RuneSelf {
		if p <= len(b)-4 {
			w := binary.LittleEndian.Uint32(b[p:])
			if w&0xC0C0F0 == 0x8080E0 && byte(w) != 0xE0 && byte(w) != 0xED {
				p += 3
				continue
			}
		}
		r, n := utf8.DecodeRune(b[p:])
		if r == utf8.RuneError && n == 1 {
			x.repairAt(p)
		}
		p += n
	}
	return p
}

// repairAt notes that what is at p reads as U+FFFD.
func (x *Extra) repairAt(p int) {
	x.coded = true
	if x.repair == 0 {
		x.repair = p
	}
}
