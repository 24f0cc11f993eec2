package bench

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/cloudwego/gopkg/bufiox"
	"github.com/cloudwego/gopkg/protocol/ttheader"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// What is here comes from the generators that the tests and the fuzz seeds draw
// from: legal frames of any shape, illegal ones of every kind, endings, and
// conversations. What peers do not write today must not be slow either.

// generatedRow is one operation per frame, in turn.
func generatedRow() Row {
	frames := generated()
	return Row{Name: "Parse/generated", Bytes: total(frames) / len(frames), ours: parseOurs(frames), peers: []peer{
		{gopkg, decodeGopkg(frames), gate{}},
		{plainCopy, copyFrames(frames), gate{}},
	}}
}

// catalogueRow is one operation per illegal frame, in turn. Each costs both
// sides a call through a func value, which the other rows do without.
func catalogueRow() Row {
	frames := catalogue()
	var ours, theirs []body
	for _, b := range frames {
		ours, theirs = append(ours, rejectOurs(b)), append(theirs, rejectGopkg(b))
	}
	return Row{Name: "Reject/catalogue", Bytes: total(frames) / len(frames), ours: inTurn(ours), peers: []peer{
		{gopkg, inTurn(theirs), gate{}},
	}}
}

// generatedEndings is one operation per ending, in turn, with the peer's part as
// in the other rows of Ending.
func generatedEndings() Row {
	var frames [][]byte
	var want []status.Ending
	for i := 0; len(frames) < 256; i++ {
		b, s := generatedEnding(i)
		if decodes(b) {
			frames, want = append(frames, b), append(want, s.Ending)
		}
	}
	return Row{Name: "Ending/generated", Bytes: total(frames) / len(frames), ours: endingsOurs(frames, want), peers: []peer{
		{gopkg, decodeGopkg(frames), gate{}},
	}}
}

// generatedEnding is a frame that ends a stream, and how: every third is an rst.
func generatedEnding(i int) ([]byte, status.Status) {
	st := trailer.Stream{ID: stream, Method: method, Protocol: header.ThriftStruct}
	if i%3 == 0 {
		s := testgen.Cancels().Example(i)
		return must(trailer.AppendRst(nil, &st, &s)), s
	}
	s := testgen.Statuses().Example(i)
	return must(trailer.AppendTrailer(nil, &st, &s, nil)), s
}

// endingsOurs is endingOurs of many.
//
//go:noinline
func endingsOurs(frames [][]byte, want []status.Ending) body {
	f, s := new(frame.Frame), new(status.Status)
	return func(n int) {
		for i := 0; n > 0; n-- {
			_, err := f.Parse(frames[i])
			if err == nil {
				err = trailer.ParseInto(s, f, trailer.Mode{})
			}
			if err != nil || s.Ending != want[i] {
				panic("judged wrongly")
			}
			if i++; i == len(frames) {
				i = 0
			}
		}
		sink.b = s.Message
	}
}

// conversationsRow is one operation per event of a connection, in turn: a frame
// that arrives is parsed and received, a call of the user appends its frame to a
// reused buffer. There are 64 conversations, of servers and clients by turns,
// each with streams of its own; the size is that of what arrives. No peer has
// such rules.
func conversationsRow() Row {
	events := conversations()
	size := 0
	for i := range events {
		size += len(events[i].Frame)
	}
	return Row{Name: "Conn/generated", Bytes: size / len(events), ours: converse(events)}
}

// An event is one of a conversation, ready to happen.
type event struct {
	testgen.Event
	server bool
	send   frame.Template
}

