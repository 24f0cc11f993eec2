package codec

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
	"pgregory.net/rapid"
)

// world is a client and a server with a connection between them that may hold
// bytes back, hand them over in any pieces, and break at any byte.
type world struct {
	t      *rapid.T
	ends   map[Role]*end
	broken bool
}

// end is one of the two: what a transport would keep beside its Conn.
type end struct {
	*Conn
	out     []byte // on the way to the other end
	in      []byte // arrived, and no whole frame yet
	streams map[int32]*talk
	ids     []int32 // of the streams, in the order of their opening
}

// talk is what one end has seen of a stream.
type talk struct {
	sent, got int // messages
	sentLast  bool
	gotLast   bool   // the peer's trailer
	endings   int    // ours and the peer's together
	own       string // how this end has ended it
	heard     string // what the other end has told of its ending
	released  bool
}

func newWorld(t *rapid.T) *world {
	w := &world{t: t, ends: map[Role]*end{}}
	for _, r := range bothRoles {
		lim := ConnLimits{MaxStreams: rapid.IntRange(1, 12).Draw(t, "MaxStreams "+r.String())}
		w.ends[r] = &end{Conn: NewConn(r, lim), streams: map[int32]*talk{}}
	}
	return w
}

// TestConnPair: two Conns that talk to each other over any connection never take
// each other for faulty, end each stream once and at both ends, for the same
// reason unless both ended it at once, and every message arrives once and in
// order up to the end.
func TestConnPair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		actions := map[string]func(*rapid.T){
			"":              w.check,
			"Open":          w.with(w.open),
			"OpenMore":      w.with(w.open),
			"Header":        w.with(w.sendHeader),
			"Send":          w.with(w.send),
			"SendMore":      w.with(w.send),
			"CloseSend":     w.with(w.closeSend),
			"End":           w.with(w.end),
			"Reset":         w.with(w.reset),
			"Release":       w.with(w.release),
			"Deliver":       w.with(w.deliver),
			"DeliverMore":   w.with(w.deliver),
			"DeliverFrames": w.with(w.deliverAll),
			"Break":         w.with(w.breakOff),
		}
		for range 5 {
			t.Repeat(actions)
		}
		w.t = t
		w.finish()
	})
}

func (w *world) with(action func()) func(*rapid.T) {
	return func(t *rapid.T) {
		w.t = t
		action()
	}
}

func (w *world) role() Role { return rapid.SampledFrom(bothRoles).Draw(w.t, "end") }

// pick is one of an end's streams, as a rule one that goes on; nil if there is
// none.
func (w *world) pick(e *end) (int32, *talk) {
	among := e.those(func(s *talk) bool { return s.endings == 0 })
	if len(among) == 0 || rarely(w.t, 10, "any") {
		among = e.ids
	}
	if len(among) == 0 {
		return 0, nil
	}
	id := rapid.SampledFrom(among).Draw(w.t, "stream")
	return id, e.streams[id]
}

// those is the ids of the streams that are so.
func (e *end) those(so func(*talk) bool) (ids []int32) {
	for _, id := range e.ids {
		if so(e.streams[id]) {
			ids = append(ids, id)
		}
	}
	return ids
}

// sent takes over what an end has appended, if it was allowed to.
func (w *world) sent(e *end, dst []byte, err error) bool {
	if len(dst) < len(e.out) || err != nil && (len(dst) != len(e.out) || !errors.Is(err, wire.ErrRefused)) {
		w.t.Fatalf("%v: %d bytes become %d, %v", e.role, len(e.out), len(dst), err)
	}
	e.out = dst
	return err == nil
}

func (w *world) open() {
	e := w.ends[Client]
	id := e.NextID()
	if rarely(w.t, 10, "far") {
		id = rapid.SampledFrom([]int32{1<<31 - 1, -1 << 31, -1}).Draw(w.t, "id")
	}
	dst, err := e.Open(e.out, connStream(id), []status.Pair{{Key: header.KeyServiceName, Value: "S"}})
	if w.sent(e, dst, err) {
		e.begin(id)
	}
}

// begin starts a stream's record. An id that comes back is another stream.
func (e *end) begin(id int32) *talk {
	e.streams[id] = &talk{}
	if !slices.Contains(e.ids, id) {
		e.ids = append(e.ids, id)
	}
	return e.streams[id]
}

func (w *world) sendHeader() {
	e := w.ends[Server]
	if id, s := w.pick(e); s != nil {
		dst, err := e.SendHeader(e.out, connStream(id), nil)
		w.sent(e, dst, err)
	}
}

