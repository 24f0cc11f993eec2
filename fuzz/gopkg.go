package fuzz

import (
	"context"
	"encoding/binary"
	"maps"

	"github.com/cloudwego/gopkg/protocol/ttheader"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/fuzz/internal/script"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
)

// Difference is a way in which ttwire and package ttheader of cloudwego/gopkg
// v0.1.4 differ on purpose. An input on which they differ otherwise is a
// finding.
type Difference struct {
	Name string
	Who  string // "we accept", "gopkg accepts", "gopkg writes"
	Why  string
}

// Differences are all that are known, of reading and of writing.
var Differences = []Difference{
	{"length", "gopkg accepts", "LENGTH is not compared with HEADER SIZE there; PayloadLen may come out negative. Here it is illegal, foreign bytes named (rules 2.1, 2.7)."},
	{"payload-limit", "gopkg accepts", "LENGTH has no limit there (rules 2.1, 3.10)."},
	{"flags", "gopkg accepts", "Its reader is one for unary frames too, which do not have the streaming flag (rule 2.3)."},
	{"header-wrap", "gopkg accepts", "HEADER SIZE times 4 wraps in 16 bits there: of 16,384 words and more it reads 65,536 bytes less (rules 2.5, 3.13)."},
	{"header-wrap-refused", "we accept", "The same: what is left of such a header info makes no sense, or is empty."},
	{"pair-limit", "gopkg accepts", "Pairs have no limit there (rule 3.10)."},
	{"no-frame-type", "gopkg accepts", "The frame type is not its business: unary frames have none (rule 4.1)."},
	{"frame-type", "gopkg accepts", "The same."},
	{"stream-id", "gopkg accepts", "The same (rule 4.3)."},
	{"not-protocol", "gopkg writes", "Any PROTOCOL ID is written there, to be refused by its own reader (rule 3.12)."},
}

// decoded is what gopkg makes of a frame whose header info is there.
func decoded(in []byte) (ttheader.DecodeParam, error) {
	return ttheader.DecodeFromBytes(context.Background(), in)
}

// wraps reports whether HEADER SIZE times 4 does not fit in 16 bits.
func wraps(in []byte) bool { return len(in) >= frame.FixedSize && wire.Uint16(in, 12) >= 1<<14 }

// GopkgDecode: where gopkg's decoder and ours both accept a frame, they agree on
// every field; where one accepts and the other does not, it is for a reason that
// Differences has.
func GopkgDecode(t T, in []byte) {
	lim := &frame.Limits{MaxHeader: wire.MaxHeader}
	var f frame.Frame
	n, payload, err := f.ParseHeaderWithin(in, lim)
	theirs, theirErr := decoded(in)
	switch {
	case err == nil && theirErr == nil && !wraps(in):
		gopkgAgrees(t, &f, n, payload, &theirs)
	case err == nil && theirErr != nil:
		if !wraps(in) {
			t.Fatalf("gopkg: %v; here: %d, nil", theirErr, n)
		}
	case err != nil && theirErr == nil:
		if DecodeDifference(in, err) == "" {
			t.Fatalf("gopkg accepts what is %v at %d here", err, n)
		}
	}
}

// DecodeDifference is the name of the difference because of which gopkg's decoder
// may accept a frame that is refused here with err, or "".
func DecodeDifference(in []byte, err error) string {
	switch code, _ := err.(wire.Code); {
	case wraps(in):
		return "header-wrap"
	case code == wire.ErrPayloadLimit, code == wire.ErrFlags, code == wire.ErrPairLimit,
		code == wire.ErrNoFrameType, code == wire.ErrFrameType, code == wire.ErrStreamID:
		return code.Reason()
	case code == wire.ErrLength, len(in) >= 4 && code == wire.ForeignStart([4]byte(in)):
		return "length"
	}
	return ""
}

// gopkgAgrees: every field that gopkg reports.
func gopkgAgrees(t T, f *frame.Frame, n, payload int, p *ttheader.DecodeParam) {
	t.Helper()
	if uint16(p.Flags) != uint16(f.Flags) || p.SeqID != f.StreamID || byte(p.ProtocolID) != byte(f.Header.Protocol()) {
		t.Fatalf("gopkg reads flags %#x, id %d, protocol %#x; here %#x, %d, %v", p.Flags, p.SeqID, p.ProtocolID, uint16(f.Flags), f.StreamID, f.Header.Protocol())
	}
	if p.HeaderLen != n || p.PayloadLen != payload {
		t.Fatalf("gopkg reads %d and %d bytes; here %d and %d", p.HeaderLen, p.PayloadLen, n, payload)
	}
	ints, strs := mapsOf(&f.Header)
	if !maps.Equal(ints, p.IntInfo) || !maps.Equal(strs, p.StrInfo) {
		t.Fatalf("gopkg reads %q, %q\nhere %q, %q", p.IntInfo, p.StrInfo, ints, strs)
	}
}

