package codec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
	"pgregory.net/rapid"
)

// table is one of the two tables of docs/wire.md, 9.1: what happens, by row and
// state. Reading them from there makes the document itself the model.
type table map[string]map[string]string

func connTables(t *testing.T) map[Role]table {
	doc, err := os.ReadFile("../docs/wire.md")
	if err != nil {
		t.Fatal(err)
	}
	return map[Role]table{
		Client: readTable(t, string(doc), "**Client.**"),
		Server: readTable(t, string(doc), "**Server.**"),
	}
}

func readTable(t *testing.T, doc, mark string) table {
	_, text, _ := strings.Cut(doc, mark)
	_, text, _ = strings.Cut(text, "\n| | none | open | half | ended |\n")
	text, _, _ = strings.Cut(text, "\n\n")
	rows := table{}
	for line := range strings.Lines(text) {
		cells := strings.Split(strings.Trim(line, "|\n"), "|")
		if len(cells) != 5 || strings.HasPrefix(cells[0], "---") {
			continue
		}
		rows[strings.TrimSpace(cells[0])] = map[string]string{
			"none": strings.TrimSpace(cells[1]), "open": strings.TrimSpace(cells[2]),
			"half": strings.TrimSpace(cells[3]), "ended": strings.TrimSpace(cells[4]),
		}
	}
	if len(rows) < 9 {
		t.Fatalf("docs/wire.md has no table behind %q", mark)
	}
	return rows
}

// connModel is a connection as the document has it: strings, bools and maps.
type connModel struct {
	role    Role
	lim     ConnLimits // with every field set
	table   table
	streams map[int32]*modelStream // that are not released
	gone    []int32                // the last 64 released or refused ones

	resets, metas, refused int
	dead                   error
}

type modelStream struct {
	state      string // a column of the table
	gotHeader  bool   // at a client
	sentHeader bool   // at a server
	continued  bool
	pending    int
}

// outcome is what a frame must come to.
type outcome struct {
	Kind   EventKind
	Fault  wire.Code
	Owed   bool
	Status bool
	Err    error
}

func (m *connModel) state(id int32) string {
	if s := m.streams[id]; s != nil {
		return s.state
	}
	return "none"
}

func (m *connModel) pending() (sum int) {
	for _, s := range m.streams {
		sum += s.pending
	}
	return sum
}

// opens counts the streams that the peer has opened and nobody continued.
func (m *connModel) opens() (n int) {
	for _, s := range m.streams {
		if !s.continued && s.state != "ended" {
			n++
		}
	}
	return n
}

func (m *connModel) die(c wire.Code) outcome {
	m.dead = c
	return outcome{Err: c}
}

// count is one more against a budget, or the end.
func (m *connModel) count(n *int, limit int, flood wire.Code) bool {
	if *n == limit {
		m.dead = flood
		return false
	}
	*n++
	return true
}

func (m *connModel) forget(id int32) {
	m.gone = append(m.gone, id)
	m.gone = m.gone[max(0, len(m.gone)-64):]
}

// row is the row of the table for a received frame.
func (m *connModel) row(typ frame.Type, id int32) string {
	row := "receive " + typ.String()
	if typ == frame.Header && m.role == Client {
		if s := m.streams[id]; s != nil && s.gotHeader {
			return row + ", a second"
		}
		return row + ", the first"
	}
	return row
}

