package testgen

import (
	"slices"

	"pgregory.net/rapid"
)

// What is a thing that can happen at one end of a connection.
type What byte

// Recv is a frame that arrives; the next seven are calls of the user, on a
// stream; Lost is the end of the connection.
const (
	Recv What = iota
	Open
	SendHeader
	Send
	CloseSend
	End
	Reset
	Release
	Lost
)

// Event is one thing that happens at an end of a connection.
type Event struct {
	What   What
	Stream int32
	Frame  []byte // of Recv: a whole frame, legal by itself
}

// Conversations generates what happens at one end of a connection: several
// streams, each in an order that its protocol allows (rule 9.1), mixed in any
// way. server says which end; its Recv are what a client sends, and the other
// way about.
func Conversations(server bool) *rapid.Generator[[]Event] {
	return rapid.Custom(func(t *rapid.T) []Event {
		var streams [][]Event
		for id := range rapid.IntRange(1, 4).Draw(t, "streams") {
			streams = append(streams, genStream(t, server, int32(id+1)))
		}
		var all []Event
		for len(streams) > 0 {
			i := rapid.IntRange(0, len(streams)-1).Draw(t, "stream")
			all = append(all, streams[i][0])
			if streams[i] = streams[i][1:]; len(streams[i]) == 0 {
				streams = slices.Delete(streams, i, i+1)
			}
		}
		if rapid.Bool().Draw(t, "lost") {
			all = append(all, Event{What: Lost})
		}
		return all
	})
}

// genStream makes the life of one stream, up to its release.
func genStream(t *rapid.T, server bool, id int32) []Event {
	call := func(w What) Event { return Event{What: w, Stream: id} }
	recv := func(f Frame) Event {
		f.Stream = id
		return Event{What: Recv, Stream: id, Frame: f.Bytes()}
	}
	method := ints(Pair{Int: KeyFrameType, Value: "2"}, Pair{Int: KeyMethod, Value: "Bidi"})
	events := []Event{recv(bare('2', method)), call(SendHeader)}
	if !server {
		events = []Event{call(Open), recv(bare('2', method))}
	}
	for range rapid.IntRange(0, 4).Draw(t, "messages") {
		if rapid.Bool().Draw(t, "received") {
			events = append(events, recv(data()))
		} else {
			events = append(events, call(Send))
		}
	}
	events = append(events, genEnd(t, server, call, recv)...)
	if rapid.Bool().Draw(t, "released") {
		events = append(events, call(Release))
	}
	return events
}

// genEnd makes the last events of a stream: the half-close and the ending, or
// an rst of either side.
func genEnd(t *rapid.T, server bool, call func(What) Event, recv func(Frame) Event) []Event {
	status := plain('4', strs(str("biz-status", "10001"), str("biz-message", "m")))
	rst := plain('5', strs(str("ttscp", "A,B")))
	rst.Payload = string(Exception("Bidi", 1, 12007, "cancelled"))
	switch how := rapid.IntRange(0, 3).Draw(t, "how"); {
	case how == 0:
		return []Event{recv(rst), recv(plain('4'))}
	case how == 1:
		return []Event{call(Reset)}
	case server:
		return []Event{recv(plain('4')), call(End)}
	}
	return []Event{call(CloseSend), recv(status)}
}