func (w *world) send() {
	e := w.ends[w.role()]
	id, s := w.pick(e)
	if s == nil {
		return
	}
	t, err := frame.NewTemplate(id, "Bidi", header.ThriftStruct)
	if err != nil {
		w.t.Fatal(err)
	}
	for range rapid.IntRange(1, 4).Draw(w.t, "messages") {
		dst, err := e.Send(e.out, &t, e.message(id, s.sent))
		if w.sent(e, dst, err) {
			s.sent++
		}
	}
}

// message is the n-th message that an end sends on a stream.
func (e *end) message(id int32, n int) []byte {
	return fmt.Appendf(nil, "%v %d %d %s", e.role, id, n, strings.Repeat("x", n*37%200))
}

func (w *world) closeSend() {
	e := w.ends[Client]
	if id, s := w.pick(e); s != nil {
		dst, err := e.CloseSend(e.out, connStream(id))
		if w.sent(e, dst, err) {
			s.sentLast = true
		}
	}
}

// end is the server's. Each ending says which it is.
func (w *world) end() {
	e := w.ends[Server]
	id, s := w.pick(e)
	if s == nil {
		return
	}
	how := trailer.StatusOf(rapid.SampledFrom([]error{
		nil, status.NewBiz(10001, fmt.Sprint("no ", id)), fmt.Errorf("broken %d", id),
	}).Draw(w.t, "status"))
	dst, err := e.End(e.out, connStream(id), &how, nil)
	if w.sent(e, dst, err) {
		s.finish(told(trailer.Err(&how, status.SideClient)), "")
	}
}

func (w *world) reset() {
	e := w.ends[w.role()]
	id, s := w.pick(e)
	if s == nil {
		return
	}
	how := trailer.Cancel(status.Canceled, fmt.Sprintf("%v cancels %d", e.role, id), nil, "A")
	dst, err := e.Reset(e.out, connStream(id), &how)
	if w.sent(e, dst, err) {
		s.finish(told(trailer.Err(&how, 0)), "")
	}
}

// told is an ending without the side at which it showed.
func told(err error) string {
	if err == nil {
		return "well"
	}
	rec := *status.FromError(err)
	rec.Side = 0
	return rec.Err().Error()
}

func (s *talk) finish(own, heard string) {
	s.endings++
	s.own, s.heard = own, heard
}

// release frees the slots of some streams that have ended, and of no others.
func (w *world) release() {
	e := w.ends[w.role()]
	for _, id := range e.those(func(s *talk) bool { return !s.released }) {
		s := e.streams[id]
		if s.endings > 0 && rapid.Bool().Draw(w.t, "held") {
			continue
		}
		if err := e.Release(id); (err == nil) != (s.endings == 1) {
			w.t.Fatalf("%v: Release(%d) = %v after %d endings", e.role, id, err, s.endings)
		}
		s.released = s.endings == 1
	}
}

// deliver moves some bytes, which may end anywhere in a frame.
func (w *world) deliver() {
	from := w.ends[w.role()]
	if n := len(from.out); n > 0 && !w.broken {
		w.move(from, rapid.IntRange(1, n).Draw(w.t, "bytes"))
	}
}

func (w *world) deliverAll() {
	if from := w.ends[w.role()]; !w.broken {
		w.move(from, len(from.out))
	}
}

// move hands bytes over, and lets the other end take the frames that are whole.
func (w *world) move(from *end, n int) {
	to := w.ends[Client+Server-from.role]
	to.in, from.out = append(to.in, from.out[:n]...), from.out[n:]
	for {
		var f frame.Frame
		n, err := f.Parse(to.in)
		if err == wire.ErrShort {
			return
		}
		if err != nil {
			w.t.Fatalf("the %v has sent an illegal frame: %v", from.role, err)
		}
		w.take(to, from, &f)
		to.in = to.in[n:]
	}
}

