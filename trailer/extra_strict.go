package trailer

import (
	"bytes"
	"hash/maphash"
	"unicode/utf8"

	"github.com/ttwire/ttwire/wire"
)

// strict is what Parse asks for beyond the grammar.
func (x *Extra) strict(b []byte) (n int, err error) {
	if len(b) > wire.MaxLen16 {
		return x.fail(wire.MaxLen16, wire.ErrBizExtra)
	}
	if x.repair > 0 {
		return x.fail(x.repair, wire.ErrBizUTF8)
	}
	if p := x.repeated(); p >= 0 {
		return x.fail(p, wire.ErrBizDuplicate)
	}
	return len(b), nil
}

// fewMembers is up to how many keys are compared each with each.
const fewMembers = 8

// repeated is where in x.json the first key stands that stood there before, or
// -1. Every string reads without repair, and x.json is a header value's size.
func (x *Extra) repeated() int {
	if x.n > fewMembers {
		return x.repeatedOfMany()
	}
	for p, i := 0, 0; i < x.n; i++ {
		key, _, next := x.member(p)
		for q, j := 0, 0; j < i; j++ {
			earlier, _, after := x.member(q)
			if sameText(earlier, key) {
				return p + bytes.IndexByte(x.json[p:], '"')
			}
			q = after
		}
		p = next
	}
	return -1
}

// tableSize is a power of 2 well above the 10,922 members that 65,535 bytes
// can hold.
const tableSize = 1 << 14

var seed = maphash.MakeSeed()

// repeatedOfMany is repeated by way of a hash table, for else a peer could
// have 10,922 keys compared each with each. The seed keeps it from choosing
// keys that collide.
func (x *Extra) repeatedOfMany() int {
	var table [tableSize]uint16 // where a member begins, plus 1
	for p, i := 0, 0; i < x.n; i++ {
		key, _, next := x.member(p)
		h := hashText(key) % tableSize
		for ; table[h] != 0; h = (h + 1) % tableSize {
			if earlier, _ := x.between(int(table[h] - 1)); sameText(earlier, key) {
				return p + bytes.IndexByte(x.json[p:], '"')
			}
		}
		table[h] = uint16(p + 1)
		p = next
	}
	return -1
}

// hashText hashes the text of s, however it is escaped.
func hashText(s []byte) uint64 {
	if bytes.IndexByte(s, '\\') < 0 {
		return maphash.Bytes(seed, s)
	}
	var h maphash.Hash
	h.SetSeed(seed)
	for p := 0; p < len(s); {
		var r rune
		var c [utf8.UTFMax]byte
		r, p = char(s, p)
		h.Write(c[:utf8.EncodeRune(c[:], r)])
	}
	return h.Sum64()
}

// sameText reports whether a and b have the same text, however escaped.
func sameText(a, b []byte) bool {
	if bytes.IndexByte(a, '\\') < 0 && bytes.IndexByte(b, '\\') < 0 {
		return string(a) == string(b)
	}
	p, q := 0, 0
	for p < len(a) && q < len(b) {
		var r, s rune
		r, p = char(a, p)
		s, q = char(b, q)
		if r != s {
			return false
		}
	}
	return p == len(a) && q == len(b)
}
