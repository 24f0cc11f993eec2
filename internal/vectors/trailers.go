package main

import (
	"slices"
	"strings"

	"github.com/ttwire/ttwire/internal/testgen"
)

// endRow is a trailer and what it must come to.
type endRow struct {
	id, comment string
	pairs       []string // keys and values
	payload     string
	mode        string // "strict", "lenient"
	want        *result
	rules       string
}

func well() *result { return &result{Verdict: "legal", Fields: trailerFields{Ending: "well"}} }

func business(code int32, message string, extra ...string) *result {
	f := trailerFields{Ending: "business", Kind: "business", Code: code, BizStatus: code, Message: there(message), Extra: new([]member)}
	for i := 0; i < len(extra); i += 2 {
		*f.Extra = append(*f.Extra, member{extra[i], extra[i+1]})
	}
	return &result{Verdict: "legal", Fields: f}
}

func application(typeID int32, message, text string) *result {
	f := trailerFields{Ending: "exception", Kind: "stream", Code: 12001, TypeID: &typeID, FuncRet: new(int32), Message: there(message), Text: there(text)}
	return &result{Verdict: "legal", Fields: f}
}

// both is an exception with a business code (rule 6.6).
func both(typeID int32, message string, funcRet int32) *result {
	r := application(typeID, message, message)
	f := r.Fields.(trailerFields)
	f.FuncRet = &funcRet
	r.Fields = f
	return r
}

func bad(reason string, at int) *result { return judged("trailer", reason, at) }

// kept is an illegal biz-extra, by which code and message are not lost (rule
// 7.4).
func kept(reason string, at int, code int32, message string) *result {
	r := bad(reason, at)
	r.Fields = trailerFields{Ending: "illegal", BizStatus: code, Message: there(message)}
	return r
}

func biz(status string, more ...string) []string {
	return append([]string{"biz-status", status}, more...)
}

var boom = unhex(exGood)

var endRows = [][]endRow{endStatuses, endBusiness, endExceptions, endTRPC}

