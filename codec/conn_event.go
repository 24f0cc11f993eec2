package codec

import (
	"strconv"

	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// EventKind is what a frame means.
type EventKind uint8

const (
	// Ignored: the frame has been consumed and means nothing now, as frames of
	// a stream that has ended do (rules 9.7, 9.12).
	Ignored EventKind = iota
	// Opened: at a server, a header frame opened a stream. The frame has its
	// method and pairs.
	Opened
	// Headers: at a client, the server's header frame. The frame has its pairs.
	Headers
	// Message: a data frame; its payload is one message. Report it to Taken when
	// the user has it.
	Message
	// HalfClosed: at a server, the client's trailer: it sends no more. Status is
	// what the trailer says, most often that all is well.
	HalfClosed
	// Ended: the stream is over, both ways: by the peer's word, which is Status,
	// or by a fault, which is Fault. It comes once a stream.
	Ended
	// MetaFrame: a meta frame; the frame has its pairs.
	MetaFrame
	// Refused: at a server, a header frame opened nothing, for the reason that
	// is Fault.
	Refused
)

var eventNames = [...]string{"ignored", "opened", "headers", "message", "half-closed", "ended", "meta", "refused"}

// String is the kind in a word or two.
func (k EventKind) String() string {
	if int(k) < len(eventNames) {
		return eventNames[k]
	}
	return "event " + strconv.Itoa(int(k))
}

// Event says what a frame means and what is owed for it.
type Event struct {
	Kind   EventKind
	Owed   bool // one rst is owed to the peer: AppendFault makes it
	Role   Role // of the Conn that gave it
	Stream int32

	// Status is the peer's word on how the stream ended, for HalfClosed and
	// Ended; nil where Fault is set. It views the frame, and holds until the
	// Conn's next Recv, which empties it.
	Status *status.Status

	// Fault is our own finding of why a stream ended or was refused: a wire.Code,
	// or after Lost the error that ended the connection.
	Fault error
}

// Err is the error that the stream's user gets for an Ended, HalfClosed or
// Refused event: nil if the stream ended well, and for other kinds. It keeps
// nothing of the frame.
func (e *Event) Err() error {
	switch {
	case e.Kind != Ended && e.Kind != HalfClosed && e.Kind != Refused:
		return nil
	case e.Fault != nil:
		return faultErr(e.Fault, e.Role)
	}
	return trailer.Err(e.Status, e.Role.Side())
}

// faultErr is a fault with its stream error code (rules 9.8 to 9.14).
func faultErr(fault error, role Role) error {
	rec := status.Error{Kind: status.Stream, Side: role.Side(), Message: fault.Error()}
	if c, ok := fault.(wire.Code); ok {
		rec.Code = c.StreamCode()
	} else {
		rec.Code, rec.Cause = int32(lostCode(fault, role)), fault
	}
	return rec.Err()
}

// AppendFault appends the rst that an event with Owed asks for: the fault's code
// and text as an exception. st must be of the event's stream.
func AppendFault(dst []byte, st *trailer.Stream, fault error) ([]byte, error) {
	s := status.Status{Ending: status.EndCanceled, Ret: int32(status.IllegalFrame), Message: []byte(fault.Error())}
	if c, ok := fault.(wire.Code); ok {
		s.Ret = c.StreamCode()
	}
	return trailer.AppendRst(dst, st, &s)
}
