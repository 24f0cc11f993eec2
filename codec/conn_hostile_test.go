package codec

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"testing"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/wire"
)

// TestConnHostile is the S rows of the catalogue of hostile and odd input, in
// the roles in which each can come up.
func TestConnHostile(t *testing.T) {
	one := []Role{Server}
	for _, c := range []struct {
		id    string
		roles []Role
		test  func(*testing.T, Role)
	}{
		{"S1/data-before-header", bothRoles, testS1},
		{"S2/second-header", bothRoles, testS2},
		{"S3/reused-id", one, testS3Server},
		{"S3/reused-id", []Role{Client}, testS3Client},
		{"S4/data-after-trailer", bothRoles, testS4},
		{"S5/second-trailer", bothRoles, testS5},
		{"S6/trailer-without-header", bothRoles, testS6},
		{"S7/frames-after-rst", bothRoles, testS7},
		{"S8/rst-for-no-stream", bothRoles, testS8},
		{"S9/rst-then-trailer", bothRoles, testS9},
		{"S10/header+rst-held", one, testS10Held},
		{"S10/header+rst-released", one, testS10Released},
		{"S10/header+rst-refilled", one, testS10Refilled},
		{"S10/every-stream-reset", []Role{Client}, testS10Client},
		{"S11/header+trailer+rst", one, testS11},
		{"S12/second-headers", bothRoles, testS12SecondHeaders},
		{"S12/our-resets-share-a-budget", one, testS12Shared},
		{"S12/bad-trailers", bothRoles, testS12BadTrailers},
		{"S13/data-to-unknown", bothRoles, testS13},
		{"S14/no-queue", bothRoles, testS14},
		{"S15/meta", bothRoles, testS15},
		{"S16/tiny-data", bothRoles, func(t *testing.T, r Role) { testDataFlood(t, r, "x") }},
		{"S17/empty-data", bothRoles, func(t *testing.T, r Role) { testDataFlood(t, r, "") }},
		{"S18/never-continued", one, testS18},
		{"S18/MaxOpens", one, testS18MaxOpens},
		{"S19/one-stream", bothRoles, testS19},
		{"S20/half-close", bothRoles, testS20},
		{"S21/connection-lost", bothRoles, testS21},
		{"S22/bad-neighbour", bothRoles, testS22},
		{"S23/races", bothRoles, testS23},
	} {
		for _, role := range c.roles {
			t.Run(c.id+"/"+role.String(), func(t *testing.T) { c.test(t, role) })
		}
	}
}

// unchanged checks that a step leaves no trace in a Conn: neither streams nor
// ids that it would remember.
func unchanged(t *testing.T, s *side, step func()) {
	t.Helper()
	recent, slots, n := s.streams.recent, slices.Clone(s.streams.slots), s.Streams()
	step()
	if s.streams.recent != recent || !slices.Equal(s.streams.slots, slots) || s.Streams() != n {
		t.Fatal("it has left something behind")
	}
}

func testS1(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{})
	unchanged(t, s, func() { s.want(Ignored, connFrame(t, frame.Data, 1, "early")) })
	s.open(1)
	s.live(1)

	strict := newSide(t, role, ConnLimits{Limits: wire.Limits{Strict: true}})
	strict.open(1, 2)
	if role == Client {
		strict.want(Ignored, connFrame(t, frame.Data, 3, ""))
		return
	}
	strict.want(Ended, connEnding(t, frame.Rst, 1, &cancelled))
	if err := strict.Release(1); err != nil {
		t.Fatal(err)
	}
	strict.want(Ignored, connFrame(t, frame.Data, 1, "")) // was on its way
	strict.want(Message, connFrame(t, frame.Data, 2, ""))
	strict.flood(wire.ErrUnknownStream, 0, 0, func(int) *frame.Frame { return connFrame(t, frame.Data, 3, "") })
}

