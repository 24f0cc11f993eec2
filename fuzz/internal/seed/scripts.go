package seed

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/fuzz/internal/script"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
)

// builderScripts: every legal frame as the calls that build it, with the most
// that the wire can carry and with default limits, and the rows of what an
// encoder refuses.
func builderScripts() []Input {
	var all []Input
	for _, in := range frames() {
		if f := parsed(in.In); f != nil && f.Type.Valid() {
			var w script.Writer
			w.Build(buildOf(f))
			all = append(all, Input{in.Name, w.Script()})
			var plain script.Writer
			plain.Build(plainBuildOf(f))
			all = append(all, Input{in.Name + "/by-default", plain.Script()})
		}
	}
	for _, r := range encoderRows() {
		var w script.Writer
		w.Build(r.build)
		all = append(all, Input{r.id, w.Script()})
	}
	return all
}

// buildOf is the calls that build a frame of the same pairs. They are in another
// order where string and int pairs take turns.
func buildOf(f *frame.Frame) script.Build {
	b := script.Build{Limits: everyLength, Type: f.Type, Stream: f.StreamID, Protocol: f.Header.Protocol()}
	b.Payload = f.Payload[:min(len(f.Payload), 0xFFFF)] // as much as a script can hold
	if f.Flags != frame.FlagStreaming {
		b.Calls = append(b.Calls, script.Call{Op: script.Flags, Flags: f.Flags})
	}
	if ids := f.Header.Transforms(); len(ids) > 0 {
		b.Calls = append(b.Calls, script.Call{Op: script.Transforms, Value: ids})
	}
	if token, ok := f.Header.Token(); ok {
		b.Calls = append(b.Calls, script.Call{Op: script.Token, Value: token})
	}
	for k, v := range f.Header.Strs() {
		b.Calls = append(b.Calls, script.Call{Op: script.Str, Key: k, Value: v})
	}
	for k, v := range f.Header.Ints() {
		b.Calls = append(b.Calls, script.Call{Op: script.IntBytes, Int: k, Value: v})
	}
	return b
}

// plainBuildOf is buildOf with default limits, and with the calls that a user
// makes: the frame type is left to the Builder. The token comes last.
func plainBuildOf(f *frame.Frame) script.Build {
	b := buildOf(f)
	b.Limits = byDefault
	b.Calls = slices.DeleteFunc(b.Calls, func(c script.Call) bool {
		return c.Op == script.IntBytes && c.Int == header.KeyFrameType
	})
	for i, c := range b.Calls {
		if c.Op == script.IntBytes && c.Int == header.KeyMethod {
			b.Calls[i] = script.Call{Op: script.MethodBytes, Value: c.Value}
		}
	}
	if i := slices.IndexFunc(b.Calls, func(c script.Call) bool { return c.Op == script.Token }); i >= 0 {
		token := b.Calls[i]
		b.Calls = append(slices.Delete(b.Calls, i, i+1), token)
	}
	return b
}

// statusScripts: every ending that can be read, as a status to be sent, and
// examples of the generators.
func statusScripts() []Input {
	var all []Input
	add := func(name string, typ frame.Type, s status.Status, user ...status.Pair) {
		var w script.Writer
		w.Ending(script.Ending{Type: typ, Stream: trailer.Stream{ID: 7, Method: "Bidi", Protocol: 0x10}, Status: s, User: user})
		all = append(all, Input{name, w.Script()})
	}
	for _, in := range endings() {
		if f := parsed(in.In); f != nil {
			if s, err := trailer.Parse(f); err == nil {
				add(in.Name, f.Type, s)
			}
		}
	}
	for i := range examples {
		add(fmt.Sprintf("statuses/%d", i), frame.Trailer, testgen.Statuses().Example(i))
		add(fmt.Sprintf("cancels/%d", i), frame.Rst, testgen.Cancels().Example(i))
	}
	for i, e := range endingRows() {
		var w script.Writer
		w.Ending(e)
		all = append(all, Input{fmt.Sprintf("E6-E7/%d", i), w.Script()})
	}
	for _, key := range []string{
		"k", header.KeyBizStatus, header.KeyBizMessage, header.KeyBizExtra,
		header.KeyTRPCRet, header.KeyTRPCFuncRet, header.KeyTRPCErrorMsg, header.KeyCancelPath,
	} {
		own := status.Pair{Key: key, Value: "5"}
		add("user/ok/"+key, frame.Trailer, status.Status{Ending: status.EndOK}, own)
		add("user/business/"+key, frame.Trailer, status.Status{Ending: status.EndBusiness, FuncRet: 9, Message: []byte("m")}, own, own)
	}
	return all
}

