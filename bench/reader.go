package bench

import (
	"bufio"
	"bytes"
	"context"
	"io"

	"github.com/cloudwego/gopkg/bufiox"
	"golang.org/x/net/http2"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

// readerRows: frames are read off a connection that always has more bytes,
// one operation a frame, payload included.
//
// Ours gives views of its buffer, or reads the payload into the caller's
// ("into"), which is what a payload of 1 MiB wants; the peer reads it into the
// caller's.
func readerRows() []Row {
	rows := []Row{
		readerRow("data-64B", 64, 16, peer{http2Frame, readHTTP2(64), gate{faster: 4}}),
		readerRow("data-64KiB", 64<<10, 1.5),
		readerRow("data-1MiB", 1<<20, 1.8),
		readerRow("data-1MiB-into", 1<<20, 1.8),
		readerRow("bufiox-64B", 64, 0),
		readerRow("feeder-64B", 64, 0),
	}
	small, large := dataBytes(64), dataBytes(1<<20)
	rows[0].ours = readOver(small)
	rows[1].ours = readOver(dataBytes(64 << 10))
	rows[2].ours = readOver(large)
	rows[3].ours = readInto(large)
	rows[4].ours = readBufiox(small)
	rows[5].ours = readFeeder(small)
	return append(rows, readerMixture())
}

func dataBytes(payload int) []byte {
	return dataFrame(stream, method, make([]byte, payload), false)
}

// readerRow is the same data frame again and again.
func readerRow(name string, payload int, faster float64, more ...peer) Row {
	b := dataBytes(payload)
	return Row{Name: "Reader/" + name, Bytes: len(b), moves: true, peers: append([]peer{
		{gopkg, readGopkg(b), gate{faster: faster}},
	}, more...)}
}

// readerMixture has the gate of its small frames.
func readerMixture() Row {
	frames := mixture()
	b := bytes.Join(frames, nil)
	return Row{Name: "Reader/mixture", Bytes: len(b) / len(frames), moves: true, ours: readOver(b), peers: []peer{
		{gopkg, readGopkg(b), gate{faster: 16}},
	}}
}

// readOver reads frame after frame as views.
//
//go:noinline
func readOver(b []byte) body {
	return readFrom(codec.NewReader(&endless{b: several(b)}, frame.Limits{}))
}

//go:noinline
func readFrom(r interface{ Next() (*frame.Frame, error) }) body {
	return func(n int) {
		sum := 0
		for ; n > 0; n-- {
			f := must(r.Next())
			sum += len(f.Payload)
		}
		sink.n = sum
	}
}

// readInto reads the payloads into a reused buffer.
//
//go:noinline
func readInto(b []byte) body {
	r := codec.NewReader(&endless{b: several(b)}, frame.Limits{})
	buf := make([]byte, len(b))
	return func(n int) {
		sum := 0
		for ; n > 0; n-- {
			_, size, err := r.NextHeader()
			if err != nil {
				panic(err)
			}
			sum += must(r.ReadPayload(buf[:size]))
		}
		sink.n = sum
	}
}

// readBufiox reads over the peer's own buffer.
//
//go:noinline
func readBufiox(b []byte) body {
	in := bufiox.NewDefaultReader(&endless{b: several(b)})
	return readFrom(codec.NewBufioxReader(in, frame.Limits{}))
}

// readFeeder is fed by an event loop, 64 KiB at a time.
//
//go:noinline
func readFeeder(b []byte) body {
	d := codec.NewFeeder(frame.Limits{})
	src, piece := &endless{b: several(b)}, make([]byte, 64<<10)
	return func(n int) {
		sum := 0
		for n > 0 {
			f, err := d.Next()
			if err == wire.ErrShort {
				k := must(src.Read(piece))
				d.Feed(piece[:k])
				continue
			}
			sum += len(f.Payload)
			n--
		}
		sink.n = sum
	}
}

// readGopkg decodes frame after frame from one reader over the connection,
// with the payload read into a reused buffer and a Release after each frame,
// as Kitex does.
//
//go:noinline
func readGopkg(b []byte) body {
	return decodeFrom(bufiox.NewDefaultReader(&endless{b: several(b)}), len(b))
}

//go:noinline
func decodeFrom(in bufiox.Reader, longest int) body {
	ctx, buf := context.Background(), make([]byte, longest)
	return func(n int) {
		sum := 0
		for ; n > 0; n-- {
			sum += decodeOne(ctx, in, buf)
		}
		sink.n = sum
	}
}

// readHTTP2 reads HTTP/2 data frames with payloads of the same size, through
// a buffered reader and into a reused frame.
//
//go:noinline
func readHTTP2(payload int) body {
	var one bytes.Buffer
	if err := http2.NewFramer(&one, nil).WriteData(stream, false, make([]byte, payload)); err != nil {
		panic(err)
	}
	fr := http2.NewFramer(io.Discard, bufio.NewReaderSize(&endless{b: several(one.Bytes())}, 64<<10))
	fr.SetReuseFrames()
	return func(n int) {
		sum := 0
		for ; n > 0; n-- {
			f := must(fr.ReadFrame())
			sum += len(f.(*http2.DataFrame).Data())
		}
		sink.n = sum
	}
}

// several is the frame as often as makes a read worth its while.
func several(b []byte) []byte { return bytes.Repeat(b, 1+(128<<10)/len(b)) }

// endless is a connection that gives the same bytes for ever, as many at a
// time as the reader has room for.
type endless struct {
	b []byte
	p int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.b[e.p:])
	if e.p += n; e.p == len(e.b) {
		e.p = 0
	}
	return n, nil
}
