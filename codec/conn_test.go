package codec

import (
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
	"pgregory.net/rapid"
)

var (
	bothRoles = []Role{Client, Server}

	endedWell = status.Status{Ending: status.EndOK}
	refusedIt = status.Status{Ending: status.EndBusiness, FuncRet: 10001, Message: []byte("no")}
	cancelled = trailer.Cancel(status.Canceled, "cancelled", nil, "A")
)

// connStream is what to send a frame of a stream with.
func connStream(id int32) *trailer.Stream {
	return &trailer.Stream{ID: id, Method: "Bidi", Protocol: header.ThriftStruct}
}

// failer is what a testing.TB and a rapid.T have in common here.
type failer interface {
	Helper()
	Fatalf(string, ...any)
}

// connFrame is a frame as a peer sends it: built, and parsed again. pairs are
// keys and values.
func connFrame(t failer, typ frame.Type, id int32, payload string, pairs ...string) *frame.Frame {
	t.Helper()
	b := frame.Begin(nil, typ, id, header.ThriftStruct)
	for i := 0; i < len(pairs); i += 2 {
		b.Str(pairs[i], pairs[i+1])
	}
	b.Method("Bidi")
	return connParsed(t)(b.Finish([]byte(payload)))
}

// connEnding is the trailer or rst that carries s.
func connEnding(t failer, typ frame.Type, id int32, s *status.Status) *frame.Frame {
	t.Helper()
	if typ == frame.Rst {
		return connParsed(t)(trailer.AppendRst(nil, connStream(id), s))
	}
	return connParsed(t)(trailer.AppendTrailer(nil, connStream(id), s, nil))
}

// connUnnamed is a header frame without a method.
func connUnnamed(t failer) *frame.Frame {
	t.Helper()
	b := frame.Begin(nil, frame.Data, 1, header.ThriftStruct)
	f := connParsed(t)(b.Finish(nil))
	f.Type = frame.Header // no builder would make it
	return f
}

func connParsed(t failer) func([]byte, error) *frame.Frame {
	t.Helper()
	return func(b []byte, err error) *frame.Frame {
		t.Helper()
		f := new(frame.Frame)
		if n, perr := f.Parse(b); err != nil || perr != nil || n != len(b) {
			t.Fatalf("no frame: %v, %v after %d of %d bytes", err, perr, n, len(b))
		}
		return f
	}
}

// side is one end of a connection under test. It counts the endings of every
// stream, and fails if one ends twice or is spoken of after its end.
type side struct {
	*Conn
	t       testing.TB
	endings map[int32]int
}

func newSide(t testing.TB, role Role, lim ConnLimits) *side {
	return &side{Conn: NewConn(role, lim), t: t, endings: map[int32]int{}}
}

// open makes a stream live, each role in its way.
func (s *side) open(ids ...int32) {
	s.t.Helper()
	for _, id := range ids {
		if s.role == Server {
			s.want(Opened, connFrame(s.t, frame.Header, id, ""))
		} else if _, err := s.Open(nil, connStream(id), nil); err != nil {
			s.t.Fatalf("Open(%d): %v", id, err)
		}
	}
}

// must is Recv of a frame that is not the connection's end.
func (s *side) must(f *frame.Frame) Event {
	s.t.Helper()
	ev, err := s.Recv(f)
	if err != nil {
		s.t.Fatalf("%v Recv of %v %d: %v", s.role, f.Type, f.StreamID, err)
	}
	s.note(ev)
	return ev
}

func (s *side) note(ev Event) {
	s.t.Helper()
	switch ev.Kind {
	case Ended:
		s.endings[ev.Stream]++
	case Opened:
		s.endings[ev.Stream] = 0
		return
	case Ignored, Refused, MetaFrame:
		return
	}
	if s.endings[ev.Stream] > 1 || s.endings[ev.Stream] == 1 && ev.Kind != Ended {
		s.t.Fatalf("%v event %v after the end of stream %d", s.role, ev.Kind, ev.Stream)
	}
}

// want is Recv of a frame that must give this kind of event, without a fault.
func (s *side) want(k EventKind, f *frame.Frame) Event {
	s.t.Helper()
	ev := s.must(f)
	if ev.Kind != k || ev.Fault != nil || ev.Owed || ev.Role != s.role || ev.Stream != f.StreamID {
		s.t.Fatalf("%v Recv of %v %d = %+v; want %v", s.role, f.Type, f.StreamID, ev, k)
	}
	return ev
}