func (m *connModel) recv(f *frame.Frame) outcome {
	id := f.StreamID
	switch {
	case m.dead != nil:
		return outcome{Err: m.dead}
	case f.Type == frame.Meta:
		return m.recvMeta(id)
	case id == 0:
		return m.die(wire.ErrStreamID)
	case f.Type == frame.Rst && !m.count(&m.resets, m.lim.MaxResets, wire.ErrFloodResets):
		return outcome{Err: m.dead}
	}
	s := m.streams[id]
	switch cell := m.table[m.row(f.Type, id)][m.state(id)]; cell {
	case "ignore":
		return outcome{}
	case "ignore (9.12)":
		if m.lim.Strict && !slices.Contains(m.gone, id) {
			return m.die(wire.ErrUnknownStream)
		}
		return outcome{}
	case "take":
		s.gotHeader = true
		return outcome{Kind: Headers}
	case "deliver":
		return m.deliver(s, len(f.Payload))
	case "half":
		s.state, s.continued = "half", true
		return outcome{Kind: HalfClosed, Status: true}
	case "ended, by 6":
		m.resets = max(0, m.resets-1)
		s.state = "ended"
		return outcome{Kind: Ended, Status: true}
	case "ended, by 8":
		s.state = "ended"
		return outcome{Kind: Ended, Status: true}
	case "12002, ended":
		return m.fault(s, wire.ErrSecondHeader)
	case "12004, ended":
		return m.fault(s, wire.ErrDataAfterTrailer)
	case "open", "9.14":
		return m.open(f)
	default:
		panic(fmt.Sprintf("row %q, state %q says %q", m.row(f.Type, id), m.state(id), cell))
	}
}

func (m *connModel) recvMeta(id int32) outcome {
	if !m.count(&m.metas, m.lim.MaxMeta, wire.ErrFloodMeta) {
		return outcome{Err: m.dead}
	}
	if m.state(id) == "ended" || slices.Contains(m.gone, id) {
		return outcome{}
	}
	return outcome{Kind: MetaFrame}
}

func (m *connModel) deliver(s *modelStream, n int) outcome {
	if m.pending() >= m.lim.MaxPending {
		return m.die(wire.ErrFloodData)
	}
	s.continued = true
	s.pending += n + 64
	m.metas = max(0, m.metas-1)
	return outcome{Kind: Message}
}

func (m *connModel) fault(s *modelStream, why wire.Code) outcome {
	if !m.count(&m.resets, m.lim.MaxResets, wire.ErrFloodResets) {
		return outcome{Err: m.dead}
	}
	s.state = "ended"
	return outcome{Kind: Ended, Fault: why, Owed: true}
}

// open is rules 9.2, 9.14 and 9.15 for a header at a server.
func (m *connModel) open(f *frame.Frame) outcome {
	id, why := f.StreamID, wire.Code(0)
	switch {
	case m.streams[id] != nil || slices.Contains(m.gone, id):
		why = wire.ErrReusedID
	case len(f.Method()) == 0:
		why = wire.ErrNoMethodOpened
	case m.lim.OneStream && len(m.streams) > 0:
		why = wire.ErrNotAlone
	case len(m.streams) == m.lim.MaxStreams:
		why = wire.ErrStreamLimit
	case m.opens() == m.lim.MaxOpens:
		return m.die(wire.ErrFloodOpens)
	default:
		m.streams[id] = &modelStream{state: "open"}
		return outcome{Kind: Opened}
	}
	counted := false
	if why == wire.ErrStreamLimit {
		counted = m.count(&m.refused, m.lim.MaxResets, wire.ErrFloodStreams)
	} else {
		counted = m.count(&m.resets, m.lim.MaxResets, wire.ErrFloodResets)
	}
	if !counted {
		return outcome{Err: m.dead}
	}
	if why != wire.ErrReusedID {
		m.forget(id)
	}
	return outcome{Kind: Refused, Fault: why, Owed: true}
}

// send is the reason why a frame cannot be sent, 0 if it can. valid says whether
// such a frame can be built at all; only then it changes the stream.
func (m *connModel) send(typ frame.Type, id int32, valid bool) wire.Code {
	s := m.streams[id]
	cell, known := m.table["send "+typ.String()][m.state(id)]
	switch {
	case !known:
		panic("no row for sending " + typ.String())
	case m.dead != nil:
		return wire.ErrConnClosed
	case cell == "refuse":
		return m.refusal(typ, id)
	case cell == "once" && s.sentHeader:
		return wire.ErrHeaderSent
	case cell == "sent, after the header" && !s.sentHeader:
		return wire.ErrHeaderUnsent
	case cell == "open" && slices.Contains(m.gone, id):
		return wire.ErrStreamEnded
	case cell == "open" && (len(m.streams) == m.lim.MaxStreams || m.lim.OneStream && len(m.streams) > 0):
		return wire.ErrTooManyStreams
	case !valid:
		return 0
	}
	switch cell {
	case "open":
		m.streams[id] = &modelStream{state: "open", sentHeader: true, continued: true}
	case "once":
		s.sentHeader = true
	case "half", "ended":
		s.state = cell
		if m.role == Server && typ == frame.Trailer {
			m.resets = max(0, m.resets-1)
		}
	case "sent", "sent, after the header":
	default:
		panic("cell " + cell)
	}
	return 0
}