func testS2(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{})
	s.open(1, 2, 3)
	if role == Client {
		s.want(Headers, connFrame(t, frame.Header, 1, ""))
		s.want(Headers, connFrame(t, frame.Header, 2, ""))
	}
	s.fault(Ended, wire.ErrSecondHeader, connFrame(t, frame.Header, 1, ""))
	s.want(Ignored, connFrame(t, frame.Data, 1, "")) // the first stream is not replaced by a new one
	if _, err := s.Reset(nil, connStream(1), &cancelled); err != wire.ErrStreamEnded {
		t.Errorf("Reset = %v", err)
	}
	s.live(2, 3)

	// After a half-close it is no other.
	s.want(map[Role]EventKind{Client: Ended, Server: HalfClosed}[role], connEnding(t, frame.Trailer, 2, &endedWell))
	if role == Server {
		s.fault(Ended, wire.ErrSecondHeader, connFrame(t, frame.Header, 2, ""))
		return
	}
	s.want(Ignored, connFrame(t, frame.Header, 2, ""))
	s.want(Headers, connFrame(t, frame.Header, 3, "")) // behind data, and still the first
	if _, err := s.CloseSend(nil, connStream(3)); err != nil {
		t.Fatal(err)
	}
	s.fault(Ended, wire.ErrSecondHeader, connFrame(t, frame.Header, 3, ""))
}

func testS3Server(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{})
	again := func() *frame.Frame { return connFrame(t, frame.Header, 1, "") }
	pass := func(id int32) {
		s.open(id)
		s.want(Ended, connEnding(t, frame.Rst, id, &cancelled))
		s.Refill()
	}
	pass(1)
	s.fault(Refused, wire.ErrReusedID, again()) // the handler still runs
	if err := s.Release(1); err != nil {
		t.Fatal(err)
	}
	for id := int32(2); id <= 64; id++ {
		pass(id)
		if err := s.Release(id); err != nil {
			t.Fatal(err)
		}
	}
	s.fault(Refused, wire.ErrReusedID, again()) // 63 have ended since
	pass(-65)
	if err := s.Release(-65); err != nil {
		t.Fatal(err)
	}
	s.want(Opened, again()) // 64 have: ids wrap
	s.live(1)
}

// testS3Client: a client does not use an id again before its late frames can
// be told from new ones.
func testS3Client(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{})
	pass := func(id int32) {
		s.open(id)
		if _, err := s.Reset(nil, connStream(id), &cancelled); err != nil {
			t.Fatal(err)
		}
		if err := s.Release(id); err != nil {
			t.Fatal(err)
		}
	}
	for id := int32(1); id <= 64; id++ {
		pass(id)
	}
	if dst, err := s.Open([]byte("as it was"), connStream(1), nil); err != wire.ErrStreamEnded || string(dst) != "as it was" {
		t.Fatalf("Open of an id that has just ended: %q, %v", dst, err)
	}
	pass(65)
	s.open(1)
	s.live(1)
}

func testS4(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{})
	s.open(1, 2)
	data := connFrame(t, frame.Data, 1, "late")
	if role == Client {
		s.want(Ended, connEnding(t, frame.Trailer, 1, &endedWell))
	} else {
		s.want(HalfClosed, connEnding(t, frame.Trailer, 1, &endedWell))
		s.fault(Ended, wire.ErrDataAfterTrailer, data)
		s.want(HalfClosed, connEnding(t, frame.Trailer, 2, &endedWell))
		if _, err := s.End(nil, connStream(2), &endedWell, nil); err != nil {
			t.Fatal(err)
		}
		s.want(Ignored, connFrame(t, frame.Data, 2, "late")) // our side is closed, too
	}
	s.want(Ignored, data)
	if s.Pending() != 0 {
		t.Errorf("%d bytes pending", s.Pending())
	}
}

func testS5(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{})
	s.open(1)
	first := s.must(connEnding(t, frame.Trailer, 1, &refusedIt))
	if want := map[Role]EventKind{Client: Ended, Server: HalfClosed}[role]; first.Kind != want {
		t.Fatalf("a trailer is %v, want %v", first.Kind, want)
	}
	if err := first.Err(); !errors.Is(err, status.BizCode(10001)) {
		t.Errorf("the first trailer's error is %v", err)
	}
	s.want(Ignored, connEnding(t, frame.Trailer, 1, &endedWell))
	if role == Server { // our side is still open
		if _, err := s.End(nil, connStream(1), &endedWell, nil); err != nil {
			t.Error(err)
		}
	}
}

func testS6(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{})
	unchanged(t, s, func() { s.want(Ignored, connEnding(t, frame.Trailer, 1, &endedWell)) })
	s.open(1, 2)
	if role == Server {
		s.want(HalfClosed, connEnding(t, frame.Trailer, 1, &endedWell))
		return
	}
	if ev := s.want(Ended, connEnding(t, frame.Trailer, 1, &endedWell)); ev.Err() != nil {
		t.Error(ev.Err())
	}
	s.live(2)
	s.want(Headers, connFrame(t, frame.Header, 2, "")) // after data it is still the first one
	s.want(Ended, connEnding(t, frame.Trailer, 2, &endedWell))
}

