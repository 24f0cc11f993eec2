package codec

// stream is what a Conn knows of a live stream.
type stream struct {
	id      int32
	state   state
	pending int // bytes of its data not yet taken
}

// state is what has happened on a stream; it only ever grows.
type state uint8

const (
	headerIn  state = 1 << iota // the peer's header frame has come
	headerOut                   // ours has been sent
	closedIn                    // the peer's trailer has come
	closedOut                   // ours has been sent
	continued                   // something came after the peer's first frame
	ended                       // it is over, both ways
)

func (s *stream) is(st state) bool { return s.state&st != 0 }
func (s *stream) set(st state)     { s.state |= st }

// streams are the live streams by id, in slots that are used again, and the
// ids that have ended lately.
type streams struct {
	index map[int32]int32 // id to slot
	slots []stream
	free  []int32
	hot   int32 // slot of the stream that was asked for last

	recent [64]int32 // ids of ended streams, the oldest overwritten first; 0: none
	oldest int
}

func newStreams() streams { return streams{index: make(map[int32]int32)} }

// get is the live stream with this id, or nil. The pointer holds until add.
func (t *streams) get(id int32) *stream {
	if int(t.hot) < len(t.slots) && t.slots[t.hot].id == id && id != 0 {
		return &t.slots[t.hot]
	}
	slot, ok := t.index[id]
	if !ok {
		return nil
	}
	t.hot = slot
	return &t.slots[slot]
}

// add makes a stream live. There is none with this id.
func (t *streams) add(id int32, st state) {
	var slot int32
	if n := len(t.free); n > 0 {
		slot, t.free = t.free[n-1], t.free[:n-1]
	} else {
		slot = int32(len(t.slots))
		t.slots = append(t.slots, stream{})
	}
	t.slots[slot] = stream{id: id, state: st}
	t.index[id] = slot
}

// remove forgets a live stream but for its id.
func (t *streams) remove(id int32) {
	slot := t.index[id]
	delete(t.index, id)
	t.slots[slot] = stream{}
	t.free = append(t.free, slot)
	t.remember(id)
}

// remember puts an id among the recent ones.
func (t *streams) remember(id int32) {
	t.recent[t.oldest] = id
	t.oldest = (t.oldest + 1) % len(t.recent)
}

// isRecent reports whether the id ended lately. Id 0 never did.
func (t *streams) isRecent(id int32) bool {
	for _, r := range t.recent {
		if r == id {
			return id != 0
		}
	}
	return false
}
