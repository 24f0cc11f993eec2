package main

import (
	"slices"
	"strings"
)

// rstRow is an rst frame, and what its receiver sees.
type rstRow struct {
	id, comment string
	path        *string // ttscp, nil: there is none
	before      *string // a ttscp in front of that, nil: there is none
	payload     string
	code        int32 // 0: that of the direction
	message     string
	hops        []string
	rules       string
}

func path(s string) *string { return &s }

const bye = "user code invoking cancel()"

var rstRows = []rstRow{
	{"whole", "a cancel with a path", path("A,B"), nil, exceptionOf(12007, bye), 12007, bye, []string{"A", "B"}, "8.1 8.3"},
	{"X13/no-payload", "an rst without an exception", nil, nil, "", 0, "", nil, "8.2"},
	{"X13/no-payload-path", "an rst without an exception has its path all the same", path("A"), nil, "", 0, "", []string{"A"}, "8.2 8.3"},
	{"X13/garbage", "a payload that is no exception", nil, nil, "garbage", 0, "", nil, "8.2"},
	{"X2/cut", "an exception that is cut", nil, nil, boom[:20], 0, "", nil, "8.2"},
	{"X3/reply", "a reply is no exception", nil, nil, "\x80\x01\x00\x02" + boom[4:], 0, "", nil, "8.2"},
	{"X8/tail", "bytes behind the stop byte", nil, nil, boom + "x", 6, "boom", nil, "5.4 8.1"},
	{"X8/tail-strict", "strict: bytes behind the stop byte", nil, nil, boom + "x", 0, "", nil, "5.4 8.2"},
	{"X10/0", "the peer's code may be 0", nil, nil, exceptionOf(0, "x"), 0, "x", nil, "8.1"},
	{"X10/-1", "the peer's code may be any number", nil, nil, exceptionOf(-1, "x"), -1, "x", nil, "8.1"},
	{"X10/12005", "the peer's 12005 is not our own", nil, nil, exceptionOf(12005, "x"), 12005, "x", nil, "8.1"},
	{"X11/empty", "an empty message is shown by the type id", nil, nil, exceptionOf(12007, ""), 12007, "", nil, "5.5 8.1"},
	{"P-1/empty", "an empty path is none", path(""), nil, exceptionOf(12007, bye), 12007, bye, nil, "8.3"},
	{"P-3/comma", "a comma is two hops", path(","), nil, exceptionOf(12007, bye), 12007, bye, []string{"", ""}, "8.3"},
	{"P-5/odd", "hops of any bytes", path("A\n,\x1b[2J,\xff"), nil, exceptionOf(12007, bye), 12007, bye, []string{"A\n", "\x1b[2J", "\xff"}, "8.3"},
	{"H24/last-path", "ttscp given twice", path("C"), path("A,B"), exceptionOf(12007, bye), 12007, bye, []string{"C"}, "3.9 8.3"},
	{"P-4/commas", "65,535 commas", path(strings.Repeat(",", 65535)), nil, exceptionOf(12007, bye), 12007, bye, make([]string, 65536), "8.3"},
}

// rstVectors are the rows at both ends, as an rst may come from either.
func rstVectors(l *live) (all []vector) {
	for _, r := range rstRows {
		for _, role := range []string{"client", "server"} {
			all = append(all, r.vector(role))
		}
	}
	return slices.Concat(all, l.rsts)
}

func (r *rstRow) vector(role string) vector {
	var pairs []string
	for _, p := range []*string{r.before, r.path} {
		if p != nil {
			pairs = append(pairs, "ttscp", *p)
		}
	}
	in := octets(frameOf('5', 1, "Bidi", r.payload, pairs...))
	fields := rstFields{Code: r.code, Remote: true, Message: octets(r.message), Text: octets(r.message), HopCount: len(r.hops), Hops: hops(r.hops)}
	switch {
	case r.id == "X11/empty":
		fields.Text = "unknown exception type [12007]"
	case r.message == "":
		fields.Code, fields.Remote, fields.Text = map[string]int32{"client": 12009, "server": 12010}[role], false, "reset by peer"
	}
	return vector{ID: r.id + "/" + role, Test: "rst", Comment: r.comment + ", at a " + role, Rules: strings.Fields(r.rules), Hostile: hostileOf(r.id),
		Role: role, Strict: strings.HasSuffix(r.id, "-strict"), In: &in, result: &result{Verdict: "legal", Fields: fields}}
}

