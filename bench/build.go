package bench

import (
	"context"
	"encoding/binary"
	"io"

	"github.com/cloudwego/gopkg/bufiox"
	"github.com/cloudwego/gopkg/protocol/ttheader"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
)

// buildRows: a frame is appended to a buffer that is large enough.
//
// Ours is given the pairs one by one, the peer two maps that were made
// beforehand, as users hold them. The peer's writer is reused and writes to
// nowhere: as "gopkg" it is flushed after each frame, which is how Kitex's own
// transport sends one, as "gopkg-batch" after 2 KiB or more, which is the least
// that the peer can be made to cost.
func buildRows() []Row {
	payload := make([]byte, 64)
	t := must(frame.NewTemplate(stream, method, header.ThriftStruct))
	data := dataFrame(stream, method, payload, false)
	return []Row{
		buildRow("header-6-pairs", frame.Header, headerPairs, 5),
		buildRow("trailer-biz", frame.Trailer, trailerPairs, 6),
		{Name: "Template/data-64B", Bytes: len(data), moves: true, ours: appendOurs(&t, payload), peers: []peer{
			{gopkg, encodeGopkg(io.Discard, 0, frame.Data, nil, payload), gate{faster: 12}},
			{gopkgBatch, encodeGopkg(io.Discard, batch, frame.Data, nil, payload), gate{}},
			{plainCopy, copyFrames([][]byte{data}), gate{within: 2.5}},
		}},
		{Name: "Template/prefix-64KiB", Bytes: len(data) - len(payload), ours: prefixOurs(&t, 64<<10),
			Note: "<= 30 ns on an idle machine"},
	}
}

// batch is how many bytes wait before a batching peer flushes.
const batch = 2048

// buildRow is a frame of string pairs.
func buildRow(name string, t frame.Type, pairs []pair, faster float64) Row {
	return Row{Name: "Build/" + name, Bytes: len(pairsFrame(t, stream, method, pairs, nil)),
		ours: buildOurs(t, pairs),
		peers: []peer{
			{gopkg, encodeGopkg(io.Discard, 0, t, pairs, nil), gate{faster: faster}},
			{gopkgBatch, encodeGopkg(io.Discard, batch, t, pairs, nil), gate{}},
		},
	}
}

// buildOurs builds the frame pair by pair over the one before.
//
//go:noinline
func buildOurs(t frame.Type, pairs []pair) body {
	dst := make([]byte, 0, 4096)
	return func(n int) {
		var err error
		for ; n > 0; n-- {
			b := frame.Begin(dst[:0], t, stream, header.ThriftStruct)
			for i := range pairs {
				b.Str(pairs[i].key, pairs[i].val)
			}
			b.Method(method)
			if dst, err = b.Finish(nil); err != nil {
				panic(err)
			}
		}
		sink.b = dst
	}
}

// appendOurs appends a data frame over the one before.
//
//go:noinline
func appendOurs(t *frame.Template, payload []byte) body {
	dst := make([]byte, 0, 4096)
	return func(n int) {
		var err error
		for ; n > 0; n-- {
			if dst, err = t.Append(dst[:0], payload); err != nil {
				panic(err)
			}
		}
		sink.b = dst
	}
}

// prefixOurs appends what goes before a payload that is sent from where it is.
//
//go:noinline
func prefixOurs(t *frame.Template, payload int) body {
	dst := make([]byte, 0, 4096)
	return func(n int) {
		var err error
		for ; n > 0; n-- {
			if dst, err = t.AppendPrefix(dst[:0], payload); err != nil {
				panic(err)
			}
		}
		sink.b = dst
	}
}

// encodeGopkg encodes the frame into a reused writer over out, fills LENGTH in,
// and flushes when at least batch bytes wait.
//
//go:noinline
func encodeGopkg(out io.Writer, batch int, t frame.Type, pairs []pair, payload []byte) body {
	ctx, param := context.Background(), gopkgParam(t, pairs)
	w := bufiox.NewDefaultWriter(out)
	return func(n int) {
		for ; n > 0; n-- {
			start := w.WrittenLen()
			length, err := ttheader.Encode(ctx, param, w)
			if err != nil {
				panic(err)
			}
			if len(payload) != 0 {
				if _, err = w.WriteBinary(payload); err != nil {
					panic(err)
				}
			}
			binary.BigEndian.PutUint32(length, uint32(w.WrittenLen()-start-4))
			if w.WrittenLen() < batch {
				continue
			}
			if err = w.Flush(); err != nil {
				panic(err)
			}
		}
	}
}

// gopkgParam is a frame as the peer's users hold it.
func gopkgParam(t frame.Type, pairs []pair) ttheader.EncodeParam {
	p := ttheader.EncodeParam{
		Flags:      ttheader.HeaderFlagsStreaming,
		SeqID:      stream,
		ProtocolID: ttheader.ProtocolIDThriftStruct,
		IntInfo:    map[uint16]string{ttheader.FrameType: string('0' + rune(t)), ttheader.ToMethod: method},
	}
	if len(pairs) != 0 {
		p.StrInfo = make(map[string]string)
	}
	for _, kv := range pairs {
		p.StrInfo[kv.key] = kv.val
	}
	return p
}