func (w *world) take(e, from *end, f *frame.Frame) {
	ev, err := e.Recv(f)
	if err != nil {
		w.t.Fatalf("%v: %v", e.role, err)
	}
	e.Refill() // this is not about floods
	s := e.streams[ev.Stream]
	switch ev.Kind {
	case Headers, Message, HalfClosed, Ended:
		if s.endings > 0 {
			w.t.Fatalf("%v: %v on stream %d, which has ended", e.role, ev.Kind, ev.Stream)
		}
	}
	switch ev.Kind {
	case Opened:
		e.begin(ev.Stream)
		if rapid.Bool().Draw(w.t, "header at once") {
			dst, err := e.SendHeader(e.out, connStream(ev.Stream), nil)
			w.sent(e, dst, err)
		}
	case Refused:
		if ev.Fault != wire.ErrStreamLimit {
			w.t.Fatalf("%v: stream %d is refused by %v", e.role, ev.Stream, ev.Fault)
		}
	case Message:
		if want := from.message(ev.Stream, s.got); string(f.Payload) != string(want) {
			w.t.Fatalf("%v: message %q, want %q", e.role, f.Payload, want)
		}
		s.got++
		e.Taken(ev.Stream, len(f.Payload))
	case HalfClosed:
		s.gotLast = true
	case Ended:
		if ev.Fault != nil {
			w.t.Fatalf("%v: stream %d has the fault %v", e.role, ev.Stream, ev.Fault)
		}
		s.gotLast = f.Type == frame.Trailer
		s.finish("", told(ev.Err()))
	}
	if ev.Owed {
		dst, err := AppendFault(e.out, connStream(ev.Stream), ev.Fault)
		w.sent(e, dst, err)
	}
}

// breakOff is the end of the connection: of what is on its way some arrives,
// and then each end is told.
func (w *world) breakOff() {
	if w.broken || !rarely(w.t, 20, "breaks") {
		return
	}
	for _, r := range bothRoles {
		w.move(w.ends[r], rapid.IntRange(0, len(w.ends[r].out)).Draw(w.t, "still arrive"))
	}
	w.broken = true
	for _, r := range bothRoles {
		e := w.ends[r]
		code := map[Role]status.StreamCode{Client: status.TransportClosing, Server: status.CanceledByConnection}[r]
		for ev := range e.Lost(io.EOF) {
			if !errors.Is(ev.Err(), code) || errors.Is(ev.Err(), io.EOF) {
				w.t.Fatalf("%v: lost by %v", r, ev.Err())
			}
			e.streams[ev.Stream].finish("lost", "")
		}
		e.out = nil
	}
}

// check is what holds at any time.
func (w *world) check(t *rapid.T) {
	for r, e := range w.ends {
		held := 0
		for id, s := range e.streams {
			if s.endings > 1 {
				t.Fatalf("%v: stream %d has ended %d times", r, id, s.endings)
			}
			if !s.released {
				held++
			}
		}
		if e.Streams() != held || e.Pending() != 0 {
			t.Fatalf("%v: %d streams, want %d; %d bytes pending", r, e.Streams(), held, e.Pending())
		}
	}
}

// finish lets everything arrive, ends what is left, lets that arrive too, and
// compares what the two ends have seen.
func (w *world) finish() {
	w.settle()
	for _, id := range w.ends[Server].ids {
		e := w.ends[Server]
		if dst, err := e.End(e.out, connStream(id), &endedWell, nil); w.sent(e, dst, err) {
			e.streams[id].finish("well", "")
		}
	}
	w.settle()
	for _, id := range w.ends[Client].ids {
		c, s := w.ends[Client].streams[id], w.ends[Server].streams[id]
		if c.endings != 1 {
			w.t.Fatalf("stream %d has %d endings at the client", id, c.endings)
		}
		if s == nil { // refused, or never arrived
			if c.got != 0 || !w.broken && c.own == "" && !strings.Contains(c.heard, wire.ErrStreamLimit.Error()) {
				w.t.Fatalf("stream %d is unknown to the server; the client has %+v", id, c)
			}
			continue
		}
		w.compare(id, c, s)
	}
}

func (w *world) settle() {
	for !w.broken && len(w.ends[Client].out)+len(w.ends[Server].out) > 0 {
		w.move(w.ends[Client], len(w.ends[Client].out))
		w.move(w.ends[Server], len(w.ends[Server].out))
	}
}

// compare is what the two ends must agree on when nothing is on its way.
func (w *world) compare(id int32, c, s *talk) {
	switch {
	case s.endings != 1:
		w.t.Fatalf("stream %d has %d endings at the server", id, s.endings)
	case c.own == "" && c.heard != s.own, s.own == "" && s.heard != c.own:
		w.t.Fatalf("stream %d: the client says %q, %q, the server %q, %q", id, c.own, c.heard, s.own, s.heard)
	case c.got > s.sent, s.got > c.sent:
		w.t.Fatalf("stream %d: %d of %d and %d of %d messages", id, c.got, s.sent, s.got, c.sent)
	case c.gotLast && c.got != s.sent, s.gotLast && s.got != c.sent:
		w.t.Fatalf("stream %d: a trailer overtakes messages: %d of %d, %d of %d", id, c.got, s.sent, s.got, c.sent)
	case s.gotLast && !c.sentLast:
		w.t.Fatalf("stream %d: a half-close that nobody has sent", id)
	}
}
