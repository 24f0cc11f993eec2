package codec

import (
	"errors"
	"io"
	"iter"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// Recv takes a frame that has arrived and says what it means. The tables of
// rule 9.1 are what it goes by.
//
// An error is the end of the connection: a budget that is used up or a stream id
// 0 out of place (rule 4.3), by a wire.Code that names it, or what Lost was told.
// It is the same for ever, the frame has changed nothing then, and Lost ends the
// streams. All else that can be wrong reaches one stream at most and is in the
// Event. It keeps nothing of f beyond that, and allocates only where a stream is
// opened.
func (c *Conn) Recv(f *frame.Frame) (ev Event, err error) {
	if c.views {
		c.ending, c.views = status.Status{}, false
	}
	// Most frames are messages: they are dealt with here, where ev is made but
	// once.
	if f.Type == frame.Data && c.fatal == nil {
		if s := c.streams.get(f.StreamID); s != nil && !s.is(ended|closedIn) && !c.Full() {
			c.deliver(s, len(f.Payload)+DataOverhead)
			ev.Kind, ev.Role, ev.Stream = Message, c.role, f.StreamID
			return ev, nil
		}
	}
	return c.recvOther(f)
}

// deliver counts a message that has come.
func (c *Conn) deliver(s *stream, cost int) {
	c.proceed(s)
	s.pending += cost
	c.pending += cost
	earn(&c.metas)
}

// recvOther takes a frame that is no message to deliver.
func (c *Conn) recvOther(f *frame.Frame) (Event, error) {
	switch {
	case c.fatal != nil:
		return c.ignored(f), c.fatal
	case f.StreamID == 0:
		return c.recvZero(f)
	}
	s := c.streams.get(f.StreamID)
	switch f.Type {
	case frame.Header:
		return c.recvHeader(f, s)
	case frame.Data:
		return c.recvData(f, s)
	case frame.Trailer:
		return c.recvTrailer(f, s)
	case frame.Rst:
		return c.recvRst(f, s)
	case frame.Meta:
		return c.recvMeta(f, s)
	}
	return c.ignored(f), nil
}

func (c *Conn) event(k EventKind, f *frame.Frame) Event {
	return Event{Kind: k, Role: c.role, Stream: f.StreamID}
}

func (c *Conn) ignored(f *frame.Frame) Event { return c.event(Ignored, f) }

// recvZero is a frame with the id of the connection itself (rule 4.3). No parser
// lets other than meta frames through; here, too, they open nothing.
func (c *Conn) recvZero(f *frame.Frame) (Event, error) {
	switch {
	case f.Type == frame.Meta:
		return c.recvMeta(f, nil)
	case f.Type.Valid():
		c.fatal = wire.ErrStreamID
	}
	return c.ignored(f), c.fatal
}

// fault ends a live stream by our own finding.
func (c *Conn) fault(f *frame.Frame, s *stream, why wire.Code) (Event, error) {
	if err := c.reset(); err != nil {
		return c.ignored(f), err
	}
	c.end(s)
	ev := c.event(Ended, f)
	ev.Fault, ev.Owed = why, true
	return ev, nil
}

// recvData is data that is no message to deliver (rules 9.3, 9.9, 9.12).
func (c *Conn) recvData(f *frame.Frame, s *stream) (Event, error) {
	switch {
	case s == nil:
		return c.strayData(f)
	case s.is(ended):
		return c.ignored(f), nil
	case s.is(closedIn):
		return c.fault(f, s, wire.ErrDataAfterTrailer)
	}
	c.fatal = wire.ErrFloodData
	return c.ignored(f), c.fatal
}

// strayData is data for a stream that is not live: it may have been on its way.
func (c *Conn) strayData(f *frame.Frame) (Event, error) {
	if c.lim.Strict && c.role == Server && !c.streams.isRecent(f.StreamID) {
		c.fatal = wire.ErrUnknownStream
	}
	return c.ignored(f), c.fatal
}

// proceed notes that a stream has been continued by the peer.
func (c *Conn) proceed(s *stream) {
	if !s.is(continued) {
		s.set(continued)
		c.opens--
	}
}

// recvHeader is the opening at a server, the answer to it at a client (rules
// 9.2, 9.3, 9.8, 9.14).
func (c *Conn) recvHeader(f *frame.Frame, s *stream) (Event, error) {
	live := s != nil && !s.is(ended)
	switch {
	case live && s.is(headerIn):
		return c.fault(f, s, wire.ErrSecondHeader)
	case live:
		s.set(headerIn)
		return c.event(Headers, f), nil
	case c.role == Client:
		return c.ignored(f), nil
	}
	if why := c.openable(f, s); why != 0 {
		return c.refuse(f, why)
	}
	if err := c.spend(&c.opens, c.lim.MaxOpens, wire.ErrFloodOpens); err != nil {
		return c.ignored(f), err
	}
	c.streams.add(f.StreamID, headerIn)
	return c.event(Opened, f), nil
}

// openable says why a header frame opens nothing, or 0.
func (c *Conn) openable(f *frame.Frame, s *stream) wire.Code {
	switch {
	case s != nil || c.streams.isRecent(f.StreamID):
		return wire.ErrReusedID
	case len(f.Method()) == 0:
		return wire.ErrNoMethodOpened
	case c.lim.OneStream && c.Streams() > 0:
		return wire.ErrNotAlone
	case c.Streams() >= c.lim.MaxStreams:
		return wire.ErrStreamLimit
	}
	return 0
}

// refuse is a header frame that opens nothing. What follows on its id is
// ignored, by strict too: the peer has sent it before it could know.
func (c *Conn) refuse(f *frame.Frame, why wire.Code) (Event, error) {
	var err error
	if why == wire.ErrStreamLimit {
		err = c.spend(&c.refusals, c.lim.MaxResets, wire.ErrFloodStreams)
	} else {
		err = c.reset()
	}
	if err != nil {
		return c.ignored(f), err
	}
	if why != wire.ErrReusedID {
		c.streams.remember(f.StreamID)
	}
	ev := c.event(Refused, f)
	ev.Fault, ev.Owed = why, true
	return ev, nil
}

// recvTrailer is the ending at a client, the half-close at a server (rules 9.4,
// 9.5).
func (c *Conn) recvTrailer(f *frame.Frame, s *stream) (Event, error) {
	if s == nil || s.is(ended|closedIn) {
		return c.ignored(f), nil
	}
	c.proceed(s)
	ev := c.event(HalfClosed, f)
	s.set(closedIn)
	if c.role == Client {
		c.end(s)
		earn(&c.resets)
		ev.Kind = Ended
	}
	c.readEnding(f, &ev)
	return ev, nil
}

// readEnding parses what a trailer or rst says. An unreadable ending is one all
// the same: the status says so.
func (c *Conn) readEnding(f *frame.Frame, ev *Event) {
	_ = trailer.ParseInto(&c.ending, f, trailer.Mode{Strict: c.lim.Strict})
	ev.Status, c.views = &c.ending, true
}

// recvRst ends a stream both ways (rule 9.6). It is never answered.
func (c *Conn) recvRst(f *frame.Frame, s *stream) (Event, error) {
	err := c.reset()
	if err != nil || s == nil || s.is(ended) {
		return c.ignored(f), err
	}
	c.end(s)
	ev := c.event(Ended, f)
	c.readEnding(f, &ev)
	return ev, nil
}

// recvMeta delivers a meta frame (rule 9.11).
func (c *Conn) recvMeta(f *frame.Frame, s *stream) (Event, error) {
	err := c.spend(&c.metas, c.lim.MaxMeta, wire.ErrFloodMeta)
	if err != nil || s != nil && s.is(ended) || c.streams.isRecent(f.StreamID) {
		return c.ignored(f), err
	}
	return c.event(MetaFrame, f), nil
}

// Lost tells the Conn that the connection is over: by io.EOF or another error
// of reading or writing, by an illegal frame, by a flood that Recv reported, or
// because the transport closes it. It gives one Ended event for each stream that
// has not ended, with err behind its Fault: 12006 at a client and 12013 at a
// server, or 12004 if err is an illegal frame or flood (rule 9.13). A nil err
// counts as wire.ErrConnClosed. The first reason stands: after an error of Recv
// that is it, whatever reading or closing the connection then gave.
//
// In the streams' errors io.EOF becomes io.ErrUnexpectedEOF, since to a user of
// a stream io.EOF says that it ended well.
//
// All streams have ended before it returns, whether or not the events are
// iterated over to the end. Each comes once: iterating again goes on behind the
// last, and a second call gives no events.
func (c *Conn) Lost(err error) iter.Seq[Event] {
	switch {
	case c.fatal != nil:
		err = c.fatal
	case err == nil:
		err = wire.ErrConnClosed
	}
	c.fatal = err
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	var lost []int32
	for i := range c.streams.slots {
		if s := &c.streams.slots[i]; s.id != 0 && !s.is(ended) {
			c.end(s)
			lost = append(lost, s.id)
		}
	}
	return func(yield func(Event) bool) {
		for len(lost) > 0 {
			id := lost[0]
			lost = lost[1:]
			if !yield(Event{Kind: Ended, Role: c.role, Stream: id, Fault: lostFault{err}}) {
				return
			}
		}
	}
}

// lostFault is the end of the connection as the fault of a stream.
type lostFault struct{ error }

func (l lostFault) Unwrap() error { return l.error }

// lostCode is the code of a stream that a lost connection ended.
func lostCode(err error, role Role) status.StreamCode {
	switch {
	case errors.Is(err, wire.ErrIllegalFrame):
		return status.IllegalFrame
	case role == Server:
		return status.CanceledByConnection
	}
	return status.TransportClosing
}
