package main

import (
	"iter"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

// tokens yields every ACL token of a frame in wire order (rule 3.7). The last
// is the one in force, which header.View.Token gives; a dump shows the others
// too. The header info has been parsed, so nothing here runs over its end.
func tokens(f *frame.Frame) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		info := f.Header.Bytes()
		for p := 2 + int(info[1]); p < len(info); {
			id := info[p]
			switch p++; id {
			case 0x11:
				end := wire.End16(info, p)
				if !yield(info[p+2 : end : end]) {
					return
				}
				p = end
			case 0x01, 0x10:
				p = skipPairs(info, p, id == 0x10)
			}
		}
	}
}

// skipPairs steps over the count at p and as many pairs.
func skipPairs(info []byte, p int, ints bool) int {
	count := int(wire.Uint16(info, p))
	p += 2
	for range count {
		if ints {
			p += 2
		} else {
			p = wire.End16(info, p)
		}
		p = wire.End16(info, p)
	}
	return p
}
