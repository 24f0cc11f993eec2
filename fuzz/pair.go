package fuzz

import (
	"io"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/fuzz/internal/script"
	"github.com/ttwire/ttwire/wire"
)

// maxPairEvents keeps a pair within the default budgets.
const maxPairEvents = 400

// Pair: a client and a server, each a codec.Conn, between which frames are
// held back and handed over in any order of the two directions. Neither ever
// takes the other for faulty, and each stream ends once at both.
func Pair(t T, in []byte) {
	s := script.NewReader(in).Conn()
	p := pairOf(t, s.Limits)
	for i := range s.Events {
		if i == maxPairEvents {
			break
		}
		p.event(&s.Events[i])
	}
	p.deliver(0)
	p.deliver(1)
	p.deliver(0)
	for _, e := range p.ends {
		e.lost(io.EOF)
		for id, st := range e.streams {
			if !st.ended {
				t.Fatalf("stream %d has not ended at the %v", id, e.role)
			}
		}
	}
}

// twoEnds is a pair: the client, then the server.
type twoEnds struct {
	t    T
	ends [2]*end
	out  [2][]byte // sent by each, and not yet received
	ids  []int32   // that have been opened
}

// pairOf makes both ends, the server with the limits on streams that a script
// has chosen.
func pairOf(t T, lim codec.ConnLimits) *twoEnds {
	few := codec.ConnLimits{MaxStreams: lim.MaxStreams, OneStream: lim.OneStream}
	return &twoEnds{t: t, ends: [2]*end{newEnd(t, codec.Client, codec.ConnLimits{}), newEnd(t, codec.Server, few)}}
}

func (p *twoEnds) event(e *script.Event) {
	p.t.Helper()
	who := 0
	if e.Server {
		who = 1
	}
	m := p.ends[who]
	switch e.What {
	case script.Recv, script.Lost, script.Taken, script.Refill, script.Fault:
		return
	case script.Deliver:
		p.deliver(who)
		return
	case script.Open:
		// Ids are never used again: both ends remember no more than 64.
		e.Stream = m.c.NextID()
	default:
		if len(p.ids) == 0 {
			return
		}
		e.Stream = p.ids[int(uint32(e.Stream))%len(p.ids)]
	}
	m.sent = nil
	opened := len(m.streams)
	m.event(e)
	m.check()
	if e.What == script.Open && len(m.streams) > opened {
		p.ids = append(p.ids, e.Stream)
	}
	p.out[who] = append(p.out[who], m.sent...)
}

// deliver hands over what one end has sent.
func (p *twoEnds) deliver(from int) {
	p.t.Helper()
	to := p.ends[1-from]
	for len(p.out[from]) > 0 {
		var f frame.Frame
		n, err := f.Parse(p.out[from])
		if err != nil {
			p.t.Fatalf("what the %v sent is %v at %d", p.ends[from].role, err, n)
		}
		ev := to.received(&f)
		to.check()
		if to.dead != nil {
			p.t.Fatalf("the %v ends the connection: %v", to.role, to.dead)
		}
		p.allowed(to, &ev)
		if ev.Kind == codec.Message {
			to.taken(ev.Stream, len(f.Payload))
		}
		p.out[from] = p.out[from][n:]
	}
}

// allowed: the only fault that one can find with the other is one stream too
// many, since the client cannot know of the server's limit.
func (p *twoEnds) allowed(to *end, ev *codec.Event) {
	p.t.Helper()
	switch ev.Fault {
	case nil:
		return
	case wire.ErrStreamLimit, wire.ErrNotAlone:
		if to.role == codec.Server && ev.Kind == codec.Refused {
			to.answer()
			p.out[1] = append(p.out[1], to.sent...)
			return
		}
	}
	p.t.Fatalf("the %v finds a fault with the other end: %v, %v", to.role, ev.Kind, ev.Fault)
}
