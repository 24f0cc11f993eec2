package codec

import (
	"math"

	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/wire"
)

// Role is an end of a connection.
type Role uint8

const (
	Client Role = 1 + iota // opens streams
	Server                 // answers them
)

// Side is the role as errors show it.
func (r Role) Side() status.Side {
	if r == Server {
		return status.SideServer
	}
	return status.SideClient
}

// String is "client" or "server".
func (r Role) String() string { return r.Side().String() }

// The defaults of ConnLimits.
const (
	DefaultMaxStreams = 1000
	DefaultMaxResets  = 1000
	DefaultMaxMeta    = 1000
	DefaultMaxPending = 64 << 20

	// DataOverhead is what a data frame counts besides its payload, in bytes,
	// so that a flood of empty messages is one.
	DataOverhead = 64
)

// ConnLimits bounds what a peer can make a connection hold or do (rule 9.15).
// The zero value has every default on; a field that is zero or negative means
// its default, and nothing can be switched off.
type ConnLimits struct {
	// Limits of each frame. They hold for what is sent on a trailer.Stream that
	// has none of its own; give the Reader the same.
	wire.Limits

	// MaxStreams is how many streams may be live. A stream is live until
	// Release, not just until it has ended: a handler that still runs holds its
	// slot. A header over it is refused; a peer that goes on, MaxResets times
	// without a slot getting free, is a flood.
	MaxStreams int

	// MaxOpens is how many streams may be open with nothing but their header
	// received; MaxStreams by default.
	MaxOpens int

	// MaxResets is how many resets the peer may send or cause beyond the streams
	// that end without one. Refill starts the count anew.
	MaxResets int

	// MaxMeta is how many meta frames may come beyond the data frames that do.
	// Refill starts the count anew.
	MaxMeta int

	// MaxPending is how many bytes of data frames, each with DataOverhead, may
	// have been received and not reported to Taken. Full reports that it is
	// reached: stop reading then. A frame that comes all the same is a flood, so
	// that never more than MaxPending and one frame are pending.
	MaxPending int

	// OneStream allows one live stream at a time.
	OneStream bool
}

// or gives n, or the default where n is not positive.
func or(n, def int) int {
	if n <= 0 {
		return def
	}
	return n
}

// Conn is one end of a connection without the connection: it is told what
// arrives and says what that means, and appends what is to be sent or refuses.
// It has the protocol's rules (docs/wire.md, section 9) and no socket, clock,
// lock or goroutine; whoever uses it from several goroutines locks around it.
//
// docs/connection.md says how to embed it: the states of a stream, what to do at
// each event, and when to call Taken, Release, Refill and Lost.
//
// Streams are known by their id. A live stream costs 16 bytes and its place in
// a map; nothing of the peer's bytes is kept, but for what the Status of an event
// views, until the next Recv.
type Conn struct {
	role Role
	lim  ConnLimits

	streams streams
	last    int32 // the id that Open gave last
	fatal   error // why the connection is over; nil while it is not

	opens    int // streams with nothing but their header received
	pending  int // bytes of data not yet taken
	resets   int // budgets used up; see conn_budget.go
	metas    int
	refusals int

	ending status.Status // what the last Event's Status points to
	views  bool          // there is one, and it views a frame
}

// mostPending keeps the sum from overflowing where an int has 32 bits.
const mostPending = math.MaxInt - wire.MaxPayload - DataOverhead

// NewConn makes one end of a connection.
func NewConn(role Role, lim ConnLimits) *Conn {
	lim.MaxStreams = or(lim.MaxStreams, DefaultMaxStreams)
	lim.MaxOpens = or(lim.MaxOpens, lim.MaxStreams)
	lim.MaxResets = or(lim.MaxResets, DefaultMaxResets)
	lim.MaxMeta = or(lim.MaxMeta, DefaultMaxMeta)
	lim.MaxPending = min(or(lim.MaxPending, DefaultMaxPending), mostPending)
	return &Conn{role: role, lim: lim, streams: newStreams()}
}

// Streams is how many streams are live: opened and not released.
func (c *Conn) Streams() int { return len(c.streams.index) }

// Err is why the connection is over, nil while it is not. After an end of input
// that Lost was told of it is io.EOF, which is no fault if no stream was live.
func (c *Conn) Err() error { return c.fatal }

// Release frees the slot of a stream that has ended, when its user is done
// with it. It is refused with wire.ErrStreamLive while the stream has not ended,
// and with wire.ErrNoStream if there is none.
func (c *Conn) Release(id int32) error {
	s := c.streams.get(id)
	switch {
	case s == nil:
		return wire.ErrNoStream
	case !s.is(ended):
		return wire.ErrStreamLive
	}
	c.pending -= s.pending
	c.refusals = 0
	c.streams.remove(id)
	return nil
}

// end marks a stream as ended, for both directions and for good.
func (c *Conn) end(s *stream) {
	if !s.is(continued) {
		c.opens--
	}
	s.set(ended | continued)
}