// refusal is the reason for what the table refuses.
func (m *connModel) refusal(typ frame.Type, id int32) wire.Code {
	switch state := m.state(id); {
	case state == "none":
		return wire.ErrNoStream
	case typ == frame.Header && m.role == Client:
		return wire.ErrIDInUse
	case state == "ended":
		return wire.ErrStreamEnded
	}
	return wire.ErrSendClosed
}

// connMachine drives a Conn and its model alike.
type connMachine struct {
	t     *rapid.T
	conn  *Conn
	model *connModel
	fresh int32         // ids that have not been used yet, from here on
	ended map[int32]int // endings since the stream was opened
}

// TestConnModel: whatever is received and sent, in any order, a Conn does what
// the tables of rule 9.1 and the budgets of 9.15 say, gives one ending a stream
// and keeps within its bounds.
func TestConnModel(t *testing.T) {
	tables := connTables(t)
	for _, role := range bothRoles {
		t.Run(role.String(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				m := newConnMachine(t, role, tables[role])
				actions := map[string]func(*rapid.T){
					"":      m.check,
					"Recv":  m.with(m.recv),
					"Local": m.with(m.local),
				}
				for i := 0; i < 8 && m.model.dead == nil; i++ {
					t.Repeat(actions)
				}
			})
		})
	}
}

// local is a call of the Conn's user; those first that a role makes most.
func (m *connMachine) local() {
	acts := []string{"open", "send", "send", "close", "reset", "release", "taken", "refill", "generations", "header", "end", "lost"}
	if m.model.role == Server {
		acts = []string{"header", "send", "send", "end", "reset", "release", "taken", "refill", "generations", "open", "close", "lost"}
	}
	map[string]func(){
		"open": m.open, "header": m.sendHeader, "send": m.send, "close": m.closeSend,
		"end": m.end, "reset": m.reset, "release": m.release, "taken": m.taken,
		"refill": m.refill, "generations": m.generations, "lost": m.lost,
	}[rapid.SampledFrom(acts).Draw(m.t, "act")]()
}

func newConnMachine(t *rapid.T, role Role, tab table) *connMachine {
	// Small budgets are reached within one run, large ones let it go on.
	most := rapid.SampledFrom([]int{3, 8, 1000}).Draw(t, "limits")
	lim := ConnLimits{
		MaxStreams: most, MaxOpens: most - rapid.IntRange(0, most-1).Draw(t, "of them continued"),
		MaxResets: most, MaxMeta: most, MaxPending: 200 * most,
		OneStream: rarely(t, 10, "OneStream"),
		Limits:    wire.Limits{MaxPayload: 500, Strict: rarely(t, 5, "Strict")},
	}
	return &connMachine{
		conn:  NewConn(role, lim),
		model: &connModel{role: role, lim: lim, table: tab, streams: map[int32]*modelStream{}},
		fresh: 100, ended: map[int32]int{},
	}
}

func (m *connMachine) with(action func()) func(*rapid.T) {
	return func(t *rapid.T) {
		m.t = t
		action()
	}
}

// id is as a rule one of a stream that goes on, and else one that has ended, is
// released, or was never heard of.
func (m *connMachine) id() int32 {
	those := map[string][]int32{"other": {1, 2, -1, 1<<31 - 1, -1 << 31}}
	for id := range m.model.streams {
		kind := "live"
		if m.model.state(id) == "ended" {
			kind = "ended"
		}
		those[kind] = append(those[kind], id)
	}
	if n := len(m.model.gone); n > 0 {
		those["gone"] = []int32{m.model.gone[0], m.model.gone[n-1]}
	}
	ids := those[rapid.SampledFrom([]string{"live", "live", "live", "live", "ended", "gone", "other"}).Draw(m.t, "kind of id")]
	if len(ids) == 0 {
		ids = those["other"]
	}
	slices.Sort(ids)
	return rapid.SampledFrom(ids).Draw(m.t, "id")
}

