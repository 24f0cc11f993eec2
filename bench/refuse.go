package bench

import (
	"context"
	"strconv"

	"github.com/cloudwego/gopkg/bufiox"
	"github.com/cloudwego/gopkg/protocol/thrift"
	"github.com/cloudwego/gopkg/protocol/ttheader"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// refusalRows: the frame of an ending is legal, and what it says of the ending
// is not. Ours finds that from the bytes on: it parses the frame, and then the
// ending. The peers know nothing of tRPC's pairs, so that rows of these have
// none.
func refusalRows() []Row {
	var rows []Row
	for _, r := range refused() {
		row := Row{Name: "Refuse/" + r.name, Bytes: len(r.frame), ours: refuseOurs(r.frame, r.want)}
		if r.want != wire.ErrTRPCCode && r.want != wire.ErrContradiction {
			row.peers = []peer{{gopkg, refuseGopkg(r.frame), gate{}}}
		}
		rows = append(rows, row)
	}
	return rows
}

// refused are the endings and what is wrong with each.
func refused() []illegal {
	biz := func(code, extra string, more ...pair) []byte {
		pairs := append([]pair{{header.KeyBizStatus, code}, trailerPairs[1], {header.KeyBizExtra, extra}}, more...)
		return pairsFrame(frame.Trailer, stream, method, pairs, nil)
	}
	exc := func(payload []byte) []byte {
		return pairsFrame(frame.Trailer, stream, method, trailerPairs[3:], payload)
	}
	long := exception()
	long[at(long, []byte(cancelText))-4] = 0x7F // the message's length
	const good = `{"testKey":"testVal"}`
	return []illegal{
		{"biz-status", biz("1000l", good), wire.ErrBizStatus, 0},
		{"biz-extra", biz("10001", `{"testKey":"testVal"]`), wire.ErrBizExtra, 0},
		{"biz-extra-type", biz("10001", `{"testKey":[1,2,3]}`), wire.ErrBizExtra, 0},
		{"exception-version", exc(put(exception(), 0, 0x7F)), wire.ErrExceptionVersion, 0},
		{"exception-length", exc(long), wire.ErrExceptionField, 0},
		{"exception-cut", exc(exception()[:len(exception())/2]), wire.ErrExceptionField, 0},
		{"trpc-code", biz("10001", good, pair{header.KeyTRPCFuncRet, "1000l"}), wire.ErrTRPCCode, 0},
		{"contradiction", biz("10001", good, pair{header.KeyTRPCFuncRet, "10002"}), wire.ErrContradiction, 0},
	}
}

// refuseOurs reads the ending and keeps the error.
//
//go:noinline
func refuseOurs(b []byte, want wire.Code) body {
	f, s := new(frame.Frame), new(status.Status)
	return func(n int) {
		var err error
		for ; n > 0; n-- {
			if _, err = f.Parse(b); err != nil {
				panic(err)
			}
			if err = trailer.ParseInto(s, f, trailer.Mode{}); err != want {
				panic("judged wrongly")
			}
		}
		sink.err = err
	}
}

// refuseGopkg does the same with what a Kitex client is made of: it decodes the
// frame, and then reads the exception, or else code and extra by Atoi and
// sonic.
//
//go:noinline
func refuseGopkg(b []byte) body {
	ctx, buf := context.Background(), make([]byte, len(b))
	return func(n int) {
		var err error
		for ; n > 0; n-- {
			in := bufiox.NewBytesReader(b)
			p := must(ttheader.Decode(ctx, in))
			payload := buf[:p.PayloadLen]
			must(in.ReadBinary(payload))
			if err = endingGopkg(&p, payload); err == nil {
				panic("an illegal ending was accepted")
			}
			_ = in.Release(err)
		}
		sink.err = err
	}
}

func endingGopkg(p *ttheader.DecodeParam, payload []byte) error {
	if len(payload) > 0 {
		_, err := readException(payload)
		return err
	}
	code, err := strconv.Atoi(p.StrInfo[header.KeyBizStatus])
	if err != nil {
		return err
	}
	var extra map[string]string
	err = sonicUnmarshalString(p.StrInfo[header.KeyBizExtra], &extra)
	sink.n = code + len(extra)
	return err
}

// readException reads the message's begin and then the exception, as Kitex
// does.
func readException(b []byte) (msg string, err error) {
	_, typ, _, p, err := thrift.Binary.ReadMessageBegin(b)
	if err != nil {
		return "", err
	}
	if typ != thrift.EXCEPTION {
		return "", errType
	}
	e := thrift.NewApplicationException(0, "")
	_, err = e.FastRead(b[p:])
	return e.Msg(), err
}
