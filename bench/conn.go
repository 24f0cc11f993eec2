package bench

import (
	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
)

// connRows: what the rules of a connection cost beside the parsing of a data
// frame, with its stream looked up among one or a thousand that are live. Ours
// is given parsed frames and takes their messages at once; the peer is our own
// Parse of the same frames, which is thus no part of ours.
func connRows() []Row {
	return []Row{connRow("data-64B-1-stream", 1), connRow("data-64B-1000-streams", 1000), conversationsRow()}
}

func connRow(name string, streams int) Row {
	frames := make([][]byte, streams)
	for i := range frames {
		frames[i] = dataFrame(int32(i+1), method, make([]byte, 64), false)
	}
	return Row{Name: "Conn/" + name, Bytes: len(frames[0]), ours: recvAll(frames), peers: []peer{
		{ownParse, parseInTurn(frames), gate{within: 3}},
	}}
}

// recvAll gives the frames to a server's Conn, in turn.
//
//go:noinline
func recvAll(frames [][]byte) body {
	c := codec.NewConn(codec.Server, codec.ConnLimits{})
	parsed := make([]frame.Frame, len(frames))
	for i, b := range frames {
		must(parsed[i].Parse(b))
		open := frame.Begin(nil, frame.Header, int32(i+1), header.ThriftStruct)
		open.Method(method)
		var f frame.Frame
		must(f.Parse(must(open.Finish(nil))))
		must(c.Recv(&f))
	}
	return func(n int) {
		sum := 0
		for i := 0; n > 0; n-- {
			f := &parsed[i]
			ev := must(c.Recv(f))
			c.Taken(ev.Stream, len(f.Payload))
			sum += int(ev.Kind)
			if i++; i == len(parsed) {
				i = 0
			}
		}
		sink.n = sum
	}
}

// parseInTurn parses them into one reused Frame.
//
//go:noinline
func parseInTurn(frames [][]byte) body {
	var f frame.Frame
	return func(n int) {
		sum := 0
		for i := 0; n > 0; n-- {
			sum += must(f.Parse(frames[i]))
			if i++; i == len(frames) {
				i = 0
			}
		}
		sink.n = sum
	}
}