// newID is mostly an id that has not been used.
func (m *connMachine) newID() int32 {
	if rarely(m.t, 3, "used") {
		return m.id()
	}
	m.fresh++
	return m.fresh
}

func (m *connMachine) frame() *frame.Frame {
	typ := rapid.SampledFrom([]frame.Type{
		frame.Header, frame.Data, frame.Data, frame.Trailer, frame.Rst, frame.Meta,
	}).Draw(m.t, "type")
	id := m.id()
	switch {
	case rarely(m.t, 300, "zero"):
		id = 0
	case typ == frame.Header && m.model.role == Server:
		id = m.newID()
	}
	if typ == frame.Header && rarely(m.t, 10, "unnamed") {
		f := connUnnamed(m.t)
		f.StreamID = id
		return f
	}
	b := frame.Begin(nil, typ, max(id, -id, 1), header.ThriftStruct)
	pairs := rapid.SliceOfN(rapid.SampledFrom([]status.Pair{
		{Key: "biz-status", Value: "5"}, {Key: "biz-status", Value: "5 "}, {Key: "biz-extra", Value: "[]"},
		{Key: "ttscp", Value: "A,B"}, {Key: "biz-message", Value: "m"}, {Key: "isn", Value: "S"},
	}), 0, 3).Draw(m.t, "pairs")
	for _, p := range pairs {
		b.Str(p.Key, p.Value)
	}
	b.Method("Bidi")
	payload := rapid.SampledFrom([]string{"", "m", "garbage", strings.Repeat("m", 300), exceptionBytes}).Draw(m.t, "payload")
	f := connParsed(m.t)(b.Finish([]byte(payload)))
	f.StreamID = id
	return f
}

var exceptionBytes = func() string {
	b, err := trailer.AppendException(nil, "Bidi", 1, 12007, "cancelled")
	if err != nil {
		panic(err)
	}
	return string(b)
}()

func (m *connMachine) recv() {
	f := m.frame()
	want := m.model.recv(f)
	ev, err := m.conn.Recv(f)
	got := outcome{Kind: ev.Kind, Owed: ev.Owed, Status: ev.Status != nil, Err: err}
	if ev.Fault != nil {
		got.Fault = ev.Fault.(wire.Code)
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b error) bool { return a == b })); diff != "" {
		m.t.Fatalf("Recv of %v %d, %q (-model +Conn):\n%s", f.Type, f.StreamID, f.Payload, diff)
	}
	if ev.Stream != f.StreamID || ev.Role != m.model.role {
		m.t.Fatalf("event of stream %d at the %v, want %d", ev.Stream, ev.Role, f.StreamID)
	}
	m.note(ev)
	m.status(f, ev)
}

// status compares what an ending says with the parser of endings.
func (m *connMachine) status(f *frame.Frame, ev Event) {
	if ev.Status == nil {
		return
	}
	var want status.Status
	_ = trailer.ParseInto(&want, f, trailer.Mode{Strict: m.model.lim.Strict})
	if diff := cmp.Diff(want, *ev.Status); diff != "" {
		m.t.Fatalf("status (-parsed +event):\n%s", diff)
	}
	if (ev.Err() == nil) != (want.Ending == status.EndOK) {
		m.t.Fatalf("%v is %v to the user", want.Ending, ev.Err())
	}
}

// note counts the endings: one a stream, and nothing after it.
func (m *connMachine) note(ev Event) {
	switch ev.Kind {
	case Opened:
		m.ended[ev.Stream] = 0
	case Ended:
		if m.ended[ev.Stream]++; m.ended[ev.Stream] != 1 {
			m.t.Fatalf("stream %d ends a second time", ev.Stream)
		}
		if ev.Err() != nil && errors.Is(ev.Err(), io.EOF) {
			m.t.Fatalf("%v reads as a good end", ev.Err())
		}
	case Headers, Message, HalfClosed:
		if m.ended[ev.Stream] != 0 {
			m.t.Fatalf("%v after the end of stream %d", ev.Kind, ev.Stream)
		}
	}
}

