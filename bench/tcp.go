package bench

import (
	"bufio"
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
// reading, an operation a frame. All variants write as much at a time, so that
// what is compared is the codecs and not the number of system calls; "raw"
// writes and reads the same bytes and looks at none of them.
//
// The rows named after their writes show what the last few bytes of a write can
// cost: see tcpBatch.
func tcpRows() []Row {
	return []Row{
		tcpRow("data-64B", 64, tcpBatch, 8, 1.3),
		tcpRow("data-1KiB", 1<<10, tcpBatch, 3, 0),
		tcpRow("data-64B-writes-64KiB", 64, 64<<10, 0, 0),
		tcpRow("data-1KiB-writes-64KiB", 1<<10, 64<<10, 0, 0),
	}
}

// tcpBatch is how many bytes wait before any variant writes, as by default with
// ours. With a frame more they still go into one segment of the loopback
// interface, whose MTU is 64 KiB on Linux: a write of 64 KiB makes a second
// segment of its last few bytes, and takes 2 to 4 times as long, whoever writes.
const tcpBatch = codec.DefaultBatch

// tcpRow is the same data frame again and again. A limit of 0 means no gate.
func tcpRow(name string, payload, batch int, faster, within float64) Row {
	b, p := dataBytes(payload), make([]byte, payload)
	return Row{Name: "TCP/" + name, Bytes: len(b), moves: true,
		ours: overTCP(func(near, far net.Conn) (write, read body) {
			return writeTCPOurs(near, p, batch), readTCPOurs(far)
		}),
		peers: []peer{
			{gopkg, overTCP(func(near, far net.Conn) (write, read body) {
				return writeTCPGopkg(near, p, batch), readTCPGopkg(far, len(b))
			}), gate{faster: faster}},
			{rawBytes, overTCP(func(near, far net.Conn) (write, read body) {
				return writeTCPRaw(near, b, batch), readTCPRaw(far, len(b))
			}), gate{within: within}},
		},
	}
}

// overTCP runs both ends at once. An operation is over when it has been read.
// The connection is made when it is first needed.
//
//go:noinline
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

//go:noinline
func writeTCPOurs(conn io.Writer, payload []byte, batch int) body {
	w := codec.NewWriterSize(conn, frame.Limits{}, batch)
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
//
//go:noinline
func writeTCPGopkg(conn io.Writer, payload []byte, batch int) body {
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
			if w.WrittenLen() >= batch {
				flush()
			}
		}
		flush()
	}
}

// readTCPGopkg reads through a buffer of the size that ours has: the peer's own
// is of 4 KiB or little more, and costs it a tenth in system calls.
//
//go:noinline
func readTCPGopkg(conn io.Reader, size int) body {
	return decodeFrom(bufiox.NewDefaultReader(bufio.NewReaderSize(conn, codec.DefaultBufferSize)), size)
}

// writeTCPRaw writes what writeTCPOurs does.
//
//go:noinline
func writeTCPRaw(conn io.Writer, b []byte, batch int) body {
	frames := 1 + (batch-1)/len(b)
	all := bytes.Repeat(b, frames)
	return func(n int) {
		for ; n > 0; n -= frames {
			must(conn.Write(all[:min(n, frames)*len(b)]))
		}
	}
}

//go:noinline
func readTCPRaw(conn io.Reader, size int) body {
	buf := make([]byte, codec.DefaultBufferSize)
	return func(n int) {
		for left := n * size; left > 0; {
			left -= must(conn.Read(buf))
		}
	}
}
