package codec

import (
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// What a side may send (rule 9.1). Each of these appends one frame to dst, for
// the transport to write in this order, or refuses with a wire.Code of class
// wire.ErrRefused (12005) and gives dst back as it was: nothing has been sent
// then, and the stream is as before.

// NextID is an id for a new stream: the next after the last one opened, not 0
// and not of a live stream. It counts from 1 and wraps (rule 9.14).
func (c *Conn) NextID() int32 {
	id := c.last
	for {
		if id++; id != 0 && c.streams.get(id) == nil && !c.streams.isRecent(id) {
			return id
		}
	}
}

// Open opens a stream by its header frame, at a client. pairs are what the
// server's handler gets, header.KeyServiceName first.
//
// An id that has just been released is refused with wire.ErrStreamEnded: a
// server would refuse it too (rule 9.14), and frames of the old stream that are
// on their way would be taken for the new one's.
func (c *Conn) Open(dst []byte, st *trailer.Stream, pairs []status.Pair) ([]byte, error) {
	switch {
	case c.fatal != nil:
		return dst, wire.ErrConnClosed
	case c.role != Client:
		return dst, wire.ErrRole
	case c.streams.get(st.ID) != nil:
		return dst, wire.ErrIDInUse
	case c.streams.isRecent(st.ID):
		return dst, wire.ErrStreamEnded
	case c.Streams() >= c.lim.MaxStreams, c.lim.OneStream && c.Streams() > 0:
		return dst, wire.ErrTooManyStreams
	}
	dst, err := c.appendHeader(dst, st, pairs)
	if err != nil {
		return dst, err
	}
	// Only what a peer opens can be left uncontinued by it.
	c.streams.add(st.ID, headerOut|continued)
	c.last = st.ID
	return dst, nil
}

// SendHeader answers the opening by the server's header frame, before the first
// message (rule 9.3).
func (c *Conn) SendHeader(dst []byte, st *trailer.Stream, pairs []status.Pair) ([]byte, error) {
	s, err := c.sendable(st.ID)
	switch {
	case err != nil:
		return dst, err
	case c.role != Server:
		return dst, wire.ErrRole
	case s.is(headerOut):
		return dst, wire.ErrHeaderSent
	}
	if dst, err = c.appendHeader(dst, st, pairs); err == nil {
		s.set(headerOut)
	}
	return dst, err
}

func (c *Conn) appendHeader(dst []byte, st *trailer.Stream, pairs []status.Pair) ([]byte, error) {
	b := frame.BeginWithin(dst, frame.Header, st.ID, st.Protocol, c.within(st).Limits)
	for i := range pairs {
		b.Str(pairs[i].Key, pairs[i].Value)
	}
	b.Method(st.Method)
	return b.Finish(nil)
}

// Send sends one message on the template's stream, and copies it. How long it
// may be goes by the template's limits: see frame.NewTemplateWithin.
func (c *Conn) Send(dst []byte, t *frame.Template, payload []byte) ([]byte, error) {
	if err := c.sendsData(t.Stream()); err != nil {
		return dst, err
	}
	return t.Append(dst, payload)
}

// SendPrefix is Send without the payload: the transport writes payload bytes of
// it right behind what is returned.
func (c *Conn) SendPrefix(dst []byte, t *frame.Template, payload int) ([]byte, error) {
	if err := c.sendsData(t.Stream()); err != nil {
		return dst, err
	}
	return t.AppendPrefix(dst, payload)
}

// sendsData reports why no data can be sent on a stream.
func (c *Conn) sendsData(id int32) error {
	s, err := c.sendable(id)
	if err == nil && !s.is(headerOut) {
		return wire.ErrHeaderUnsent
	}
	return err
}

// sendable is a stream whose sending side is open, or with wire.ErrSendClosed
// one that only a reset can be sent on.
func (c *Conn) sendable(id int32) (*stream, error) {
	s := c.streams.get(id)
	switch {
	case c.fatal != nil:
		return nil, wire.ErrConnClosed
	case s == nil:
		return nil, wire.ErrNoStream
	case s.is(ended):
		return nil, wire.ErrStreamEnded
	case s.is(closedOut):
		return s, wire.ErrSendClosed
	}
	return s, nil
}

// CloseSend tells the server that no more messages come, at a client (rule
// 9.4). The server may go on.
func (c *Conn) CloseSend(dst []byte, st *trailer.Stream) ([]byte, error) {
	s, err := c.sendable(st.ID)
	switch {
	case err != nil:
		return dst, err
	case c.role != Client:
		return dst, wire.ErrRole
	}
	own, well := c.within(st), status.Status{Ending: status.EndOK}
	if dst, err = trailer.AppendTrailer(dst, &own, &well, nil); err == nil {
		s.set(closedOut)
	}
	return dst, err
}

// End ends a stream with a status by the server's trailer, behind the user's
// own pairs (rule 9.5). How a handler's error becomes a status is
// trailer.StatusOf's business. If it is refused for what is in s or pairs, the
// stream is still open and must be ended with something that can be sent.
func (c *Conn) End(dst []byte, st *trailer.Stream, s *status.Status, pairs []status.Pair) ([]byte, error) {
	str, err := c.sendable(st.ID)
	switch {
	case err != nil:
		return dst, err
	case c.role != Server:
		return dst, wire.ErrRole
	}
	own := c.within(st)
	if dst, err = trailer.AppendTrailer(dst, &own, s, pairs); err == nil {
		c.end(str)
		earn(&c.resets)
	}
	return dst, err
}

// Reset ends a stream at once and both ways by an rst, at either side, even
// after CloseSend (rule 9.6). trailer.Cancel makes the status.
func (c *Conn) Reset(dst []byte, st *trailer.Stream, s *status.Status) ([]byte, error) {
	str, err := c.sendable(st.ID)
	if err != nil && err != wire.ErrSendClosed {
		return dst, err
	}
	own := c.within(st)
	if dst, err = trailer.AppendRst(dst, &own, s); err == nil {
		c.end(str)
	}
	return dst, err
}

// within is st with the Conn's limits, unless it has its own.
func (c *Conn) within(st *trailer.Stream) trailer.Stream {
	own := *st
	if own.Limits == nil {
		own.Limits = &c.lim.Limits
	}
	return own
}
