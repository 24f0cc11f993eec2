package bench

import (
	"bytes"
	"context"

	"github.com/cloudwego/gopkg/bufiox"
	"github.com/cloudwego/gopkg/protocol/ttheader"

	"github.com/ttwire/ttwire/frame"
)

// parseRows: a whole frame in memory is read.
//
// Ours delivers type, flags, stream id, method and views of all the rest. The
// peer delivers two maps of copied strings and the payload in the caller's
// buffer; that its user then has to look type and method up is not counted.
func parseRows() []Row {
	return []Row{
		parseRow("data-64B", dataFrame(stream, method, make([]byte, 64), false), 20, 3),
		parseRow("data-64B-method-first", dataFrame(stream, method, make([]byte, 64), true), 20, 3),
		parseRow("header-6-pairs", pairsFrame(frame.Header, stream, method, headerPairs, nil), 20, 0),
		parseRow("trailer-biz", pairsFrame(frame.Trailer, stream, method, trailerPairs, nil), 20, 0),
		parseRow("rst", rstFrame(), 18, 0),
		mixtureRow(),
		generatedRow(),
	}
}

// parseRow is one frame over and over: hot cache, the best case for all. A
// limit of 0 means no gate.
func parseRow(name string, b []byte, faster, within float64) Row {
	return Row{Name: "Parse/" + name, Bytes: len(b), ours: parseOurs([][]byte{b}), peers: []peer{
		{gopkg, decodeGopkg([][]byte{b}), gate{faster: faster}},
		{gopkgConn, decodeGopkgConn([][]byte{b}), gate{}},
		{plainCopy, copyFrames([][]byte{b}), gate{within: within}},
	}}
}

// mixtureRow is one operation per frame of the mixture, in turn. It has the
// gate of its single frames, so that none of them is fast by having been seen
// just before.
func mixtureRow() Row {
	frames := mixture()
	return Row{Name: "Parse/mixture", Bytes: total(frames) / len(frames), ours: parseOurs(frames), peers: []peer{
		{gopkg, decodeGopkg(frames), gate{faster: 20}},
		{gopkgConn, decodeGopkgConn(frames), gate{}},
		{plainCopy, copyFrames(frames), gate{}},
	}}
}

// parseOurs parses the frames in turn into one reused Frame.
//
//go:noinline
func parseOurs(frames [][]byte) body {
	f := new(frame.Frame)
	return func(n int) {
		sum := 0
		for i := 0; n > 0; n-- {
			size, err := f.Parse(frames[i])
			if err != nil {
				panic(err)
			}
			sum += size + len(f.Payload)
			if i++; i == len(frames) {
				i = 0
			}
		}
		sink.n = sum
	}
}

// decodeGopkg decodes the frames in turn, each from a reader of its own, as
// the peer's own DecodeFromBytes does, with the payload read into a reused
// buffer.
//
//go:noinline
func decodeGopkg(frames [][]byte) body {
	ctx, buf := context.Background(), make([]byte, longest(frames))
	return func(n int) {
		sum := 0
		for i := 0; n > 0; n-- {
			in := bufiox.NewBytesReader(frames[i])
			sum += decodeOne(ctx, in, buf)
			if i++; i == len(frames) {
				i = 0
			}
		}
		sink.n = sum
	}
}

// decodeGopkgConn is decodeGopkg with one reader for many frames, as a
// connection has it: the least that the peer can be made to cost.
//
//go:noinline
func decodeGopkgConn(frames [][]byte) body {
	ctx, buf := context.Background(), make([]byte, longest(frames))
	run := bytes.Join(frames, nil)
	if len(frames) == 1 {
		run = bytes.Repeat(run, 256)
	}
	return func(n int) {
		sum := 0
		in, left := bufiox.NewBytesReader(run), len(run)
		for ; n > 0; n-- {
			if left == 0 {
				in, left = bufiox.NewBytesReader(run), len(run)
			}
			size := decodeOne(ctx, in, buf)
			sum += size
			left -= size
		}
		sink.n = sum
	}
}

// decodeOne decodes the frame at the start of in and gives its size.
func decodeOne(ctx context.Context, in bufiox.Reader, buf []byte) int {
	p, err := ttheader.Decode(ctx, in)
	if err != nil {
		panic(err)
	}
	if _, err = in.ReadBinary(buf[:p.PayloadLen]); err != nil {
		panic(err)
	}
	if err = in.Release(nil); err != nil {
		panic(err)
	}
	return p.HeaderLen + p.PayloadLen
}

// copyFrames copies the frames in turn to the same place.
//
//go:noinline
func copyFrames(frames [][]byte) body {
	dst := make([]byte, longest(frames))
	return func(n int) {
		sum := 0
		for i := 0; n > 0; n-- {
			sum += copy(dst, frames[i])
			if i++; i == len(frames) {
				i = 0
			}
		}
		sink.n, sink.b = sum, dst
	}
}

// longest is the length of the longest frame, in bytes.
func longest(frames [][]byte) int {
	n := 0
	for _, f := range frames {
		n = max(n, len(f))
	}
	return n
}
