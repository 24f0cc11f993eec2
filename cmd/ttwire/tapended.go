package main

// maxEnded is how many streams of a connection are known to have ended.
const maxEnded = 1024

// howEnded is what has ended a stream.
type howEnded uint8

const (
	endedByRst     howEnded = 1 + iota
	endedByTrailer          // the server's
)

// endedStreams remembers the last streams that have ended, and how. It judges
// nothing: what an end is, follow says. After an rst nothing counts that either
// side sends. After the server's trailer this holds only for what the server
// sends, since what the client has sent before can be looked at later.
type endedStreams struct {
	by   map[int32]howEnded
	ring []int32 // of the ids in by, and perhaps some that were forgotten
	next int     // in ring, once that is full
}

// how is what has ended a stream, 0 if that is not known.
func (s *endedStreams) how(id int32) howEnded { return s.by[id] }

func (s *endedStreams) add(id int32, how howEnded) {
	if s.by == nil {
		s.by = map[int32]howEnded{}
	}
	if s.by[id] == 0 {
		s.remember(id)
	}
	s.by[id] = how
}

func (s *endedStreams) remember(id int32) {
	if len(s.ring) < maxEnded {
		s.ring = append(s.ring, id)
		return
	}
	delete(s.by, s.ring[s.next])
	s.ring[s.next] = id
	s.next = (s.next + 1) % maxEnded
}

// forget is for an id that is used again.
func (s *endedStreams) forget(id int32) { delete(s.by, id) }