func testS7(t *testing.T, role Role) {
	for _, ours := range []bool{false, true} {
		for _, released := range []bool{false, true} {
			s := newSide(t, role, ConnLimits{})
			s.open(1, 2)
			if !ours {
				s.want(Ended, connEnding(t, frame.Rst, 1, &cancelled))
			} else if _, err := s.Reset(nil, connStream(1), &cancelled); err != nil {
				t.Fatal(err)
			}
			if released {
				if err := s.Release(1); err != nil {
					t.Fatal(err)
				}
			}
			for _, typ := range []frame.Type{frame.Data, frame.Trailer, frame.Rst, frame.Meta} {
				s.want(Ignored, connFrame(t, typ, 1, ""))
			}
			if role == Client {
				s.want(Ignored, connFrame(t, frame.Header, 1, ""))
			} else {
				s.fault(Refused, wire.ErrReusedID, connFrame(t, frame.Header, 1, "")) // S3
			}
			s.live(2)
		}
	}
}

// testS8: an rst for no stream is ignored, and counted.
func testS8(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{})
	s.open(1)
	s.want(Ended, connEnding(t, frame.Rst, 1, &cancelled))
	unchanged(t, s, func() {
		for _, id := range []int32{1, 2, -1} { // ended, and never opened
			s.want(Ignored, connEnding(t, frame.Rst, id, &cancelled))
		}
	})
	rst := connEnding(t, frame.Rst, 7, &cancelled)
	s.flood(wire.ErrFloodResets, DefaultMaxResets-4, DefaultMaxResets-4, func(int) *frame.Frame { return rst })
}

// testS9: a live client that cancels sends an rst and then a trailer.
func testS9(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{})
	s.open(1)
	ev := s.want(Ended, connEnding(t, frame.Rst, 1, &cancelled))
	if err := ev.Err(); !errors.Is(err, status.Canceled) || status.FromError(err).CancelPath[0] != "A" {
		t.Errorf("cancelled by %v", err)
	}
	s.want(Ignored, connEnding(t, frame.Trailer, 1, &endedWell))
}

// pairsOf is the frames of streams that are opened and reset at once, or with
// more types between.
func pairsOf(t *testing.T, types ...frame.Type) func(i int) *frame.Frame {
	frames := make([]*frame.Frame, len(types))
	for i, typ := range types {
		frames[i] = connFrame(t, typ, 1, "")
	}
	return func(i int) *frame.Frame {
		f := frames[i%len(frames)]
		f.StreamID = int32(1 + i/len(frames))
		return f
	}
}

// testS10Held: a slot is not free because an rst came.
func testS10Held(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{MaxResets: 20_000, MaxStreams: 100})
	next := pairsOf(t, frame.Header, frame.Rst)
	for i := range 200 {
		s.must(next(i))
	}
	if s.Streams() != 100 {
		t.Errorf("%d streams hold a slot, want 100", s.Streams())
	}
	s.fault(Refused, wire.ErrStreamLimit, connFrame(t, frame.Header, 5000, ""))
	s.flood(wire.ErrFloodResets, 2*(20_000-100), 2*20_000, func(i int) *frame.Frame { return next(i + 200) })
}

// testS10Released: nor is a slot all that a stream costs.
func testS10Released(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{})
	next := pairsOf(t, frame.Header, frame.Rst)
	s.flood(wire.ErrFloodResets, 2*DefaultMaxResets, 2*DefaultMaxResets+1, func(i int) *frame.Frame {
		if i > 0 && i%2 == 0 {
			if err := s.Release(int32(i / 2)); err != nil {
				t.Fatal(err)
			}
		}
		return next(i)
	})
}

// testS10Refilled: within its rate a peer may go on for ever, and costs no more
// memory for it.
func testS10Refilled(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{})
	next := pairsOf(t, frame.Header, frame.Rst)
	at := 0
	run := func(n int) {
		for end := at + n; at < end; at++ {
			s.must(next(2 * at))
			s.must(next(2*at + 1))
			delete(s.endings, int32(at+1))
			if err := s.Release(int32(at + 1)); err != nil {
				t.Fatal(err)
			}
			if at%DefaultMaxResets == 0 {
				s.Refill()
			}
		}
	}
	run(2000)
	before := liveBytes()
	run(100_000)
	if grown := liveBytes() - before; grown > slack {
		t.Errorf("100,000 streams that are gone have left %d bytes", grown)
	}
	runtime.KeepAlive(s)
}

