package transport

import (
	"errors"
	"time"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// append takes what an encoder of codec.Conn has appended to c.out, or the error
// by which it refused.
func (c *conn) append(out []byte, err error) error {
	if err == nil {
		c.out = out
		c.wake.Signal()
	}
	return err
}

// errOwed is why a connection ends whose peer is owed more than SendBuffer.
var errOwed = errors.New("transport: the peer makes faults and does not read of them")

// owe appends the rst for a fault. It must not be left out, or the peer's stream
// never ends; and as it does not wait for room, the bytes are counted: MaxResets
// is a rate.
func (c *conn) owe(st *trailer.Stream, fault error) error {
	before := len(c.out)
	err := c.append(codec.AppendFault(c.out, st, fault))
	if err != nil {
		err = c.append(trailer.AppendRst(c.out, st, &bare))
	}
	if c.owed += len(c.out) - before; c.owed > c.opt.SendBuffer {
		return errOwed
	}
	return err
}

// writeLoop writes what waits, at once: two buffers change places, one is filled
// while the other is written.
func (c *conn) writeLoop() {
	var buf []byte
	for {
		if cap(buf) > 4*c.opt.SendBuffer {
			buf = nil // of a large message
		}
		c.mu.Lock()
		c.waitForOutput()
		buf, c.out, c.owed = c.out, buf[:0], 0
		c.room.Broadcast()
		c.mu.Unlock()
		if len(buf) == 0 {
			break
		}
		if err := c.write(buf); err != nil {
			c.fail(err)
			return
		}
	}
	// Closing at once could take back what the peer has yet to read.
	if half, ok := c.nc.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		select {
		case <-c.over:
		case <-time.After(linger):
		}
	}
	c.fail(wire.ErrConnClosed)
}

// waitForOutput waits until there is something to write. It returns without when
// the connection is over, or is closing and has settled.
func (c *conn) waitForOutput() {
	for len(c.out) == 0 && c.err == nil && !c.settled {
		if c.closing && !c.settling { // once: a client may open streams for ever
			c.settling = true
			time.AfterFunc(settle, c.settle)
		}
		c.wake.Wait()
	}
}

func (c *conn) settle() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.settled = true
	c.wake.Signal()
}

// write writes all of b, in pieces that have WriteTimeout each, so that a slow
// peer has time for a large message.
func (c *conn) write(b []byte) error {
	for len(b) > 0 {
		c.mu.Lock()
		by := time.Now().Add(c.opt.WriteTimeout)
		if !c.writeBy.IsZero() {
			by = c.writeBy
		}
		_ = c.nc.SetWriteDeadline(by)
		c.mu.Unlock()
		n, err := c.nc.Write(b[:min(len(b), 256<<10)])
		if err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}
