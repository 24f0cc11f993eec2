package fuzz

import (
	"errors"
	"io"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/fuzz/internal/script"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// Conn: any frames and any calls, in either role, under any budgets. Each stream
// that opens ends once and nothing comes of it afterwards; no more streams and
// bytes are held than is allowed; what is sent is one legal frame, and what is
// refused leaves no trace; the first error is the last.
func Conn(t T, in []byte) {
	s := script.NewReader(in).Conn()
	m := newEnd(t, s.Role, s.Limits)
	for i := range s.Events {
		m.event(&s.Events[i])
		m.check()
	}
	m.lost(io.EOF)
	m.check()
	for id, st := range m.streams {
		if !st.ended {
			t.Fatalf("stream %d has not ended with the connection", id)
		}
	}
	// A stream of a Conn is a slot and its place in a map, which both grow by
	// doubling: 3.2 times the smallest header that opens one.
	allocates(t, in, 4, 1<<11, func() { replay(&s) })
	inTime(t, in, 1, func([]byte) { replay(&s) })
}

// replay only receives, so that what is measured is the Conn.
func replay(s *script.Conn) {
	c := codec.NewConn(s.Role, s.Limits)
	var f frame.Frame
	for i := range s.Events {
		if _, err := f.ParseWithin(s.Events[i].Frame, &s.Limits.Limits); err == nil {
			if _, err := c.Recv(&f); err != nil {
				return
			}
		}
	}
}

// life is what is known of a stream that has not been released.
type life struct {
	half    bool // the peer's trailer has come
	ended   bool
	pending int // bytes of its data that have not been taken
}

// end is a Conn with what must be true of it.
type end struct {
	t       T
	c       *codec.Conn
	role    codec.Role
	lim     codec.ConnLimits
	streams map[int32]*life
	dead    error  // the first error of the connection
	fault   error  // of the last event that owed an rst
	owed    int32  // its stream
	sent    []byte // what the last call appended
	largest int    // payload received, in bytes
}

func newEnd(t T, role codec.Role, lim codec.ConnLimits) *end {
	return &end{t: t, c: codec.NewConn(role, lim), role: role, lim: lim, streams: map[int32]*life{}}
}

func (m *end) event(e *script.Event) {
	st := &trailer.Stream{ID: e.Stream, Method: string(e.Value), Protocol: header.ThriftStruct}
	switch e.What {
	case script.Recv:
		m.recv(e.Frame)
	case script.Open:
		m.open(st, e)
	case script.SendHeader:
		m.send(frame.Header, st.ID, func(dst []byte) ([]byte, error) { return m.c.SendHeader(dst, st, e.Pairs) })
	case script.Send:
		m.data(e)
	case script.CloseSend:
		m.send(frame.Trailer, st.ID, func(dst []byte) ([]byte, error) { return m.c.CloseSend(dst, st) })
	case script.End:
		if m.send(frame.Trailer, st.ID, func(dst []byte) ([]byte, error) { return m.c.End(dst, st, &e.Status, e.Pairs) }) {
			m.ends(st.ID)
		}
	case script.Reset:
		if m.send(frame.Rst, st.ID, func(dst []byte) ([]byte, error) { return m.c.Reset(dst, st, &e.Status) }) {
			m.ends(st.ID)
		}
	case script.Release:
		m.release(e.Stream)
	case script.Taken:
		m.taken(e.Stream, len(e.Value))
	case script.Refill:
		m.c.Refill()
	case script.Lost:
		m.lost(nil)
	case script.Fault:
		m.answer()
	}
}

// recv hands in a frame; one that is illegal is the end of the connection.
func (m *end) recv(in []byte) {
	m.t.Helper()
	var f frame.Frame
	n, err := f.ParseWithin(in, &m.lim.Limits)
	if err == wire.ErrShort {
		return
	}
	if err != nil {
		m.lost(&wire.Error{Code: err.(wire.Code), Offset: n})
		return
	}
	m.received(&f)
}

func (m *end) received(f *frame.Frame) codec.Event {
	m.t.Helper()
	ev, err := m.c.Recv(f)
	if err != nil {
		if ev.Kind != codec.Ignored || ev.Owed || ev.Fault != nil || m.dead != nil && err != m.dead {
			m.t.Fatalf("%v with event %v; before that %v", err, ev.Kind, m.dead)
		}
		m.dead = err
		return ev
	}
	if m.dead != nil {
		m.t.Fatalf("%v is received after %v", f.Type, m.dead)
	}
	if ev.Stream != f.StreamID || ev.Role != m.role {
		m.t.Fatalf("a frame of stream %d gives an event of %d at the %v", f.StreamID, ev.Stream, ev.Role)
	}
	m.largest = max(m.largest, len(f.Payload))
	m.happens(&ev)
	if ev.Kind == codec.Message {
		m.streams[ev.Stream].pending += len(f.Payload) + codec.DataOverhead
	}
	return ev
}

// happens follows an event.
func (m *end) happens(ev *codec.Event) {
	m.t.Helper()
	st := m.streams[ev.Stream]
	live := st != nil && !st.ended
	switch ev.Kind {
	case codec.Opened:
		if st != nil || m.role != codec.Server {
			m.t.Fatalf("stream %d opens at the %v: %+v", ev.Stream, m.role, st)
		}
		m.streams[ev.Stream] = &life{}
	case codec.Headers, codec.Message, codec.HalfClosed:
		if !live || st.half && ev.Kind != codec.Headers {
			m.t.Fatalf("%v of stream %d: %+v", ev.Kind, ev.Stream, st)
		}
		st.half = st.half || ev.Kind == codec.HalfClosed
	case codec.Ended:
		m.ends(ev.Stream)
	case codec.Refused:
		if live && ev.Fault != wire.ErrReusedID || ev.Fault == nil || !ev.Owed {
			m.t.Fatalf("refused on stream %d: %v, owed %v, %+v", ev.Stream, ev.Fault, ev.Owed, st)
		}
	}
	m.judge(ev)
}

// judge: what is said of an event fits together.
func (m *end) judge(ev *codec.Event) {
	m.t.Helper()
	if ev.Owed {
		if ev.Fault == nil {
			m.t.Fatalf("an rst is owed for %v without a fault", ev.Kind)
		}
		m.fault, m.owed = ev.Fault, ev.Stream
	}
	user := ev.Err()
	telling := ev.Kind == codec.Ended || ev.Kind == codec.HalfClosed || ev.Kind == codec.Refused
	if !telling {
		if user != nil || ev.Status != nil {
			m.t.Fatalf("%v gives its user %v, status %v", ev.Kind, user, ev.Status)
		}
		return
	}
	if (ev.Status == nil) == (ev.Fault == nil) {
		m.t.Fatalf("%v has status %v and fault %v", ev.Kind, ev.Status, ev.Fault)
	}
	if ev.Status != nil {
		var err error
		if ev.Status.Err != 0 && !ev.Status.NoDetail {
			err = ev.Status.Err
		}
		isEnding(m.t, ev.Status, err)
	}
	if ev.Fault != nil && (user == nil || errors.Is(user, io.EOF)) {
		m.t.Fatalf("%v because of %v gives its user %v", ev.Kind, ev.Fault, user)
	}
	if user != nil {
		isUserError(m.t, user)
	}
}

// ends notes the end of a stream, which comes once.
func (m *end) ends(id int32) {
	m.t.Helper()
	st := m.streams[id]
	if st == nil || st.ended {
		m.t.Fatalf("stream %d ends: %+v", id, st)
	}
	st.ended = true
}

// send sends and asserts that one frame of this type is appended, or none at
// all, with a refusal.
func (m *end) send(typ frame.Type, id int32, call func(dst []byte) ([]byte, error)) bool {
	m.t.Helper()
	dst := append(make([]byte, 0, 100), "there"...)
	out, err := call(dst)
	m.sent = nil
	if string(dst) != "there" || len(out) < 5 || string(out[:5]) != "there" {
		m.t.Fatalf("what dst held has changed")
	}
	if err != nil {
		isRefusal(m.t, err, out, dst)
		return false
	}
	m.sent = out[5:]
	v := judge(m.sent, &m.lim.Limits)
	if v.err != nil || v.n != len(m.sent) || v.f.Type != typ || v.f.StreamID != id {
		m.t.Fatalf("a %v of stream %d is sent as %v of %d: %d of %d bytes, %v", typ, id, v.f.Type, v.f.StreamID, v.n, len(m.sent), v.err)
	}
	if st := m.streams[id]; m.dead != nil || typ != frame.Header && (st == nil || st.ended) {
		m.t.Fatalf("a %v of stream %d is sent after %v: %+v", typ, id, m.dead, st)
	}
	return true
}

func (m *end) open(st *trailer.Stream, e *script.Event) {
	m.t.Helper()
	if m.send(frame.Header, st.ID, func(dst []byte) ([]byte, error) { return m.c.Open(dst, st, e.Pairs) }) {
		if m.streams[st.ID] != nil || m.role != codec.Client {
			m.t.Fatalf("stream %d is opened again, or by the %v", st.ID, m.role)
		}
		m.streams[st.ID] = &life{}
	}
}

// data sends a message, by a template if there can be one.
func (m *end) data(e *script.Event) {
	m.t.Helper()
	data, _ := frame.NewTemplateWithin(e.Stream, "Bidi", header.ThriftStruct, &m.lim.Limits)
	m.send(frame.Data, e.Stream, func(dst []byte) ([]byte, error) { return m.c.Send(dst, &data, e.Value) })
}

// taken says that a message has been taken, whether or not there was one of that
// size.
func (m *end) taken(id int32, n int) {
	m.c.Taken(id, n)
	if st := m.streams[id]; st != nil {
		st.pending = max(0, st.pending-n-codec.DataOverhead)
	}
}

func (m *end) release(id int32) {
	m.t.Helper()
	st, err := m.streams[id], m.c.Release(id)
	switch {
	case st == nil && err == wire.ErrNoStream, st != nil && !st.ended && err == wire.ErrStreamLive:
	case st != nil && st.ended && err == nil:
		delete(m.streams, id)
	default:
		m.t.Fatalf("stream %d, %+v, is released: %v", id, st, err)
	}
}

// lost ends the connection, and with it each stream that has not ended, once.
func (m *end) lost(err error) {
	m.t.Helper()
	for ev := range m.c.Lost(err) {
		if ev.Kind != codec.Ended || ev.Owed || ev.Status != nil {
			m.t.Fatalf("a lost connection gives %v, owed %v, %v", ev.Kind, ev.Owed, ev.Status)
		}
		m.happens(&ev)
	}
	if m.dead == nil {
		m.dead = m.c.Err()
	}
	for ev := range m.c.Lost(io.ErrClosedPipe) {
		m.t.Fatalf("stream %d ends with the second loss of the connection", ev.Stream)
	}
	if m.dead == nil || m.c.Err() != m.dead {
		m.t.Fatalf("the connection is over because of %v, and then of %v", m.dead, m.c.Err())
	}
}

// answer makes the rst that the last fault owed.
func (m *end) answer() {
	m.t.Helper()
	if m.fault == nil {
		return
	}
	st := &trailer.Stream{ID: m.owed, Method: "Bidi", Protocol: header.ThriftStruct}
	out, err := codec.AppendFault(nil, st, m.fault)
	v := judge(out, &frame.Limits{})
	if err != nil || v.err != nil || v.f.Type != frame.Rst || v.f.StreamID != m.owed {
		m.t.Fatalf("the rst for %v is %d bytes, %v; read: %v %d, %v", m.fault, len(out), err, v.f.Type, v.f.StreamID, v.err)
	}
	m.sent, m.fault = out, nil
}

// check: what holds at any time.
func (m *end) check() {
	m.t.Helper()
	streams, pending := codec.DefaultMaxStreams, codec.DefaultMaxPending
	if m.lim.MaxStreams > 0 {
		streams = m.lim.MaxStreams
	}
	if m.lim.MaxPending > 0 {
		pending = m.lim.MaxPending
	}
	if n := m.c.Streams(); n != len(m.streams) || n > streams {
		m.t.Fatalf("%d streams, want %d, %d at most", n, len(m.streams), streams)
	}
	want := 0
	for _, st := range m.streams {
		want += st.pending
	}
	if p := m.c.Pending(); p != want || p > pending+m.largest+codec.DataOverhead || m.c.Full() != (p >= pending) {
		m.t.Fatalf("%d bytes are pending, want %d, full is %v, limit %d", p, want, m.c.Full(), pending)
	}
	if m.c.Err() != m.dead {
		m.t.Fatalf("the connection is over because of %v, want %v", m.c.Err(), m.dead)
	}
	if m.role == codec.Client {
		if id := m.c.NextID(); id == 0 || m.streams[id] != nil {
			m.t.Fatalf("the next id is %d", id)
		}
	}
}
