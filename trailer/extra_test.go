package trailer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ttwire/ttwire/wire"
)

// extraJudge is the judge of Extra: encoding/json, and peers' word that nothing
// at all is no pairs.
func extraJudge(s string) (m map[string]string, ok bool) {
	if s == "" {
		return nil, true
	}
	if err := json.Unmarshal([]byte(s), &m); err != nil {
		return nil, false
	}
	return m, true
}

// member is a member of an object, decoded.
type member struct{ key, value string }

// extraTokens is every member of a legal extra in order, by encoding/json.
func extraTokens(s string) (members []member) {
	d := json.NewDecoder(strings.NewReader(s))
	var texts []string
	for {
		tok, err := d.Token()
		if err != nil {
			break
		}
		switch v := tok.(type) {
		case string:
			texts = append(texts, v)
		case nil:
			texts = append(texts, "")
		}
	}
	for ; len(texts) > 1; texts = texts[2:] {
		members = append(members, member{texts[0], texts[1]})
	}
	return members
}

// strictJudge is what strict says of a legal extra, the long way round.
func strictJudge(s string) error {
	// Take out each U+FFFD that s says itself: what is left was put in.
	s = strings.ReplaceAll(s, "\ufffd", "x")
	s = escapes.ReplaceAllStringFunc(s, func(e string) string {
		if strings.EqualFold(e, `\ufffd`) {
			return "x"
		}
		return e
	})
	seen := map[string]bool{}
	var err error
	for _, m := range extraTokens(s) {
		if strings.ContainsRune(m.key+m.value, '\ufffd') {
			return wire.ErrBizUTF8
		}
		if seen[m.key] {
			err = wire.ErrBizDuplicate
		}
		seen[m.key] = true
	}
	return err
}

var escapes = regexp.MustCompile(`\\u[0-9a-fA-F]{4}|\\[^u]`)

const (
	exactly = -1 // all of the input
	cut     = -2 // the input ends too early
)

