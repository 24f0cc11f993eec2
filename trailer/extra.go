package trailer

import (
	"bytes"
	"iter"

	"github.com/ttwire/ttwire/wire"
)

// Extra is the JSON of a biz-extra pair (section 7): a flat object of strings.
// Parse checks it once, in place; what comes after cannot fail. It aliases the
// bytes it was parsed from and lives as long as those.
//
// The zero Extra is one without an object, as "" and null are.
type Extra struct {
	json   []byte // all that was parsed; nil without an object
	n      int    // members
	coded  bool   // some string does not stand there byte for byte
	repair int    // offset of the first thing that reads as U+FFFD for want of better; 0 if none
}

// Parse checks that b is "", null or a flat object of strings (rules 7.1 to
// 7.3). It accepts what encoding/json accepts for a map[string]string: a null
// member reads as "", of a repeated one the last counts, invalid UTF-8 and
// lone surrogates read as U+FFFD. strict refuses the last two of these, and b
// longer than a header value can be.
//
// n is len(b), or on an error the offset of the first byte that makes it one:
// wire.ErrBizExtra for what nobody accepts; strict, and only of what is
// accepted otherwise, wire.ErrBizUTF8 or then wire.ErrBizDuplicate at the
// repeated key. x is then empty. It allocates nothing, and its cost is linear
// in len(b).
func (x *Extra) Parse(b []byte, strict bool) (n int, err error) {
	x.coded, x.repair = false, 0
	p, k := scanPlain(b)
	if !closes(b, p, k) {
		if p >= 0 {
			p = gap(b, p, k)
		}
		if p >= 0 && p < len(b) {
			p, k = x.scan(b, p, k)
		}
		if p < 0 {
			return x.fail(^p, wire.ErrBizExtra)
		}
	}
	x.json, x.n = b[:len(b):len(b)], k/2
	if k == 0 && bytes.IndexByte(b, '{') < 0 {
		x.json = nil
	}
	if strict {
		return x.strict(b)
	}
	return len(b), nil
}

// fail empties x.
func (x *Extra) fail(n int, err error) (int, error) {
	x.json, x.n, x.coded, x.repair = nil, 0, false, 0
	return n, err
}

// Null reports whether there was no object: "" or null. A peer writes no
// biz-extra for a nil map and {} for an empty one.
func (x *Extra) Null() bool { return x.json == nil }

// Len is how many members there are, repeated ones counted each.
func (x *Extra) Len() int { return x.n }

// All gives keys and values in the order of the wire, repeated ones too. A
// string without escapes aliases the parsed bytes. Others are decoded into
// buf, one behind the other, from buf[:0] on: they live as long as buf is left
// alone. A nil or short buf is replaced by a grown one. One with room for
// len(b) bytes never is, unless b holds invalid UTF-8: each such byte takes 3.
func (x *Extra) All(buf []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) { x.each(buf, yield) }
}

// each is apart from All so that All is small enough to be inlined, which
// keeps its closure off the heap.
func (x *Extra) each(buf []byte, yield func(key, value []byte) bool) {
	buf = buf[:0]
	for p, i := 0, 0; i < x.n; i++ {
		key, value, next := x.member(p)
		if x.coded {
			key, buf = decode(buf, key)
			value, buf = decode(buf, value)
		}
		if !yield(key, value) {
			return
		}
		p = next
	}
}

// Get is the value of key, the last one if it comes more than once, and
// whether there is one. The value aliases as those of [Extra.All] do. A buf
// with room for len(b) bytes is never replaced by a grown one, with the same
// exception.
func (x *Extra) Get(buf []byte, key string) (value []byte, ok bool) {
	for p, i := 0, 0; i < x.n; i++ {
		k, v, next := x.member(p)
		if x.coded {
			k, buf = decode(buf[:0], k)
		}
		if string(k) == key {
			value, ok = v, true
		}
		p = next
	}
	if x.coded {
		value, _ = decode(buf[:0], value)
	}
	return value, ok
}

// Map is a copy that outlives the bytes: nil without an object, empty for {}.
func (x *Extra) Map() map[string]string {
	if x.Null() {
		return nil
	}
	// The size is no hint: the members may all be one.
	m := make(map[string]string)
	var buf [64]byte
	for k, v := range x.All(buf[:]) {
		m[string(k)] = string(v)
	}
	return m
}

// member gives the first member at or after x.json[p:], as it stands between
// its quotes, and where it ends. There is one.
func (x *Extra) member(p int) (key, value []byte, next int) {
	key, p = x.between(p)
	for x.json[p] == ':' || x.json[p] <= ' ' {
		p++
	}
	if x.json[p] == 'n' {
		return key, x.json[p:p:p], p + len(null)
	}
	value, p = x.between(p)
	return key, value, p
}

// between gives what stands between the next two quotes, and where it ends.
func (x *Extra) between(p int) (s []byte, next int) {
	p += bytes.IndexByte(x.json[p:], '"') + 1
	end := p + bytes.IndexByte(x.json[p:], '"')
	for x.coded && isEscaped(x.json[p:end]) {
		end += 1 + bytes.IndexByte(x.json[end+1:], '"')
	}
	return x.json[p:end:end], end + 1
}

// isEscaped reports whether what follows s is escaped by it: whether s ends in
// an odd number of backslashes.
func isEscaped(s []byte) bool {
	n := 0
	for n < len(s) && s[len(s)-1-n] == '\\' {
		n++
	}
	return n%2 == 1
}
