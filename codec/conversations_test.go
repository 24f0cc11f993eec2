package codec

import (
	"testing"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/testgen"
	"pgregory.net/rapid"
)

// TestConversations: in any conversation that the protocol allows (rule 9.1) a Conn
// finds no fault and refuses nothing, and each stream ends once.
func TestConversations(t *testing.T) {
	for _, role := range bothRoles {
		t.Run(role.String(), func(t *testing.T) {
			events := testgen.Conversations(role == Server)
			rapid.Check(t, func(t *rapid.T) {
				c, endings := NewConn(role, ConnLimits{}), map[int32]int{}
				for _, e := range events.Draw(t, "events") {
					if err := converse(c, &e, endings); err != nil {
						t.Fatalf("event %d of stream %d: %v", e.What, e.Stream, err)
					}
				}
				for ev := range c.Lost(nil) {
					endings[ev.Stream]++
				}
				for id, n := range endings {
					if n != 1 {
						t.Fatalf("stream %d ended %d times", id, n)
					}
				}
			})
		})
	}
}

// converse lets one event happen, and counts the endings of its stream.
func converse(c *Conn, e *testgen.Event, endings map[int32]int) (err error) {
	st := connStream(e.Stream)
	switch e.What {
	case testgen.Recv:
		var f frame.Frame
		if _, err := f.Parse(e.Frame); err != nil {
			return err
		}
		ev, err := c.Recv(&f)
		switch {
		case err != nil:
			return err
		case ev.Fault != nil:
			return ev.Fault
		case ev.Kind == Opened:
			endings[e.Stream] = 0
		case ev.Kind == Ended:
			endings[e.Stream]++
		}
	case testgen.Open:
		endings[e.Stream] = 0
		_, err = c.Open(nil, st, nil)
	case testgen.SendHeader:
		_, err = c.SendHeader(nil, st, nil)
	case testgen.Send:
		data, _ := frame.NewTemplate(e.Stream, "Bidi", header.ThriftStruct)
		_, err = c.Send(nil, &data, nil)
	case testgen.CloseSend:
		_, err = c.CloseSend(nil, st)
	case testgen.End:
		endings[e.Stream]++
		_, err = c.End(nil, st, &endedWell, nil)
	case testgen.Reset:
		endings[e.Stream]++
		_, err = c.Reset(nil, st, &cancelled)
	case testgen.Release:
		err = c.Release(e.Stream)
	case testgen.Lost:
		for ev := range c.Lost(nil) {
			endings[ev.Stream]++
		}
	}
	return err
}
