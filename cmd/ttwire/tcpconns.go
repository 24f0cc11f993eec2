package main

import (
	"cmp"
	"container/list"
	"net/netip"
	"slices"
)

// maxDirections is how many directions are known at a time. Where there are
// more, those that have been idle the longest are ended.
const maxDirections = 8192

// tcpKey says which way a segment goes.
type tcpKey struct{ from, to netip.AddrPort }

// tcpConns are the TCP connections of a capture.
type tcpConns struct {
	open    func(name string) sink
	halves  map[tcpKey]*list.Element
	used    list.List // of *halfConn, the one used last in front
	waiting int       // what the chunks of all are counted for
	born    int

	strays  int // segments out of their direction's window
	evicted int // directions ended because there were too many
}

func newTCPConns(open func(name string) sink) *tcpConns {
	return &tcpConns{open: open, halves: map[tcpKey]*list.Element{}}
}

// segment takes the next segment that was captured.
func (c *tcpConns) segment(s *segment) { c.half(tcpKey{s.from, s.to}).segment(s) }

// half finds or makes a direction.
func (c *tcpConns) half(key tcpKey) *halfConn {
	at := c.halves[key]
	if at == nil {
		c.makeRoom()
		c.born++
		at = c.used.PushFront(&halfConn{conns: c, key: key, born: c.born, fin: -1})
		c.halves[key] = at
	}
	c.used.MoveToFront(at)
	return at.Value.(*halfConn)
}

// makeRoom sees to it that there is room for a direction more.
func (c *tcpConns) makeRoom() {
	if len(c.halves) < maxDirections {
		return
	}
	h := c.used.Remove(c.used.Back()).(*halfConn)
	delete(c.halves, h.key)
	if h.out != nil {
		c.evicted++
	}
	h.close()
}

// end ends all directions, in the order they came.
func (c *tcpConns) end() {
	var all []*halfConn
	for at := c.used.Front(); at != nil; at = at.Next() {
		all = append(all, at.Value.(*halfConn))
	}
	slices.SortFunc(all, func(a, b *halfConn) int { return cmp.Compare(a.born, b.born) })
	for _, h := range all {
		h.close()
	}
}
