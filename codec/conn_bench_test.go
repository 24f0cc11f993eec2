package codec

import (
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/wire"
)

// connWork is a piece of work of a Conn that must not allocate, done again and
// again by what setup returns. TestConnAllocs and BenchmarkConn share them.
var connWork = []struct {
	name  string
	setup func(w *worker) (step func())
}{
	{"recv/data/server", func(w *worker) func() { return w.recvData(Server) }},
	{"recv/data/client", func(w *worker) func() { return w.recvData(Client) }},
	{"recv/meta", func(w *worker) func() {
		c, f := w.conn(Server), connFrame(w.t, frame.Meta, 0, "", "k", "v")
		return func() { w.recv(c, f, MetaFrame); c.Refill() }
	}},
	{"recv/ignored", (*worker).ignored},
	{"recv/refused", (*worker).refused},
	{"recv/over", func(w *worker) func() {
		c, f := w.conn(Server), connFrame(w.t, frame.Data, 1, "m")
		c.Lost(io.EOF)
		return func() {
			if _, err := c.Recv(f); err != io.EOF {
				w.t.Fatal(err)
			}
		}
	}},
	{"stream/client", (*worker).clientStream},
	{"stream/server", (*worker).serverStream},
	{"stream/client/rst", (*worker).clientResets},
	{"stream/server/rst", (*worker).serverResets},
	{"stream/server/fault", (*worker).serverFault},
	{"send/refused", (*worker).sendRefused},
}

// worker has what the pieces of work need: room to append to, and a way to fail.
type worker struct {
	t    testing.TB
	room []byte
	next int32 // id of the next stream
}

func newWorker(t testing.TB) *worker { return &worker{t: t, room: make([]byte, 0, 4096)} }

// conn has 10 live streams, 1 to 10, beside those of the work.
func (w *worker) conn(role Role) *Conn {
	s := newSide(w.t, role, ConnLimits{})
	for id := int32(1); id <= 10; id++ {
		s.open(id)
	}
	w.next = 10
	return s.Conn
}

// recv is Recv of a frame that must give this kind of event.
func (w *worker) recv(c *Conn, f *frame.Frame, k EventKind) Event {
	ev, err := c.Recv(f)
	if err != nil || ev.Kind != k {
		w.t.Fatalf("%v: %v, %v; want %v", f.Type, ev.Kind, err, k)
	}
	return ev
}

// sends checks what has been appended to room.
func (w *worker) sends(b []byte, err error) {
	if err != nil || len(b) == 0 || &b[0] != &w.room[:1][0] {
		w.t.Fatalf("%d bytes, %v", len(b), err)
	}
}

func (w *worker) release(c *Conn, id int32) {
	if err := c.Release(id); err != nil {
		w.t.Fatal(err)
	}
}

func (w *worker) recvData(role Role) func() {
	c, f := w.conn(role), connFrame(w.t, frame.Data, 3, "a message")
	return func() {
		w.recv(c, f, Message)
		c.Taken(3, len(f.Payload))
	}
}

// ignored is frames for a stream that has ended, and for one that never was.
func (w *worker) ignored() func() {
	c := w.conn(Server)
	w.recv(c, connEnding(w.t, frame.Rst, 5, &cancelled), Ended)
	var frames []*frame.Frame
	for _, typ := range []frame.Type{frame.Data, frame.Trailer, frame.Rst} {
		frames = append(frames, connFrame(w.t, typ, 5, "late"), connFrame(w.t, typ, -5, "late"))
	}
	return func() {
		for _, f := range frames {
			w.recv(c, f, Ignored)
		}
		c.Refill()
	}
}

// refused is header frames that open nothing.
func (w *worker) refused() func() {
	c, h := w.conn(Server), connFrame(w.t, frame.Header, 1, "")
	w.recv(c, connEnding(w.t, frame.Rst, 5, &cancelled), Ended)
	c.lim.MaxStreams = c.Streams()
	return func() {
		h.StreamID = 5
		w.recv(c, h, Refused)
		w.next++
		h.StreamID = w.next
		w.recv(c, h, Refused)
		c.Refill()
	}
}

// clientStream is a whole stream at a client, from Open to Release.
func (w *worker) clientStream() func() {
	c, st := w.conn(Client), connStream(1)
	pairs := []status.Pair{{Key: header.KeyServiceName, Value: "S"}}
	frames := []*frame.Frame{
		connFrame(w.t, frame.Header, 1, "", "k", "v"), connFrame(w.t, frame.Data, 1, "a message"),
		connEnding(w.t, frame.Trailer, 1, &refusedIt),
	}
	kinds := []EventKind{Headers, Message, Ended}
	return func() {
		st.ID = c.NextID()
		w.sends(c.Open(w.room, st, pairs))
		w.sends(c.CloseSend(w.room, st))
		for i, f := range frames {
			f.StreamID = st.ID
			w.recv(c, f, kinds[i])
		}
		w.release(c, st.ID)
	}
}

// serverStream is one at a server.
func (w *worker) serverStream() func() {
	c, st := w.conn(Server), connStream(1)
	tmpl, err := frame.NewTemplate(1, "Bidi", st.Protocol)
	if err != nil {
		w.t.Fatal(err)
	}
	frames := []*frame.Frame{
		connFrame(w.t, frame.Header, 1, "", "isn", "S"), connFrame(w.t, frame.Data, 1, "a message"),
		connEnding(w.t, frame.Trailer, 1, &endedWell),
	}
	kinds := []EventKind{Opened, Message, HalfClosed}
	message, pairs := []byte("an answer"), []status.Pair{{Key: "k", Value: "v"}}
	w.sends(c.SendHeader(w.room, st, pairs))
	return func() {
		w.next++
		st.ID = w.next
		for i, f := range frames {
			f.StreamID = st.ID
			w.recv(c, f, kinds[i])
		}
		w.sends(c.SendHeader(w.room, st, pairs))
		w.sends(c.Send(w.room, &tmpl, message)) // on stream 1, whose template there is
		w.sends(c.SendPrefix(w.room, &tmpl, len(message)))
		w.sends(c.End(w.room, st, &refusedIt, pairs))
		w.release(c, st.ID)
	}
}