// pathRow is a cancel path, and the hop that it is passed on by, if any. Then
// longer is the new path, or reason why it is refused.
type pathRow struct {
	id, comment string
	path        string
	hop         *string
	hops        []string // of the path, or of the longer one
	longer      string
	reason      string
}

var longHop = strings.Repeat("x", 65535)

var pathRows = []pathRow{
	{"P-1/none", "no path", "", nil, nil, "", ""},
	{"P-2/one", "", "A", nil, []string{"A"}, "", ""},
	{"P-2/three", "first the one that cancelled", "A,B,C", nil, []string{"A", "B", "C"}, "", ""},
	{"P-3/comma", "a comma is two hops", ",", nil, []string{"", ""}, "", ""},
	{"P-3/commas", "empty hops count", ",,A,,", nil, []string{"", "", "A", "", ""}, "", ""},
	{"P-3/behind", "an empty hop at the end", "A,", nil, []string{"A", ""}, "", ""},
	{"P-3/before", "an empty hop at the start", ",A", nil, []string{"", "A"}, "", ""},
	{"P-4/commas", "65,535 commas", strings.Repeat(",", 65535), nil, make([]string, 65536), "", ""},
	{"P-5/odd", "hops of any bytes", "a\nb,\x1b[2J,\xff\xc3", nil, []string{"a\nb", "\x1b[2J", "\xff\xc3"}, "", ""},
	{"P-7/cycle", "a cycle is shown as it is", "A,B,A,B", nil, []string{"A", "B", "A", "B"}, "", ""},

	{"pass/first", "the first service to cancel sends its own name", "", path("A"), []string{"A"}, "A", ""},
	{"pass/second", "the next one puts its name behind", "A", path("B"), []string{"A", "B"}, "A,B", ""},
	{"pass/odd-path", "what was received stays as it is", "A\n,", path("B"), []string{"A\n", "", "B"}, "A\n,,B", ""},
	{"pass/utf8", "a name need not be ASCII", "A", path("服务甲"), []string{"A", "服务甲"}, "A,服务甲", ""},
	{"P-5/empty-hop", "an empty name is refused", "A", path(""), nil, "", "not-path"},
	{"P-5/comma-hop", "a name with a comma is refused", "A", path("B,C"), nil, "", "not-path"},
	{"P-5/newline-hop", "a name with a control character is refused", "A", path("B\n"), nil, "", "not-path"},
	{"P-5/DEL-hop", "a name with a control character is refused", "A", path("\x7f"), nil, "", "not-path"},
	{"P-5/CSI-hop", "a name with a control character is refused", "A", path("\u009b"), nil, "", "not-path"},
	{"P-5/no-break-space-hop", "U+00A0 is no control character", "A", path("\u00a0"), []string{"A", "\u00a0"}, "A,\u00a0", ""},
	{"P-6/first-at-the-limit", "a path of 65,535 bytes", "", path(longHop), []string{longHop}, longHop, ""},
	{"P-6/first-over", "a path of 65,536 bytes is refused", "", path(longHop + "x"), nil, "", "too-long"},
	{"P-6/at-the-limit", "a path of 65,535 bytes", longHop[:65533], path("B"), []string{longHop[:65533], "B"}, longHop[:65533] + ",B", ""},
	{"P-6/over", "a path of 65,536 bytes is refused", longHop[:65534], path("B"), nil, "", "too-long"},
}

func pathVectors() (all []vector) {
	for _, r := range pathRows {
		in := octets(r.path)
		fields := pathFields{HopCount: len(r.hops), Hops: hops(r.hops)}
		v := vector{ID: r.id, Test: "path", Comment: r.comment, Rules: []string{"8.3"}, Hostile: hostileOf(r.id), In: &in, result: &result{Verdict: "legal"}}
		if r.comment == "" {
			v.Comment = "one hop"
		}
		if r.hop != nil {
			v.Hop, v.Rules, fields.Path = given(*r.hop, true), []string{"8.4"}, given(r.longer, true)
		}
		v.Fields = fields
		if r.reason != "" {
			v.result = &result{Verdict: "REFUSE", Reason: r.reason}
		}
		all = append(all, v)
	}
	return all
}