// sent checks that a send was refused as the model says, without a trace in dst,
// or appended one frame.
func (m *connMachine) sent(typ frame.Type, id int32, want wire.Code, call func(dst []byte) ([]byte, error)) bool {
	before := []byte("what was there")
	dst, err := call(before)
	if want != 0 && err == want || want == 0 && err != nil && errors.Is(err, wire.ErrRefused) {
		if &dst[0] != &before[0] || !bytes.Equal(dst, before) {
			m.t.Fatalf("%v %d is refused, and dst is %q", typ, id, dst)
		}
		return false
	}
	if want != 0 || err != nil {
		m.t.Fatalf("sending %v %d: %v, want %v", typ, id, err, want)
	}
	f := connParsed(m.t)(bytes.TrimPrefix(dst, before), nil)
	if f.Type != typ || f.StreamID != id {
		m.t.Fatalf("%v %d has been sent, want %v %d", f.Type, f.StreamID, typ, id)
	}
	return true
}

// valid draws whether the next frame is to be one that can be built.
func (m *connMachine) valid() bool { return !rarely(m.t, 5, "invalid") }

// try sends a frame that is valid or not, in the role that can, and sees to it
// that only a valid one is sent.
func (m *connMachine) try(role Role, typ frame.Type, id int32, valid bool, call func(dst []byte) ([]byte, error)) {
	want := wire.ErrRole
	if role == 0 || role == m.model.role {
		want = m.model.send(typ, id, valid)
	} else if m.model.dead != nil {
		want = wire.ErrConnClosed
	} else if c := m.model.wrongRole(typ, id); c != 0 {
		want = c
	}
	if ok := m.sent(typ, id, want, call); ok != (want == 0 && valid) {
		m.t.Fatalf("sending %v %d: sent = %v, want %v, valid = %v", typ, id, ok, want, valid)
	}
}

// wrongRole is why the other role's frame is refused before it is seen to be
// the other role's.
func (m *connModel) wrongRole(typ frame.Type, id int32) wire.Code {
	switch m.state(id) {
	case "none":
		return wire.ErrNoStream
	case "ended":
		return wire.ErrStreamEnded
	case "half":
		if m.role == Client {
			return wire.ErrSendClosed
		}
	}
	return 0
}

var tooLong = strings.Repeat("x", wire.MaxLen16+1)

func (m *connMachine) pairs(valid bool) []status.Pair {
	if !valid {
		return []status.Pair{{Key: "k", Value: "v"}, {Key: "k", Value: tooLong}}
	}
	return []status.Pair{{Key: "isn", Value: "S"}}
}

func (m *connMachine) open() {
	id, valid := m.newID(), m.valid()
	if rapid.Bool().Draw(m.t, "next") {
		id = m.conn.NextID()
		if id == 0 || m.model.streams[id] != nil || slices.Contains(m.model.gone, id) {
			m.t.Fatalf("NextID = %d", id)
		}
	}
	if m.model.role == Server {
		want := wire.ErrRole
		if m.model.dead != nil {
			want = wire.ErrConnClosed
		}
		m.sent(frame.Header, id, want, func(dst []byte) ([]byte, error) { return m.conn.Open(dst, connStream(id), nil) })
		return
	}
	isNew := m.model.streams[id] == nil
	m.try(Client, frame.Header, id, valid, func(dst []byte) ([]byte, error) {
		return m.conn.Open(dst, connStream(id), m.pairs(valid))
	})
	if isNew && m.model.streams[id] != nil {
		m.ended[id] = 0
	}
}

func (m *connMachine) sendHeader() {
	id, valid := m.id(), m.valid()
	call := func(dst []byte) ([]byte, error) { return m.conn.SendHeader(dst, connStream(id), m.pairs(valid)) }
	m.try(Server, frame.Header, id, valid, call)
}