var endStatuses = []endRow{
	{"B1/missing", "no biz-status", nil, "", "", well(), "6.3"},
	{"B1/zero", "0 is no business error", biz("0"), "", "", well(), "6.3"},
	{"B1/minus-zero", "-0 is 0", biz("-0"), "", "", well(), "6.3"},
	{"B1/plus-zero", "+0 is 0", biz("+0"), "", "", well(), "6.3"},
	{"B1/zeros", "000 is 0", biz("000"), "", "", well(), "6.3"},
	{"B2/1", "", biz("1"), "", "", business(1, ""), "6.3"},
	{"B2/-1", "", biz("-1"), "", "", business(-1, ""), "6.3"},
	{"B2/max", "the largest", biz("2147483647"), "", "", business(1<<31-1, ""), "6.3"},
	{"B2/min", "the smallest", biz("-2147483648"), "", "", business(-1<<31, ""), "6.3"},
	{"B3/over", "the largest and 1", biz("2147483648"), "", "", bad("biz-status", 0), "6.3"},
	{"B3/under", "the smallest less 1", biz("-2147483649"), "", "", bad("biz-status", 0), "6.3"},
	{"B3/40-digits", "40 digits", biz(strings.Repeat("9", 40)), "", "", bad("biz-status", 0), "6.3"},
	{"B3/2^32", "0 in 32 bits", biz("4294967296"), "", "", bad("biz-status", 0), "6.3"},
	{"B3/2^64+5", "5 in 64 bits", biz("18446744073709551621"), "", "", bad("biz-status", 0), "6.3"},
	{"B4/empty", "", biz(""), "", "", bad("biz-status", 0), "6.3"},
	{"B4/sign", "a sign alone", biz("-"), "", "", bad("biz-status", 0), "6.3"},
	{"B4/two-signs", "", biz("+-5"), "", "", bad("biz-status", 0), "6.3"},
	{"B4/sign-behind", "", biz("5-"), "", "", bad("biz-status", 0), "6.3"},
	{"B4/abc", "", biz("abc"), "", "", bad("biz-status", 0), "6.3"},
	{"B4/0x10", "", biz("0x10"), "", "", bad("biz-status", 0), "6.3"},
	{"B4/1e3", "", biz("1e3"), "", "", bad("biz-status", 0), "6.3"},
	{"B4/1_000", "", biz("1_000"), "", "", bad("biz-status", 0), "6.3"},
	{"B4/1.0", "", biz("1.0"), "", "", bad("biz-status", 0), "6.3"},
	{"B4/NUL", "5 and a NUL", biz("5\x00"), "", "", bad("biz-status", 0), "6.3"},
	{"B4/full-width", "a full-width digit", biz("５"), "", "", bad("biz-status", 0), "6.3"},
	{"B4/lenient", "lenient: as if it were missing", biz("abc"), "", "lenient", well(), "6.5"},
	{"B5/plus", "", biz("+5"), "", "", business(5, ""), "6.3"},
	{"B5/zeros", "", biz("007"), "", "", business(7, ""), "6.3"},
	{"B5/minus-zeros", "", biz("-007"), "", "", business(-7, ""), "6.3"},
	{"B5/many-zeros", "zeros in front do not count", biz(strings.Repeat("0", 40) + "5"), "", "", business(5, ""), "6.3"},
	{"B6/space-before", "", biz(" 5"), "", "", bad("biz-status", 0), "6.3"},
	{"B6/space-behind", "", biz("5 "), "", "", bad("biz-status", 0), "6.3"},
	{"B6/newline-behind", "", biz("5\n"), "", "", bad("biz-status", 0), "6.3"},
	{"B6/lenient", "lenient: as if it were missing", biz("5\n"), "", "lenient", well(), "6.5"},
	{"other-case", "keys are compared byte by byte", []string{"Biz-Status", "9"}, "", "", well(), "6.3"},
	{"H24/last-wins", "biz-status given twice", biz("9", "biz-status", "10"), "", "", business(10, ""), "3.9"},
	{"H24/last-wins-0", "biz-status given twice", biz("9", "biz-status", "0"), "", "", well(), "3.9"},
	{"H24/last-message", "biz-message given twice", biz("9", "biz-message", "m", "biz-message", "n"), "", "", business(9, "n"), "3.9"},
	{"H24/last-extra", "biz-extra given twice", biz("9", "biz-extra", `{"a":"b"}`, "biz-extra", `{"c":"d"}`), "", "", business(9, "", "c", "d"), "3.9"},
	{"H24/last-extra-legal", "biz-extra given twice: the first is not looked at", biz("9", "biz-extra", "[]", "biz-extra", `{"c":"d"}`), "", "", business(9, "", "c", "d"), "3.9"},
	{"H24/last-extra-illegal", "biz-extra given twice", biz("9", "biz-message", "m", "biz-extra", "{}", "biz-extra", "[]"), "", "", kept("biz-extra", 0, 9, "m"), "3.9"},
	{"H24/strict", "strict: biz-status given twice", biz("9", "biz-status", "9"), "", "strict", bad("biz-duplicate", 0), "6.3"},
	{"H24/strict-unread", "strict: given twice goes before the value", biz("x", "biz-status", "y"), "", "strict", bad("biz-duplicate", 0), "6.3"},
	{"H24/strict-message", "strict: biz-message given twice", biz("9", "biz-message", "", "biz-message", ""), "", "strict", bad("biz-duplicate", 0), "6.3"},
	{"H24/strict-extra", "strict: biz-extra given twice", biz("9", "biz-extra", "", "biz-extra", ""), "", "strict", bad("biz-duplicate", 0), "6.3"},
	{"H24/strict-once", "strict: once each", biz("9", "biz-message", "m", "biz-extra", "{}"), "", "strict", &result{Verdict: "legal"}, "6.3"},
}

