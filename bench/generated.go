package bench

import (
	"context"

	"github.com/cloudwego/gopkg/bufiox"
	"github.com/cloudwego/gopkg/protocol/ttheader"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/wire"
)

// The frames here come from the generators that the tests and the fuzz seeds
// draw from: legal frames of any shape, and illegal ones of every kind. What
// peers do not write today must not be slow either.

// generatedRow is one operation per frame, in turn.
func generatedRow() Row {
	frames := generated()
	return Row{Name: "Parse/generated", Bytes: total(frames) / len(frames), ours: parseOurs(frames), peers: []peer{
		{gopkg, decodeGopkg(frames), gate{}},
		{plainCopy, copyFrames(frames), gate{}},
	}}
}

// catalogueRow is one operation per illegal frame, in turn. Each costs both
// sides a call through a func value, which the other rows do without.
func catalogueRow() Row {
	frames := catalogue()
	var ours, theirs []body
	for _, b := range frames {
		ours, theirs = append(ours, rejectOurs(b)), append(theirs, rejectGopkg(b))
	}
	return Row{Name: "Reject/catalogue", Bytes: total(frames) / len(frames), ours: inTurn(ours), peers: []peer{
		{gopkg, inTurn(theirs), gate{}},
	}}
}

// generated are 256 legal frames that the peer can decode as well, of 4 KiB at
// most.
func generated() [][]byte {
	var frames [][]byte
	for i := 0; len(frames) < 256; i++ {
		if b := testgen.Frames().Example(i).Bytes(); len(b) <= 4<<10 && decodes(b) {
			frames = append(frames, b)
		}
	}
	return frames
}

// catalogue are the illegal frames of the catalogue of hostile input, at the
// default limits, that the peer rejects too.
func catalogue() [][]byte {
	var frames [][]byte
	for _, c := range testgen.Hostile() {
		if c.Limits == (frame.Limits{}) && c.Code != 0 && c.Code != wire.ErrShort && !decodes(c.In) {
			frames = append(frames, c.In)
		}
	}
	return frames
}

// decodes reports whether the peer's decoder, and what its users have to check,
// accept the frame, to the end of its payload.
func decodes(b []byte) bool {
	in := bufiox.NewBytesReader(b)
	defer in.Release(nil)
	p, err := ttheader.Decode(context.Background(), in)
	if err != nil || check(&p) != nil {
		return false
	}
	_, err = in.Next(p.PayloadLen)
	return err == nil && in.ReadLen() == len(b)
}

// inTurn does one operation of each body after the other, over and over.
func inTurn(each []body) body {
	i := 0
	return func(n int) {
		for ; n > 0; n-- {
			each[i](1)
			if i++; i == len(each) {
				i = 0
			}
		}
	}
}