func (m *connMachine) send() {
	id, valid, prefix := m.id(), m.valid(), rapid.Bool().Draw(m.t, "prefix")
	t, err := frame.NewTemplateWithin(id, "Bidi", header.ThriftStruct, &m.model.lim.Limits)
	if err != nil {
		m.t.Fatal(err)
	}
	payload := make([]byte, 7)
	if !valid {
		payload = make([]byte, m.model.lim.MaxPayload+1)
	}
	m.try(0, frame.Data, id, valid, func(dst []byte) ([]byte, error) {
		if !prefix {
			return m.conn.Send(dst, &t, payload)
		}
		out, err := m.conn.SendPrefix(dst, &t, len(payload))
		if err == nil {
			out = append(out, payload...)
		}
		return out, err
	})
}

func (m *connMachine) closeSend() {
	id := m.id()
	call := func(dst []byte) ([]byte, error) { return m.conn.CloseSend(dst, connStream(id)) }
	m.try(Client, frame.Trailer, id, true, call)
}

func (m *connMachine) end() {
	id, valid := m.id(), m.valid()
	s := rapid.SampledFrom([]status.Status{endedWell, refusedIt, trailer.StatusOf(io.ErrNoProgress)}).Draw(m.t, "status")
	if !valid {
		s = cancelled
	}
	m.try(Server, frame.Trailer, id, valid, func(dst []byte) ([]byte, error) {
		return m.conn.End(dst, connStream(id), &s, m.pairs(true))
	})
	m.endedByUs(id)
}

func (m *connMachine) reset() {
	id, valid := m.id(), m.valid()
	s := cancelled
	if !valid {
		s = endedWell
	}
	m.try(0, frame.Rst, id, valid, func(dst []byte) ([]byte, error) { return m.conn.Reset(dst, connStream(id), &s) })
	m.endedByUs(id)
}

// endedByUs notes that there must be no event of a stream any more.
func (m *connMachine) endedByUs(id int32) {
	if m.model.state(id) == "ended" {
		m.ended[id] = 1
	}
}

func (m *connMachine) release() {
	id := m.id()
	want := error(nil)
	switch m.model.state(id) {
	case "none":
		want = wire.ErrNoStream
	case "ended":
		delete(m.model.streams, id)
		m.model.forget(id)
		m.model.refused = 0
	default:
		want = wire.ErrStreamLive
	}
	if err := m.conn.Release(id); err != want {
		m.t.Fatalf("Release(%d) in state %q = %v, want %v", id, m.model.state(id), err, want)
	}
}

func (m *connMachine) taken() {
	id := m.id()
	n := rapid.SampledFrom([]int{0, 1, 7, 300, -1, -100, 1<<31 - 1, int(^uint(0) >> 1), -int(^uint(0)>>1) - 1}).Draw(m.t, "n")
	m.conn.Taken(id, n)
	if s := m.model.streams[id]; s != nil {
		if n = max(n, 0); n > s.pending {
			n = s.pending
		}
		s.pending -= min(n+64, s.pending)
	}
}

func (m *connMachine) refill() {
	m.conn.Refill()
	m.model.resets, m.model.metas, m.model.refused = 0, 0, 0
}

// generations lets streams come and go, so that the ids that are remembered
// change.
func (m *connMachine) generations() {
	if m.model.dead != nil {
		return
	}
	for range rapid.IntRange(1, 80).Draw(m.t, "generations") {
		m.fresh++
		h := connFrame(m.t, frame.Header, m.fresh, "")
		if m.model.role == Client {
			if m.model.send(frame.Header, h.StreamID, true) == 0 {
				_, err := m.conn.Open(nil, connStream(h.StreamID), nil)
				m.noError(err)
			}
			m.feed(connEnding(m.t, frame.Trailer, h.StreamID, &endedWell))
		} else if m.feed(h); m.model.state(h.StreamID) == "open" {
			m.model.send(frame.Trailer, h.StreamID, true)
			_, err := m.conn.End(nil, connStream(h.StreamID), &endedWell, nil)
			m.noError(err)
		}
		if m.model.state(h.StreamID) == "ended" {
			m.noError(m.conn.Release(h.StreamID))
			delete(m.model.streams, h.StreamID)
			m.model.forget(h.StreamID)
			m.model.refused = 0
		}
	}
}