var endBusiness = []endRow{
	{"B7/message-alone", "biz-message without biz-status means nothing", []string{"biz-message", "m"}, "", "", well(), "6.4"},
	{"B8/no-message", "a missing message is empty", biz("9"), "", "", business(9, ""), "6.4"},
	{"B8/message", "", biz("9", "biz-message", "insufficient user balance"), "", "", business(9, "insufficient user balance"), "6.4"},
	{"B10/long-message", "a message of 65,535 bytes", biz("9", "biz-message", strings.Repeat("m", 65535)), "", "", business(9, strings.Repeat("m", 65535)), "6.4"},
	{"B11/extra", "extra pairs", biz("9", "biz-message", "m", "biz-extra", `{"a":"b","c":null}`), "", "", business(9, "m", "a", "b", "c", ""), "7.3"},
	{"B11/extra-empty", "an empty biz-extra is no pairs", biz("9", "biz-extra", ""), "", "", business(9, ""), "7.2"},
	{"B11/extra-null", "null is no pairs", biz("9", "biz-extra", "null"), "", "", business(9, ""), "7.2"},
	{"B12/array", "an illegal biz-extra: code and message are kept", biz("9", "biz-message", "m", "biz-extra", "[]"), "", "", kept("biz-extra", 0, 9, "m"), "7.4"},
	{"B12/lenient-too", "lenient does not change that", biz("9", "biz-message", "m", "biz-extra", "[]"), "", "lenient", kept("biz-extra", 0, 9, "m"), "6.5"},
	{"B12/status-0", "biz-extra is looked at only in a business error", biz("0", "biz-extra", "[]"), "", "", well(), "7.4"},
	{"B12/no-status", "biz-extra is looked at only in a business error", []string{"biz-extra", "[]"}, "", "", well(), "7.4"},
	{"B13/number", "a number in biz-extra", biz("9", "biz-message", "m", "biz-extra", `{"a":1}`), "", "", kept("biz-extra", 5, 9, "m"), "7.4"},
	{"B14/strict", "strict: a member given twice", biz("9", "biz-extra", `{"a":"","a":""}`), "", "strict", kept("biz-duplicate", 8, 9, ""), "7.3"},
	{"B15/strict", "strict: not UTF-8", biz("9", "biz-extra", "{\"a\":\"\xff\"}"), "", "strict", kept("biz-utf8", 6, 9, ""), "7.3"},
	{"pairs", "other pairs are the user's", []string{"k", "v", "isn", "S"}, "", "", well(), "4.7"},
	{"P-8/path", "ttscp means nothing on a trailer", []string{"ttscp", "A,B"}, "", "", well(), "8.3"},
}

var endExceptions = []endRow{
	{"B9/exception-wins", "an exception and a business error", biz("9", "biz-message", "m"), boom, "", application(6, "boom", "boom"), "6.1"},
	{"B9/unread", "an exception, and biz-* pairs that cannot be read", biz("x", "biz-extra", "["), boom, "", application(6, "boom", "boom"), "6.1"},
	{"B9/unread-strict", "strict: the biz-* pairs are not looked at", biz("x", "biz-status", "y"), boom, "strict", application(6, "boom", "boom"), "6.1"},
	{"X2/cut", "an exception that is cut is no success", nil, boom[:20], "", bad("exception-field", 19), "6.2"},
	{"X2/cut-lenient", "lenient does not change that", biz("0"), boom[:34], "lenient", bad("exception-stop", 34), "6.2 6.5"},
	{"X3/reply", "a reply is no exception", nil, "\x80\x01\x00\x02" + boom[4:], "", bad("exception-type", 2), "6.2"},
	{"X8/tail", "bytes behind the stop byte", nil, boom + "x", "", application(6, "boom", "boom"), "6.2"},
	{"X8/tail-strict", "strict: bytes behind the stop byte", nil, boom + "x", "strict", bad("exception-tail", 35), "6.2"},
	{"X10/12006", "the peer's type id is no finding of ours", nil, exceptionOf(12006, "closing"), "", application(12006, "closing", "closing"), "6.2"},
	{"X10/0", "type id 0 is no success", nil, exceptionOf(0, "x"), "", application(0, "x", "x"), "6.2"},
	{"X11/empty", "an empty message is shown by the type id", nil, exceptionOf(6, ""), "", application(6, "", "unknown internal error"), "5.5 6.2"},
	{"payload-garbage", "a payload that is no exception", nil, "garbage", "", bad("exception-version", 0), "6.2"},
}

func trpc(keysAndValues ...string) []string {
	for i := 0; i < len(keysAndValues); i += 2 {
		keysAndValues[i] = "trpc-" + keysAndValues[i]
	}
	return keysAndValues
}