// testS10Client: a server that resets whatever it is asked is given up.
func testS10Client(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{})
	s.flood(wire.ErrFloodResets, DefaultMaxResets, DefaultMaxResets, func(i int) *frame.Frame {
		if i > 0 {
			if err := s.Release(int32(i)); err != nil {
				t.Fatal(err)
			}
		}
		s.open(s.NextID())
		return connEnding(t, frame.Rst, int32(i+1), &cancelled)
	})
}

func testS11(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{})
	next := pairsOf(t, frame.Header, frame.Trailer, frame.Rst)
	s.flood(wire.ErrFloodResets, 3*DefaultMaxResets, 3*DefaultMaxResets+2, func(i int) *frame.Frame {
		if i > 0 && i%3 == 0 {
			if err := s.Release(int32(i / 3)); err != nil {
				t.Fatal(err)
			}
		}
		return next(i)
	})
}

func testS12SecondHeaders(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{MaxStreams: 20_000, MaxResets: 10_000})
	h := connFrame(t, frame.Header, 1, "")
	s.flood(wire.ErrFloodResets, 20_000, 20_001, func(i int) *frame.Frame {
		id := int32(1 + i/2)
		if role == Client && i%2 == 0 {
			s.open(id)
		}
		h.StreamID = id
		return h
	})
}

// testS12Shared: whatever makes us send an rst counts against one budget, and so
// does what the peer sends of them.
func testS12Shared(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{MaxResets: 5})
	s.open(1, 2, 3, 4)
	s.want(HalfClosed, connEnding(t, frame.Trailer, 1, &endedWell))
	s.fault(Ended, wire.ErrDataAfterTrailer, connFrame(t, frame.Data, 1, ""))
	s.fault(Ended, wire.ErrSecondHeader, connFrame(t, frame.Header, 2, ""))
	s.fault(Refused, wire.ErrReusedID, connFrame(t, frame.Header, 2, ""))
	unnamed := connUnnamed(t)
	unnamed.StreamID = 5
	s.fault(Refused, wire.ErrNoMethodOpened, unnamed)
	s.want(Ignored, connEnding(t, frame.Rst, 5, &cancelled))
	before := *s.Conn
	s.flood(wire.ErrFloodResets, 0, 0, func(int) *frame.Frame { return connFrame(t, frame.Header, 3, "") })
	if s.resets != before.resets || s.opens != 0 {
		t.Errorf("%d resets and %d opens are counted in the end", s.resets, s.opens)
	}
	if s.endings[3] != 1 || s.endings[4] != 1 {
		t.Errorf("endings: %v", s.endings)
	}
}

// testS12BadTrailers: a trailer that cannot be read ends what it would have
// ended, by 12003 or 12004, and makes us send nothing.
func testS12BadTrailers(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{})
	kind := map[Role]EventKind{Client: Ended, Server: HalfClosed}[role]
	for i, c := range []struct {
		payload string
		pairs   []string
		code    status.StreamCode
	}{
		{"\x80\x01\x00\x03garbage", nil, status.IllegalFrame},
		{"", []string{"biz-status", "5 "}, status.IllegalBiz},
		{"", []string{"biz-status", "5", "biz-extra", "[]"}, status.IllegalBiz},
	} {
		id := int32(1 + i)
		s.open(id)
		ev := s.want(kind, connFrame(t, frame.Trailer, id, c.payload, c.pairs...))
		if err := ev.Err(); !errors.Is(err, c.code) || status.FromError(err).Remote {
			t.Errorf("%q %q: %v", c.payload, c.pairs, err)
		}
	}
	s.open(9)
	ev := s.want(Ended, connFrame(t, frame.Rst, 9, "garbage"))
	if err := ev.Err(); err == nil || !errors.Is(err, status.ClassCancel) {
		t.Errorf("an rst with garbage: %v", err)
	}
}