func (w *worker) clientResets() func() {
	c, st := w.conn(Client), connStream(1)
	return func() {
		st.ID = c.NextID()
		w.sends(c.Open(w.room, st, nil))
		w.sends(c.Reset(w.room, st, &cancelled))
		w.release(c, st.ID)
	}
}

func (w *worker) serverResets() func() {
	c, h, rst := w.conn(Server), connFrame(w.t, frame.Header, 1, ""), connEnding(w.t, frame.Rst, 1, &cancelled)
	return func() {
		w.next++
		h.StreamID, rst.StreamID = w.next, w.next
		w.recv(c, h, Opened)
		w.recv(c, rst, Ended)
		w.release(c, w.next)
		c.Refill()
	}
}

func (w *worker) serverFault() func() {
	c, h := w.conn(Server), connFrame(w.t, frame.Header, 1, "")
	return func() {
		w.next++
		h.StreamID = w.next
		w.recv(c, h, Opened)
		w.recv(c, h, Ended)
		w.release(c, w.next)
		c.Refill()
	}
}

func (w *worker) sendRefused() func() {
	c, st := w.conn(Server), connStream(77)
	return func() {
		_, err1 := c.SendHeader(w.room, st, nil)
		_, err2 := c.Reset(w.room, st, &cancelled)
		_, err3 := c.Open(w.room, st, nil)
		if err1 != wire.ErrNoStream || err2 != wire.ErrNoStream || err3 != wire.ErrRole {
			w.t.Fatal(err1, err2, err3)
		}
	}
}

// TestConnAllocs: no frame costs an allocation, whatever it comes to, and no
// stream in the place of one that is released.
func TestConnAllocs(t *testing.T) {
	for _, work := range connWork {
		t.Run(work.name, func(t *testing.T) {
			step := work.setup(newWorker(t))
			for range 2000 { // until map and slots have their size
				step()
			}
			if n := testing.AllocsPerRun(100, func() {
				for range 20 {
					step()
				}
			}); n != 0 {
				t.Errorf("%v allocs in 20 steps", n)
			}
		})
	}
}

func BenchmarkConn(b *testing.B) {
	for _, work := range connWork {
		b.Run(work.name, func(b *testing.B) {
			step := work.setup(newWorker(b))
			b.ReportAllocs()
			for b.Loop() {
				step()
			}
		})
	}
}

// manyStreams is a server's Conn with live streams, and a data frame of each.
func manyStreams(t testing.TB, n int) (*Conn, [][]byte) {
	c := NewConn(Server, ConnLimits{})
	frames := make([][]byte, n)
	for i := range frames {
		id := int32(i + 1)
		if _, err := c.Recv(connFrame(t, frame.Header, id, "")); err != nil {
			t.Fatal(err)
		}
		tmpl, err := frame.NewTemplate(id, "Bidi", header.ThriftStruct)
		if err != nil {
			t.Fatal(err)
		}
		if frames[i], err = tmpl.Append(nil, make([]byte, 64)); err != nil {
			t.Fatal(err)
		}
	}
	return c, frames
}

// parseAll parses n frames, in turn, and gives them to c if there is one.
func parseAll(t testing.TB, c *Conn, frames [][]byte, n int) {
	var f frame.Frame
	for i := 0; n > 0; n-- {
		if _, err := f.Parse(frames[i]); err != nil {
			t.Fatal(err)
		}
		if c != nil {
			if ev, err := c.Recv(&f); err != nil || ev.Kind != Message {
				t.Fatal(ev.Kind, err)
			}
			c.Taken(f.StreamID, len(f.Payload))
		}
		if i++; i == len(frames) {
			i = 0
		}
	}
}

// BenchmarkConnRecv times Recv and Taken of a data frame of 64 bytes against
// Parse of the same frames, in turns, with 1 and 1,000 live streams. recv/parse
// is what must not be over 3 with 1,000; bench/ has the gate.
func BenchmarkConnRecv(b *testing.B) {
	for _, live := range []int{1, 1000} {
		b.Run(fmt.Sprintf("streams=%d", live), func(b *testing.B) {
			c, frames := manyStreams(b, live)
			var ratios []float64
			b.ReportAllocs()
			for b.Loop() {
				start := time.Now()
				parseAll(b, nil, frames, 10_000)
				alone := time.Since(start)
				parseAll(b, c, frames, 10_000)
				both := time.Since(start) - alone
				ratios = append(ratios, float64(both-alone)/float64(alone))
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "recv/parse")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/20_000, "ns/frame")
		})
	}
}

// TestConnErrorAllocs: what an event becomes for a user is made only when it is
// asked for, and an ending that is well costs nothing.
func TestConnErrorAllocs(t *testing.T) {
	w := newWorker(t)
	c := w.conn(Client)
	ev := w.recv(c, connEnding(t, frame.Trailer, 1, &endedWell), Ended)
	if n := testing.AllocsPerRun(100, func() {
		if ev.Err() != nil {
			t.Fatal(ev.Err())
		}
	}); n != 0 {
		t.Errorf("%v allocs for no error", n)
	}
}
