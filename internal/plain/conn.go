package plain

import "slices"

// ConnLimits are those of rule 9.15; 0 is the default.
type ConnLimits struct {
	Streams, Opens, Resets, Meta, Pending int

	OneStream bool // rule 9.14
	Strict    bool // rule 9.12
}

// Event is what a frame means (rule 9.1).
type Event struct {
	// Kind is "ignored", "opened", "headers", "message", "half-closed", "ended",
	// "meta" or "refused", or "connection-ended".
	Kind   string
	Stream int32

	// Reason is why, where that is a finding of ours (appendix D).
	Reason string
	Rst    bool // one rst goes out

	Status  *Status // the peer's word, of half-closed and ended
	Verdict Verdict // on that
}

// Conn is one end of a connection, by section 9.
type Conn struct {
	role    string // "client" or "server"
	lim     ConnLimits
	streams map[int32]*stream // each until its user is done with it
	order   []int32           // of opening
	gone    []int32           // the last 64 that have been
	dead    string            // why the connection has ended

	// Budgets. Resets and metas are balances, never below 0; opens is counted anew.
	resets, metas, refused int
}

type stream struct {
	half, ended bool // the peer's trailer has come; it is over
	closed      bool // at a client: own trailer sent
	headerIn    bool // at a client
	headerOut   bool // at a server
	continued   bool
	pending     int
}

// NewConn starts one end of a connection: "client" or "server".
func NewConn(role string, lim ConnLimits) *Conn {
	return &Conn{role: role, lim: lim, streams: map[int32]*stream{}}
}

func (c *Conn) forget(id int32) {
	c.gone = append(c.gone, id)
	c.gone = c.gone[max(0, len(c.gone)-64):]
}

// over ends the connection.
func (c *Conn) over(reason string) Event {
	c.dead = reason
	return Event{Kind: "connection-ended", Reason: reason}
}

// Recv takes a legal frame.
func (c *Conn) Recv(f Frame) Event {
	if c.dead != "" {
		return c.over(c.dead)
	}
	ev := c.recv(f)
	ev.Stream = f.Stream
	return ev
}

func (c *Conn) recv(f Frame) Event {
	s := c.streams[f.Stream]
	switch f.Type {
	case '1':
		return c.meta(f.Stream, s)
	case '2':
		return c.header(f, s)
	case '3':
		return c.data(f, s)
	case '4':
		return c.trailer(f, s)
	case '5':
		return c.rst(f, s)
	}
	return Event{Kind: "ignored"}
}

// meta is rules 9.7 and 9.11.
func (c *Conn) meta(id int32, s *stream) Event {
	if c.metas++; c.metas > or(c.lim.Meta, 1000) {
		return c.over("flood-meta")
	}
	if s != nil && s.ended || slices.Contains(c.gone, id) {
		return Event{Kind: "ignored"}
	}
	return Event{Kind: "meta"}
}

// reset counts a reset that the peer sent or caused; false is a flood.
func (c *Conn) reset() bool {
	c.resets++
	return c.resets <= or(c.lim.Resets, 1000)
}

// fault is our own finding against a live stream, or against a header frame
// that opens none: s is nil then.
func (c *Conn) fault(kind, reason string, s *stream) Event {
	if !c.reset() {
		return c.over("flood-resets")
	}
	if s != nil {
		s.ended = true
	}
	return Event{Kind: kind, Reason: reason, Rst: true}
}

func (c *Conn) header(f Frame, s *stream) Event {
	live := s != nil && !s.ended
	switch {
	case live && (c.role == "server" || s.headerIn):
		return c.fault("ended", "second-header", s)
	case live:
		s.headerIn = true
		return Event{Kind: "headers"}
	case c.role == "client":
		return Event{Kind: "ignored"}
	}
	return c.open(f, s)
}

// open is rules 9.2, 9.14 and 9.15.
func (c *Conn) open(f Frame, s *stream) Event {
	switch {
	case s != nil || slices.Contains(c.gone, f.Stream):
		return c.fault("refused", "reused-id", nil)
	case f.Method == "":
		return c.refuse("no-method-opened", f.Stream)
	case c.lim.OneStream && len(c.streams) > 0:
		return c.refuse("not-alone", f.Stream)
	case len(c.streams) == or(c.lim.Streams, 1000):
		if c.refused++; c.refused > or(c.lim.Resets, 1000) {
			return c.over("flood-streams")
		}
		c.forget(f.Stream)
		return Event{Kind: "refused", Reason: "stream-limit", Rst: true}
	case c.opens() == or(c.lim.Opens, or(c.lim.Streams, 1000)):
		return c.over("flood-opens")
	}
	c.add(f.Stream, &stream{})
	return Event{Kind: "opened"}
}