func testS13(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{})
	s.open(1)
	f := connFrame(t, frame.Data, 1, "lost")
	unchanged(t, s, func() {
		before := liveBytes()
		for i := range 100_000 {
			f.StreamID = int32(i + 2)
			s.want(Ignored, f) // 0 replies: nothing is owed
		}
		if grown := liveBytes() - before; grown > slack {
			t.Errorf("it has grown by %d bytes", grown)
		}
	})
	if s.Pending() != 0 {
		t.Errorf("%d bytes pending", s.Pending())
	}
	s.live(1)
}

// testS14: what is owed is in the event and nowhere else: a Conn holds no bytes
// for a peer that does not read, and appends to nothing but the caller's slice.
func testS14(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{})
	h := connFrame(t, frame.Header, 1, "")
	for id := int32(1); id <= 500; id++ {
		h.StreamID = id
		s.open(id)
		if role == Client {
			s.want(Headers, h)
		}
	}
	before := liveBytes()
	owed := 0
	for id := int32(1); id <= 500; id++ {
		h.StreamID = id
		if s.must(h).Owed {
			owed++
		}
	}
	if grown := liveBytes() - before; owed != 500 || grown > slack+500*64 { // the endings that side counts
		t.Errorf("%d rsts are owed, want 500, and %d bytes are held", owed, grown)
	}
	room := make([]byte, 3, 1000)
	dst, err := AppendFault(room, connStream(1), wire.ErrSecondHeader)
	if err != nil || &dst[0] != &room[0] || len(dst) == 3 {
		t.Errorf("AppendFault: %d bytes, %v", len(dst), err)
	}
}

// testS15: meta frames are worth a data frame each, wherever they belong.
func testS15(t *testing.T, role Role) {
	for _, id := range []int32{0, 1, 2, 3} { // the connection's, of a live, an ended and no stream
		s := newSide(t, role, ConnLimits{})
		s.open(1, 2)
		s.want(Ended, connEnding(t, frame.Rst, 2, &cancelled))
		meta := connFrame(t, frame.Meta, id, "", "k", "v")
		kind := MetaFrame
		if id == 2 {
			kind = Ignored
		}
		unchanged(t, s, func() { s.want(kind, meta) })
		s.live(1)
		s.flood(wire.ErrFloodMeta, DefaultMaxMeta, DefaultMaxMeta, func(int) *frame.Frame { return meta })
	}
	s := newSide(t, role, ConnLimits{})
	s.open(1)
	meta := connFrame(t, frame.Meta, 0, "")
	for range 20_000 {
		s.want(MetaFrame, meta)
		s.live(1)
	}
	for range 20 {
		for range DefaultMaxMeta {
			s.want(MetaFrame, meta)
		}
		s.Refill()
	}
}

// testDataFlood: S16 and S17. Tiny and empty messages are delivered, and counted
// with their overhead.
func testDataFlood(t *testing.T, role Role, payload string) {
	const room = 20_000
	cost := len(payload) + DataOverhead
	s := newSide(t, role, ConnLimits{MaxPending: room * cost})
	s.open(1)
	f := connFrame(t, frame.Data, 1, payload)
	for i := range room {
		if s.Full() || s.Pending() != i*cost {
			t.Fatalf("Full = %v after %d frames, %d bytes pending", s.Full(), i, s.Pending())
		}
		s.want(Message, f)
	}
	if !s.Full() {
		t.Fatal("not full")
	}
	s.Taken(1, len(payload))
	if s.Full() {
		t.Fatal("full though one is taken")
	}
	s.want(Message, f)
	for _, typ := range []frame.Type{frame.Trailer, frame.Meta, frame.Data} {
		s.want(map[bool]EventKind{true: MetaFrame, false: Ignored}[typ == frame.Meta], connFrame(t, typ, 2, "")) // others are no data
	}
	s.flood(wire.ErrFloodData, 0, 0, func(int) *frame.Frame { return f })
	if s.Pending() != room*cost {
		t.Errorf("%d bytes pending, want %d", s.Pending(), room*cost)
	}
	if err := s.Release(1); err != nil || s.Pending() != 0 {
		t.Errorf("Release: %v, %d bytes still pending", err, s.Pending())
	}
}