var endTRPC = []endRow{
	{"trpc/zeros", "success in both words", trpc("ret", "0", "func-ret", "0"), "", "", well(), "6.6"},
	{"trpc/agree", "a business error in both words", append(biz("9"), trpc("ret", "0", "func-ret", "+9")...), "", "", business(9, ""), "6.6"},
	{"trpc/ret-alone", "a framework code without an exception", trpc("ret", "9"), "", "", bad("trpc-contradiction", 0), "6.6"},
	{"trpc/func-ret-alone", "a business code without a business error", trpc("func-ret", "9"), "", "", bad("trpc-contradiction", 0), "6.6"},
	{"trpc/other-func-ret", "two business codes", append(biz("9"), trpc("func-ret", "10")...), "", "", bad("trpc-contradiction", 0), "6.6"},
	{"trpc/ret-and-business", "a business error with a framework code", append(biz("9"), trpc("ret", "6")...), "", "", bad("trpc-contradiction", 0), "6.6"},
	{"trpc/other-ret", "two framework codes", trpc("ret", "7"), boom, "", bad("trpc-contradiction", 0), "6.6"},
	{"trpc/both", "both codes survive", trpc("ret", "6", "func-ret", "10001"), boom, "", both(6, "boom", 10001), "6.6"},
	{"trpc/no-number", "a code that is no number", trpc("ret", ""), "", "", bad("trpc-code", 0), "6.6"},
	{"trpc/no-number-func-ret", "a code that is no number", append(biz("9"), trpc("func-ret", "x")...), "", "", bad("trpc-code", 0), "6.6"},
	{"trpc/no-number-beside-exception", "a code that is no number", trpc("func-ret", "x"), boom, "", bad("trpc-code", 0), "6.6"},
	{"trpc/lenient", "lenient is no way around that", append(biz("x"), trpc("func-ret", "9")...), "", "lenient", bad("trpc-contradiction", 0), "6.5 6.6"},
	{"trpc/message", "trpc-error-msg fills in for a missing message", append(biz("9"), trpc("error-msg", "tm")...), "", "", business(9, "tm"), "6.6"},
	{"trpc/message-of-exception", "trpc-error-msg fills in for an empty message", trpc("error-msg", "tm"), exceptionOf(6, ""), "", application(6, "tm", "tm"), "6.6"},
	{"trpc/message-stands", "biz-message stands", append(biz("9", "biz-message", "m"), trpc("error-msg", "tm")...), "", "", business(9, "m"), "6.6"},
	{"H24/last-trpc", "trpc-* pairs given twice", append(biz("9"), trpc("func-ret", "8", "func-ret", "9", "error-msg", "m", "error-msg", "n")...), "", "", business(9, "n"), "3.9 6.6"},
	{"trpc/message-alone", "success has no message", trpc("error-msg", "tm"), "", "", well(), "6.6"},
}

// exceptionOf is an exception as live peers write it.
func exceptionOf(typeID int32, message string) string {
	b := testgen.Cat(0x80, 1, 0, 3, testgen.U32(4), "Bidi", testgen.U32(1))
	b = testgen.Cat(b, 0x0B, 0, 1, testgen.U32(len(message)), message, 0x08, 0, 2, testgen.U32(typeID), 0)
	return string(b)
}

// frameOf is a frame of stream 1 with these string pairs.
func frameOf(typ byte, stream int32, method, payload string, keysAndValues ...string) string {
	f := testgen.Frame{Type: typ, Flags: 2, Stream: stream, Protocol: 0x10, Payload: payload}
	strs := testgen.Block{ID: testgen.Strs}
	for i := 0; i < len(keysAndValues); i += 2 {
		strs.Pairs = append(strs.Pairs, testgen.Pair{Key: keysAndValues[i], Value: keysAndValues[i+1]})
	}
	if len(strs.Pairs) > 0 {
		f.Blocks = append(f.Blocks, strs)
	}
	ints := testgen.Block{ID: testgen.Ints, Pairs: []testgen.Pair{{Int: testgen.KeyFrameType, Value: string(typ)}}}
	if method != "" {
		ints.Pairs = append(ints.Pairs, testgen.Pair{Int: testgen.KeyMethod, Value: method})
	}
	f.Blocks = append(f.Blocks, ints)
	return string(f.Bytes())
}

func trailerVectors(l *live) (all []vector) {
	for _, rows := range endRows {
		for _, r := range rows {
			in := octets(frameOf('4', 1, "Bidi", r.payload, r.pairs...))
			if r.comment == "" {
				r.comment = "biz-status " + r.pairs[1]
			}
			all = append(all, vector{ID: r.id, Test: "trailer", Comment: r.comment, Rules: strings.Fields(r.rules), Hostile: hostileOf(r.id),
				Strict: r.mode == "strict", Lenient: r.mode == "lenient", In: &in, result: r.want})
		}
	}
	return slices.Concat(all, l.trailers)
}
