package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"sync"

	"github.com/cloudwego/gopkg/bufiox"
	"github.com/cloudwego/gopkg/protocol/ttheader"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
)

// tcpRows: data frames through loopback TCP, one goroutine writing and one
// reading, an operation a frame. All variants write 64 KiB at a time, so that
// what is compared is the codecs and not the number of system calls; "raw"
// writes and reads the same bytes and looks at none of them.
func tcpRows() []row {
	return []row{tcpRow("data-64B", 64, 8, 1.3), tcpRow("data-1KiB", 1<<10, 3, 0)}
}

const tcpBatch = codec.DefaultBufferSize

// tcpRow is the same data frame again and again. A limit of 0 means no gate.
func tcpRow(name string, payload int, faster, within float64) row {
	b, p := dataBytes(payload), make([]byte, payload)
	return row{name: "TCP/" + name, bytes: len(b),
		ours: overTCP(func(near, far net.Conn) (write, read body) {
			return writeTCPOurs(near, p), readTCPOurs(far)
		}),
		peers: []peer{
			{gopkg, overTCP(func(near, far net.Conn) (write, read body) {
				return writeTCPGopkg(near, p), readTCPGopkg(far, len(b))
			}), gate{faster: faster}},
			{rawBytes, overTCP(func(near, far net.Conn) (write, read body) {
				return writeTCPRaw(near, b), readTCPRaw(far, len(b))
			}), gate{within: within}},
		},
	}
}

// overTCP runs both ends at once. An operation is over when it has been read.
// The connection is made when it is first needed.
func overTCP(ends func(near, far net.Conn) (write, read body)) body {
	var start sync.Once
	var write body
	want, done := make(chan int), make(chan int)
	return func(n int) {
		start.Do(func() {
			near, far := connect()
			var read body
			write, read = ends(near, far)
			go func() {
				for n := range want {
					read(n)
					done <- n
				}
			}()
		})
		want <- n
		write(n)
		<-done
	}
}

// connect makes a loopback TCP connection.
func connect() (near, far net.Conn) {
	l := must(net.Listen("tcp", "127.0.0.1:0"))
	defer l.Close()
	near = must(net.Dial("tcp", l.Addr().String()))
	return near, must(l.Accept())
}

func writeTCPOurs(conn io.Writer, payload []byte) body {
	w := codec.NewWriterSize(conn, frame.Limits{}, tcpBatch)
	t := must(frame.NewTemplate(stream, method, header.ThriftStruct))
	return func(n int) {
		for ; n > 0; n-- {
			if err := w.WriteData(&t, payload); err != nil {
				panic(err)
			}
		}
		if err := w.Flush(); err != nil {
			panic(err)
		}
	}
}

func readTCPOurs(conn io.Reader) body { return readFrom(codec.NewReader(conn, frame.Limits{})) }

// writeTCPGopkg encodes as encodeGopkg does, and flushes what is left at the end.
func writeTCPGopkg(conn io.Writer, payload []byte) body {
	ctx, param := context.Background(), gopkgParam(frame.Data, nil)
	w := bufiox.NewDefaultWriter(conn)
	flush := func() {
		if err := w.Flush(); err != nil {
			panic(err)
		}
	}
	return func(n int) {
		for ; n > 0; n-- {
			start := w.WrittenLen()
			length := must(ttheader.Encode(ctx, param, w))
			must(w.WriteBinary(payload))
			binary.BigEndian.PutUint32(length, uint32(w.WrittenLen()-start-4))
			if w.WrittenLen() >= tcpBatch {
				flush()
			}
		}
		flush()
	}
}

func readTCPGopkg(conn io.Reader, size int) body {
	return decodeFrom(bufiox.NewDefaultReader(conn), size)
}

// writeTCPRaw writes what writeTCPOurs does.
func writeTCPRaw(conn io.Writer, b []byte) body {
	batch := 1 + (tcpBatch-1)/len(b)
	all := bytes.Repeat(b, batch)
	return func(n int) {
		for ; n > 0; n -= batch {
			must(conn.Write(all[:min(n, batch)*len(b)]))
		}
	}
}

func readTCPRaw(conn io.Reader, size int) body {
	buf := make([]byte, tcpBatch)
	return func(n int) {
		for left := n * size; left > 0; {
			left -= must(conn.Read(buf))
		}
	}
}
