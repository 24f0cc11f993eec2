package bench

import (
	"context"
	"fmt"
	"io"

	"github.com/cloudwego/gopkg/bufiox"
	"github.com/cloudwego/gopkg/protocol/ttheader"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
)

// pairsRows: header frames of 1 to 1,024 string pairs. A key is looked up by
// stepping over the pairs before it, and the peer has a map by then; so "last"
// wants one value, the last one, "all" wants every pair as it comes, and "each"
// wants every value by its key, which is what ours is not made for.
func pairsRows() []Row {
	var rows []Row
	for _, n := range []int{1, 4, 16, 64, 256, 1024} {
		pairs := manyPairs(n)
		b := widePairs(nil, pairs)
		row := func(what string, ours, peers body) Row {
			return Row{Name: fmt.Sprintf("Pairs/%s/pairs=%d", what, n), Bytes: len(b), ours: ours,
				peers: []peer{{gopkg, peers, gate{}}}}
		}
		last := pairs[n-1:]
		rows = append(rows,
			row("last", wantOurs(b, last), wantGopkg(b, last)),
			row("all", iterateOurs(b), iterateGopkg(b)),
			row("each", wantOurs(b, pairs), wantGopkg(b, pairs)),
			row("build", buildWide(pairs), encodeGopkg(io.Discard, 0, frame.Header, pairs, nil)))
	}
	return rows
}

// wide lets 1,024 string pairs pass beside frame type and method.
var wide = frame.Limits{MaxPairs: 2048}

// manyPairs are n pairs of different keys, 36 bytes each on the wire.
func manyPairs(n int) []pair {
	pairs := make([]pair, n)
	for i := range pairs {
		pairs[i] = pair{fmt.Sprintf("user-key-%07d", i), fmt.Sprintf("user-value-%05d", i)}
	}
	return pairs
}

// widePairs appends a header frame of the pairs.
func widePairs(dst []byte, pairs []pair) []byte {
	b := frame.BeginWithin(dst, frame.Header, stream, header.ThriftStruct, &wide)
	for i := range pairs {
		b.Str(pairs[i].key, pairs[i].val)
	}
	b.Method(method)
	return must(b.Finish(nil))
}

// buildWide builds the frame over the one before.
//
//go:noinline
func buildWide(pairs []pair) body {
	dst := make([]byte, 0, 64<<10)
	return func(n int) {
		for ; n > 0; n-- {
			dst = widePairs(dst[:0], pairs)
		}
		sink.b = dst
	}
}

// wantOurs parses the frame and looks the keys up.
//
//go:noinline
func wantOurs(b []byte, keys []pair) body {
	f := new(frame.Frame)
	return func(n int) {
		sum := 0
		for ; n > 0; n-- {
			must(f.ParseWithin(b, &wide))
			for i := range keys {
				val, _ := f.Header.Str(keys[i].key)
				sum += len(val)
			}
		}
		sink.n = sum
	}
}

// wantGopkg decodes the frame and looks the keys up in the map.
//
//go:noinline
func wantGopkg(b []byte, keys []pair) body {
	ctx := context.Background()
	return func(n int) {
		sum := 0
		for ; n > 0; n-- {
			in := bufiox.NewBytesReader(b)
			p := must(ttheader.Decode(ctx, in))
			for i := range keys {
				sum += len(p.StrInfo[keys[i].key])
			}
			_ = in.Release(nil)
		}
		sink.n = sum
	}
}

// iterateOurs parses the frame and goes over its pairs.
//
//go:noinline
func iterateOurs(b []byte) body {
	f := new(frame.Frame)
	return func(n int) {
		sum := 0
		for ; n > 0; n-- {
			must(f.ParseWithin(b, &wide))
			for k, v := range f.Header.Strs() {
				sum += len(k) + len(v)
			}
		}
		sink.n = sum
	}
}

// iterateGopkg decodes the frame and goes over the map.
//
//go:noinline
func iterateGopkg(b []byte) body {
	ctx := context.Background()
	return func(n int) {
		sum := 0
		for ; n > 0; n-- {
			in := bufiox.NewBytesReader(b)
			p := must(ttheader.Decode(ctx, in))
			for k, v := range p.StrInfo {
				sum += len(k) + len(v)
			}
			_ = in.Release(nil)
		}
		sink.n = sum
	}
}
