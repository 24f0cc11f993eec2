package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// Text that a peer may send to harm whoever looks at it (H21, P7).
var hostileTexts = []string{
	"\x1b[2J\x1b]0;title\a", "\u009b2J", "a\nb\r\tc\x00\x7f", "\u202eabc\u2066", "\u200b\ufeff\u00ad",
	"\xff\xfe", "\xc0\xaf", "\xed\xa0\x80", "\u3164\u115f\u2800", "\U000e0041", "\u2028\u2029", "é中文🙂",
}

func TestAppendValue(t *testing.T) {
	tests := []struct{ name, in, word, value string }{
		{"plain", `insufficient`, `insufficient`, `insufficient`},
		{"blanks inside", `a b`, `"a b"`, `a b`},
		{"blank at the end", `a `, `"a "`, `"a "`},
		{"blank at the start", ` a`, `" a"`, `" a"`},
		{"H20 empty", ``, `""`, `""`},
		{"no method", `-`, `"-"`, `-`},
		{"JSON", `{"k":"v"}`, `"{\"k\":\"v\"}"`, `{"k":"v"}`},
		{"quote first", `"a`, `"\"a"`, `"\"a"`},
		{"backslash", `a\nb`, `a\nb`, `a\nb`},
		{"backslash with a newline", "a\\n\n", `"a\\n\n"`, `"a\\n\n"`},
		{"H21 escape", "\x1b[31m", `"\x1b[31m"`, `"\x1b[31m"`},
		{"H21 C1 control", "\u009b", `"\u009b"`, `"\u009b"`},
		{"H21 line ends", "a\r\nb\t", `"a\r\nb\t"`, `"a\r\nb\t"`},
		{"H21 not UTF-8", "a\xff", `"a\xff"`, `"a\xff"`},
		{"H21 U+FFFD itself", "a\ufffd", "a\ufffd", "a\ufffd"},
		{"H21 NUL and DEL", "\x00\x7f", `"\x00\x7f"`, `"\x00\x7f"`},
		{"bidi control", "a\u202eb", `"a\u202eb"`, `"a\u202eb"`},
		{"tag characters", "\U000e0041", `"\U000e0041"`, `"\U000e0041"`},
		{"letters that cannot be seen", "\u3164", `"\u3164"`, `"\u3164"`},
		{"a blank that is a sign", "\u2800", `"\u2800"`, `"\u2800"`},
		{"other alphabets", "余额不足", "余额不足", "余额不足"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(appendWord(nil, []byte(tt.in))); got != tt.word {
				t.Errorf("word %s, want %s", got, tt.word)
			}
			if got := string(appendValue(nil, []byte(tt.in))); got != tt.value {
				t.Errorf("value %s, want %s", got, tt.value)
			}
		})
	}
}

// harmless reports whether text may go to a terminal: it is UTF-8 of printable
// characters only.
func harmless(text string) bool {
	return utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool {
		return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
	}) < 0
}

func anyText(t *rapid.T) string {
	return rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom(hostileTexts),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
	).Draw(t, "text")
}

// What is shown harms no terminal and says exactly what the bytes are.
func TestQuoteIsReversible(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyText(t)
		got := string(appendValue(nil, []byte(s)))
		if !harmless(got) {
			t.Fatalf("%q is shown as %q", s, got)
		}
		back := got
		if got[0] == '"' {
			var err error
			if back, err = strconv.Unquote(got); err != nil {
				t.Fatalf("%s: %v", got, err)
			}
		}
		if back != s {
			t.Fatalf("%q is shown as %s, which reads as %q", s, got, back)
		}
	})
}

// JSON strings are what encoding/json reads as the same text, where it is
// UTF-8, and harm no terminal either.
func TestAppendJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyText(t)
		got := appendJSON(nil, []byte(s))
		if !harmless(string(got)) {
			t.Fatalf("%q is written as %q", s, got)
		}
		var back string
		if err := json.Unmarshal(got, &back); err != nil {
			t.Fatalf("%s: %v", got, err)
		}
		if want := string([]rune(s)); back != want { // each bad byte a U+FFFD
			t.Fatalf("%q is written as %s, which reads as %q", s, got, back)
		}
	})
}

func TestAppendCut(t *testing.T) {
	long := strings.Repeat("x", 20)
	tests := []struct {
		name, in string
		most     int
		want     string
	}{
		{"at the limit", long, 20, long},
		{"over it", long, 19, `"` + long[:19] + `"... of 20 bytes`},
		{"no limit", long, 0, long},
		{"no character in two", "aé中", 5, `"aé"... of 6 bytes`},
		{"not UTF-8", "aa\x80\x80\x80\x80\x80", 5, `"aa\x80\x80\x80"... of 7 bytes`},
	}
	for _, tt := range tests {
		if got := string(appendCut(nil, []byte(tt.in), tt.most)); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestShowName(t *testing.T) {
	for in, want := range map[string]string{"-": "standard input", "a.bin": "a.bin", "a\x1b[2J\n": `"a\x1b[2J\n"`} {
		if got := showName(in); got != want {
			t.Errorf("%q is shown as %s, want %s", in, got, want)
		}
	}
}

// Payloads of any length, written in pieces of any length, one after the other.
func TestBase64Writer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var out bytes.Buffer
		w := base64Writer{out: &out}
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, 3000), 1, 3).Draw(t, "sizes") {
			b := bytes.Repeat([]byte{byte(n), 0xfb, 7}, n/3+1)[:n]
			out.Reset()
			for left := b; len(left) > 0; {
				some := rapid.IntRange(1, len(left)).Draw(t, "piece")
				if wrote, err := w.Write(left[:some]); wrote != some || err != nil {
					t.Fatal(wrote, err)
				}
				left = left[some:]
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if want := base64.StdEncoding.EncodeToString(b); out.String() != want {
				t.Fatalf("%s, want %s", out.String(), want)
			}
		}
	})
}

func TestHexDumper(t *testing.T) {
	var out bytes.Buffer
	d := hexDumper{out: &out, indent: "  "}
	for _, part := range []string{"GET / HTTP/", "1.1\r\nHost", ": x\r\n"} { // rows go on over writes
		if n, err := d.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	want := "  00000000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  |GET / HTTP/1.1..|\n" +
		"  00000010  48 6f 73 74 3a 20 78 0d  0a                       |Host: x..|\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
}

func TestHexColumn(t *testing.T) {
	for _, off := range []int64{0, 0xfffffff0, 0x100000000, 1 << 40} {
		for i := range hexColumns {
			row := make([]byte, i+1)
			row[i] = 0xee
			line := string(appendHexLine(nil, off, 0, row))
			if got := line[hexColumn(off, i):][:2]; got != "ee" {
				t.Errorf("byte %d of %s: found %q", i, line, got)
			}
		}
	}
}
