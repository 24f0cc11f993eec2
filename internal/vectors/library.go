package main

import (
	"bytes"
	"errors"
	"slices"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// library is what the library says of a vector's input.
func library(v *vector) *result {
	in := []byte(*v.In)
	switch v.Test {
	case "frame":
		return libraryFrame(v, in)
	case "exception":
		return libraryException(v, in)
	case "extra":
		return libraryExtra(v, in)
	case "trailer":
		return libraryTrailer(v, in)
	case "rst":
		return libraryRst(v, in)
	}
	return libraryPath(v, in)
}

// said is a result by what a parser of the library returns.
func said(test string, n int, err error) *result {
	if err == nil {
		return judged(test, "", n)
	}
	return judged(test, err.(wire.Code).Reason(), n)
}

func libraryFrame(v *vector, in []byte) *result {
	lim := v.frameLimits()
	var f frame.Frame
	n, err := f.ParseWithin(in, &lim)
	if err == wire.ErrShort && len(in) < 4 {
		n = 0 // rule 1.4: not known yet
	}
	r := said("frame", n, err)
	if err == nil {
		r.Fields = fieldsOf(&f)
		r.Canonical = f.Type != 0 && bytes.Equal(canonical(&f), in[:n])
	}
	return r
}

func fieldsOf(f *frame.Frame) frameFields {
	fields := frameFields{
		Type: "unknown", Flags: uint16(f.Flags), Stream: f.StreamID, Protocol: byte(f.Header.Protocol()), Ints: []intPair{}, Strs: []strPair{},
		Transforms: octets(f.Header.Transforms()), Payload: octets(f.Payload),
		Method: optional(f.Header.Method()), TokenBlock: optional(f.Header.Token()), Token: optional(f.Header.Str(testgen.KeyToken)),
	}
	if f.Type != 0 {
		fields.Type = f.Type.String()
	}
	for k, value := range f.Header.Ints() {
		fields.Ints = append(fields.Ints, intPair{uint16(k), octets(value)})
	}
	for k, value := range f.Header.Strs() {
		fields.Strs = append(fields.Strs, strPair{octets(k), octets(value)})
	}
	return fields
}

func optional(b []byte, there bool) *octets { return given(string(b), there) }

// canonical is the frame built anew in the order of rule 3.11, nil if it cannot
// be.
func canonical(f *frame.Frame) []byte {
	b := frame.Begin(nil, f.Type, f.StreamID, f.Header.Protocol())
	b.Flags(f.Flags)
	if token, ok := f.Header.Token(); ok {
		b.TokenBytes(token)
	}
	for k, value := range f.Header.Strs() {
		b.StrBytes(k, value)
	}
	if method, ok := f.Header.Method(); ok {
		b.MethodBytes(method)
	}
	for k, value := range f.Header.Ints() {
		if k != header.KeyFrameType && k != header.KeyMethod {
			b.IntBytes(k, value)
		}
	}
	out, err := b.Finish(f.Payload)
	if err != nil {
		return nil
	}
	return out
}

func libraryException(v *vector, in []byte) *result {
	var e trailer.Exception
	n, err := e.Parse(in, v.Strict)
	r := said("exception", n, err)
	if err == nil {
		r.Fields = exceptionFields{octets(e.Method), e.Seq, e.TypeID, octets(e.Message), octets(e.AppendText(nil))}
		out, err := trailer.AppendException(nil, e.Method, e.Seq, e.TypeID, e.Message)
		r.Canonical = err == nil && bytes.Equal(out, in)
	}
	return r
}

func libraryExtra(v *vector, in []byte) *result {
	var x trailer.Extra
	n, err := x.Parse(in, v.Strict)
	r := said("extra", n, err)
	if err != nil {
		return r
	}
	all := members(&x)
	r.Fields = extraFields{all}
	var pairs []status.Pair
	for _, m := range all {
		pairs = append(pairs, status.Pair(m))
	}
	r.Canonical = all != nil && bytes.Equal(trailer.AppendExtra(nil, pairs), in)
	return r
}

func members(x *trailer.Extra) []member {
	if x.Null() {
		return nil
	}
	all := []member{}
	for k, value := range x.All(nil) {
		all = append(all, member{string(k), string(value)})
	}
	return all
}

// parsed is a frame that is legal within the defaults.
func parsed(in []byte) *frame.Frame {
	f := new(frame.Frame)
	if n, err := f.Parse(in); err != nil || n != len(in) {
		panic("vectors: not one frame")
	}
	return f
}

func libraryTrailer(v *vector, in []byte) *result {
	var s status.Status
	err := trailer.ParseInto(&s, parsed(in), trailer.Mode{Strict: v.Strict, Lenient: v.Lenient})
	r := said("trailer", s.Offset, err)
	r.Fields = endingOf(&s)
	return r
}

// endingOf is a trailer's status. Of an illegal one it is what rule 7.4 keeps,
// or nothing.
func endingOf(s *status.Status) any {
	rec := status.FromError(trailer.Err(s, status.SideClient))
	fields := trailerFields{Message: there(s.Message)}
	switch s.Ending {
	case status.EndOK:
		return trailerFields{Ending: "well"}
	case status.EndIllegal:
		if s.FuncRet == 0 || rec.Partial == nil || s.Err == wire.ErrContradiction || s.Err == wire.ErrTRPCCode {
			return nil
		}
		return trailerFields{Ending: "illegal", BizStatus: rec.Partial.Code, Message: there(rec.Partial.Message)}
	case status.EndBusiness:
		var x trailer.Extra
		_, _ = x.Parse(s.Extra, false)
		extra := members(&x)
		fields.Ending, fields.Kind, fields.Code, fields.BizStatus, fields.Extra = "business", "business", rec.Code, s.FuncRet, &extra
	case status.EndFramework:
		cause := new(status.Error)
		if !errors.As(rec.Cause, &cause) {
			panic("vectors: an exception without a cause")
		}
		fields.Ending, fields.Kind, fields.Code, fields.FuncRet = "exception", "stream", rec.Code, &s.FuncRet
		fields.TypeID, fields.Text = &s.Ret, there(cause.Message)
	}
	return fields
}

func libraryRst(v *vector, in []byte) *result {
	var s status.Status
	err := trailer.ParseInto(&s, parsed(in), trailer.Mode{Strict: v.Strict})
	r := said("rst", 0, err)
	side := map[string]status.Side{"client": status.SideClient, "server": status.SideServer}[v.Role]
	rec := status.FromError(trailer.Err(&s, side))
	r.Fields = rstFields{rec.Code, rec.Remote, octets(s.Message), octets(rec.Message), len(rec.CancelPath), hops(rec.CancelPath)}
	return r
}

func libraryPath(v *vector, in []byte) *result {
	if v.Hop != nil {
		longer, err := trailer.AppendHop(nil, trailer.Path(in), string(*v.Hop))
		if err != nil {
			return &result{Verdict: "REFUSE", Reason: err.(wire.Code).Reason()}
		}
		path := octets(longer)
		all := slices.Collect(trailer.Path(longer).Nodes())
		return &result{Verdict: "legal", Fields: pathFields{len(all), hops(texts(all)), &path}}
	}
	all := slices.Collect(trailer.Path(in).Nodes())
	return &result{Verdict: "legal", Fields: pathFields{HopCount: len(all), Hops: hops(texts(all))}}
}

func texts(all [][]byte) (s []string) {
	for _, b := range all {
		s = append(s, string(b))
	}
	return s
}