// testS18: opens beyond the limit are refused, then a flood; and a live stream
// costs at most 128 bytes.
func testS18(t *testing.T, role Role) {
	h := connFrame(t, frame.Header, 1, "")
	for _, most := range []int{DefaultMaxStreams, 10_000, 100_000} {
		before := liveBytes()
		c := NewConn(role, ConnLimits{MaxStreams: most})
		refused := 0
		for i := range most + DefaultMaxResets + 1 {
			h.StreamID = int32(i + 1)
			ev, err := c.Recv(h)
			if last := i == most+DefaultMaxResets; last != (err == wire.ErrFloodStreams) {
				t.Fatalf("open %d: %v", i, err)
			}
			if ev.Kind == Refused && ev.Fault == wire.ErrStreamLimit && ev.Owed {
				refused++
			}
		}
		cost := float64(liveBytes()-before) / float64(most)
		if refused != DefaultMaxResets || c.Streams() != most || cost > 128 {
			t.Errorf("%d refused, %d live, %.1f bytes each", refused, c.Streams(), cost)
		}
		t.Logf("%d live streams: %.1f bytes each", most, cost)
		runtime.KeepAlive(c)
	}
	// A slot that gets free shows a client that waits, not a flood.
	s := newSide(t, role, ConnLimits{MaxStreams: 1, MaxResets: 3})
	for id := int32(1); id < 40; id += 4 {
		s.open(id)
		for n := range int32(3) {
			s.fault(Refused, wire.ErrStreamLimit, connFrame(t, frame.Header, id+1+n, ""))
		}
		s.want(Ended, connEnding(t, frame.Rst, id, &cancelled))
		if err := s.Release(id); err != nil {
			t.Fatal(err)
		}
		s.resets = 0
	}
}

func testS18MaxOpens(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{MaxOpens: 10})
	for id := int32(1); id <= 40; id++ { // by data, trailer, rst or our own ending they are continued
		s.open(id)
		switch id % 4 {
		case 0:
			s.live(id)
		case 1:
			s.want(HalfClosed, connEnding(t, frame.Trailer, id, &endedWell))
		case 2:
			s.want(Ended, connEnding(t, frame.Rst, id, &cancelled))
		case 3:
			if _, err := s.End(nil, connStream(id), &endedWell, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	h := connFrame(t, frame.Header, 1, "")
	s.flood(wire.ErrFloodOpens, 10, 10, func(i int) *frame.Frame {
		h.StreamID = int32(-1 - i)
		return h
	})
}

func testS19(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{OneStream: true})
	s.open(1)
	if role == Client {
		if _, err := s.Open(nil, connStream(2), nil); err != wire.ErrTooManyStreams {
			t.Errorf("Open = %v", err)
		}
	} else {
		s.fault(Refused, wire.ErrNotAlone, connFrame(t, frame.Header, 2, ""))
		s.want(Ignored, connFrame(t, frame.Data, 2, ""))
	}
	s.live(1)
	s.want(Ended, connEnding(t, frame.Rst, 1, &cancelled))
	if role == Server { // it still has its handler
		s.fault(Refused, wire.ErrNotAlone, connFrame(t, frame.Header, 3, ""))
	}
	if err := s.Release(1); err != nil {
		t.Fatal(err)
	}
	s.open(4)
	s.live(4)
}

// testS20: what each side may send when; the model test has the rest.
func testS20(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{})
	s.open(1)
	st := connStream(1)
	tmpl, err := frame.NewTemplate(1, "Bidi", st.Protocol)
	if err != nil {
		t.Fatal(err)
	}
	send := func() error { _, err := s.Send(nil, &tmpl, []byte("m")); return err }
	header := func() error { _, err := s.SendHeader(nil, st, nil); return err }
	closeSend := func() error { _, err := s.CloseSend(nil, st); return err }
	end := func() error { _, err := s.End(nil, st, &endedWell, nil); return err }
	open := func() error { _, err := s.Open(nil, st, nil); return err }
	check := func(when string, do func() error, want error) {
		t.Helper()
		err := do()
		if err != want {
			t.Errorf("%s: %v, want %v", when, err, want)
		}
		if c, ok := err.(wire.Code); ok && c.StreamCode() != 12005 {
			t.Errorf("%s: refused by %d", when, c.StreamCode())
		}
	}
	if role == Server {
		check("Open at a server", open, wire.ErrRole)
		check("CloseSend at a server", closeSend, wire.ErrRole)
		check("data before the header", send, wire.ErrHeaderUnsent)
		s.want(HalfClosed, connEnding(t, frame.Trailer, 1, &endedWell))
		check("header after the client's trailer", header, nil)
		check("second header", header, wire.ErrHeaderSent)
		check("data after the client's trailer", send, nil)
		check("the end", end, nil)
		check("data after the end", send, wire.ErrStreamEnded)
		check("header after the end", header, wire.ErrStreamEnded)
		check("second end", end, wire.ErrStreamEnded)
		return
	}
	check("SendHeader at a client", header, wire.ErrRole)
	check("End at a client", end, wire.ErrRole)
	check("second header", open, wire.ErrIDInUse)
	check("data at once", send, nil)
	check("half-close", closeSend, nil)
	check("second half-close", closeSend, wire.ErrSendClosed)
	check("data after the half-close", send, wire.ErrSendClosed)
	s.want(Headers, connFrame(t, frame.Header, 1, ""))
	s.live(1)
	s.want(Ended, connEnding(t, frame.Trailer, 1, &endedWell))
	check("data after the end", send, wire.ErrStreamEnded)
	check("trailer after the end", closeSend, wire.ErrStreamEnded)
}

