package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/ttwire/ttwire/wire"
)

// vector is a line of a file. docs/vectors.md says what the members mean.
type vector struct {
	ID      string   `json:"id"`
	Test    string   `json:"test"` // the file's name without its end
	Comment string   `json:"comment"`
	Rules   []string `json:"rules"`
	Hostile string   `json:"hostile,omitempty"`
	Live    string   `json:"live,omitempty"`

	Role         string  `json:"role,omitempty"`
	Limits       *limits `json:"limits,omitempty"`
	Strict       bool    `json:"strict,omitempty"`
	Lenient      bool    `json:"lenient,omitempty"`
	UnknownTypes bool    `json:"unknown_types,omitempty"`

	In  *octets `json:"in,omitempty"`
	Hop *octets `json:"hop,omitempty"`

	*result
	Steps []step `json:"steps,omitempty"`
}

// result is what a decoder must come to.
type result struct {
	Verdict   string `json:"verdict"`
	Code      int32  `json:"code,omitempty"`
	Reason    string `json:"reason,omitempty"`
	Offset    *int   `json:"offset,omitempty"`
	Need      int    `json:"need,omitempty"`
	Size      int    `json:"size,omitempty"`
	Canonical bool   `json:"canonical,omitempty"`
	Fields    any    `json:"fields,omitempty"`
}

// limits are those that are not the default's.
type limits struct {
	Header  int `json:"header,omitempty"`
	Payload int `json:"payload,omitempty"`
	Pairs   int `json:"pairs,omitempty"`

	Streams   int  `json:"streams,omitempty"`
	Opens     int  `json:"opens,omitempty"`
	Resets    int  `json:"resets,omitempty"`
	Meta      int  `json:"meta,omitempty"`
	Pending   int  `json:"pending,omitempty"`
	OneStream bool `json:"one_stream,omitempty"`
}

// The members of fields. What is missing is left out, what is empty is not.
type (
	frameFields struct {
		Type       string    `json:"type"`
		Flags      uint16    `json:"flags"`
		Stream     int32     `json:"stream"`
		Protocol   byte      `json:"protocol"`
		Transforms octets    `json:"transforms"`
		Ints       []intPair `json:"ints"`
		Strs       []strPair `json:"strs"`
		Method     *octets   `json:"method,omitempty"`
		TokenBlock *octets   `json:"token_block,omitempty"`
		Token      *octets   `json:"token,omitempty"`
		Payload    octets    `json:"payload"`
	}
	exceptionFields struct {
		Method  octets `json:"method"`
		Seq     int32  `json:"sequence"`
		TypeID  int32  `json:"type_id"`
		Message octets `json:"message"`
		Text    octets `json:"text"`
	}
	extraFields struct {
		Members []member `json:"members"` // null without an object
	}
	trailerFields struct {
		Ending    string    `json:"ending"`
		Kind      string    `json:"kind,omitempty"`
		Code      int32     `json:"code,omitempty"`
		BizStatus int32     `json:"biz_status,omitempty"`
		TypeID    *int32    `json:"type_id,omitempty"`
		FuncRet   *int32    `json:"func_ret,omitempty"`
		Message   *octets   `json:"message,omitempty"`
		Text      *octets   `json:"text,omitempty"`
		Extra     *[]member `json:"extra,omitempty"` // of a business error, null without an object
	}
	rstFields struct {
		Code     int32    `json:"code"`
		Remote   bool     `json:"remote"`
		Message  octets   `json:"message"`
		Text     octets   `json:"text"`
		HopCount int      `json:"hop_count"`
		Hops     []octets `json:"hops,omitzero"` // left out over 64
	}
	pathFields struct {
		HopCount int      `json:"hop_count"`
		Hops     []octets `json:"hops,omitzero"`
		Path     *octets  `json:"path,omitempty"`
	}
)

type intPair struct {
	Key   uint16
	Value octets
}

func (p intPair) MarshalJSON() ([]byte, error) { return marshal([]any{p.Key, p.Value}) }

type strPair struct{ Key, Value octets }

func (p strPair) MarshalJSON() ([]byte, error) { return marshal([]any{p.Key, p.Value}) }

// there is o for a member that another vector's fields may lack.
func there[S ~string | ~[]byte](s S) *octets {
	o := octets(s)
	return &o
}

// member is one of a biz-extra, decoded: always UTF-8.
type member struct{ Key, Value string }

func (m member) MarshalJSON() ([]byte, error) { return marshal([]string{m.Key, m.Value}) }

// marshal is json.Marshal without the escapes that are for HTML.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// hops are the hops of a path, or nothing where they are many.
func hops(all []string) (some []octets) {
	if len(all) > 64 {
		return nil
	}
	some = []octets{}
	for _, hop := range all {
		some = append(some, octets(hop))
	}
	return some
}