var extraTests = []struct {
	name, in  string
	n         int // where it is illegal, if it is
	strictN   int // where strict refuses it, if it does
	strictErr error
}{
	{name: "B11 empty object", in: `{}`, n: exactly},
	{name: "B11 empty object, spaces", in: " \t\r\n{ \t\r\n} \t\r\n", n: exactly},
	{name: "B11 null", in: `null`, n: exactly},
	{name: "B11 null, spaces", in: ` null `, n: exactly},
	{name: "B11 nothing", in: ``, n: exactly},
	{name: "B11 spaces only", in: "  ", n: cut},
	{name: "B11 null cut", in: `nul`, n: cut},
	{name: "B11 null and more", in: `nullx`, n: 4},
	{name: "B11 none", in: `none`, n: 1},
	{name: "B12 array", in: `[]`, n: 0},
	{name: "B12 number", in: `1`, n: 0},
	{name: "B12 string", in: `"s"`, n: 0},
	{name: "B12 true", in: `true`, n: 0},
	{name: "B12 text", in: ` x`, n: 1},
	{name: "B13 object", in: `{"a":{}}`, n: 5},
	{name: "B13 array", in: `{"a":["b"]}`, n: 5},
	{name: "B13 number", in: `{"a":1}`, n: 5},
	{name: "B13 true", in: `{"a":true}`, n: 5},
	{name: "B13 null", in: `{"a":null}`, n: exactly},
	{name: "B13 nulls", in: `{"a" : null , "b":null,"c":"d","e":null}`, n: exactly},
	{name: "B13 null cut", in: `{"a":nul`, n: cut},
	{name: "B13 nul", in: `{"a":nul}`, n: 8},
	{name: "B13 null as key", in: `{null:"a"}`, n: 1},
	{name: "B13 the second", in: `{"a":"b","c":1}`, n: 13},
	{name: "B14 twice", in: `{"a":"b","a":"c"}`, n: exactly, strictN: 9, strictErr: wire.ErrBizDuplicate},
	{name: "B14 twice, null wins", in: `{"a":"b","a":null}`, n: exactly, strictN: 9, strictErr: wire.ErrBizDuplicate},
	{name: "B14 twice, escaped", in: ` { "a":"b", "\u0061":"c"}`, n: exactly, strictN: 12, strictErr: wire.ErrBizDuplicate},
	{name: "B14 twice, escaped before", in: `{"a":"b","\u00e9":"c","é":"d"}`, n: exactly, strictN: 22, strictErr: wire.ErrBizDuplicate},
	{name: "B14 thrice", in: `{"a":"b","c":"","c":"","c":""}`, n: exactly, strictN: 16, strictErr: wire.ErrBizDuplicate},
	{name: "B14 empty keys", in: `{"":"b","":"c"}`, n: exactly, strictN: 8, strictErr: wire.ErrBizDuplicate},
	{name: "B14 not twice", in: `{"a":"b","aa":"c","\u0061b":"d","A":"e","ab\u0063":"f"}`, n: exactly},
	{name: "B15 not UTF-8", in: "{\"a\":\"\xff\xfe\"}", n: exactly, strictN: 6, strictErr: wire.ErrBizUTF8},
	{name: "B15 not UTF-8, key", in: "{\"a\xc3\":\"\"}", n: exactly, strictN: 3, strictErr: wire.ErrBizUTF8},
	{name: "B15 overlong", in: "{\"a\":\"\xc0\xaf\xe0\x80\xaf\"}", n: exactly, strictN: 6, strictErr: wire.ErrBizUTF8},
	{name: "B15 overlong, 3 bytes", in: "{\"a\":\"xy\xe0\x80\xaf\"}", n: exactly, strictN: 8, strictErr: wire.ErrBizUTF8},
	{name: "B15 second byte wrong", in: "{\"a\":\"\xe4A\xb8\"}", n: exactly, strictN: 6, strictErr: wire.ErrBizUTF8},
	{name: "B15 third byte wrong", in: "{\"a\":\"\xe4\xb8A\"}", n: exactly, strictN: 6, strictErr: wire.ErrBizUTF8},
	{name: "B15 surrogates as UTF-8", in: "{\"a\":\"\xed\xa0\x80\xed\xb0\x80\"}", n: exactly, strictN: 6, strictErr: wire.ErrBizUTF8},
	{name: "B15 above U+10FFFF", in: "{\"a\":\"\xf4\x90\x80\x80\"}", n: exactly, strictN: 6, strictErr: wire.ErrBizUTF8},
	{name: "B15 sequence cut by the quote", in: "{\"a\":\"\xe4\xb8\"}", n: exactly, strictN: 6, strictErr: wire.ErrBizUTF8},
	{name: "B15 high surrogate", in: `{"a":"\ud83d"}`, n: exactly, strictN: 6, strictErr: wire.ErrBizUTF8},
	{name: "B15 low surrogate", in: `{"a":"x\ude00"}`, n: exactly, strictN: 7, strictErr: wire.ErrBizUTF8},
	{name: "B15 surrogates the other way round", in: `{"a":"\ude00\ud83d"}`, n: exactly, strictN: 6, strictErr: wire.ErrBizUTF8},
	{name: "B15 high surrogate, letter", in: `{"a":"\ud83d\u0041"}`, n: exactly, strictN: 6, strictErr: wire.ErrBizUTF8},
	{name: "B15 high surrogate twice, low", in: `{"a":"\ud83d\ud83d\ude00"}`, n: exactly, strictN: 6, strictErr: wire.ErrBizUTF8},
	{name: "B15 high surrogate, escape", in: `{"a":"\ud83d\n"}`, n: exactly, strictN: 6, strictErr: wire.ErrBizUTF8},
	{name: "B15 not UTF-8 before twice", in: "{\"a\":\"\xff\",\"a\":\"\"}", n: exactly, strictN: 6, strictErr: wire.ErrBizUTF8},
	{name: "B15 high surrogate, bad escape", in: `{"a":"\ud83d\ux"}`, n: 14},
	{name: "B15 pair of surrogates", in: `{"a":"\ud83d\ude00"}`, n: exactly},
	{name: "B15 U+FFFD itself", in: "{\"a\":\"\ufffd\\ufffd\"}", n: exactly},
	{name: "B15 UTF-8 of 2, 3, 4 bytes", in: `{"é":"余额不足,ࠀ퟿�😀"}`, n: exactly},
	{name: "B15 NUL", in: "{\"a\":\"\x00\"}", n: 6},
	{name: "B15 NUL escaped", in: `{"a":"\u0000"}`, n: exactly},
	{name: "B15 DEL", in: "{\"a\":\"\x7f\"}", n: exactly},
	{name: "B15 control character", in: "{\"a\":\"b\x01c\"}", n: 7},
	{name: "B15 newline", in: "{\"a\":\"b\n\"}", n: 7},
	{name: "B15 newline, key", in: "{\"a\n\":\"b\"}", n: 3},
	{name: "B16 bytes behind", in: `{"a":"b"}x`, n: 9},
	{name: "B16 NUL behind", in: "{\"a\":\"b\"}\x00", n: 9},
	{name: "B16 object behind", in: `{"a":"b"}{"c":"d"}`, n: 9},
	{name: "B16 brace behind", in: `{"a":"b"}}`, n: 9},
	{name: "B16 comment behind", in: `{"a":"b"/**/}`, n: 8},
	{name: "B16 trailing comma", in: `{"a":"b",}`, n: 9},
	{name: "B16 comma only", in: `{,}`, n: 1},
	{name: "B16 two commas", in: `{"a":"b",,"c":"d"}`, n: 9},
	{name: "B16 no comma", in: `{"a":"b" "c":"d"}`, n: 9},
	{name: "B16 no colon", in: `{"a""b"}`, n: 4},
	{name: "B16 no value", in: `{"a"}`, n: 4},
	{name: "B16 no value, long key", in: `{"testKey"}`, n: 10},
	{name: "B16 no value, second member", in: `{"testKey":"testVal","more"}`, n: 27},
	{name: "B16 bracket for a brace", in: `{"testKey":"testVal"]`, n: 20},
	{name: "B16 comma for a colon", in: `{"testKey","testVal"}`, n: 10},
	{name: "B16 colon for a comma", in: `{"testKey":"testVal":"more"}`, n: 20},
	{name: "B16 brace for a colon", in: `{"testKey"}"testVal"}`, n: 10},
	{name: "B16 no value behind the colon", in: `{"a":}`, n: 5},
	{name: "B16 two colons", in: `{"a"::"b"}`, n: 5},
	{name: "B16 key without quotes", in: `{a:"b"}`, n: 1},
	{name: "B16 single quotes", in: `{'a':'b'}`, n: 1},
	{name: "B16 brace only", in: `{`, n: cut},
	{name: "B16 closing brace only", in: `}`, n: 0},
	{name: "B16 no closing brace", in: `{"a":"b"`, n: cut},
	{name: "B16 cut behind the comma", in: `{"a":"b",`, n: cut},
	{name: "B16 cut behind the key", in: `{"a"`, n: cut},
	{name: "B16 cut in the value", in: `{"a":"b`, n: cut},
	{name: "B16 cut in an escape", in: `{"a":"b\`, n: cut},
	{name: "B16 cut in a \\u", in: `{"a":"b\u00`, n: cut},
	{name: "B16 byte order mark", in: "\ufeff{\"a\":\"b\"}", n: 0},
	{name: "B16 no-break space", in: "{\u00a0}", n: 1},
	{name: "B16 form feed", in: "{\f}", n: 1},
	{name: "B16 unknown escape", in: `{"a":"\x41"}`, n: 7},
	{name: "B16 escaped single quote", in: `{"a":"\'"}`, n: 7},
	{name: "B16 \\u with a letter", in: `{"a":"\u00g0"}`, n: 10},
	{name: "B16 \\u with @", in: `{"a":"\u00@0"}`, n: 10},
	{name: "B16 \\u with a slash", in: `{"a":"\u00/0"}`, n: 10},
	{name: "B16 \\u with a colon", in: `{"a":"\u00:0"}`, n: 10},
	{name: "B16 \\U", in: `{"a":"\U00e9"}`, n: 7},
	{name: "B16 escapes", in: `{"a":"\/\b\f\n\r\t\"\\","\"":"\\\"\\"}`, n: exactly},
	{name: "B16 \\u in either case", in: `{"a":"\u00e9\u00E9\uAbCd"}`, n: exactly},
	{name: "B16 64 KB of [", in: strings.Repeat("[", 1<<16), n: 0},
	{name: "B16 64 KB of [ as value", in: `{"a":` + strings.Repeat("[", 1<<16), n: 5},
	{name: "B16 64 KB of {", in: strings.Repeat("{", 1<<16), n: 1},
	{name: "B16 64 KB of spaces", in: strings.Repeat(" ", 1<<16), n: cut},
	{name: "B16 64 KB of backslashes", in: `{"a":"` + strings.Repeat(`\`, 1<<16-10) + `"}`, n: exactly},
	{name: "B16 7,000 of one key", in: "{" + strings.Repeat(`"k":"",`, 6999) + `"k":""}`, n: exactly, strictN: 8, strictErr: wire.ErrBizDuplicate},
	{name: "live", in: `{"testKey":"testVal"}`, n: exactly},
	{name: "live, escaped", in: `{"url":"https://x.y/?a=1\u0026b=\u003c2\u003e","msg":"say \"hi\""}`, n: exactly},
	{name: "spaces all over", in: "  {\n\"a\" :\t\"b\" }", n: exactly},
	{name: "60,000 bytes", in: `{"a":"` + strings.Repeat("x", 60000) + `"}`, n: exactly},
	{name: "65,535 bytes", in: `{"a":"` + strings.Repeat("x", 65535-8) + `"}`, n: exactly},
	{name: "65,536 bytes", in: `{"a":"` + strings.Repeat("x", 65536-8) + `"}`, n: exactly, strictN: 65535, strictErr: wire.ErrBizExtra},
	{name: "65,536 bytes without an object", in: strings.Repeat(" ", 65532) + "null", n: exactly, strictN: 65535, strictErr: wire.ErrBizExtra},
}

func TestExtraParse(t *testing.T) {
	for _, tt := range extraTests {
		t.Run(tt.name, func(t *testing.T) {
			b, n := []byte(tt.in), tt.n
			var err error
			switch n {
			case exactly:
				n = len(b)
			case cut:
				n, err = len(b), wire.ErrBizExtra
			default:
				err = wire.ErrBizExtra
			}
			checkExtra(t, b, false, n, err)
			if tt.strictErr != nil {
				n, err = tt.strictN, tt.strictErr
			}
			checkExtra(t, b, true, n, err)
		})
	}
}

// checkExtra parses b into an Extra that has been used before, and asks the
// judge whether it should be legal and what is in it.
func checkExtra(t *testing.T, b []byte, strict bool, n int, err error) {
	t.Helper()
	want, legal := extraJudge(string(b))
	if strict && err != wire.ErrBizExtra && legal && err != strictJudge(string(b)) {
		t.Errorf("the test is wrong: strict gives %v", strictJudge(string(b)))
	}
	if !strict && legal != (err == nil) {
		t.Errorf("the test is wrong: legal is %t", legal)
	}
	var x Extra
	_, _ = x.Parse([]byte(`{"old":"\ud800"}`), false)
	gotN, gotErr := x.Parse(b, strict)
	if gotN != n || gotErr != err {
		t.Errorf("strict %t: Parse = %d, %v, want %d, %v", strict, gotN, gotErr, n, err)
	}
	if err != nil {
		want = nil
	}
	if diff := cmp.Diff(want, x.Map()); diff != "" {
		t.Errorf("strict %t: (-want +got)\n%.2000s", strict, diff)
	}
	if x.Null() != (want == nil) {
		t.Errorf("strict %t: Null is %t", strict, x.Null())
	}
	checkPairs(t, &x, b, err == nil)
	wantNoAllocs(t, func() { _, _ = x.Parse(b, strict) })
}

// checkPairs asks for the pairs of b in every way there is, without allocating.
func checkPairs(t *testing.T, x *Extra, b []byte, legal bool) {
	t.Helper()
	var want []member
	if legal {
		want = extraTokens(string(b))
	}
	var got []member
	for k, v := range x.All(nil) {
		got = append(got, member{string(k), string(v)})
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(member{})); diff != "" {
		t.Errorf("All: (-want +got)\n%.2000s", diff)
	}
	if x.Len() != len(want) {
		t.Errorf("Len = %d, want %d", x.Len(), len(want))
	}
	buf, key, total := make([]byte, 0, 3*len(b)), "a", 0
	m := map[string]string{}
	for _, p := range want {
		key, m[p.key] = p.key, p.value
	}
	wantNoAllocs(t, func() {
		for k, v := range x.All(buf) {
			total += len(k) + len(v)
		}
		v, _ := x.Get(buf, key)
		total += len(v)
	})
	value, ok := m[key]
	if v, gotOK := x.Get(nil, key); string(v) != value || gotOK != ok {
		t.Errorf("Get(%.60q) = %.60q, %t, want %.60q, %t", key, v, gotOK, value, ok)
	}
	if v, ok := x.Get(nil, key+"\xff"); v != nil || ok {
		t.Errorf("Get of no key = %.60q, %t", v, ok)
	}
}

// The oracle's trailer/biz-extra cases: the live client's word.
func TestExtraOracle(t *testing.T) {
	illegal := []string{
		`[]`, `{`, `}`, `1`, `{"a":1}`, `{"a":true}`, `{"a":{}}`, `{"a":"b",}`, `{"a":"b" "c":"d"}`, "{\"a\":\"b\x01c\"}",
		`{a:"b"}`, `{"a":"b"}{"c":"d"}`, "\ufeff{\"a\":\"b\"}", `{"a"}`, `{"a":}`, `{"a":"b"`, `{"a":"b"/**/}`,
	}
	for _, in := range illegal {
		var x Extra
		if n, err := x.Parse([]byte(in), false); err != wire.ErrBizExtra {
			t.Errorf("%q: %d, %v", in, n, err)
		}
	}
	legal := map[string]map[string]string{
		``:                         nil,
		`null`:                     nil,
		`{"a":null}`:               {"a": ""},
		`{"a":"b"}  `:              {"a": "b"},
		"  {\n\"a\" :\t\"b\" }":    {"a": "b"},
		`{"a":"\u00e9"}`:           {"a": "é"},
		`{"a":"\ud83d\ude00"}`:     {"a": "😀"},
		`{"a":"\ud83d"}`:           {"a": "\ufffd"},
		`{"a":"\ude00"}`:           {"a": "\ufffd"},
		"{\"a\":\"\xff\xfe\"}":     {"a": "\ufffd\ufffd"},
		`{"a":"\/\b\f\n\r\t\"\\"}`: {"a": "/\b\f\n\r\t\"\\"},
	}
	for in, want := range legal {
		var x Extra
		if n, err := x.Parse([]byte(in), false); err != nil {
			t.Errorf("%q: %d, %v", in, n, err)
		}
		if diff := cmp.Diff(want, x.Map()); diff != "" {
			t.Errorf("%q: (-want +got)\n%s", in, diff)
		}
	}
}

// A byte of every kind at every place of strings of every length, in the first
// and last of the words that are looked at.
func TestExtraEveryPlace(t *testing.T) {
	for _, odd := range []string{`"`, `\`, "\x00", "\x1f", "\x7f", "\x80", "\xff", `\n`, `\u00e9`, "é", "余", "😀", " ", "!", "[", "]", "#"} {
		for size := range 20 {
			for at := range size + 1 {
				s := strings.Repeat("x", at) + odd + strings.Repeat("y", size-at)
				for _, in := range []string{`{"` + s + `":"v"}`, `{"k":"` + s + `"}`, `{"k":"` + s + `","l":"0123456789"}`, `{"k":"` + s} {
					sameAsJudge(t, []byte(in))
				}
			}
		}
	}
}

// sameAsJudge reports whether Parse and the judge say the same of b.
func sameAsJudge(t rapid.TB, b []byte) {
	t.Helper()
	want, legal := extraJudge(string(b))
	var x Extra
	n, err := x.Parse(b, false)
	if (err == nil) != legal || (n == len(b)) != legal && err == nil || n > len(b) {
		t.Fatalf("Parse(%q) = %d, %v, but legal is %t", b, n, err, legal)
	}
	if !maps.Equal(x.Map(), want) || (x.Map() == nil) != (want == nil) {
		t.Fatalf("Parse(%q): %q, want %q", b, x.Map(), want)
	}
	var wantStrict error = wire.ErrBizExtra
	if legal {
		wantStrict = strictJudge(string(b))
	}
	if strictN, got := x.Parse(b, true); got != wantStrict || !legal && strictN != n {
		t.Fatalf("strict: Parse(%q) = %d, %v, want %v", b, strictN, got, wantStrict)
	}
	if !legal {
		checkPlace(t, b, n)
	}
}

// endings are ways to go on: with the rest of an escape, then with the rest of
// what is open.
var endings = func() (all []string) {
	for _, e := range []string{"", "n", "u0000", "0000", "000", "00", "0"} {
		for _, rest := range []string{`":""}`, `"}`} {
			all = append(all, e+rest)
		}
	}
	return append(all, "", "}", "{}", `:""}`, `""}`, `"":""}`, "null", "ull", "ll", "l", "ull}", "ll}", "l}")
}()

// canEnd reports whether some ending makes s legal.
func canEnd(s []byte) bool {
	for _, e := range endings {
		if _, ok := extraJudge(string(s) + e); ok {
			return true
		}
	}
	return false
}

// checkPlace wants n to be the first byte that makes b illegal: up to it there
// is a way to go on, with it there is none.
func checkPlace(t rapid.TB, b []byte, n int) {
	t.Helper()
	if !canEnd(b[:n]) {
		t.Fatalf("Parse(%q) says %d, but %q is illegal already", b, n, b[:n])
	}
	if n < len(b) && canEnd(b[:n+1]) {
		t.Fatalf("Parse(%q) says %d, but %q can go on", b, n, b[:n+1])
	}
}

// drawExtra draws the text of a legal extra.
func drawExtra(t *rapid.T) []byte {
	space := rapid.SampledFrom([]string{"", "", "", " ", "\n\t", "\r "})
	piece := rapid.OneOf(
		rapid.StringMatching(`[a-z]{0,20}`),
		rapid.StringN(0, 9, -1),
		rapid.SampledFrom([]string{`"`, `\`, "\n", "\x00", "<&>", "\u2028", "余额不足", "😀", "\xff", "\xe4\xb8", "\ufffd"}),
	)
	raw := rapid.SampledFrom([]string{`\u0061`, `\ud83d\ude00`, `\ud83d`, `\ude00`, `\ud83d\u0061`, `\uFFFD`, `\/`, `\\`, `\"`, "\xff", "\xc0\x80", "余"})
	text := func(label string) string {
		b, err := json.Marshal(piece.Draw(t, label))
		if err != nil {
			t.Fatal(err)
		}
		return string(b[:len(b)-1]) + strings.Join(rapid.SliceOfN(raw, 0, 2).Draw(t, label+" raw"), "") + `"`
	}
	var b strings.Builder
	b.WriteString(space.Draw(t, "space") + "{" + space.Draw(t, "space"))
	for i := range rapid.IntRange(0, 12).Draw(t, "members") {
		if i > 0 {
			b.WriteString("," + space.Draw(t, "space"))
		}
		b.WriteString(text("key") + space.Draw(t, "space") + ":" + space.Draw(t, "space"))
		if rapid.IntRange(0, 5).Draw(t, "null") == 0 {
			b.WriteString("null")
		} else {
			b.WriteString(text("value"))
		}
		b.WriteString(space.Draw(t, "space"))
	}
	return []byte(b.String() + "}" + space.Draw(t, "space"))
}

func TestExtraProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := drawExtra(t)
		if _, ok := extraJudge(string(b)); !ok {
			t.Fatalf("the test is wrong: %q is illegal", b)
		}
		sameAsJudge(t, b)
		var x Extra
		if _, err := x.Parse(b, false); err != nil {
			t.Fatal(err)
		}
		// A buffer of the size that All asks for holds all of it, in its order.
		buf, want := make([]byte, 0, 3*len(b)), extraTokens(string(b))
		var got []member
		var views [][]byte
		for k, v := range x.All(buf) {
			got = append(got, member{string(k), string(v)})
			views = append(views, k, v)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(member{})); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
		for i, m := range want {
			if string(views[2*i]) != m.key || string(views[2*i+1]) != m.value {
				t.Fatalf("%q, %q did not last", m.key, m.value)
			}
		}
		for k, want := range x.Map() {
			if v, ok := x.Get(buf, k); string(v) != want || !ok {
				t.Fatalf("Get(%q) = %q, %t, want %q", k, v, ok, want)
			}
		}
	})
}

func TestExtraMutated(t *testing.T) {
	signs := rapid.SampledFrom([]byte("{}[]\":,\\ \nnul0aue\x00\x1f\x7f\x80\xc3\xe4\xff"))
	rapid.Check(t, func(t *rapid.T) {
		b := drawExtra(t)
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			at := rapid.IntRange(0, len(b)).Draw(t, "at")
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0:
				b = b[:at]
			case 1:
				b = append(b[:at:at], append([]byte{signs.Draw(t, "put")}, b[at:]...)...)
			case 2:
				b = append(b[:at:at], b[min(at+1, len(b)):]...)
			case 3:
				if at < len(b) {
					b[at] = signs.Draw(t, "byte")
				}
			}
		}
		sameAsJudge(t, b)
	})
}

