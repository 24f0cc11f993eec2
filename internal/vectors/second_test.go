package main

import (
	"bytes"
	"testing"

	"github.com/ttwire/ttwire/internal/plain"
)

// second is what the plain decoder says of a vector's input.
func second(v *vector) *result {
	in := string(*v.In)
	switch v.Test {
	case "frame":
		return secondFrame(v, in)
	case "exception":
		e, verdict := plain.ParseException([]byte(in), v.Strict)
		r := judged("exception", verdict.Reason, verdict.At)
		if verdict.Legal() {
			r.Fields = exceptionFields{octets(e.Method), e.Seq, e.TypeID, octets(e.Message), octets(e.Text())}
			r.Canonical = string(plain.WriteException(e)) == in
		}
		return coded(r, verdict)
	case "extra":
		members, verdict := plain.ParseExtra(in, v.Strict)
		r := judged("extra", verdict.Reason, verdict.At)
		if verdict.Legal() {
			r.Fields = extraFields{secondMembers(members)}
			r.Canonical = members != nil && plain.WriteExtra(members) == in
		}
		return coded(r, verdict)
	case "trailer":
		return secondTrailer(v, in)
	case "rst":
		f, _ := plain.ParseFrame([]byte(in), plain.Limits{})
		s := plain.ParseRst(f, v.Strict)
		code := s.Code(plain.Verdict{}, v.Role)
		return &result{Verdict: "legal", Fields: rstFields{code, !s.Bare, octets(s.Message), octets(s.Text), len(s.Path), hops(s.Path)}}
	}
	return secondPath(v, in)
}

// coded is a result with the code that the plain decoder has for its reason.
func coded(r *result, verdict plain.Verdict) *result {
	r.Code = verdict.Code()
	return r
}

func secondLimits(v *vector) plain.Limits {
	l := plain.Limits{Strict: v.Strict, UnknownTypes: v.UnknownTypes}
	if v.Limits != nil {
		l.Header, l.Payload, l.Pairs = v.Limits.Header, v.Limits.Payload, v.Limits.Pairs
	}
	return l
}

func secondFrame(v *vector, in string) *result {
	f, verdict := plain.ParseFrame([]byte(in), secondLimits(v))
	r := judged("frame", verdict.Reason, verdict.At)
	if !verdict.Legal() {
		return coded(r, verdict)
	}
	fields := frameFields{
		Type: "unknown", Flags: f.Flags, Stream: f.Stream, Protocol: f.Protocol, Transforms: octets(f.Transforms), Payload: octets(f.Payload), Ints: []intPair{}, Strs: []strPair{},
		Method: given(f.Method, f.HasMethod), TokenBlock: given(f.Token, f.HasToken), Token: given(f.TokenKey, f.HasKey),
	}
	if f.Type != 0 {
		fields.Type = typeName[f.Type]
		r.Canonical = string(plain.Canonical(f)) == in[:verdict.At]
	}
	for _, p := range f.Ints {
		fields.Ints = append(fields.Ints, intPair{p.Key, octets(p.Value)})
	}
	for _, p := range f.Strs {
		fields.Strs = append(fields.Strs, strPair{octets(p.Key), octets(p.Value)})
	}
	r.Fields = fields
	return r
}

func secondMembers(all []plain.Pair) []member {
	if all == nil {
		return nil
	}
	m := []member{}
	for _, p := range all {
		m = append(m, member(p))
	}
	return m
}

func secondTrailer(v *vector, in string) *result {
	f, _ := plain.ParseFrame([]byte(in), plain.Limits{})
	s, verdict := plain.ParseTrailer(f, v.Strict, v.Lenient)
	r := judged("trailer", verdict.Reason, verdict.At)
	fields := trailerFields{Ending: s.Ending, Message: there(s.Message)}
	switch {
	case s.Ending == "well":
		fields = trailerFields{Ending: "well"}
	case s.Ending == "business":
		extra := secondMembers(s.Extra)
		fields.Kind, fields.Code, fields.BizStatus, fields.Extra = "business", s.Biz, s.Biz, &extra
	case s.Ending == "exception":
		fields.Kind, fields.Code, fields.FuncRet = "stream", 12001, &s.Biz
		fields.TypeID, fields.Text = &s.TypeID, there(s.Text)
	case s.Biz != 0 && verdict.Reason[:4] == "biz-": // rule 7.4
		fields.BizStatus = s.Biz
	default:
		return coded(r, verdict)
	}
	r.Fields = fields
	return coded(r, verdict)
}