// judged is a result by reason ("" is legal) and place.
func judged(test, reason string, at int) *result {
	switch {
	case reason == "" && (test == "frame" || test == "exception"):
		return &result{Verdict: "legal", Size: at}
	case reason == "":
		return &result{Verdict: "legal"}
	case reason == "short":
		return &result{Verdict: "MORE", Need: at}
	case test == "frame":
		return &result{Verdict: "CONN", Reason: reason, Offset: &at}
	}
	return &result{Verdict: "VALUE", Reason: reason, Offset: &at}
}

// finish asks the library, compares with what is expected, and fills in what
// follows from that.
func (v *vector) finish(d *doc) error {
	if v.Test == "stream" {
		return v.finishSteps(d)
	}
	got := library(v)
	if want := v.result; want != nil {
		if diff := want.differs(got); diff != "" {
			return fmt.Errorf("the library %s", diff)
		}
	}
	v.result = got
	return v.explain(d)
}

// explain adds the code and the rules of the reason.
func (v *vector) explain(d *doc) error {
	if v.Reason != "" {
		r, ok := d.reasons[v.Reason]
		if !ok {
			return fmt.Errorf("appendix D has no %s", v.Reason)
		}
		v.Code = r.code
		v.addRules(r.rules)
	}
	if v.Verdict == "MORE" {
		v.Rules = append(v.Rules, "1.4")
	}
	return v.sortRules()
}

// addRules adds the rules of a reason. Of several the vector may have named the
// one that it is about.
func (v *vector) addRules(rules []string) {
	for _, r := range rules {
		if len(rules) > 1 && slices.Contains(v.Rules, r) {
			return
		}
	}
	v.Rules = append(v.Rules, rules...)
}

func (v *vector) sortRules() error {
	slices.SortFunc(v.Rules, func(a, b string) int { return slices.Compare(number(a), number(b)) })
	v.Rules = slices.Compact(v.Rules)
	if len(v.Rules) == 0 {
		return fmt.Errorf("no rule")
	}
	return nil
}

// number is "3.10" as numbers.
func number(rule string) (n []int) {
	for part := range strings.SplitSeq(rule, ".") {
		i, _ := strconv.Atoi(part)
		n = append(n, i)
	}
	return n
}

// differs says in which way got is not what r asks for. What r does not say may
// be anything.
func (r *result) differs(got *result) string {
	switch {
	case got.Verdict != r.Verdict || got.Reason != r.Reason:
		return fmt.Sprintf("gives %s %s; want %s %s", got.Verdict, got.Reason, r.Verdict, r.Reason)
	case r.Offset != nil && *got.Offset != *r.Offset:
		return fmt.Sprintf("has the fault at %d; want %d", *got.Offset, *r.Offset)
	case r.Size != 0 && got.Size != r.Size, r.Need != 0 && got.Need != r.Need:
		return fmt.Sprintf("gives size %d, need %d; want %d, %d", got.Size, got.Need, r.Size, r.Need)
	case r.Fields == nil:
		return ""
	}
	want, err := marshal(r.Fields)
	have, err2 := marshal(got.Fields)
	if err != nil || err2 != nil || !bytes.Equal(want, have) {
		return fmt.Sprintf("gives %.2000s\nwant %.2000s", have, want)
	}
	return ""
}

// within sets what a vector's limits are to the library.
func (v *vector) within(l wire.Limits) {
	v.Strict, v.UnknownTypes = l.Strict, l.UnknownTypes
	set := limits{}
	if l.MaxHeader > 0 {
		set.Header = l.Header()
	}
	if l.MaxPayload > 0 {
		set.Payload = l.Payload()
	}
	if l.MaxPairs > 0 {
		set.Pairs = l.Pairs()
	}
	if set != (limits{}) {
		v.Limits = &set
	}
}

// frameLimits are the limits as the library takes them.
func (v *vector) frameLimits() wire.Limits {
	l := wire.Limits{Strict: v.Strict, UnknownTypes: v.UnknownTypes}
	if v.Limits != nil {
		l.MaxHeader, l.MaxPayload, l.MaxPairs = v.Limits.Header, v.Limits.Payload, v.Limits.Pairs
	}
	return l
}

// lines is the file: a vector a line, in ASCII.
func (f *file) lines() ([]byte, error) {
	var all []byte
	for i := range f.vectors {
		line, err := marshal(&f.vectors[i])
		if err != nil {
			return nil, err
		}
		for _, r := range string(line) {
			switch {
			case r < 0x80:
				all = append(all, byte(r))
			case r < 0x10000:
				all = fmt.Appendf(all, `\u%04x`, r)
			default:
				high, low := utf16.EncodeRune(r)
				all = fmt.Appendf(all, `\u%04x\u%04x`, high, low)
			}
		}
		all = append(all, '\n')
	}
	return all, nil
}
