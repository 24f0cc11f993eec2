package bench

import (
	"fmt"
	"sync"
)

// payloadRows: data frames with payloads of nothing to 16 MiB, which is the
// default limit. "parse" finds a frame in memory; "views" and "into" read it off
// a connection, as Reader.Next gives it and into the caller's buffer. The peer
// reads into the caller's buffer each time.
func payloadRows() []Row {
	var rows []Row
	for _, n := range []int{0, 64, 1 << 10, 16 << 10, 256 << 10, 1 << 20, 16 << 20} {
		b := sync.OnceValue(func() []byte { return dataBytes(n) })
		row := func(what string, ours func([]byte) body, peers ...peer) Row {
			return Row{Name: fmt.Sprintf("Payload/%s/bytes=%d", what, n), Bytes: len(dataBytes(0)) + n, moves: what != "parse",
				ours: lazily(func() body { return ours(b()) }), peers: peers}
		}
		peers := func(name string, of func([]byte) body) peer {
			return peer{name, lazily(func() body { return of(b()) }), gate{}}
		}
		one := func(of func([][]byte) body) func([]byte) body {
			return func(b []byte) body { return of([][]byte{b}) }
		}
		rows = append(rows,
			row("parse", one(parseOurs), peers(gopkg, one(decodeGopkg)), peers(plainCopy, one(copyFrames))),
			row("views", readOver, peers(gopkg, readGopkg)),
			row("into", readInto, peers(gopkg, readGopkg)))
	}
	return rows
}