func secondPath(v *vector, in string) *result {
	if v.Hop == nil {
		all := plain.Hops(in)
		return &result{Verdict: "legal", Fields: pathFields{HopCount: len(all), Hops: hops(all)}}
	}
	longer, reason := plain.AppendHop(in, string(*v.Hop))
	if reason != "" {
		return &result{Verdict: "REFUSE", Code: 12005, Reason: reason}
	}
	all := plain.Hops(longer)
	return &result{Verdict: "legal", Fields: pathFields{len(all), hops(all), given(longer, true)}}
}

// secondConn runs steps through the plain decoder.
type secondConn struct{ *plain.Conn }

func newSecond(v *vector) secondConn {
	lim := plain.ConnLimits{Strict: v.Strict}
	if l := v.Limits; l != nil {
		lim.Streams, lim.Opens, lim.Resets, lim.Meta = l.Streams, l.Opens, l.Resets, l.Meta
		lim.Pending, lim.OneStream = l.Pending, l.OneStream
	}
	return secondConn{plain.NewConn(v.Role, lim)}
}

func (c secondConn) step(role string, st *step) (o outcome) {
	switch st.Do {
	case "recv":
		return c.recv(role, string(*st.In))
	case "send":
		return secondRefused(c.Send(st.Frame, *st.Stream))
	case "release":
		return secondRefused(c.Release(*st.Stream))
	case "taken":
		c.Taken(*st.Stream, *st.Bytes)
	case "lost":
		ids, code := c.Lost(st.How)
		for _, id := range ids {
			o.Ends = append(o.Ends, end{id, code})
		}
	}
	return o
}

func secondRefused(reason string) outcome {
	if reason == "" {
		return outcome{}
	}
	return outcome{Verdict: "REFUSE", Code: 12005, Reason: reason}
}

func (c secondConn) recv(role, in string) outcome {
	f, _ := plain.ParseFrame([]byte(in), plain.Limits{})
	ev := c.Recv(f)
	o := outcome{Event: ev.Kind, Reason: ev.Reason, Rst: ev.Rst}
	switch {
	case ev.Kind == "connection-ended":
		o.Verdict, o.Code = "CONN", plain.Verdict{Reason: ev.Reason}.Code()
	case ev.Reason != "":
		o.Verdict, o.Code = "STREAM", plain.Verdict{Reason: ev.Reason}.Code()
	case ev.Status != nil:
		o.Ending = ev.Status.Ending
		if o.Ending != "well" {
			o.Code = ev.Status.Code(ev.Verdict, role)
		}
		if !ev.Verdict.Legal() {
			o.Verdict, o.Reason = "VALUE", ev.Verdict.Reason
		}
	}
	return o
}

// TestSecondDecoder: a decoder that shares no code with the library comes to
// the same, on every vector.
func TestSecondDecoder(t *testing.T) {
	for _, f := range built(t) {
		for i := range f.vectors {
			v := &f.vectors[i]
			if v.Test == "stream" {
				secondSteps(t, v)
				continue
			}
			if got, want := line(t, second(v)), line(t, v.result); !bytes.Equal(got, want) {
				t.Errorf("%s: %s: the plain decoder gives\n%.2000s\nwant\n%.2000s", f.name, v.ID, got, want)
			}
		}
	}
}

func secondSteps(t *testing.T, v *vector) {
	c := newSecond(v)
	for i := range v.Steps {
		st := &v.Steps[i]
		if got, want := line(t, c.step(v.Role, st)), line(t, st.outcome); !bytes.Equal(got, want) {
			t.Errorf("%s, step %d, %s %s: the plain decoder gives %s; want %s", v.ID, i, st.Do, st.Frame, got, want)
			return
		}
	}
}

func line(t *testing.T, v any) []byte {
	t.Helper()
	b, err := marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