func TestExtraAnyBytes(t *testing.T) {
	signs := rapid.SampledFrom([]string{"{", "}", `"`, `":"`, `","`, ":", ",", `\`, "u", "00e9", "null", " ", "a", "\x00", "\xff", "é", "["})
	rapid.Check(t, func(t *rapid.T) {
		if rapid.Bool().Draw(t, "signs") {
			sameAsJudge(t, []byte(strings.Join(rapid.SliceOfN(signs, 0, 20).Draw(t, "b"), "")))
			return
		}
		sameAsJudge(t, rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "b"))
	})
}

func TestExtraStops(t *testing.T) {
	var x Extra
	if _, err := x.Parse([]byte(`{"a":"b","c":"d"}`), false); err != nil {
		t.Fatal(err)
	}
	n := 0
	for range x.All(nil) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("All went on for %d pairs", n)
	}
}

// Views are of the input where they can be, of the buffer where they cannot,
// and nothing can be appended through one.
func TestExtraViews(t *testing.T) {
	b := []byte(`{"a":"b","c\n":"d\t","e":null}`)
	in, buf := bytes.Clone(b), make([]byte, 0, 8)
	var x Extra
	if _, err := x.Parse(b, false); err != nil {
		t.Fatal(err)
	}
	for k, v := range x.All(buf[:4]) {
		_, _ = append(k, '!'), append(v, '!')
	}
	if string(buf[:8]) != "c\nd\t\x00\x00\x00\x00" || !bytes.Equal(b, in) {
		t.Errorf("buffer %q, input %q", buf[:8], b)
	}
	if v, _ := x.Get(buf, "a"); cap(v) != 1 || &v[0] != &b[6] {
		t.Errorf("the value %q of a is no view of the input", v)
	}
	if v, _ := x.Get(buf, "c\n"); &v[0] != &buf[:1][0] || string(v) != "d\t" {
		t.Errorf("the value %q of c is not in the buffer", v)
	}
}

// More keys than are compared each with each, up to as many as there can be.
func TestExtraStrictMany(t *testing.T) {
	for _, n := range []int{fewMembers, fewMembers + 1, 100, 5000} {
		key := func(i int) string {
			if i%3 == 0 {
				return fmt.Sprintf(`\u%04x%d`, 'k', i)
			}
			return "k" + strconv.Itoa(i)
		}
		var b strings.Builder
		for i := range n {
			b.WriteString(`,"` + key(i) + `":""`)
		}
		once := "{" + b.String()[1:]
		var x Extra
		if at, err := x.Parse([]byte(once+"}"), true); err != nil {
			t.Errorf("%d keys: %d, %v", n, at, err)
		}
		for _, i := range []int{0, 1, n - 1} {
			in := []byte(once + `, "` + "k" + strconv.Itoa(i) + `":null}`)
			at, err := x.Parse(in, true)
			if err != wire.ErrBizDuplicate || at != len(once)+2 {
				t.Errorf("%d keys, k%d again: %d, %v, want %d", n, i, at, err, len(once)+2)
			}
			wantNoAllocs(t, func() { _, _ = x.Parse(in, true) })
		}
	}
	// The most members that a header value can have, all but one of one byte.
	var b strings.Builder
	for i := 0; b.Len() < wire.MaxLen16-20; i++ {
		b.WriteString(`,"` + string(rune(0x80+i)) + `":""`)
	}
	full := []byte("{" + b.String()[1:] + "}")
	var x Extra
	if at, err := x.Parse(full, true); err != nil {
		t.Errorf("%d members: %d, %v", x.Len(), at, err)
	}
	wantNoAllocs(t, func() { _, _ = x.Parse(full, true) })
}

// benchExtras are legal and illegal extras by what is in them.
var benchExtras = []struct{ name, in string }{
	{"21B", `{"testKey":"testVal"}`},
	{"3pairs", `{"region":"cn-north-1","traceId":"0af7651916cd43dd8448eb211c80319c","retryable":"false"}`},
	{"escapes", `{"url":"https://x.y/?a=1\u0026b=2","msg":"say \"hi\"\n"}`},
	{"chinese", `{"消息":"用户余额不足,请充值后再试。订单将为您保留三十分钟。"}`},
	{"4KB", `{"k":"` + strings.Repeat("x", 4090) + `"}`},
	{"bad-cut", `{"testKey":"testVal",`},
	{"bad-number", `{"testKey":123456789}`},
	{"bad-control", "{\"testKey\":\"test\x01al\"}"},
	{"bad-comma", `{"testKey":"testVa",}`},
}

func BenchmarkExtra(b *testing.B) {
	for _, tt := range benchExtras {
		in := []byte(tt.in)
		b.Run("Parse/"+tt.name, func(b *testing.B) {
			var x Extra
			b.ReportAllocs()
			for b.Loop() {
				_, _ = x.Parse(in, false)
			}
		})
		b.Run("json/"+tt.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var m map[string]string
				_ = json.Unmarshal(in, &m)
			}
		})
	}
}

func BenchmarkExtraAll(b *testing.B) {
	for _, tt := range benchExtras[:4] {
		buf := make([]byte, 0, 256)
		var x Extra
		_, _ = x.Parse([]byte(tt.in), false)
		b.Run(tt.name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				for k, v := range x.All(buf) {
					n += len(k) + len(v)
				}
			}
		})
	}
}

// No text that a peer's bytes are decoded to is anything but UTF-8.
func TestExtraTextIsUTF8(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var x Extra
		_, _ = x.Parse(drawExtra(t), false)
		for k, v := range x.All(nil) {
			if !utf8.Valid(k) || !utf8.Valid(v) {
				t.Fatalf("%q: %q", k, v)
			}
		}
	})
}
