package main

import (
	"strings"
)

// extraRow is a biz-extra: where it is illegal, or its members.
type extraRow struct {
	id, comment, in string
	reason          string
	at              int
	strict          bool
	members         []member
}

func extraOK(id, comment, in string, keysAndValues ...string) extraRow {
	r := extraRow{id: id, comment: comment, in: in, members: []member{}}
	for i := 0; i < len(keysAndValues); i += 2 {
		r.members = append(r.members, member{keysAndValues[i], keysAndValues[i+1]})
	}
	return r
}

func extraNone(id, comment, in string) extraRow { return extraRow{id: id, comment: comment, in: in} }

func extraBad(id, comment, in string, at int) extraRow {
	return extraRow{id: id, comment: comment, in: in, reason: "biz-extra", at: at}
}

func extraStrict(id, comment, in, reason string, at int) extraRow {
	return extraRow{id: id + "-strict", comment: "strict: " + comment, in: in, reason: reason, at: at, strict: true}
}

const fffd = "\uFFFD"

var extraRows = [][]extraRow{extraPlain, extraValues, extraText, extraTwice, extraSyntax, extraBig}

var extraPlain = []extraRow{
	extraNone("B11/nothing", "an empty value is no pairs", ""),
	extraNone("B11/null", "null is no pairs", "null"),
	extraNone("B11/null-spaces", "white space around null", " null\r\n\t"),
	extraOK("B11/empty", "an empty object", "{}"),
	extraOK("B11/empty-spaces", "white space in every place", " \t\r\n{ \t\r\n} \t\r\n"),
	extraBad("B11/spaces-only", "white space and nothing else", "  ", 2),
	extraBad("B11/null-cut", "null is cut", "nul", 3),
	extraBad("B11/null-x", "something behind null", "nullx", 4),
	extraBad("B11/none", "a word that begins like null", "none", 1),
	extraBad("B12/array", "an array", "[]", 0),
	extraBad("B12/number", "a number", "1", 0),
	extraBad("B12/string", "a string", `"s"`, 0),
	extraBad("B12/true", "true", "true", 0),
	extraBad("B12/text", "something else behind a space", " x", 1),
	extraOK("one", "as live peers write it", `{"testKey":"testVal"}`, "testKey", "testVal"),
	extraOK("three", "the order is that of the wire", `{"c":"3","a":"1","b":"2"}`, "c", "3", "a", "1", "b", "2"),
	extraOK("spaces", "white space around every part", "  {\n\"a\" :\t\"b\" ,\r\"c\":\"d\" } ", "a", "b", "c", "d"),
}

var extraValues = []extraRow{
	extraBad("B13/object", "an object as a value", `{"a":{}}`, 5),
	extraBad("B13/array", "an array as a value", `{"a":["b"]}`, 5),
	extraBad("B13/number", "a number as a value", `{"a":1}`, 5),
	extraBad("B13/true", "true as a value", `{"a":true}`, 5),
	extraBad("B13/second", "a number as the second value", `{"a":"b","c":1}`, 13),
	extraOK("B13/null", "null as a value is an empty string", `{"a":null}`, "a", ""),
	extraOK("B13/nulls", "null as a value, and white space", `{"a" : null , "b":null,"c":"d"}`, "a", "", "b", "", "c", "d"),
	extraBad("B13/null-cut", "null is cut by the end", `{"a":nul`, 8),
	extraBad("B13/null-cut-by-brace", "null is cut", `{"a":nul}`, 8),
	extraBad("B13/null-key", "null as a name", `{null:"a"}`, 1),
}