// errorScripts: the errors of all endings, at both ends, some of them as the
// cause of another.
func errorScripts() []Input {
	var all []Input
	add := func(name string, e *status.Error) {
		var w script.Writer
		w.Error(e)
		all = append(all, Input{name, w.Script()})
	}
	for i, in := range endings() {
		f := parsed(in.In)
		if f == nil {
			continue
		}
		s, _ := trailer.Parse(f)
		err := trailer.Err(&s, status.SideClient)
		if err == nil {
			continue
		}
		add(in.Name, status.FromError(err))
		kind := status.Framework + status.Kind(i%4)
		add(in.Name+"/below", &status.Error{Kind: kind, Code: int32(i), Message: "above", Cause: err})
	}
	add("foreign", &status.Error{Kind: status.Framework, Code: 101, Cause: errors.New("connection refused")})
	return all
}

// whatOf is the events of a generated conversation in the words of a script.
var whatOf = map[testgen.What]script.What{
	testgen.Recv: script.Recv, testgen.Open: script.Open, testgen.SendHeader: script.SendHeader,
	testgen.Send: script.Send, testgen.CloseSend: script.CloseSend, testgen.End: script.End,
	testgen.Reset: script.Reset, testgen.Release: script.Release, testgen.Lost: script.Lost,
}

// eventOf is one event, with what it needs to be done.
func eventOf(what script.What, id int32) script.Event {
	e := script.Event{What: what, Stream: id}
	switch what {
	case script.Open, script.SendHeader:
		e.Value, e.Pairs = []byte("Bidi"), []status.Pair{{Key: "isn", Value: "S"}}
	case script.Send:
		e.Value = []byte("message")
	case script.End:
		e.Status = status.Status{Ending: status.EndBusiness, FuncRet: 10001, Message: []byte("m")}
	case script.Reset:
		e.Status = status.Status{Ending: status.EndCanceled, Ret: 12007, Message: []byte("m"), CancelPath: []byte("A")}
	}
	return e
}

// connScripts: every recording at each of its ends, every vector of streams,
// every hostile frame to either end, and generated conversations.
func connScripts() []Input {
	all := slices.Concat(recordedConns(), vectorConns(), openings())
	open := map[codec.Role][]script.Event{
		codec.Client: {eventOf(script.Open, 1)},
		codec.Server: {{What: script.Recv, Frame: testgen.Conversations(true).Example(0)[0].Frame}},
	}
	for _, role := range []codec.Role{codec.Client, codec.Server} {
		for _, c := range testgen.Hostile() {
			if len(c.In) <= 0xFFFF {
				events := append(slices.Clone(open[role]), script.Event{What: script.Recv, Frame: c.In})
				all = append(all, conn(c.ID+"/"+role.String(), role, events))
			}
		}
		for i := range examples {
			var events []script.Event
			for _, e := range testgen.Conversations(role == codec.Server).Example(i) {
				ev := eventOf(whatOf[e.What], e.Stream)
				ev.Frame = e.Frame
				events = append(events, ev)
			}
			name := fmt.Sprintf("conversations/%v/%d", role, i)
			all = append(all, conn(name, role, events), conn(name+"/late", role, slices.Concat(events[len(events)/2:], events)),
				connWithin(1+i%(len(script.Budgets)-1), name+"/few", role, events))
			for k := range events {
				if k%4 == i%4 {
					all = append(all, conn(fmt.Sprintf("%s/twice-%d", name, k), role, slices.Insert(slices.Clone(events), k, events[k])))
				}
			}
		}
	}
	return all
}

// openings: many streams opened by headers as short as they can be, which is what
// costs a Conn the most memory for each byte that comes.
func openings() []Input {
	var all []Input
	for _, n := range []int{9, 257, codec.DefaultMaxStreams + 1} {
		var events []script.Event
		for i := range n {
			b := frame.Begin(nil, frame.Header, int32(i+1), header.ThriftStruct)
			b.Method("M")
			in, err := b.Finish(nil)
			must(err)
			events = append(events, script.Event{What: script.Recv, Frame: in})
		}
		all = append(all, conn(fmt.Sprintf("openings/%d", n), codec.Server, events))
	}
	return all
}

func conn(name string, role codec.Role, events []script.Event) Input {
	return connWithin(0, name, role, events)
}

// connWithin is conn under one of the budgets of package script.
func connWithin(budget int, name string, role codec.Role, events []script.Event) Input {
	var w script.Writer
	w.Begin(byte(budget), role, false)
	for _, e := range events {
		w.Event(e)
	}
	return Input{name, w.Script()}
}