// refuse is a header that opens nothing; its id counts as one that has ended.
func (c *Conn) refuse(reason string, id int32) Event {
	ev := c.fault("refused", reason, nil)
	if ev.Kind == "refused" {
		c.forget(id)
	}
	return ev
}

func (c *Conn) add(id int32, s *stream) {
	c.streams[id] = s
	c.order = append(c.order, id)
}

func (c *Conn) opens() (n int) {
	for _, s := range c.streams {
		if !s.continued && !s.ended {
			n++
		}
	}
	return n
}

// data is rules 9.3, 9.9 and 9.12.
func (c *Conn) data(f Frame, s *stream) Event {
	switch {
	case s == nil && c.role == "server" && c.lim.Strict && !slices.Contains(c.gone, f.Stream):
		return c.over("unknown-stream")
	case s == nil || s.ended:
		return Event{Kind: "ignored"}
	case s.half:
		return c.fault("ended", "data-after-trailer", s)
	case c.pending() >= or(c.lim.Pending, 64<<20):
		return c.over("flood-data")
	}
	s.continued = true
	s.pending += len(f.Payload) + 64
	c.metas = max(0, c.metas-1)
	return Event{Kind: "message"}
}

func (c *Conn) pending() (n int) {
	for _, s := range c.streams {
		n += s.pending
	}
	return n
}

func (c *Conn) trailer(f Frame, s *stream) Event {
	if s == nil || s.ended || s.half {
		return Event{Kind: "ignored"}
	}
	s.continued, s.half = true, true
	st, v := ParseTrailer(f, c.lim.Strict, false)
	ev := Event{Kind: "half-closed", Status: &st, Verdict: v}
	if c.role == "client" {
		s.ended, ev.Kind = true, "ended"
		c.resets = max(0, c.resets-1)
	}
	return ev
}

func (c *Conn) rst(f Frame, s *stream) Event {
	switch {
	case !c.reset():
		return c.over("flood-resets")
	case s == nil || s.ended:
		return Event{Kind: "ignored"}
	}
	s.ended = true
	st := ParseRst(f, c.lim.Strict)
	return Event{Kind: "ended", Status: &st}
}

// Send sends a frame, or gives the reason why that is refused.
func (c *Conn) Send(frame string, id int32) (reason string) {
	s := c.streams[id]
	switch {
	case c.dead != "":
		return "conn-closed"
	case frame == "header" && c.role == "client" && s != nil:
		return "id-in-use"
	case frame == "header" && c.role == "client" && slices.Contains(c.gone, id):
		return "stream-ended"
	case frame == "header" && c.role == "client" && (len(c.streams) == or(c.lim.Streams, 1000) || c.lim.OneStream && len(c.streams) > 0):
		return "too-many-streams"
	case frame == "header" && c.role == "client":
		c.add(id, &stream{continued: true})
		return ""
	case s == nil:
		return "no-stream"
	case s.ended:
		return "stream-ended"
	case s.closed && frame != "rst":
		return "send-closed"
	case frame == "header" && s.headerOut:
		return "header-sent"
	case frame == "data" && c.role == "server" && !s.headerOut:
		return "header-unsent"
	}
	c.sent(frame, s)
	return ""
}

func (c *Conn) sent(frame string, s *stream) {
	switch {
	case frame == "header":
		s.headerOut = true
	case frame == "trailer" && c.role == "client":
		s.closed = true
	case frame == "trailer":
		s.ended = true
		c.resets = max(0, c.resets-1)
	case frame == "rst":
		s.ended = true
	}
}

// Release says that the user is done with a stream that has ended, or gives the
// reason why that is refused.
func (c *Conn) Release(id int32) (reason string) {
	switch s := c.streams[id]; {
	case s == nil:
		return "no-stream"
	case !s.ended:
		return "stream-live"
	}
	delete(c.streams, id)
	c.order = slices.DeleteFunc(c.order, func(other int32) bool { return other == id })
	c.forget(id)
	c.refused = 0
	return ""
}

// Taken says that the user has taken a message of n bytes. A stream that has
// been released has given back what was left.
func (c *Conn) Taken(id int32, n int) {
	if s := c.streams[id]; s != nil {
		s.pending -= n + 64
	}
}

// Lost ends the connection: "eof", "cut", "error", "close", or by the reason
// of an illegal frame or flood (rule 9.13). It gives the streams that end with
// it, in the order in which they were opened, and their code.
func (c *Conn) Lost(how string) (ended []int32, code int32) {
	for _, id := range c.order {
		if s := c.streams[id]; !s.ended {
			s.ended = true
			ended = append(ended, id)
		}
	}
	if c.dead == "" {
		c.dead = how
	}
	switch {
	case !slices.Contains([]string{"eof", "cut", "error", "close"}, c.dead):
		return ended, 12004
	case c.role == "client":
		return ended, 12006
	}
	return ended, 12013
}