var extraText = []extraRow{
	extraOK("B15/invalid", "each byte that is not UTF-8 is U+FFFD", "{\"a\":\"\xff\xfe\"}", "a", fffd+fffd),
	extraStrict("B15/invalid", "not UTF-8", "{\"a\":\"\xff\xfe\"}", "biz-utf8", 6),
	extraOK("B15/cut-sequence", "two bytes of three are two U+FFFD", "{\"a\":\"\xe2\x82\"}", "a", fffd+fffd),
	extraStrict("B15/cut-sequence", "two bytes of three", "{\"a\":\"x\xe2\x82\"}", "biz-utf8", 7),
	extraOK("B15/cut-sequence-and-text", "what follows two bytes of three is read on its own", "{\"a\":\"\xe2\x82A\xe2A\"}", "a", fffd+fffd+"A"+fffd+"A"),
	extraOK("B15/overlong", "overlong forms are invalid in every byte", "{\"a\":\"\xc0\xaf\xe0\x80\xaf\"}", "a", strings.Repeat(fffd, 5)),
	extraOK("B15/surrogates-encoded", "encoded surrogates are invalid in every byte", "{\"a\":\"\xed\xa0\x80\xed\xb0\x80\"}", "a", strings.Repeat(fffd, 6)),
	extraOK("B15/above-10FFFF", "values over U+10FFFF are invalid in every byte", "{\"a\":\"\xf4\x90\x80\x80\"}", "a", strings.Repeat(fffd, 4)),
	extraOK("B15/last-below-surrogates", "U+D7FF, U+E000 and U+10FFFF are characters", "{\"a\":\"\ud7ff\ue000\U0010FFFF\"}", "a", "\ud7ff\ue000\U0010FFFF"),
	extraOK("B15/invalid-name", "a name that is not UTF-8", "{\"a\xc3\":\"\"}", "a"+fffd, ""),
	extraStrict("B15/invalid-name", "a name that is not UTF-8", "{\"a\xc3\":\"\"}", "biz-utf8", 3),
	extraOK("B15/pair", "a pair of surrogate escapes is one character", `{"a":"\ud83d\ude00"}`, "a", "\U0001F600"),
	extraOK("B15/pairs-at-the-ends", "the first and the last pair of surrogate escapes", `{"a":"\ud800\udc00\uDBFF\uDFFF"}`, "a", "\U00010000\U0010FFFF"),
	extraOK("B15/beside-the-ends", "neither half, on either side of the surrogates", `{"a":"\ud7ff\udc00\ud800\ue000\udc00\udfff"}`, "a", "\ud7ff"+fffd+fffd+"\ue000"+fffd+fffd),
	extraOK("B15/high-surrogate", "a high surrogate alone", `{"a":"\ud83d"}`, "a", fffd),
	extraStrict("B15/high-surrogate", "a high surrogate alone", `{"a":"\ud83d"}`, "biz-utf8", 6),
	extraOK("B15/low-surrogate", "a low surrogate alone", `{"a":"x\ude00"}`, "a", "x"+fffd),
	extraStrict("B15/low-surrogate", "a low surrogate alone", `{"a":"x\ude00"}`, "biz-utf8", 7),
	extraOK("B15/surrogates-swapped", "a low surrogate and then a high one", `{"a":"\ude00\ud83d"}`, "a", fffd+fffd),
	extraOK("B15/high-and-letter", "what follows a high surrogate is read on its own", `{"a":"\ud83d\u0041"}`, "a", fffd+"A"),
	extraOK("B15/high-high-low", "the second high surrogate has its other half", `{"a":"\ud83d\ud83d\ude00"}`, "a", fffd+"\U0001F600"),
	extraOK("B15/high-and-escape", "another escape behind a high surrogate", `{"a":"\ud83d\n"}`, "a", fffd+"\n"),
	extraBad("B15/high-and-bad-escape", "an illegal escape behind a high surrogate", `{"a":"\ud83d\ux"}`, 14),
	extraOK("B15/FFFD-itself", "U+FFFD itself is a character like others", "{\"a\":\"\ufffd\\ufffd\"}", "a", fffd+fffd),
	extraOK("B15/utf8", "characters of 2, 3 and 4 bytes", `{"é":"余额不足😀"}`, "é", "余额不足😀"),
	extraBad("B15/NUL", "a raw NUL", "{\"a\":\"\x00\"}", 6),
	extraOK("B15/NUL-escaped", "an escaped NUL", `{"a":"\u0000"}`, "a", "\x00"),
	extraOK("B15/DEL", "a raw DEL", "{\"a\":\"\x7f\"}", "a", "\x7f"),
	extraBad("B15/control", "a raw control character", "{\"a\":\"b\x1fc\"}", 7),
	extraBad("B15/newline-in-name", "a raw line feed in a name", "{\"a\n\":\"b\"}", 3),
	extraOK("escapes", "every escape of one character", `{"a":"\/\b\f\n\r\t\"\\","\"":"\\\"\\"}`, "a", "/\b\f\n\r\t\"\\", `"`, `\"\`),
	extraOK("escapes-hex", "hex digits of either case", `{"a":"\u00e9\u00E9\uAbCd"}`, "a", "éé\uabcd"),
	extraOK("escapes-written", "as a writer gives it", `{"url":"https://x.y/?a=1\u0026b=\u003c2\u003e","s":"\u2028\u2029\u001f"}`, "url", "https://x.y/?a=1&b=<2>", "s", "\u2028\u2029\x1f"),
}

var extraTwice = []extraRow{
	extraOK("B14/twice", "of a name given twice the last one wins", `{"a":"b","a":"c"}`, "a", "b", "a", "c"),
	extraStrict("B14/twice", "a name given twice", `{"a":"b","a":"c"}`, "biz-duplicate", 9),
	extraOK("B14/twice-null-wins", "null is a value like others", `{"a":"b","a":null}`, "a", "b", "a", ""),
	extraOK("B14/twice-escaped", "names are compared after decoding", ` { "a":"b", "\u0061":"c"}`, "a", "b", "a", "c"),
	extraStrict("B14/twice-escaped", "names are compared after decoding", ` { "a":"b", "\u0061":"c"}`, "biz-duplicate", 12),
	extraStrict("B14/thrice", "the first repetition counts", `{"a":"b","c":"","c":"","c":""}`, "biz-duplicate", 16),
	extraStrict("B14/empty-names", "empty names given twice", `{"":"b","":"c"}`, "biz-duplicate", 8),
	extraOK("B14/not-twice", "names that are alike", `{"a":"b","aa":"c","A":"d"}`, "a", "b", "aa", "c", "A", "d"),
	extraStrict("B14/utf8-first", "biz-utf8 goes before biz-duplicate", "{\"a\":\"\",\"a\":\"\xff\"}", "biz-utf8", 13),
	extraStrict("B14/extra-first", "what is illegal anyway goes before both", "{\"a\":\"\xff\",\"a\":1}", "biz-extra", 13),
}

var extraSyntax = []extraRow{
	extraBad("B16/behind", "bytes behind the object", `{"a":"b"}x`, 9),
	extraBad("B16/NUL-behind", "a NUL behind the object", "{\"a\":\"b\"}\x00", 9),
	extraBad("B16/object-behind", "an object behind the object", `{"a":"b"}{"c":"d"}`, 9),
	extraBad("B16/brace-behind", "a brace behind the object", `{"a":"b"}}`, 9),
	extraBad("B16/comment", "a comment", `{"a":"b"/**/}`, 8),
	extraBad("B16/trailing-comma", "a comma before the brace", `{"a":"b",}`, 9),
	extraBad("B16/comma-only", "a comma and nothing else", `{,}`, 1),
	extraBad("B16/two-commas", "two commas", `{"a":"b",,"c":"d"}`, 9),
	extraBad("B16/no-comma", "no comma", `{"a":"b" "c":"d"}`, 9),
	extraBad("B16/no-colon", "no colon", `{"a""b"}`, 4),
	extraBad("B16/no-value", "a name alone", `{"a"}`, 4),
	extraBad("B16/bracket", "a bracket for a brace", `{"a":"b"]`, 8),
	extraBad("B16/colon-for-comma", "a colon for a comma", `{"a":"b":"c"}`, 8),
	extraBad("B16/no-value-behind-colon", "no value behind the colon", `{"a":}`, 5),
	extraBad("B16/two-colons", "two colons", `{"a"::"b"}`, 5),
	extraBad("B16/no-quotes", "a name without quotes", `{a:"b"}`, 1),
	extraBad("B16/single-quotes", "single quotes", `{'a':'b'}`, 1),
	extraBad("B16/brace-open", "a brace and nothing else", `{`, 1),
	extraBad("B16/brace-close", "a closing brace and nothing else", `}`, 0),
	extraBad("B16/no-brace-close", "cut behind a member", `{"a":"b"`, 8),
	extraBad("B16/cut-behind-comma", "cut behind the comma", `{"a":"b",`, 9),
	extraBad("B16/cut-behind-name", "cut behind the name", `{"a"`, 4),
	extraBad("B16/cut-in-value", "cut in the value", `{"a":"b`, 7),
	extraBad("B16/cut-in-escape", "cut in an escape", `{"a":"b\`, 8),
	extraBad("B16/cut-in-hex", "cut in the digits of an escape", `{"a":"b\u00`, 11),
	extraBad("B16/BOM", "a byte order mark in front", "\ufeff{\"a\":\"b\"}", 0),
	extraBad("B16/no-break-space", "other white space", "{\u00a0}", 1),
	extraBad("B16/form-feed", "other white space", "{\f}", 1),
	extraBad("B16/bad-escape", "an escape that there is not", `{"a":"\x41"}`, 7),
	extraBad("B16/bad-escape-quote", "an escape that there is not", `{"a":"\'"}`, 7),
	extraBad("B16/bad-hex", "a letter that is no hex digit", `{"a":"\u00g0"}`, 10),
	extraBad("B16/bad-hex-sign", "a sign that is no hex digit", `{"a":"\u00+0"}`, 10),
	extraBad("B16/capital-U", "a capital U", `{"a":"\U00e9"}`, 7),
}

var extraBig = []extraRow{
	extraBad("B16/brackets", "65,535 brackets", strings.Repeat("[", 65535), 0),
	extraBad("B16/brackets-as-value", "65,530 brackets as a value", `{"a":`+strings.Repeat("[", 65530), 5),
	extraBad("B16/braces", "65,535 braces", strings.Repeat("{", 65535), 1),
	extraBad("B16/all-spaces", "65,535 spaces", strings.Repeat(" ", 65535), 65535),
	extraOK("B16/backslashes", "1,000 escaped backslashes", `{"a":"`+strings.Repeat(`\\`, 1000)+`"}`, "a", strings.Repeat(`\`, 1000)),
	extraStrict("B16/7000-names", "one name 7,000 times", "{"+strings.Repeat(`"k":"",`, 6999)+`"k":""}`, "biz-duplicate", 8),
}

func extraVectors() (all []vector) {
	for _, rows := range extraRows {
		for _, r := range rows {
			o := octets(r.in)
			v := vector{ID: r.id, Test: "extra", Comment: r.comment, Rules: []string{"7.1"}, Hostile: hostileOf(r.id), Strict: r.strict, In: &o}
			v.result = judged("extra", r.reason, r.at)
			if r.reason == "" {
				v.Fields = extraFields{r.members}
			}
			switch {
			case r.reason == "" && len(r.members) == 0:
				v.Rules = append(v.Rules, "7.2")
			case r.reason != "biz-extra":
				v.Rules = append(v.Rules, "7.3")
			}
			all = append(all, v)
		}
	}
	return all
}