// recordedConns: what one direction of a recording sent arrives, and what the
// other sent is sent, in turns.
func recordedConns() []Input {
	var all []Input
	recs := recordings()
	for _, r := range recs {
		role, to := codec.Server, strings.Replace(r.name, ".c2s.", ".s2c.", 1)
		if !r.client {
			role, to = codec.Client, strings.Replace(r.name, ".s2c.", ".c2s.", 1)
		}
		i := slices.IndexFunc(recs, func(o recording) bool { return o.name == to })
		if i < 0 || len(r.bytes) > 0xFFFF {
			continue
		}
		var in, out []script.Event
		for _, c := range cut(r.name, r.bytes) {
			in = append(in, script.Event{What: script.Recv, Frame: c.In})
		}
		for _, c := range cut(to, recs[i].bytes) {
			if f := parsed(c.In); f != nil {
				out = append(out, callOf(role, f))
			}
		}
		if role == codec.Client {
			in, out = out, in
		}
		all = append(all, conn(r.name, role, turns(in, out)))
	}
	return all
}

// callOf is the call by which a frame was sent.
func callOf(role codec.Role, f *frame.Frame) script.Event {
	what := map[frame.Type]script.What{
		frame.Header: script.SendHeader, frame.Data: script.Send, frame.Trailer: script.End, frame.Rst: script.Reset, frame.Meta: script.Refill,
	}[f.Type]
	switch {
	case role == codec.Client && what == script.SendHeader:
		what = script.Open
	case role == codec.Client && what == script.End:
		what = script.CloseSend
	}
	return eventOf(what, f.StreamID)
}

// turns takes events from a and b in turns.
func turns(a, b []script.Event) []script.Event {
	var all []script.Event
	for len(a) > 0 || len(b) > 0 {
		if len(a) > 0 {
			all, a = append(all, a[0]), a[1:]
		}
		if len(b) > 0 {
			all, b = append(all, b[0]), b[1:]
		}
	}
	return all
}

// pairScripts: conversations of two ends. What the client does in one
// generated conversation and the server in another are mixed; what cannot be
// done is refused.
func pairScripts() []Input {
	var all []Input
	for i := range examples {
		var ends [2][]script.Event
		for server := range ends {
			for _, e := range testgen.Conversations(server == 1).Example(i) {
				if e.What == testgen.Recv {
					ends[server] = append(ends[server], script.Event{What: script.Deliver, Server: server == 0})
					continue
				}
				ev := eventOf(whatOf[e.What], e.Stream)
				ev.Server = server == 1
				ends[server] = append(ends[server], ev)
			}
		}
		all = append(all, conn(fmt.Sprintf("conversations/%d", i), codec.Client, turns(ends[0], ends[1])))
	}
	return all
}

// writerScripts: every legal frame written in every way, between flushes, and
// sinks that fail.
func writerScripts() []Input {
	all := failingWrites()
	for i, in := range wholeFrames() {
		f := parsed(in.In)
		if f == nil || len(in.In) > 0xFFFF {
			continue
		}
		all = append(all, writes(in.Name, i, script.Writes{Size: 64 << (i % 7), FailAt: -1}, f))
		if i%8 == 0 {
			all = append(all, writes(in.Name+"/fails", i, script.Writes{Size: 100, FailAt: 10 * i % 600, Partial: i%16 == 0}, f))
		}
	}
	return all
}

func writes(name string, i int, all script.Writes, f *frame.Frame) Input {
	b, err := f.AppendTo(nil)
	must(err)
	for how := range 6 {
		c := script.Write{How: script.How((how + i) % 6), Value: f.Payload}
		if c.How == script.WriteFrame {
			c.Value = b
		}
		all.Calls = append(all.Calls, c)
	}
	var w script.Writer
	w.Writes(all)
	return Input{name, w.Script()}
}

// readScripts: every stream in pieces of some sizes.
func readScripts() []Input {
	pieces := [][]int{{1}, {4096}, {3, 0, 100}, {14, 1}, {0xFFFF}, {0, 5, 0, 700, 1, 1, 2, 9}}
	var all []Input
	for i, in := range streams() {
		s := script.Stream{Sizes: pieces[i%len(pieces)], Err: io.EOF, Join: i%2 == 0, Bytes: in.In}
		if i%5 == 0 {
			s.Err = script.ErrBroken
		}
		limits := byte(i % len(script.Limits))
		if strings.HasPrefix(in.Name, "churn/") {
			s.Sizes, limits = pieces[0], byDefault
		}
		var w script.Writer
		w.Stream(limits, s)
		all = append(all, Input{in.Name, w.Script()})
	}
	return all
}
