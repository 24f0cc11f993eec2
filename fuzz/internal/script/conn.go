package script

import (
	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/status"
)

// Conn is what happens at one end of a connection.
type Conn struct {
	Role   codec.Role
	Limits codec.ConnLimits
	Events []Event
}

// Event is one thing that happens. Which of its fields count depends on What.
type Event struct {
	What   What
	Stream int32
	Frame  []byte // of Recv: any bytes; a whole frame as a rule
	Status status.Status
	Pairs  []status.Pair
	Value  []byte // of Open and SendHeader: the method; of Send and Taken: a payload
	Server bool   // between two ends: it happens at the server
}

// What is the kind of an event.
type What byte

// Recv and Lost are told to a Conn, Taken, Release and Refill are told by its
// user, the others send. Deliver is for two Conns: what one has sent so far
// arrives.
const (
	Recv What = iota
	Open
	SendHeader
	Send
	CloseSend
	End
	Reset
	Release
	Taken
	Refill
	Lost
	Fault
	Deliver
	whats
)

// Budgets are those that scripts choose from: the default first, then
// those that a few events use up.
var Budgets = []codec.ConnLimits{
	{},
	{MaxStreams: 3, MaxResets: 3, MaxMeta: 3, MaxPending: 600},
	{MaxStreams: 8, MaxOpens: 2, MaxResets: 8, MaxMeta: 8, MaxPending: 2000},
	{OneStream: true},
	{MaxStreams: 1},
}

// ids are what a stream's id is read as at the top of a byte's range.
var ids = []int32{0, -1, 1<<31 - 1, -1 << 31, 1 << 20}

func (r *Reader) id() int32 {
	c := int(r.Byte())
	if top := c - (256 - len(ids)); top >= 0 {
		return ids[top]
	}
	return int32(c % 32)
}

func (w *Writer) id(id int32) {
	for i, known := range ids {
		if id == known {
			w.Byte(byte(256 - len(ids) + i))
			return
		}
	}
	w.Byte(byte(uint32(id) % 32))
}

// Conn reads what happens, to the end of the script.
func (r *Reader) Conn() Conn {
	c := Conn{Role: codec.Client, Limits: Budgets[r.Pick(len(Budgets))]}
	flags := r.Byte()
	if flags&1 != 0 {
		c.Role = codec.Server
	}
	c.Limits.Strict = flags&2 != 0
	for r.More() {
		c.Events = append(c.Events, r.event())
	}
	return c
}

func (r *Reader) event() Event {
	c := r.Byte()
	e := Event{What: What(c) % whats, Server: c >= 128}
	switch e.What {
	case Recv:
		e.Frame = r.Bytes()
		return e
	case Refill, Lost, Fault, Deliver:
		return e
	}
	e.Stream = r.id()
	switch e.What {
	case Open, SendHeader:
		e.Value = r.Bytes()
		e.Pairs = r.pairs()
	case Send, Taken:
		e.Value = r.Bytes()
	case End:
		e.Status = r.Status()
		e.Pairs = r.pairs()
	case Reset:
		e.Status = r.Status()
	}
	return e
}

// Begin writes how a Conn is made: the index of its budgets, its role, strict
// or not. Events follow it.
func (w *Writer) Begin(budgets byte, role codec.Role, strict bool) {
	w.Byte(budgets)
	var flags byte
	if role == codec.Server {
		flags = 1
	}
	if strict {
		flags |= 2
	}
	w.Byte(flags)
}

// Event writes one event.
func (w *Writer) Event(e Event) {
	c := byte(e.What)
	if e.Server {
		// The first code of this kind in the upper half.
		c += (128 + byte(whats) - 1 - c) / byte(whats) * byte(whats)
	}
	w.Byte(c)
	switch e.What {
	case Recv:
		w.Bytes(e.Frame)
		return
	case Refill, Lost, Fault, Deliver:
		return
	}
	w.id(e.Stream)
	switch e.What {
	case Open, SendHeader:
		w.Bytes(e.Value)
		w.pairs(e.Pairs)
	case Send, Taken:
		w.Bytes(e.Value)
	case End:
		w.Status(e.Status)
		w.pairs(e.Pairs)
	case Reset:
		w.Status(e.Status)
	}
}
