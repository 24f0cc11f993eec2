package codec

import "github.com/ttwire/ttwire/wire"

// Budgets (rule 9.15). What costs the peer next to nothing is counted; what is
// worth something, a stream that ends well or a message, gives one back; over
// the limit the connection is over. There is no clock here: a transport that
// wants its budgets by time calls Refill at its intervals.

// Refill starts the counts of resets, meta frames and refused headers anew.
// Called once a second, say, it turns MaxResets and MaxMeta into rates.
// Connections that never call it live by the balance alone.
func (c *Conn) Refill() { c.resets, c.metas, c.refusals = 0, 0, 0 }

// spend counts one against a budget, and is the connection's end if that is
// used up.
func (c *Conn) spend(used *int, limit int, flood wire.Code) error {
	if *used < limit {
		*used++
		return nil
	}
	c.fatal = flood
	return flood
}

// earn gives one back.
func earn(used *int) {
	if *used > 0 {
		*used--
	}
}

// reset counts a reset that the peer sent or caused.
func (c *Conn) reset() error {
	return c.spend(&c.resets, c.lim.MaxResets, wire.ErrFloodResets)
}

// Pending is how many bytes of data frames, each with DataOverhead, have been
// received on all streams and not been taken.
func (c *Conn) Pending() int { return c.pending }

// Full reports that Pending has reached MaxPending: stop reading from the
// connection until it is false again, so that the peer is stopped by TCP. A
// data frame that is received all the same is a flood.
func (c *Conn) Full() bool { return c.pending >= c.lim.MaxPending }

// Taken reports that the user has taken a message with a payload of n bytes
// from a stream, so that it no longer counts as pending. For a stream that has
// been released it does nothing: Release has given back what was left.
func (c *Conn) Taken(id int32, n int) {
	s := c.streams.get(id)
	if s == nil {
		return
	}
	n = min(max(n, 0), s.pending) // n is the caller's: it must not overflow
	n = min(n+DataOverhead, s.pending)
	s.pending -= n
	c.pending -= n
}
