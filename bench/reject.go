package bench

import (
	"bytes"
	"context"
	"errors"

	"github.com/cloudwego/gopkg/bufiox"
	"github.com/cloudwego/gopkg/protocol/ttheader"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

// rejectRows: an illegal frame is found to be so. Whoever floods a server with
// garbage must not make it work harder than with honest frames.
func rejectRows() []Row {
	var rows []Row
	for _, r := range rejected() {
		rows = append(rows, Row{Name: "Reject/" + r.name, Bytes: len(r.frame), ours: rejectOurs(r.frame),
			peers: []peer{{gopkg, rejectGopkg(r.frame), gate{faster: r.faster}}}})
	}
	return append(rows, catalogueRow())
}

// An illegal frame, and the reason that its row is named after.
type illegal struct {
	name   string
	frame  []byte
	want   wire.Code
	faster float64 // the gate; 0 is none
}

// rejected are data frames with one thing wrong each, but for truncated-pair
// and pair-count, which are header frames, and foreign-http.
func rejected() []illegal {
	return []illegal{
		{"bad-magic", put(smallData(), 4, 0xAB, 0xCD), wire.ErrMagic, 30},
		{"bad-type", put(smallData(), at(smallData(), frameType)+4, '6'), wire.ErrFrameType, 20},
		{"truncated-pair", truncatedPair(), wire.ErrStrPair, 30},
		{"no-type", put(smallData(), at(smallData(), frameType)+1, 0x1A), wire.ErrNoFrameType, 0},
		{"not-streaming", put(smallData(), 7, 0), wire.ErrFlags, 0},
		{"wrong-length", put(smallData(), 0, 0, 0, 0, 20), wire.ErrLength, 0},
		{"too-large", put(smallData(), 0, 0x01, 0x80, 0, 0), wire.ErrPayloadLimit, 0},
		{"bad-protocol", put(smallData(), frame.FixedSize, 0x77), wire.ErrProtocol, 0},
		{"bad-info-id", put(smallData(), frame.FixedSize+2, 0x55), wire.ErrInfoID, 0},
		{"pair-count", put(headerFrame(), frame.FixedSize+3, 0xFF, 0xFF), wire.ErrStrCount, 0},
		{"foreign-http", []byte("GET / HTTP/1.1\r\nHost: example.com\r\nAccept: */*\r\n\r\n"), wire.ErrHTTPRequest, 0},
	}
}

// frameType is the int pair of a data frame's type.
var frameType = []byte("\x00\x1b\x00\x013")

func smallData() []byte   { return dataFrame(stream, method, make([]byte, 64), false) }
func headerFrame() []byte { return pairsFrame(frame.Header, stream, method, headerPairs, nil) }

// truncatedPair is a header frame whose last string value claims far more than
// the header info holds.
func truncatedPair() []byte {
	b := headerFrame()
	return put(b, at(b, []byte(headerPairs[len(headerPairs)-1].val))-2, 0xFF)
}

// put is b with other bytes at p.
func put(b []byte, p int, other ...byte) []byte {
	copy(b[p:], other)
	return b
}

// at is where sub, which is there, starts in b.
func at(b, sub []byte) int { return bytes.Index(b, sub) }

// rejectOurs parses the frame and keeps the error.
//
//go:noinline
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

// What rejectGopkg finds itself.
var (
	errType  = errors.New("no such frame type")
	errFlags = errors.New("not streaming")
	errSize  = errors.New("no such payload")
)

// rejectGopkg decodes the frame and keeps the error. What the peer's decoder
// lets through is then looked at as its users have to: flags, payload size, and
// the frame type in the map; the errors for that are made beforehand. The
// payload is not read.
//
//go:noinline
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
				err = check(&p)
			}
			if err == nil {
				panic("an illegal frame was accepted")
			}
			_ = in.Release(err)
		}
		sink.err = err
	}
}

// check is what Decode leaves to its users.
func check(p *ttheader.DecodeParam) error {
	if p.Flags&ttheader.HeaderFlagsStreaming == 0 {
		return errFlags
	}
	if p.PayloadLen < 0 || p.PayloadLen > wire.DefaultMaxPayload {
		return errSize
	}
	switch p.IntInfo[ttheader.FrameType] {
	case "1", "2", "3", "4", "5":
		return nil
	}
	return errType
}