// mapsOf are the pairs of a view as gopkg has them: the last of each key, and
// the token by its key.
func mapsOf(v *header.View) (ints map[uint16]string, strs map[string]string) {
	ints, strs = map[uint16]string{}, map[string]string{}
	for k, val := range v.Ints() {
		ints[uint16(k)] = string(val)
	}
	for k, val := range v.Strs() {
		strs[string(k)] = string(val)
	}
	if token, ok := v.Str(header.KeyToken); ok {
		strs[header.KeyToken] = string(token)
	}
	return ints, strs
}

// gopkgReads: gopkg's decoder accepts a frame that was built here, and reads it
// alike, but where it wraps.
func gopkgReads(t T, in []byte, f *frame.Frame) {
	t.Helper()
	if wraps(in) {
		return
	}
	p, err := decoded(in)
	if err != nil {
		t.Fatalf("gopkg does not read what was built: %v", err)
	}
	gopkgAgrees(t, f, f.Size()-len(f.Payload), len(f.Payload), &p)
}

// GopkgEncode: what gopkg's encoder writes is read here as it was meant, unless
// Differences says why not, and a Builder told the same makes a frame that says
// the same.
func GopkgEncode(t T, in []byte) {
	b := script.NewReader(in).Build()
	p := paramOf(&b)
	out, err := ttheader.EncodeToBytes(context.Background(), p)
	if err != nil {
		return // over 65,536 bytes of header info: a long value is too
	}
	out = append(out, b.Payload...)
	binary.BigEndian.PutUint32(out, uint32(len(out)-4))
	lim := &script.Limits[3]
	v := judge(out, lim)
	if EncodeDifference(v.err) != "" {
		return
	}
	if v.err != nil || v.n != len(out) {
		t.Fatalf("%+v\nis written by gopkg, and read: %d, %v\n% x", p, v.n, v.err, out)
	}
	saysParam(t, &v.f, &p)
	again, err := buildParam(&v.f, &p, lim)
	if err == wire.ErrNoMethod && v.f.Type == frame.Header {
		return
	}
	g := judge(again, lim)
	if err != nil || g.err != nil {
		t.Fatalf("%+v\nis refused by the Builder: %v, or not read: %v", p, err, g.err)
	}
	saysParam(t, &g.f, &p)
}

// paramOf is what a script says as gopkg is told it.
func paramOf(b *script.Build) ttheader.EncodeParam {
	s := saying{typ: b.Type, flags: frame.FlagStreaming}
	for i := range b.Calls {
		s.call(&b.Calls[i])
	}
	s.place()
	p := ttheader.EncodeParam{
		Flags: ttheader.HeaderFlags(s.flags), SeqID: b.Stream, ProtocolID: ttheader.ProtocolID(b.Protocol),
		IntInfo: map[uint16]string{}, StrInfo: map[string]string{},
	}
	for _, pair := range s.strs {
		p.StrInfo[pair.key] = pair.value
	}
	for _, pair := range s.ints {
		p.IntInfo[uint16(pair.int)] = pair.value
	}
	for _, pair := range s.token {
		p.StrInfo[header.KeyToken] = pair.value
	}
	return p
}

// EncodeDifference is the name of the difference because of which what gopkg's
// encoder has written is refused here with err, or "".
func EncodeDifference(err error) string {
	switch err {
	case wire.ErrProtocol:
		return "not-protocol"
	case wire.ErrFlags, wire.ErrFrameType, wire.ErrStreamID:
		return err.(wire.Code).Reason()
	}
	return ""
}

// saysParam: a frame read here says what gopkg was told.
func saysParam(t T, f *frame.Frame, p *ttheader.EncodeParam) {
	t.Helper()
	ints, strs := mapsOf(&f.Header)
	if uint16(f.Flags) != uint16(p.Flags) || f.StreamID != p.SeqID || byte(f.Header.Protocol()) != byte(p.ProtocolID) ||
		!maps.Equal(ints, p.IntInfo) || !maps.Equal(strs, p.StrInfo) {
		t.Fatalf("%+v\nis read as flags %#x, id %d, protocol %v, %q, %q", p, uint16(f.Flags), f.StreamID, f.Header.Protocol(), ints, strs)
	}
}

// buildParam tells a Builder what gopkg was told.
func buildParam(f *frame.Frame, p *ttheader.EncodeParam, lim *frame.Limits) ([]byte, error) {
	b := frame.BeginWithin(nil, f.Type, p.SeqID, header.Protocol(p.ProtocolID), lim)
	b.Flags(frame.Flags(p.Flags))
	for k, v := range p.StrInfo {
		if k == header.KeyToken {
			b.Token(v)
		} else {
			b.Str(k, v)
		}
	}
	for k, v := range p.IntInfo {
		b.Int(header.Key(k), v)
	}
	return b.Finish(f.Payload)
}
