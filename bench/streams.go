package bench

import (
	"fmt"
	"math/rand/v2"
	"runtime"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
)

// streamsRows: one connection with 1 to 100,000 live streams takes a message of
// each in turn, in shuffled order. The frame is parsed already and differs in
// its stream id only, so that what grows is the search for the stream; "map" is
// the least that this could be, one look into a map of the same ids.
func streamsRows() []Row {
	var rows []Row
	for _, n := range []int{1, 10, 100, 1_000, 10_000, 100_000} {
		rows = append(rows, Row{Name: fmt.Sprintf("Streams/streams=%d", n), Bytes: len(smallData()),
			ours:  lazily(func() body { return recvShuffled(n) }),
			peers: []peer{{plainMap, lazily(func() body { return mapShuffled(n) }), gate{}}}})
	}
	return rows
}

// heapRows: what a live stream costs a server's Conn in memory, in bytes.
func heapRows() []Row {
	var rows []Row
	for _, n := range []int{1_000, 3_000, 10_000, 30_000, 100_000} {
		rows = append(rows, Row{Name: fmt.Sprintf("Heap/streams=%d", n), Bytes: len(openFrame(1)),
			gauge: func() float64 { return heapPerStream(n) }})
	}
	return rows
}

// openFrame opens a stream and says no more than it must.
func openFrame(id int32) []byte {
	return pairsFrame(frame.Header, id, method, nil, nil)
}

// openConn is a server's Conn with streams 1 to n.
func openConn(n int) *codec.Conn {
	c := codec.NewConn(codec.Server, codec.ConnLimits{MaxStreams: n})
	var f frame.Frame
	must(f.Parse(openFrame(1)))
	for i := range n {
		f.StreamID = int32(i + 1)
		if ev := must(c.Recv(&f)); ev.Kind != codec.Opened {
			panic(ev.Kind)
		}
	}
	return c
}

// shuffled are the ids 1 to n, in an order that is the same in every run.
func shuffled(n int) []int32 {
	ids := make([]int32, n)
	for i, p := range rand.New(rand.NewPCG(3, 4)).Perm(n) {
		ids[i] = int32(p + 1)
	}
	return ids
}

//go:noinline
func recvShuffled(streams int) body {
	c, ids := openConn(streams), shuffled(streams)
	t := must(frame.NewTemplate(1, method, header.ThriftStruct))
	f := new(frame.Frame)
	must(f.Parse(must(t.Append(nil, make([]byte, 64)))))
	return func(n int) {
		sum := 0
		for i := 0; n > 0; n-- {
			f.StreamID = ids[i]
			ev, err := c.Recv(f)
			if err != nil || ev.Kind != codec.Message {
				panic("not a message")
			}
			c.Taken(ev.Stream, len(f.Payload))
			sum += int(ev.Stream)
			if i++; i == len(ids) {
				i = 0
			}
		}
		sink.n = sum
	}
}

//go:noinline
func mapShuffled(streams int) body {
	ids, pending := shuffled(streams), make(map[int32]int, streams)
	for _, id := range ids {
		pending[id] = int(id)
	}
	return func(n int) {
		sum := 0
		for i := 0; n > 0; n-- {
			sum += pending[ids[i]]
			if i++; i == len(ids) {
				i = 0
			}
		}
		sink.n = sum
	}
}

// heapPerStream is by how much the heap grows with n streams, for each.
func heapPerStream(n int) float64 {
	before := heap()
	c := openConn(n)
	after := heap()
	runtime.KeepAlive(c)
	return (after - before) / float64(n)
}

// heap is what is in use, in bytes. What the first collection frees of pools is
// gone after the second.
func heap() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
