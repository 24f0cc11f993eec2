package bench

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/cloudwego/gopkg/bufiox"
	"github.com/cloudwego/gopkg/protocol/ttheader"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
)

// trailerRows: the ending of a stream is read and written.
//
// Extra checks a biz-extra against the whole grammar of RFC 8259 and makes it
// ready for lookups, Exception reads the exception message; the peers fill a map
// and an object. The peers' Unmarshal takes repeated members and invalid UTF-8
// (which encoding/json repairs), and so does Extra.Parse unless it is told to be
// strict: the gates are about that mode, the like work. Ending does
// the whole of a frame: ours delivers a status.Status. Of the peer only the
// decoding of the header is timed there, though its users have the status still
// to make of it, since that is the promise; to append, it is given the same to
// do as ours: the business code as a number and the extras as pairs.
func trailerRows() []Row {
	return []Row{
		extraRow("21B", `{"testKey":"testVal"}`, true, 40, 14),
		extraRow("21B-illegal", `{"testKey":"testVal"]`, false, 20, 20),
		strictRow("21B-strict", `{"testKey":"testVal"}`, true),
		strictRow("21B-strict-illegal", `{"key":"v","key":"w"}`, false),
		extraRow("1KiB", longExtra('}'), true, 0, 0),
		extraRow("1KiB-illegal", longExtra(']'), false, 0, 0),
		{Name: "Exception/cancel", Bytes: len(exception()), ours: exceptionOurs(exception()), peers: []peer{
			{gopkg, exceptionGopkg(exception()), gate{faster: 9}},
		}},
		endingRow("parse-business", pairsFrame(frame.Trailer, stream, method, trailerPairs, nil), status.EndBusiness, 12),
		endingRow("parse-exception", pairsFrame(frame.Trailer, stream, method, trailerPairs[3:], exception()), status.EndFramework, 0),
		endingRow("parse-rst", rstFrame(), status.EndCanceled, 0),
		generatedEndings(),
		{Name: "Ending/append-business", Bytes: len(pairsFrame(frame.Trailer, stream, method, trailerPairs, nil)),
			ours: appendBusinessOurs(), peers: []peer{{gopkg, appendBusinessGopkg(io.Discard), gate{faster: 6}}}},
	}
}

// endingRow is one trailer or rst frame, parsed down to its status.
func endingRow(name string, b []byte, want status.Ending, faster float64) Row {
	return Row{Name: "Ending/" + name, Bytes: len(b), ours: endingOurs(b, want), peers: []peer{
		{gopkg, decodeGopkg([][]byte{b}), gate{faster: faster}},
	}}
}

//go:noinline
func endingOurs(b []byte, want status.Ending) body {
	f, s := new(frame.Frame), new(status.Status)
	return func(n int) {
		for ; n > 0; n-- {
			_, err := f.Parse(b)
			if err == nil {
				err = trailer.ParseInto(s, f, trailer.Mode{})
			}
			if err != nil || s.Ending != want {
				panic("judged wrongly")
			}
		}
		sink.b = s.Message
	}
}

// The business error of trailerPairs, as the programs of either side hold it.
const (
	bizCode    = 10001
	bizMessage = "insufficient user balance"
)

//go:noinline
func appendBusinessOurs() body {
	dst := make([]byte, 0, 4096)
	st := trailer.Stream{ID: stream, Method: method, Protocol: header.ThriftStruct}
	user := []status.Pair{{Key: trailerPairs[3].key, Value: trailerPairs[3].val}}
	s := status.Status{
		Ending: status.EndBusiness, FuncRet: bizCode, Message: []byte(bizMessage),
		Pairs: []status.Pair{{Key: "testKey", Value: "testVal"}},
	}
	return func(n int) {
		var err error
		for ; n > 0; n-- {
			if dst, err = trailer.AppendTrailer(dst[:0], &st, &s, user); err != nil {
				panic(err)
			}
		}
		sink.b = dst
	}
}

// appendBusinessGopkg makes the biz-* pairs, the extras by the faster of the two
// JSON encoders, and encodes the frame.
//
//go:noinline
func appendBusinessGopkg(out io.Writer) body {
	ctx, param := context.Background(), gopkgParam(frame.Trailer, trailerPairs)
	extra := map[string]string{"testKey": "testVal"}
	w := bufiox.NewDefaultWriter(out)
	return func(n int) {
		for ; n > 0; n-- {
			param.StrInfo[header.KeyBizStatus] = strconv.Itoa(bizCode)
			param.StrInfo[header.KeyBizMessage] = bizMessage
			param.StrInfo[header.KeyBizExtra] = string(must(sonicMarshal(extra)))
			length, err := ttheader.Encode(ctx, param, w)
			if err != nil {
				panic(err)
			}
			binary.BigEndian.PutUint32(length, uint32(w.WrittenLen()-4))
			if err = w.Flush(); err != nil {
				panic(err)
			}
		}
	}
}

// longExtra is about 1 KiB in 20 members; its last byte is what end says.
func longExtra(end byte) string {
	var b strings.Builder
	for i := range 20 {
		sep := ','
		if i == 0 {
			sep = '{'
		}
		fmt.Fprintf(&b, `%c"user-key-%02d":"value of some length, \"%02d\""`, sep, i, i)
	}
	return b.String() + string(end)
}

// extraRow is one biz-extra. It is legal or not, to the last byte.
func extraRow(name, text string, legal bool, fasterStd, fasterSonic float64) Row {
	return Row{Name: "Extra/" + name, Bytes: len(text), moves: true, ours: extraOurs([]byte(text), false, legal), peers: []peer{
		{stdJSON, unmarshal([]byte(text), legal, json.Unmarshal), gate{faster: fasterStd}},
		{sonicJSON, unmarshal([]byte(text), legal, sonicUnmarshal), gate{faster: fasterSonic}},
	}}
}

// strictRow is a biz-extra in strict mode, which the peers are not called in. What
// is illegal is so in that mode alone: they would accept it, and are left out.
func strictRow(name, text string, legal bool) Row {
	r := extraRow(name, text, true, 0, 0)
	r.ours = extraOurs([]byte(text), true, legal)
	if !legal {
		r.peers = nil
	}
	return r
}

//go:noinline
func extraOurs(text []byte, strict, legal bool) body {
	x := new(trailer.Extra)
	return func(n int) {
		for ; n > 0; n-- {
			_, err := x.Parse(text, strict)
			if (err == nil) != legal {
				panic("judged wrongly")
			}
			sink.n = x.Len()
		}
	}
}

//go:noinline
func exceptionOurs(b []byte) body {
	e := new(trailer.Exception)
	return func(n int) {
		for ; n > 0; n-- {
			if _, err := e.Parse(b, false); err != nil {
				panic(err)
			}
		}
		sink.b = e.Message
	}
}

// unmarshal fills a new map of strings from the text.
//
//go:noinline
func unmarshal(text []byte, legal bool, into func([]byte, any) error) body {
	return func(n int) {
		for ; n > 0; n-- {
			var m map[string]string
			err := into(text, &m)
			if (err == nil) != legal {
				panic("judged wrongly")
			}
			sink.n, sink.err = len(m), err
		}
	}
}

// exceptionGopkg reads the whole of it, as Kitex does.
//
//go:noinline
func exceptionGopkg(b []byte) body {
	return func(n int) {
		for ; n > 0; n-- {
			msg, err := readException(b)
			if err != nil {
				panic(err)
			}
			sink.s = msg
		}
	}
}
