package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/ttwire/ttwire/wire"
)

const (
	// flowBuffer is the memory of a direction while it has no large frame, and
	// flowMemory what all directions may have together. Both in bytes.
	flowBuffer = 2 << 10
	flowMemory = 64 << 20
)

// capture is the dump of one packet capture.
type capture struct {
	*dump
	name   string
	memory *budget
	conns  *tcpConns

	status  int
	err     error // of the output
	streams int   // directions that are TTHeader Streaming
	others  int   // directions that are not
	bad     int   // packets that could not be read
	first   error // why the first of them could not, with its number
}

// capture dumps what is in a packet capture. Its error is one of the output.
func (d *dump) capture(name string, in *input) (status int, err error) {
	if d.payload && d.lim.MaxPayload > wire.DefaultMaxPayload {
		// Such payloads are shown while they are read, and here lines of other
		// directions would come between.
		d.note(name, "of a capture --payload shows 16MiB at most: leave out --max-payload, or --payload")
		return statusFailed, nil
	}
	c := &capture{dump: d, name: name, memory: &budget{flowMemory}}
	src, err := openCapture(in)
	if err != nil {
		err = captureError(err, 0)
		d.complain(name, err)
		return c.worst(err), nil
	}
	c.conns = newTCPConns(c.open)
	failed := c.read(src)
	c.conns.end()
	if c.err != nil {
		return statusFailed, c.err
	}
	c.progress.clear()
	c.notes()
	if failed != nil {
		d.complain(name, failed)
	}
	return c.worst(failed), nil
}

// worst is the exit status.
func (c *capture) worst(failed error) int {
	var cut cutCapture
	none := c.streams == 0
	switch {
	case failed != nil && !errors.As(failed, &cut), none && c.others == 0 && c.bad > 0:
		return statusFailed
	case failed != nil, none && c.others > 0:
		return max(c.status, statusIllegal)
	}
	return c.status
}

// read takes the packets one after the other, and gives why it could not take
// all.
func (c *capture) read(src packets) error {
	var decoder packetDecoder
	for n := 1; c.err == nil; n++ {
		packet, link, err := src.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return captureError(err, n)
		}
		s, ok, err := decoder.decode(packet, link)
		if err != nil {
			if c.bad++; c.bad == 1 {
				c.first = fmt.Errorf("packet %d: %w", n, err)
			}
		}
		if ok {
			c.conns.segment(&s)
		}
	}
	return nil
}

// captureError says at which packet a capture could not be read, 0 for its
// start.
func captureError(err error, packet int) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return cutCapture(packet)
	case packet == 0:
		return err
	}
	return fmt.Errorf("packet %d: %w", packet, err)
}

// cutCapture is the packet that a capture ends in.
type cutCapture int

func (e cutCapture) Error() string {
	if e == 0 {
		return "the capture is cut short before its first packet"
	}
	return fmt.Sprintf("the capture is cut short inside packet %d", int(e))
}

// notes says what is not in the output.
func (c *capture) notes() {
	if c.bad > 0 {
		c.note(c.name, fmt.Sprintf("packets that could not be read: %d; the first: %v", c.bad, c.first))
	}
	if c.conns.strays > 0 {
		c.note(c.name, fmt.Sprintf("TCP segments that fit nowhere: %d", c.conns.strays))
	}
	if c.conns.evicted > 0 {
		c.note(c.name, fmt.Sprintf("over %d directions at a time: %d that were idle were ended", maxDirections, c.conns.evicted))
	}
	if c.streams == 0 && c.others == 0 && !c.json && !c.summary {
		c.note(c.name, "no TCP data in this capture")
	}
}

// open makes the sink of a direction: a reading of its own.
func (c *capture) open(name string) sink {
	if c.many {
		name = showName(c.name) + ": " + name
	}
	in := &input{buf: make([]byte, flowBuffer), small: flowBuffer, budget: c.memory}
	c.memory.left -= flowBuffer
	r := c.newReading(name, in, c.newTurnPrinter(name))
	r.captured, r.open = true, false
	f := newFlow(func(src io.Reader) {
		in.src = src
		status, err := r.run()
		in.free()
		c.count(r, status, err)
	})
	return f
}

// count counts a direction that has ended.
func (c *capture) count(r *reading, status int, err error) {
	c.status = max(c.status, status)
	if c.err == nil {
		c.err = err
	}
	if r.open {
		c.streams++
	} else {
		c.others++
	}
}

// newTurnPrinter is newPrinter for a direction, which takes turns with others.
func (d *dump) newTurnPrinter(name string) printer {
	p := d.newPrinter(true)
	switch p := p.(type) {
	case *jsonPrinter:
		p.setName(name)
	case *summaryJSON:
		p.setName(name)
		p.sum = newSummary()
	case *textPrinter:
		p.name, p.widths = name, startWidths
	case *summaryText:
		p.name, p.widths = name, startWidths
		p.sum = newSummary()
	}
	return p
}
