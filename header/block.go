package header

import "github.com/ttwire/ttwire/wire"

// Steps over header info that Parse has found legal, which is why they check
// nothing: the accessors of View are loops over them.

// block reads the head of the block at p: its info id, the number of its pairs
// (a token is one, padding none), and where the first begins.
func block(b []byte, p int) (id byte, pairs, first int) {
	switch id = b[p]; id {
	case infoPadding:
		return id, 0, p + 1
	case infoToken:
		return id, 1, p + 1
	default:
		return id, int(wire.Uint16(b, p+1)), p + 3
	}
}

// pass steps over the n pairs at p of a block with this id.
func pass(b []byte, id byte, n, p int) int {
	for ; n > 0; n-- {
		switch id {
		case infoStrs:
			p = end16(b, end16(b, p))
		case infoInts:
			p = end16(b, p+2)
		default:
			p = end16(b, p)
		}
	}
	return p
}

// end16 is where the value behind the u16 length at p ends.
func end16(b []byte, p int) int { return p + 2 + int(wire.Uint16(b, p)) }

// value is the value behind the u16 length at p, and where it ends.
func value(b []byte, p int) ([]byte, int) {
	end := end16(b, p)
	return b[p+2 : end : end], end
}
