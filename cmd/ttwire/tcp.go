package main

import (
	"fmt"
	"slices"
)

// What waits for bytes that have not come yet. A direction over its limit, or
// any if all together are over theirs, waits no longer: the bytes it waits for
// are a gap.
const (
	maxWaiting1   = 4 << 20
	maxWaitingAll = 32 << 20

	// chunkCost is what a chunk is counted for beside its bytes, so that many
	// small ones cost no more memory and time than a few large ones.
	chunkCost = 256
)

// tcpWindow is how far from where a direction is a segment can be: no receiver
// takes more (RFC 7323). Others belong to something else.
const tcpWindow = 1 << 30

// chunk is a stretch of a direction that waits. Without data it is one that is
// known to be missing, since its packet was cut.
type chunk struct {
	at, end int64
	data    []byte
}

// halfConn puts together one direction of a TCP connection. Of bytes that come
// twice the first are kept. Positions count from the first byte.
type halfConn struct {
	conns *tcpConns
	key   tcpKey
	born  int // its number in the capture
	again int // how many connections there were before between these ends

	out    sink   // nil until there is something for it
	over   bool   // it has ended, or out wants no more
	synced bool   // seq is known
	syn    bool   // since there was a SYN
	isn    uint32 // its sequence number
	seq    uint32 // the sequence number of position next
	next   int64  // where the next byte to be put out is
	fin    int64  // where the direction ends, or -1
	lost   int64  // how many bytes before next are missing, and out has not been told

	waiting []chunk // in order, apart, all behind next
	bytes   int     // that they are counted for
}

// sink takes what is put together. more is false once it wants nothing more.
type sink interface {
	give(b []byte) (more bool)
	skip(bytes int64) (more bool) // -1: nobody knows how many came before
	end()
}

// segment takes the next segment that was captured.
func (h *halfConn) segment(s *segment) {
	seq := s.seq
	if s.syn {
		h.open(seq)
		seq++
	}
	if h.over || !h.synced && len(s.data)+s.cut == 0 {
		return
	}
	if !h.synced {
		if h.synced, h.seq = true, seq; !h.sink().skip(-1) {
			h.close()
			return
		}
	}
	rel := int64(int32(seq - h.seq))
	if rel <= -tcpWindow || rel >= tcpWindow {
		h.conns.strays++
		return
	}
	at := h.next + rel
	if s.fin && h.fin < 0 {
		h.fin = at + int64(len(s.data)+s.cut)
	}
	switch {
	case s.rst:
		if rel >= 0 { // else it is out of the window
			h.close()
		}
	case len(s.data)+s.cut > 0 && !h.add(at, s.data, s.cut):
		h.drop()
		h.close()
	case h.fin >= 0 && h.next >= h.fin:
		h.close()
	}
}

// open begins at a SYN, unless it has come before.
func (h *halfConn) open(isn uint32) {
	if h.syn && h.isn == isn {
		return
	}
	again := h.again
	if h.close(); h.synced {
		again++
	}
	*h = halfConn{conns: h.conns, key: h.key, born: h.born, again: again, synced: true, syn: true, isn: isn, seq: isn + 1, fin: -1}
}

// close puts out what there is, and ends the direction.
func (h *halfConn) close() {
	if h.over {
		return
	}
	h.flush()
	h.over, h.waiting = true, nil
	if h.out != nil {
		h.out.end()
		h.out = nil
	}
}

// drop forgets what out is not to get any more.
func (h *halfConn) drop() {
	h.conns.waiting -= h.bytes
	h.waiting, h.bytes, h.lost, h.fin = nil, 0, 0, -1
}

// sink is what takes the bytes.
func (h *halfConn) sink() sink {
	if h.out == nil {
		h.out = h.conns.open(h.name())
	}
	return h.out
}

// name tells the direction from others.
func (h *halfConn) name() string {
	name := fmt.Sprintf("%v > %v", h.key.from, h.key.to)
	if h.again > 0 {
		name += fmt.Sprintf(" #%d", h.again+1)
	}
	return name
}

// add takes a stretch of n bytes: data, then bytes that are missing.
func (h *halfConn) add(at int64, data []byte, missing int) (more bool) {
	end := at + int64(len(data))
	if missing == 0 && at <= h.next && len(h.waiting) == 0 { // as nearly always
		return end <= h.next || h.put(data[h.next-at:])
	}
	h.keep(chunk{at, end, data})
	h.keep(chunk{at: end, end: end + int64(missing)})
	more = h.drain()
	for more && len(h.waiting) > 0 && (h.bytes > maxWaiting1 || h.conns.waiting > maxWaitingAll) {
		more = h.jump()
	}
	return more
}

// keep stores what of c is not there yet.
func (h *halfConn) keep(c chunk) {
	at := max(c.at, h.next)
	i, _ := slices.BinarySearchFunc(h.waiting, at, func(w chunk, at int64) int {
		if w.end <= at {
			return -1
		}
		return 1
	})
	for ; at < c.end; i++ {
		end := c.end
		if i < len(h.waiting) {
			end = min(end, h.waiting[i].at)
		}
		if at < end {
			piece := chunk{at: at, end: end}
			if c.data != nil {
				piece.data = slices.Clone(c.data[at-c.at : end-c.at])
			}
			h.waiting = slices.Insert(h.waiting, i, piece)
			h.count(&piece, 1)
			i++
		}
		if i < len(h.waiting) {
			at = max(at, h.waiting[i].end)
		} else {
			at = c.end
		}
	}
}

// count counts a chunk as waiting, or with -1 as waiting no more.
func (h *halfConn) count(c *chunk, sign int) {
	n := sign * (len(c.data) + chunkCost)
	h.bytes += n
	h.conns.waiting += n
}

// drain puts out what need not wait any more.
func (h *halfConn) drain() (more bool) {
	n := 0
	for more = true; more && n < len(h.waiting) && h.waiting[n].at == h.next; n++ {
		c := h.waiting[n]
		h.waiting[n] = chunk{}
		if h.count(&c, -1); c.data != nil {
			more = h.put(c.data)
		} else {
			h.lose(c.end)
		}
	}
	h.waiting = h.waiting[n:] // and not moved: there can be many behind
	return more
}

// jump gives up what the first chunk waits for.
func (h *halfConn) jump() (more bool) {
	h.lose(h.waiting[0].at)
	return h.drain()
}

// flush gives up all that anything waits for. What a FIN says was sent and
// never came is a gap too.
func (h *halfConn) flush() {
	more := true
	for more && len(h.waiting) > 0 {
		more = h.jump()
	}
	if !more {
		h.drop()
	}
	if h.fin > h.next {
		h.lose(h.fin)
	}
	if h.lost > 0 {
		h.sink().skip(h.lost)
	}
}

func (h *halfConn) put(b []byte) (more bool) {
	if n := h.lost; n > 0 {
		if h.lost = 0; !h.sink().skip(n) {
			return false
		}
	}
	h.move(int64(len(b)))
	return h.sink().give(b)
}

// lose makes what is missing up to there a gap. It is told with the next bytes,
// so that stretches side by side are one gap.
func (h *halfConn) lose(until int64) {
	h.lost += until - h.next
	h.move(until - h.next)
}

func (h *halfConn) move(n int64) {
	h.next += n
	h.seq += uint32(n)
}