// feed gives a frame to both.
func (m *connMachine) feed(f *frame.Frame) {
	want := m.model.recv(f)
	if ev, err := m.conn.Recv(f); ev.Kind != want.Kind || err != want.Err {
		m.t.Fatalf("Recv of %v %d = %v, %v; want %v, %v", f.Type, f.StreamID, ev.Kind, err, want.Kind, want.Err)
	}
}

func (m *connMachine) noError(err error) {
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *connMachine) lost() {
	// Rarely, since it is the end.
	if m.model.dead == nil && !rarely(m.t, 5, "lost") {
		return
	}
	err := rapid.SampledFrom([]error{
		nil, io.EOF, io.ErrUnexpectedEOF, wire.ErrConnClosed, &wire.Error{Code: wire.ErrMagic}, io.ErrClosedPipe,
	}).Draw(m.t, "by")
	if m.model.dead == nil {
		if m.model.dead = err; err == nil {
			m.model.dead = wire.ErrConnClosed
		}
	}
	lost := m.model.table["connection lost"]
	for ev := range m.conn.Lost(err) {
		code, state, _ := strings.Cut(lost[m.model.state(ev.Stream)], ", ")
		if errors.Is(m.model.dead, wire.ErrIllegalFrame) {
			code = "12004" // rule 9.13
		}
		if got := fmt.Sprint(status.FromError(ev.Err()).Code); ev.Kind != Ended || got != code || ev.Owed {
			m.t.Fatalf("Lost(%v): %v by %s, want %s", err, ev.Kind, got, code)
		}
		m.note(ev)
		m.model.streams[ev.Stream].state = state
	}
	for id, s := range m.model.streams {
		if s.state != "ended" {
			m.t.Fatalf("stream %d has survived the connection", id)
		}
	}
}

// check compares all that a Conn knows with the model.
func (m *connMachine) check(t *rapid.T) {
	c, model := m.conn, m.model
	type summary struct {
		Streams, Pending, Opens, Resets, Metas, Refused int
		Full                                            bool
		Dead                                            error
	}
	want := summary{
		len(model.streams), model.pending(), model.opens(), model.resets, model.metas, model.refused,
		model.pending() >= model.lim.MaxPending, model.dead,
	}
	got := summary{c.Streams(), c.Pending(), c.opens, c.resets, c.metas, c.refusals, c.Full(), c.Err()}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b error) bool { return a == b })); diff != "" {
		t.Fatalf("-model +Conn:\n%s", diff)
	}
	if c.Streams() > model.lim.MaxStreams || len(c.streams.slots) > model.lim.MaxStreams {
		t.Fatalf("%d streams in %d slots, of %d", c.Streams(), len(c.streams.slots), model.lim.MaxStreams)
	}
	if len(c.streams.slots) != c.Streams()+len(c.streams.free) {
		t.Fatalf("%d slots for %d streams, %d free", len(c.streams.slots), c.Streams(), len(c.streams.free))
	}
	for id, s := range model.streams {
		if got := m.seen(id); got != *s {
			t.Fatalf("stream %d (-model +Conn): -%+v +%+v", id, *s, got)
		}
	}
	for _, id := range model.gone {
		if !c.streams.isRecent(id) {
			t.Fatalf("%d is forgotten", id)
		}
	}
}

// seen is a stream as the Conn has it, in the words of the model.
func (m *connMachine) seen(id int32) modelStream {
	s, want := m.conn.streams.get(id), m.model.streams[id]
	if s == nil {
		return modelStream{state: "none"}
	}
	half := closedIn // of the sides, the one by which the table counts
	if m.model.role == Client {
		half = closedOut
	}
	got := modelStream{state: "open", pending: s.pending, continued: want.continued, gotHeader: want.gotHeader, sentHeader: want.sentHeader}
	switch {
	case s.is(ended):
		got.state = "ended"
		return got
	case s.is(half):
		got.state = "half"
	}
	got.continued, got.sentHeader = s.is(continued), s.is(headerOut)
	if m.model.role == Client {
		got.gotHeader = s.is(headerIn)
	}
	return got
}