func testS21(t *testing.T, role Role) {
	lost := map[Role]status.StreamCode{Client: status.TransportClosing, Server: status.CanceledByConnection}[role]
	broken := errors.New("broken pipe")
	for _, c := range []struct {
		told, is error
		code     status.StreamCode
	}{
		{nil, wire.ErrConnClosed, lost},
		{io.EOF, io.ErrUnexpectedEOF, lost},
		{fmt.Errorf("read: %w", io.EOF), io.ErrUnexpectedEOF, lost},
		{io.ErrUnexpectedEOF, io.ErrUnexpectedEOF, lost},
		{broken, broken, lost},
		{wire.ErrMagic, wire.ErrIllegalFrame, status.IllegalFrame},
		{&wire.Error{Code: wire.ErrMagic}, wire.ErrMagic, status.IllegalFrame},
	} {
		s := newSide(t, role, ConnLimits{})
		s.open(1, 2, 3, -4)
		s.want(Ended, connEnding(t, frame.Rst, 3, &cancelled))
		ids := []int32{}
		for ev := range s.Lost(c.told) {
			s.note(ev)
			ids = append(ids, ev.Stream)
			err := ev.Err()
			if ev.Kind != Ended || ev.Owed || !errors.Is(err, c.code) || !errors.Is(err, c.is) ||
				errors.Is(err, io.EOF) || status.FromError(err).Remote || status.FromError(err).Side != role.Side() {
				t.Errorf("Lost(%v): %+v, %v", c.told, ev, err)
			}
		}
		if !slices.Equal(ids, []int32{1, 2, -4}) {
			t.Errorf("Lost(%v) ends %v", c.told, ids)
		}
		for ev := range s.Lost(nil) {
			t.Errorf("a second ending: %+v", ev)
		}
		if c.told != nil && s.Err() != c.told {
			t.Errorf("Err = %v, want %v", s.Err(), c.told)
		}
		if _, err := s.Recv(connFrame(t, frame.Data, 1, "")); err != s.Err() {
			t.Errorf("Recv afterwards = %v", err)
		}
		if _, err := s.Reset(nil, connStream(1), &cancelled); err != wire.ErrConnClosed {
			t.Errorf("Reset afterwards = %v", err)
		}
	}
	// Whoever stops listening has ended the streams all the same.
	s := newSide(t, role, ConnLimits{})
	s.open(1, 2)
	for range s.Lost(nil) {
		break
	}
	if err := errors.Join(s.Release(1), s.Release(2)); err != nil {
		t.Error(err)
	}
}

// testS22: no fault of one stream, and no frame that is out of place, reaches
// another stream.
func testS22(t *testing.T, role Role) {
	s := newSide(t, role, ConnLimits{})
	s.open(1, 2, 3, 4)
	for _, typ := range []frame.Type{frame.Header, frame.Header, frame.Data, frame.Trailer, frame.Rst, frame.Meta, 0, 9} {
		for _, id := range []int32{1, 77, -1} {
			for _, payload := range []string{"", "garbage"} {
				f := connFrame(t, frame.Data, id, payload)
				f.Type = typ
				s.must(f)
				s.live(2, 3, 4)
			}
		}
	}
	s.fault(Ended, wire.ErrSecondHeader, second(t, s, 2))
	s.live(3, 4)
}

// second is a header frame that is the second one of a stream.
func second(t *testing.T, s *side, id int32) *frame.Frame {
	h := connFrame(t, frame.Header, id, "")
	if s.role == Client {
		s.want(Headers, h)
	}
	return h
}

