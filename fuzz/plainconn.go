package fuzz

import (
	"errors"
	"slices"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/fuzz/internal/script"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/plain"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// PlainConn: codec.Conn and the second implementation of section 9, which is
// written from docs/wire.md alone, make the same of any frames and calls: the
// same events, reasons, codes and refusals, and the same end of the connection.
func PlainConn(t T, in []byte) {
	s := script.NewReader(in).Conn()
	m := plainEnd{t: t, c: codec.NewConn(s.Role, s.Limits), lim: s.Limits, role: s.Role}
	m.model = plain.NewConn(s.Role.String(), plain.ConnLimits{
		Streams: s.Limits.MaxStreams, Opens: s.Limits.MaxOpens, Resets: s.Limits.MaxResets, Meta: s.Limits.MaxMeta,
		Pending: s.Limits.MaxPending, OneStream: s.Limits.OneStream, Strict: s.Limits.Strict,
	})
	for i := range s.Events {
		if m.event(&s.Events[i]); m.over {
			break
		}
	}
	m.lost("close", nil)
}

// plainEnd is a Conn and its model.
type plainEnd struct {
	t     T
	c     *codec.Conn
	model *plain.Conn
	lim   codec.ConnLimits
	role  codec.Role
	taken []took // messages that have come and not been taken
	over  bool
}

type took struct {
	id int32
	n  int
}

func (m *plainEnd) event(e *script.Event) {
	m.t.Helper()
	st := &trailer.Stream{ID: e.Stream, Method: "Bidi", Protocol: header.ThriftStruct}
	well := status.Status{Ending: status.EndOK}
	cancel := status.Status{Ending: status.EndCanceled, Ret: 12007}
	server := m.role == codec.Server
	switch {
	case e.What == script.Recv:
		m.recv(e.Frame)
	case e.What == script.Open && !server && st.ID != 0:
		m.send("header", st.ID, func(dst []byte) ([]byte, error) { return m.c.Open(dst, st, nil) })
	case e.What == script.SendHeader && server:
		m.send("header", st.ID, func(dst []byte) ([]byte, error) { return m.c.SendHeader(dst, st, nil) })
	case e.What == script.Send:
		data, _ := frame.NewTemplate(st.ID, "Bidi", header.ThriftStruct)
		m.send("data", st.ID, func(dst []byte) ([]byte, error) { return m.c.Send(dst, &data, nil) })
	case e.What == script.CloseSend && !server:
		m.send("trailer", st.ID, func(dst []byte) ([]byte, error) { return m.c.CloseSend(dst, st) })
	case e.What == script.End && server:
		m.send("trailer", st.ID, func(dst []byte) ([]byte, error) { return m.c.End(dst, st, &well, nil) })
	case e.What == script.Reset:
		m.send("rst", st.ID, func(dst []byte) ([]byte, error) { return m.c.Reset(dst, st, &cancel) })
	case e.What == script.Release:
		if m.c.Release(st.ID) == nil {
			m.model.Release(st.ID)
			m.taken = slices.DeleteFunc(m.taken, func(x took) bool { return x.id == st.ID })
		}
	case e.What == script.Taken && len(m.taken) > 0:
		x := m.taken[0]
		m.taken = m.taken[1:]
		m.c.Taken(x.id, x.n)
		m.model.Taken(x.id, x.n)
	case e.What == script.Lost:
		m.lost("close", nil)
	}
}

// send compares whether a frame may be sent.
func (m *plainEnd) send(typ string, id int32, call func(dst []byte) ([]byte, error)) {
	m.t.Helper()
	_, err := call(nil)
	reason := ""
	if err != nil {
		reason = err.(wire.Code).Reason()
	}
	if want := m.model.Send(typ, id); reason != want {
		m.t.Fatalf("%v sends %s on %d: %q, by the document %q", m.role, typ, id, reason, want)
	}
}

// recv compares what a frame means.
func (m *plainEnd) recv(in []byte) {
	m.t.Helper()
	var f frame.Frame
	_, err := f.ParseWithin(in, &m.lim.Limits)
	if err == wire.ErrShort || err == nil && !f.Type.Valid() {
		return
	}
	if err != nil {
		m.lost(err.(wire.Code).Reason(), err)
		return
	}
	model, _ := plain.ParseFrame(in, plainLimits(&m.lim.Limits))
	ev, err := m.c.Recv(&f)
	want := m.model.Recv(model)
	if code, ok := err.(wire.Code); ok {
		if want.Kind != "connection-ended" || want.Reason != code.Reason() {
			m.t.Fatalf("%v %v of %d ends the connection: %v, by the document %+v", m.role, f.Type, f.StreamID, err, want)
		}
		m.lost(code.Reason(), err)
		return
	}
	m.same(&f, &ev, &want)
	if ev.Kind == codec.Message {
		m.taken = append(m.taken, took{f.StreamID, len(f.Payload)})
	}
}

// plainKinds are the document's words for events.
var plainKinds = map[codec.EventKind]string{
	codec.Ignored: "ignored", codec.Opened: "opened", codec.Headers: "headers", codec.Message: "message",
	codec.HalfClosed: "half-closed", codec.Ended: "ended", codec.MetaFrame: "meta", codec.Refused: "refused",
}

func (m *plainEnd) same(f *frame.Frame, ev *codec.Event, want *plain.Event) {
	m.t.Helper()
	reason := ""
	if code, ok := ev.Fault.(wire.Code); ok {
		reason = code.Reason()
	}
	if plainKinds[ev.Kind] != want.Kind || reason != want.Reason || ev.Owed != want.Rst || (ev.Status == nil) != (want.Status == nil) {
		m.t.Fatalf("%v gets a %v of %d: %v, %q, owed %v, status %v; by the document %+v", m.role, f.Type, f.StreamID, ev.Kind, reason, ev.Owed, ev.Status, want)
	}
	if want.Status == nil {
		return
	}
	var code int32
	if e := status.FromError(ev.Err()); e != nil {
		code = e.Code
	}
	if by := want.Status.Code(want.Verdict, m.role.String()); code != by {
		m.t.Fatalf("%v gets a %v of %d with code %d, by the document %d", m.role, f.Type, f.StreamID, code, by)
	}
}

// lost ends both, and compares which streams end with the connection, and how.
func (m *plainEnd) lost(how string, err error) {
	m.t.Helper()
	if m.over {
		return
	}
	m.over = true
	want, code := m.model.Lost(how)
	var got []int32
	for ev := range m.c.Lost(err) {
		got = append(got, ev.Stream)
		e := status.FromError(ev.Err())
		if e == nil || e.Code != code || !errors.Is(ev.Err(), e.Kind) {
			m.t.Fatalf("stream %d ends with %v, by the document %d", ev.Stream, ev.Err(), code)
		}
	}
	slices.Sort(got)
	if slices.Sort(want); !slices.Equal(got, want) {
		m.t.Fatalf("streams %d end with the connection, by the document %d", got, want)
	}
}