// fault is Recv of a frame that must give this kind of event with this fault,
// for which one rst is owed.
func (s *side) fault(k EventKind, why wire.Code, f *frame.Frame) {
	s.t.Helper()
	ev := s.must(f)
	if ev.Kind != k || ev.Fault != why || !ev.Owed || ev.Status != nil || ev.Stream != f.StreamID {
		s.t.Fatalf("%v Recv of %v %d = %+v; want %v, %v", s.role, f.Type, f.StreamID, ev, k, why.Reason())
	}
	if code := status.FromError(ev.Err()).Code; code != why.StreamCode() {
		s.t.Fatalf("%v is %d to the user, want %d", why.Reason(), code, why.StreamCode())
	}
	rst := connParsed(s.t)(AppendFault(nil, connStream(f.StreamID), ev.Fault))
	st, err := trailer.Parse(rst)
	if err != nil || rst.Type != frame.Rst || st.Ret != why.StreamCode() || string(st.Message) != why.Error() {
		s.t.Fatalf("the rst for %v says %+v, %v", why.Reason(), st, err)
	}
}

// live checks that messages still pass on streams, and nothing has ended them.
func (s *side) live(ids ...int32) {
	s.t.Helper()
	for _, id := range ids {
		s.want(Message, connFrame(s.t, frame.Data, id, "m"))
		s.Taken(id, 1)
	}
}

// flood feeds frames until the connection ends, by this code, after more than
// atLeast and at most atMost frames.
func (s *side) flood(code wire.Code, atLeast, atMost int, next func(i int) *frame.Frame) {
	s.t.Helper()
	for i := 0; ; i++ {
		ev, err := s.Recv(next(i))
		if err == nil && i < atMost {
			s.note(ev)
			continue
		}
		if err != code || i < atLeast || i > atMost {
			s.t.Fatalf("after %d frames: %v; want %v after %d to %d", i, err, code.Reason(), atLeast, atMost)
		}
		s.over(code)
		return
	}
}

// over checks that the connection has ended by a flood, and says so for ever;
// then it ends the streams.
func (s *side) over(code wire.Code) {
	s.t.Helper()
	left := 0
	for i := range s.streams.slots {
		if st := &s.streams.slots[i]; st.id != 0 && !st.is(ended) {
			left++
		}
	}
	for _, typ := range []frame.Type{frame.Meta, frame.Header, frame.Data, frame.Trailer, frame.Rst} {
		if ev, err := s.Recv(connFrame(s.t, typ, 5, "")); err != code || ev.Kind != Ignored || s.Err() != code {
			s.t.Fatalf("%v after a flood = %v, %v; want %v", typ, ev.Kind, err, code.Reason())
		}
	}
	for ev := range s.Lost(nil) {
		left--
		s.note(ev)
		if got := status.FromError(ev.Err()).Code; got != int32(status.IllegalFrame) || !errors.Is(ev.Err(), code) {
			s.t.Fatalf("a flood ends a stream by %v", ev.Err())
		}
	}
	if left != 0 {
		s.t.Fatalf("%d endings more than live streams", -left)
	}
}

// rarely is true once in n times or less often, for n over 2. rapid favours small
// numbers and the largest, so that it asks for another.
func rarely(t *rapid.T, n int, what string) bool { return rapid.IntRange(0, n-1).Draw(t, what) == n-2 }

// slack is what liveBytes may be off by.
const slack = 16 << 10

// liveBytes is the memory that is reachable, in bytes.
func liveBytes() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

func TestEventKindString(t *testing.T) {
	for k, want := range map[EventKind]string{
		Ignored: "ignored", Opened: "opened", Headers: "headers", Message: "message",
		HalfClosed: "half-closed", Ended: "ended", MetaFrame: "meta", Refused: "refused",
		Refused + 1: "event 8",
	} {
		if k.String() != want {
			t.Errorf("kind %d is %q, want %q", uint8(k), k, want)
		}
	}
}