// conversations are the events of 64 of them. Each begins where the one before
// has released its streams, and none ends with the connection.
func conversations() []event {
	var all []event
	for i := range 64 {
		server, live := i%2 == 0, make(map[int32]bool)
		add := func(e testgen.Event) {
			live[e.Stream] = e.What != testgen.Release
			all = append(all, event{e, server, must(frame.NewTemplate(e.Stream, method, header.ThriftStruct))})
		}
		for _, e := range testgen.Conversations(server).Example(i) {
			if e.What == testgen.Lost {
				break
			}
			e.Stream += int32(4 * i) // an id that ended lately is refused
			if e.Frame = slices.Clone(e.Frame); e.What == testgen.Recv {
				binary.BigEndian.PutUint32(e.Frame[8:], uint32(e.Stream))
			}
			add(e)
		}
		for id := range int32(4) {
			if id += int32(4*i) + 1; live[id] {
				add(testgen.Event{What: testgen.Release, Stream: id})
			}
		}
	}
	return all
}

// converse lets the events happen at a server's and a client's Conn.
//
//go:noinline
func converse(events []event) body {
	server, client := codec.NewConn(codec.Server, codec.ConnLimits{}), codec.NewConn(codec.Client, codec.ConnLimits{})
	f, dst, i := new(frame.Frame), make([]byte, 0, 4096), 0
	return func(n int) {
		var err error
		for ; n > 0; n-- {
			e, c := &events[i], client
			if e.server {
				c = server
			}
			if dst, err = e.happen(c, f, dst[:0]); err != nil {
				panic(err)
			}
			if i++; i == len(events) {
				i = 0
			}
		}
		sink.b = dst
	}
}

// happen lets an event happen at c.
func (e *event) happen(c *codec.Conn, f *frame.Frame, dst []byte) ([]byte, error) {
	st := trailer.Stream{ID: e.Stream, Method: method, Protocol: header.ThriftStruct}
	switch e.What {
	case testgen.Recv:
		return dst, e.receive(c, f)
	case testgen.Open:
		return c.Open(dst, &st, nil)
	case testgen.SendHeader:
		return c.SendHeader(dst, &st, nil)
	case testgen.Send:
		return c.Send(dst, &e.send, nil)
	case testgen.CloseSend:
		return c.CloseSend(dst, &st)
	case testgen.End:
		return c.End(dst, &st, &status.Status{Ending: status.EndOK}, nil)
	case testgen.Reset:
		return c.Reset(dst, &st, &status.Status{Ending: status.EndCanceled, NoDetail: true})
	}
	c.Refill()
	return dst, c.Release(e.Stream)
}

// receive parses the frame, receives it, and takes its message.
func (e *event) receive(c *codec.Conn, f *frame.Frame) error {
	if _, err := f.Parse(e.Frame); err != nil {
		return err
	}
	ev, err := c.Recv(f)
	if err == nil && ev.Fault != nil {
		err = ev.Fault
	}
	if err == nil && ev.Kind == codec.Message {
		c.Taken(ev.Stream, len(f.Payload))
	}
	return err
}

// generated are 256 legal frames that the peer can decode as well, of 4 KiB at
// most.
func generated() [][]byte {
	var frames [][]byte
	for i := 0; len(frames) < 256; i++ {
		if b := testgen.Frames().Example(i).Bytes(); len(b) <= 4<<10 && decodes(b) {
			frames = append(frames, b)
		}
	}
	return frames
}

// catalogue are the illegal frames of the catalogue of hostile input, at the
// default limits, that the peer rejects too.
func catalogue() [][]byte {
	var frames [][]byte
	for _, c := range testgen.Hostile() {
		if c.Limits == (frame.Limits{}) && c.Code != 0 && c.Code != wire.ErrShort && !decodes(c.In) {
			frames = append(frames, c.In)
		}
	}
	return frames
}

// decodes reports whether the peer's decoder, and what its users have to check,
// accept the frame, to the end of its payload.
func decodes(b []byte) bool {
	in := bufiox.NewBytesReader(b)
	defer in.Release(nil)
	p, err := ttheader.Decode(context.Background(), in)
	if err != nil || check(&p) != nil {
		return false
	}
	_, err = in.Next(p.PayloadLen)
	return err == nil && in.ReadLen() == len(b)
}

// inTurn does one operation of each body after the other, over and over.
func inTurn(each []body) body {
	i := 0
	return func(n int) {
		for ; n > 0; n-- {
			each[i](1)
			if i++; i == len(each) {
				i = 0
			}
		}
	}
}
