package main

import (
	"bytes"
	"context"
	"errors"

	"github.com/cloudwego/gopkg/bufiox"
	"github.com/cloudwego/gopkg/protocol/ttheader"

	"github.com/ttwire/ttwire/frame"
)

// rejectRows: an illegal frame is found to be so. Whoever floods a server with
// garbage must not make it work harder than with honest frames.
func rejectRows() []row {
	return []row{
		rejectRow("bad-magic", badMagic(), 30),
		rejectRow("bad-type", badType(), 20),
		rejectRow("truncated-pair", truncatedPair(), 30),
	}
}

// badMagic is a data frame but for its MAGIC, which nobody else uses either.
func badMagic() []byte {
	b := dataFrame(stream, method, make([]byte, 64), false)
	b[4], b[5] = 0xAB, 0xCD
	return b
}

// badType is a data frame but for its type, which is "6".
func badType() []byte {
	b := dataFrame(stream, method, make([]byte, 64), false)
	b[bytes.Index(b, []byte("\x00\x1b\x00\x013"))+4] = '6'
	return b
}

// truncatedPair is a header frame whose last string value claims far more than
// the header info holds.
func truncatedPair() []byte {
	b := pairsFrame(frame.Header, stream, method, headerPairs, nil)
	b[bytes.Index(b, []byte(headerPairs[len(headerPairs)-1].val))-2] = 0xFF
	return b
}

func rejectRow(name string, b []byte, faster float64) row {
	return row{name: "Reject/" + name, bytes: len(b), ours: rejectOurs(b),
		peers: []peer{{gopkg, rejectGopkg(b), gate{faster: faster}}}}
}

// rejectOurs parses the frame and keeps the error.
func rejectOurs(b []byte) body {
	f := new(frame.Frame)
	return func(n int) {
		var err error
		for ; n > 0; n-- {
			if _, err = f.Parse(b); err == nil {
				panic("an illegal frame was accepted")
			}
		}
		sink.err = err
	}
}

var errType = errors.New("no such frame type")

// rejectGopkg decodes the frame and keeps the error. What the peer's decoder
// lets through is then looked at as its users have to: flags, and the frame
// type in the map; the error for that is made beforehand. The payload is not
// read.
func rejectGopkg(b []byte) body {
	ctx := context.Background()
	return func(n int) {
		var (
			p   ttheader.DecodeParam
			err error
		)
		for ; n > 0; n-- {
			in := bufiox.NewBytesReader(b)
			p, err = ttheader.Decode(ctx, in)
			if err == nil {
				err = checkType(&p)
			}
			if err == nil {
				panic("an illegal frame was accepted")
			}
			_ = in.Release(err)
		}
		sink.err = err
	}
}

// checkType is what Decode leaves to its users.
func checkType(p *ttheader.DecodeParam) error {
	if p.Flags&ttheader.HeaderFlagsStreaming == 0 {
		return errType
	}
	switch p.IntInfo[ttheader.FrameType] {
	case "1", "2", "3", "4", "5":
		return nil
	}
	return errType
}