// TestEventErr: only an event that ends something is an error to a user, and it
// outlives the frame.
func TestEventErr(t *testing.T) {
	for k := Ignored; k <= Refused; k++ {
		ev := Event{Kind: k, Role: Server, Fault: wire.ErrSecondHeader}
		if is := k == HalfClosed || k == Ended || k == Refused; is != (ev.Err() != nil) {
			t.Errorf("%v: %v", k, ev.Err())
		}
	}
	s := newSide(t, Server, ConnLimits{})
	s.open(1)
	f := connEnding(t, frame.Rst, 1, &cancelled)
	ev := s.want(Ended, f)
	err := ev.Err()
	before := err.Error()
	clear(f.Payload)
	clear(f.Header.Bytes())
	if s.must(connFrame(t, frame.Trailer, 1, "")); err.Error() != before {
		t.Errorf("%q has become %q", before, err)
	}
}

// TestConnLimits: zero and negative limits are the defaults, none is off, and
// no sum of theirs can overflow.
func TestConnLimits(t *testing.T) {
	want := ConnLimits{MaxStreams: 1000, MaxOpens: 1000, MaxResets: 1000, MaxMeta: 1000, MaxPending: 64 << 20}
	less := ConnLimits{MaxStreams: -1, MaxOpens: -1, MaxResets: -1, MaxMeta: -1, MaxPending: -1}
	for _, lim := range []ConnLimits{{}, less} {
		if got := NewConn(Server, lim).lim; got != want {
			t.Errorf("limits in force: %+v", got)
		}
	}
	if got := NewConn(Server, ConnLimits{MaxStreams: 7}).lim.MaxOpens; got != 7 {
		t.Errorf("MaxOpens = %d", got)
	}
	most := NewConn(Server, ConnLimits{MaxPending: math.MaxInt}).lim.MaxPending
	if sum := most + wire.MaxPayload + DataOverhead; sum < most || most < 1<<30-1000 {
		t.Errorf("MaxPending %d", most)
	}
}

// TestConnLimitsOfFrames: what a Conn sends is within its limits, or within those
// that the stream brings.
func TestConnLimitsOfFrames(t *testing.T) {
	tight := wire.Limits{MaxHeader: 64}
	pairs := []status.Pair{{Key: "k", Value: strings.Repeat("v", 100)}}
	for _, own := range []*wire.Limits{nil, {}} {
		client, server := newSide(t, Client, ConnLimits{Limits: tight}), newSide(t, Server, ConnLimits{Limits: tight})
		client.open(2)
		server.open(1)
		st := connStream(1)
		st.Limits = own
		longName := *st
		longName.ID, longName.Method = 2, pairs[0].Value
		for what, send := range map[string]func() ([]byte, error){
			"Open":       func() ([]byte, error) { return client.Open(nil, st, pairs) },
			"CloseSend":  func() ([]byte, error) { return client.CloseSend(nil, &longName) },
			"SendHeader": func() ([]byte, error) { return server.SendHeader(nil, st, pairs) },
			"End":        func() ([]byte, error) { return server.End(nil, st, &endedWell, pairs) },
		} {
			if _, err := send(); (err == wire.ErrHeaderTooLarge) != (own == nil) {
				t.Errorf("%s within %v: %v", what, own, err)
			}
		}
		if _, err := client.Reset(nil, &longName, &cancelled); (err == wire.ErrHeaderTooLarge) != (own == nil) {
			t.Errorf("Reset within %v: %v", own, err)
		}
	}
}

// TestNextID: ids go up from 1 and wrap, without 0 and without those in use.
func TestNextID(t *testing.T) {
	s := newSide(t, Client, ConnLimits{})
	for want := int32(1); want < 4; want++ {
		if id := s.NextID(); id != want || s.NextID() != want {
			t.Fatalf("NextID = %d, want %d, until it is opened", id, want)
		}
		s.open(want)
	}
	s.open(math.MinInt32, math.MaxInt32)
	if id := s.NextID(); id != math.MinInt32+1 {
		t.Errorf("NextID = %d behind the largest", id)
	}
	s.open(-1)
	if id := s.NextID(); id != 4 {
		t.Errorf("NextID = %d behind -1", id)
	}
	if _, err := s.Reset(nil, connStream(2), &cancelled); err != nil {
		t.Fatal(err)
	}
	if err := s.Release(2); err != nil {
		t.Fatal(err)
	}
	s.last = 0
	if id := s.NextID(); id != 4 { // 1 and 3 are live, 2 has just ended
		t.Errorf("NextID = %d", id)
	}
}
