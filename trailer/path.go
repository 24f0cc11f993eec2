package trailer

import (
	"bytes"
	"iter"

	"github.com/ttwire/ttwire/wire"
)

// Path is a cancel path as an rst carries it under ttscp: the services that a
// cancel came through, the one that cancelled first, with commas between
// (rule 8.3). It aliases the frame it was read from.
//
// Any bytes are a path. An empty one has no nodes; in any other, n commas
// make n+1 nodes, and an empty node stays a node.
type Path []byte

// Len is how many nodes the path has.
func (p Path) Len() int {
	if len(p) == 0 {
		return 0
	}
	return bytes.Count(p, comma) + 1
}

var comma = []byte{','}

// Nodes gives the nodes in order. They alias the path and allocate nothing.
func (p Path) Nodes() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) { p.each(yield) }
}

// each is apart from Nodes so that Nodes is small enough to be inlined, which
// keeps its closure off the heap.
func (p Path) each(yield func([]byte) bool) {
	for more := len(p) > 0; more; {
		node := []byte(p[:len(p):len(p)])
		i := bytes.IndexByte(p, ',')
		if more = i >= 0; more {
			node, p = p[:i:i], p[i+1:]
		}
		if !yield(node) {
			return
		}
	}
}

// AppendHop appends to dst the path that a service named hop passes on when a
// cancel reached it by p (rule 8.4). p is what it received, whatever that
// holds, and is kept as it is; it is empty for the service that cancels first.
//
// A hop that cannot be carried is refused, and dst comes back as it was:
// wire.ErrNotPath if hop is empty or holds a comma or a control character,
// wire.ErrTooLong if the new path would be over 65,535 bytes. A cancel must
// go on for all that: the rst then goes out with p, one hop short.
func AppendHop[T wire.Bytes](dst []byte, p Path, hop T) ([]byte, error) {
	if !isHop(hop) {
		return dst, wire.ErrNotPath
	}
	size := len(p) + len(hop)
	if len(p) > 0 {
		size++
	}
	if size > wire.MaxLen16 {
		return dst, wire.ErrTooLong
	}
	dst = append(dst, p...)
	if len(p) > 0 {
		dst = append(dst, ',')
	}
	return append(dst, hop...), nil
}

// isHop reports whether a path can carry s as one node and show it. An empty
// node names nobody, and alone it would be no path at all.
func isHop[T wire.Bytes](s T) bool {
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c == 0x7F || c == ',' {
			return false
		}
		// U+0080 to U+009F are control characters too.
		if c&0xE0 == 0x80 && i > 0 && s[i-1] == 0xC2 {
			return false
		}
	}
	return len(s) > 0
}

// firstHops is p, which is longer than most bytes, as far as those hold whole
// hops of it: perhaps nothing. most may be negative.
func firstHops(p Path, most int) Path {
	return p[:max(bytes.LastIndexByte(p[:max(most+1, 0)], ','), 0)]
}