// testS23: the peer's frames of a stream and our own ending of it may meet in
// any way.
func testS23(t *testing.T, role Role) {
	peers := [][]frame.Type{
		{frame.Header, frame.Data, frame.Trailer},
		{frame.Header, frame.Data, frame.Rst},
		{frame.Header, frame.Rst, frame.Trailer},
		{frame.Data, frame.Trailer, frame.Rst},
	}
	ours := map[string]func(*side) error{
		"reset": func(s *side) error { _, err := s.Reset(nil, connStream(1), &cancelled); return err },
		"end":   func(s *side) error { _, err := s.End(nil, connStream(1), &endedWell, nil); return err },
		"close": func(s *side) error { _, err := s.CloseSend(nil, connStream(1)); return err },
	}
	for _, types := range peers {
		for name, act := range ours {
			for at := 0; at <= len(types); at++ {
				s := newSide(t, role, ConnLimits{})
				if role == Client {
					s.open(1)
				}
				ends := 0
				for i := 0; i <= len(types); i++ {
					if err := error(nil); i == at {
						if err = act(s); err == nil && name != "close" {
							ends++
						} else if err != nil && err.(wire.Code).StreamCode() != 12005 {
							t.Errorf("%v: %s at %d: %v", types, name, at, err)
						}
					}
					if i < len(types) && s.must(connFrame(t, types[i], 1, "")).Kind == Ended {
						ends++
					}
				}
				over := s.streams.get(1) != nil && s.streams.get(1).is(ended)
				if ends > 1 || over != (ends == 1) {
					t.Errorf("%v, %s at %d: %d endings", types, name, at, ends)
				}
			}
		}
	}
}

// TestConnZero: id 0 is the connection's own, though no parser lets another frame
// than meta through with it (rule 4.3).
func TestConnZero(t *testing.T) {
	for _, role := range bothRoles {
		for _, typ := range []frame.Type{frame.Header, frame.Data, frame.Trailer, frame.Rst} {
			s := newSide(t, role, ConnLimits{})
			s.open(1)
			f := connFrame(t, typ, 1, "")
			s.want(Ended, connEnding(t, frame.Rst, 1, &cancelled))
			if err := s.Release(1); err != nil { // a slot without a stream is there
				t.Fatal(err)
			}
			f.StreamID = 0
			s.flood(wire.ErrStreamID, 0, 0, func(int) *frame.Frame { return f })
		}
		s := newSide(t, role, ConnLimits{})
		s.want(MetaFrame, connFrame(t, frame.Meta, 0, ""))
		f := connFrame(t, frame.Meta, 0, "")
		f.Type = 0
		s.want(Ignored, f)
		if _, err := s.Open(nil, connStream(0), nil); role == Client && err != wire.ErrNoStreamID {
			t.Errorf("Open(0) = %v", err)
		}
		if err := s.Release(0); err != wire.ErrNoStream {
			t.Errorf("Release(0) = %v", err)
		}
		s.Taken(0, 1)
	}
}

// The events of a lost connection come once each, however they are iterated over.
func TestLostOnce(t *testing.T) {
	c := NewConn(Client, ConnLimits{})
	for id := range int32(5) {
		if _, err := c.Open(nil, connStream(id+1), nil); err != nil {
			t.Fatal(err)
		}
	}
	events := c.Lost(nil)
	seen := map[int32]int{}
	for range 3 {
		for ev := range events {
			if seen[ev.Stream]++; len(seen) == 2 {
				break
			}
		}
	}
	for id := range int32(5) {
		if seen[id+1] != 1 {
			t.Errorf("stream %d ended %d times", id+1, seen[id+1])
		}
	}
}

// A Conn holds the peer's bytes no longer than to the next frame.
func TestConnLetsGo(t *testing.T) {
	for _, role := range bothRoles {
		s := newSide(t, role, ConnLimits{})
		s.open(1, 2)
		ev := s.want(Ended, connEnding(t, frame.Rst, 1, &cancelled))
		if ev.Status == nil || len(ev.Status.Message) == 0 {
			t.Fatalf("%v: %+v", role, ev)
		}
		s.want(Message, connFrame(t, frame.Data, 2, "x"))
		if ev.Status.Message != nil || ev.Status.CancelPath != nil || ev.Err() == nil {
			t.Errorf("%v: after the next frame %+v, %v", role, ev.Status, ev.Err())
		}
	}
}
