package status_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ttwire/ttwire/status"
)

// same compares errors by all that a text can say.
var same = cmp.Comparer(func(a, b error) bool { return sameError(a, b) })

func sameError(a, b error) bool {
	var x, y *status.Error
	switch {
	case a == nil || b == nil:
		return a == b
	case !errors.As(a, &x) || !errors.As(b, &y):
		return a.Error() == b.Error()
	}
	return x.Kind == y.Kind && x.Code == y.Code && x.Side == y.Side && x.Remote == y.Remote && x.Message == y.Message &&
		fmt.Sprintf("%q", x.CancelPath) == fmt.Sprintf("%q", y.CancelPath) && sameError(x.Cause, y.Cause)
}

func TestParseText(t *testing.T) {
	canceled := status.Error{Kind: status.Stream, Code: 12007, Side: status.SideServer, CancelPath: []string{"ServiceA"}, Message: userCancel}
	for _, test := range []struct {
		text string
		want status.Error
	}{
		// What live Kitex programs printed.
		{"[ttstream error, code=12007] [client-side stream] " + userCancel,
			status.Error{Kind: status.Stream, Code: 12007, Side: status.SideClient, Message: userCancel}},
		{"server: [ttstream error, code=12007] [server-side stream] [canceled path: ServiceA] " + userCancel, canceled},
		{"[ttstream error, code=12001] [client-side stream] biz error: app exception",
			status.Error{Kind: status.Stream, Code: 12001, Side: status.SideClient, Message: "biz error: app exception"}},
		{"biz error: code=10001, msg=insufficient user balance",
			status.Error{Kind: status.Business, Code: 10001, Message: "insufficient user balance"}},
		{"biz error: code=5, msg=", status.Error{Kind: status.Business, Code: 5}},
		{"biz error: code=-1, msg=m", status.Error{Kind: status.Business, Code: -1, Message: "m"}},
		{"[ttstream error, code=12015] [client-side stream] stream timeout, timeout in ctx: 99.952262ms",
			status.Error{Kind: status.Stream, Code: 12015, Side: status.SideClient, Message: "stream timeout, timeout in ctx: 99.952262ms"}},
		{"error(*ttstream.Exception): [ttstream error, code=12007] [client-side stream] [canceled path: A ->  -> B] user cancel",
			status.Error{Kind: status.Stream, Code: 12007, Side: status.SideClient, CancelPath: []string{"A", "", "B"}, Message: "user cancel"}},
		{"error(*ttstream.Exception): [ttstream error, code=12007] [client-side stream] [canceled path:  -> ] user cancel",
			status.Error{Kind: status.Stream, Code: 12007, Side: status.SideClient, CancelPath: []string{"", ""}, Message: "user cancel"}},
		{"error(*ttstream.Exception): [ttstream error, code=12003] [client-side stream] malformed header info, extra: {\"a\":\"b\"",
			status.Error{Kind: status.Stream, Code: 12003, Side: status.SideClient, Message: `malformed header info, extra: {"a":"b"`}},
		{"error(*ttstream.Exception): [ttstream error, code=12004] EOF peer close",
			status.Error{Kind: status.Stream, Code: 12004, Message: "EOF peer close"}},

		// What live tRPC-Go programs printed.
		{"type:framework, code:351, msg:stream is already closed, caused by type:callee framework, code:10001, msg:insufficient user balance",
			status.Error{Kind: status.Framework, Code: 351, Message: "stream is already closed",
				Cause: status.NewCallee(10001, "insufficient user balance")}},
		{"type:framework, code:101, msg:xxx timeout", status.Error{Kind: status.Framework, Code: 101, Message: "xxx timeout"}},
		{"type:callee framework, code:12, msg:rpcname:xxx invalid",
			status.Error{Kind: status.CalleeFramework, Code: 12, Remote: true, Message: "rpcname:xxx invalid"}},
		{"type:business, code:10000, msg:xxx fail", status.Error{Kind: status.Business, Code: 10000, Message: "xxx fail"}},
		{"type:framework, code:141, msg:m, caused by dial tcp: refused, caused by fate",
			status.Error{Kind: status.Framework, Code: 141, Message: "m", Cause: errors.New("dial tcp: refused, caused by fate")}},

		// One form below another.
		{"2024-11-22 06:47:01 ERROR biz error: [ttstream error, code=12007] [server-side stream] [canceled path: ServiceA] " + userCancel, canceled},
		{"[ttstream error, code=12001] [client-side stream] biz error: [ttstream error, code=12007] [server-side stream] [canceled path: ServiceA] " + userCancel,
			status.Error{Kind: status.Stream, Code: 12001, Side: status.SideClient, Cause: &canceled}},
		{"[ttstream error, code=12001] biz error: biz error: code=5, msg=m",
			status.Error{Kind: status.Stream, Code: 12001, Message: "biz error: biz error: code=5, msg=m"}},
		{"[ttstream error, code=12001] biz error: code=5, msg=m, caused by x",
			status.Error{Kind: status.Stream, Code: 12001, Cause: status.NewBiz(5, "m, caused by x")}},
		{"[ttstream error, code=12001] biz error: code=-10001, msg=m",
			status.Error{Kind: status.Stream, Code: 12001, Cause: status.NewBiz(-10001, "m")}},
		{"[ttstream error, code=12011] type:callee framework, code:21, msg:m",
			status.Error{Kind: status.Stream, Code: 12011, Cause: status.NewCallee(21, "m")}},
		{"type:framework, code:1, msg:, caused by [ttstream error, code=12006] [client-side stream] m",
			status.Error{Kind: status.Framework, Code: 1, Cause: record(status.Error{Kind: status.Stream, Code: 12006, Side: status.SideClient, Message: "m"})}},

		// Escapes are undone, and what only looks like one is left alone.
		{`[ttstream error, code=12007] \x5bserver-side stream] m`, status.Error{Kind: status.Stream, Code: 12007, Message: "[server-side stream] m"}},
		{`[ttstream error, code=12007] \x5bm`, status.Error{Kind: status.Stream, Code: 12007, Message: `\x5bm`}},
		{`[ttstream error, code=12007] [canceled path: a\x5d\x3e\x0a -> b] \x0a\x5cx0a\x5d`,
			status.Error{Kind: status.Stream, Code: 12007, CancelPath: []string{"a]>\n", "b"}, Message: "\n" + `\x0a\x5d`}},
		{`type:business, code:1, msg:C:\new \x41 \x0A \x0`, status.Error{Kind: status.Business, Code: 1, Message: `C:\new \x41 \x0A \x0`}},
		{`biz error: code=1, msg=\xff\x7f`, status.Error{Kind: status.Business, Code: 1, Message: "\xff\x7f"}},

		// Lines and their ends.
		{"a\nb [ttstream error, code=12006] m\r\nnext [ttstream error, code=1] n",
			status.Error{Kind: status.Stream, Code: 12006, Message: "m"}},
		{"[ttstream error, code=12006]", status.Error{Kind: status.Stream, Code: 12006}},
		{"[ttstream error, code=12006] [server-side stream]", status.Error{Kind: status.Stream, Code: 12006, Side: status.SideServer}},
		{"[ttstream error, code=12006] [canceled path: A]\n", status.Error{Kind: status.Stream, Code: 12006, CancelPath: []string{"A"}}},
		{"type:business, code:1, msg:", status.Error{Kind: status.Business, Code: 1}},

		// A log may take the blank off that ends a text without a message. What
		// comes after then is not of the error.
		{"[ttstream error, code=12007]\n", status.Error{Kind: status.Stream, Code: 12007}},
		{"[ttstream error, code=12007]\r\nnext", status.Error{Kind: status.Stream, Code: 12007}},
		{"[ttstream error, code=12007]\r", status.Error{Kind: status.Stream, Code: 12007}},
		{"[ttstream error, code=12007]\tm", status.Error{Kind: status.Stream, Code: 12007}},
		{"[ttstream error, code=12007]\x1b[0m", status.Error{Kind: status.Stream, Code: 12007}},
		{"[ttstream error, code=12007]\n[ttstream error, code=12008] m", status.Error{Kind: status.Stream, Code: 12007}},
		{`{"e":"[ttstream error, code=12007]"}`, status.Error{Kind: status.Stream, Code: 12007}},
		{`{\"e\":\"[ttstream error, code=12007]\"}`, status.Error{Kind: status.Stream, Code: 12007}},
		{"err='[ttstream error, code=12007]' k=v", status.Error{Kind: status.Stream, Code: 12007}},
		{"failed ([ttstream error, code=12007]), again", status.Error{Kind: status.Stream, Code: 12007}},
		{"[ttstream error, code=12007], again", status.Error{Kind: status.Stream, Code: 12007}},
		{`e="[ttstream error, code=12007] [client-side stream]" k=v`, status.Error{Kind: status.Stream, Code: 12007, Side: status.SideClient}},
		{`e="[ttstream error, code=12007] [server-side stream] [canceled path: A -> B]" k=v`,
			status.Error{Kind: status.Stream, Code: 12007, Side: status.SideServer, CancelPath: []string{"A", "B"}}},
		{`type:framework, code:1, msg:m, caused by [ttstream error, code=12007]"`, // not to the byte what an error prints
			status.Error{Kind: status.Framework, Code: 1, Message: "m", Cause: errors.New(`[ttstream error, code=12007]"`)}},

		// What is almost a part is message.
		{"[ttstream error, code=12006] [client-side stream]x", status.Error{Kind: status.Stream, Code: 12006, Message: "[client-side stream]x"}},
		{"[ttstream error, code=12006] [canceled path: A", status.Error{Kind: status.Stream, Code: 12006, Message: "[canceled path: A"}},
		{"[ttstream error, code=12006] [canceled path: A]B] m", status.Error{Kind: status.Stream, Code: 12006, CancelPath: []string{"A]B"}, Message: "m"}},
		{"[ttstream error, code=12006] [canceled path: A] [client-side stream] m",
			status.Error{Kind: status.Stream, Code: 12006, CancelPath: []string{"A"}, Message: "[client-side stream] m"}},
		{"[ttstream error, code=12001] [ttstream error, code=1] [client-side stream] [client-side stream] m",
			status.Error{Kind: status.Stream, Code: 12001, Message: "[ttstream error, code=1] [client-side stream] [client-side stream] m"}},

		// Numbers are those that %d prints, within an int32; else one looks on.
		{"[ttstream error, code=2147483648] [ttstream error, code=2147483647] m", status.Error{Kind: status.Stream, Code: 2147483647, Message: "m"}},
		{"type:business, code:-2147483649, msg:x type:business, code:-2147483648, msg:m", status.Error{Kind: status.Business, Code: -2147483648, Message: "m"}},
		{"[ttstream error, code=007] [ttstream error, code=-0] [ttstream error, code=+1] [ttstream error, code=] [ttstream error, code=1] m",
			status.Error{Kind: status.Stream, Code: 1, Message: "m"}},
		{"type:business, code:99999999999999999999, msg:x biz error: code=1, msg=m", status.Error{Kind: status.Business, Code: 1, Message: "m"}},
	} {
		got, ok := status.ParseText(test.text)
		if !ok || !cmp.Equal(test.want.Err(), got.Err(), same) {
			t.Errorf("%q\ngot  %+v\nwant %+v", test.text, got, &test.want)
		}
	}
}

func TestParseTextFindsCauses(t *testing.T) {
	e, _ := status.ParseText("[ttstream error, code=12001] [client-side stream] biz error: [ttstream error, code=12007] [server-side stream] m")
	if !errors.Is(e.Err(), status.Canceled) {
		t.Error("12007 is not found below a 12001")
	}
	e, _ = status.ParseText("type:framework, code:351, msg:stream is already closed, caused by type:business, code:10001, msg:m")
	if biz, _ := asks(e.Cause); !biz {
		t.Errorf("the cause is a %T", e.Cause)
	}
	if got, want := e.Cause.Error(), "type:business, code:10001, msg:m"; got != want {
		t.Errorf("the cause's text is %q", got)
	}
	e, _ = status.ParseText("[ttstream error, code=12001] biz error: code=5, msg=a\tb")
	if got := e.Cause; got != nil {
		t.Errorf("a cause that cannot be printed again as it was: %q", got)
	}
	e, _ = status.ParseText(`[ttstream error, code=12001] biz error: code=5, msg=a\x09b`)
	if got, want := e.Cause.Error(), `biz error: code=5, msg=a\x09b`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	e, _ = status.ParseText(`[ttstream error, code=12001] biz error: type:business, code:5, msg:m`)
	if got, want := e.Cause.Error(), `biz error: type:business, code:5, msg:m`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	e, _ = status.ParseText(`type:framework, code:1, msg:, caused by a\x0ab`)
	if got, want := e.Cause.Error(), "a\nb"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What may stand behind a text without a message whose last blank is gone: what
// ends words in logs, and nothing else.
func TestParseTextEnds(t *testing.T) {
	for c := range 256 {
		end := string([]byte{byte(c)})
		e, ok := status.ParseText("[ttstream error, code=12007]" + end + "m")
		ends := c < ' ' || c == 0x7f || strings.Contains("\"'`\\)]}<>,;|", end)
		switch {
		case ok != (ends || c == ' '):
			t.Errorf("%q: %v", end, e)
		case ends && e.Message != "":
			t.Errorf("%q: message %q", end, e.Message)
		}
	}
}

func TestParseTextNothing(t *testing.T) {
	for _, s := range []string{
		"", "[", "t", "b", "EOF", "[ttstream error, code=", "[ttstream error, code=1", "[ttstream error, code=1]m",
		"[ttstream error, code=1][client-side stream] m", "[ttstream error, code=1]\u00a0m", "[ttstream error, code=1]\xff",
		"[ttstream error, code=-] m", "[ttstream error, code=1-2] m", "[TTStream error, code=1] m",
		"type:", "type:stream, code:1, msg:m", "type:unknown, code:1, msg:m", "type:business, code:1", "type:business,code:1,msg:m",
		"biz error: m", "biz error: code=1", "biz error: code=x, msg=m",
	} {
		if e, ok := status.ParseText(s); ok || e != nil {
			t.Errorf("%q reads as %v", s, e)
		}
	}
}

func TestFindText(t *testing.T) {
	const text = "12:00 [ttstream error, code=12007] a; [ttstream error, code=12009] [canceled path: A -> B] b\r\n" +
		"nothing\n\n" +
		"12:01 type:framework, code:351, msg:closed, caused by type:business, code:1, msg:m type:framework, code:1, msg:x, caused by y biz error: code=5, msg=z\n" +
		"12:02 [ttstream error, code=12001] biz error: [ttstream error, code=12006] c\n" +
		"12:03 biz error: code=5, msg=a, caused by b\n" +
		`{"a":"[ttstream error, code=12013]","b":"type:framework, code:1, msg:m, caused by [ttstream error, code=12014] [client-side stream]"}` + "\r\n" +
		"[ttstream error, code=12015]\r\n"
	type found struct {
		At    string
		Kind  status.Kind
		Code  int32
		Msg   string
		Cause string
	}
	var got []found
	for f := range status.FindText(text) {
		row := found{At: text[f.Start:f.End], Kind: f.Err.Kind, Code: f.Err.Code, Msg: f.Err.Message}
		if f.Err.Cause != nil {
			row.Cause = f.Err.Cause.Error()
		}
		got = append(got, row)
	}
	want := []found{
		{"[ttstream error, code=12007] a; ", status.Stream, 12007, "a; ", ""},
		{"[ttstream error, code=12009] [canceled path: A -> B] b", status.Stream, 12009, "b", ""},
		{"type:framework, code:351, msg:closed, caused by type:business, code:1, msg:m ", status.Framework, 351, "closed", "type:business, code:1, msg:m "},
		{"type:framework, code:1, msg:x, caused by y ", status.Framework, 1, "x", "y "},
		{"biz error: code=5, msg=z", status.Business, 5, "z", ""},
		{"[ttstream error, code=12001] biz error: [ttstream error, code=12006] c", status.Stream, 12001, "", "biz error: [ttstream error, code=12006] c"},
		{"biz error: code=5, msg=a, caused by b", status.Business, 5, "a, caused by b", ""},
		{"[ttstream error, code=12013]", status.Stream, 12013, "", ""},
		{"type:framework, code:1, msg:m, caused by [ttstream error, code=12014] [client-side stream]", status.Framework, 1, "m", "[ttstream error, code=12014] [client-side stream] "},
		{"[ttstream error, code=12015]", status.Stream, 12015, "", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for range status.FindText(text) {
		break // must stop, not panic
	}
}

// A cause deeper than 16 stays text, and the text stays what it was.
func TestParseTextDepth(t *testing.T) {
	err := record(status.Error{Kind: status.Stream, Code: 12007, CancelPath: []string{"a]b"}, Message: "m"})
	for range 40 {
		err = status.WrapFramework(err, 351, "closed")
	}
	e, ok := status.ParseText(err.Error())
	if !ok || e.Error() != err.Error() {
		t.Errorf("got %q\nwant %q", e, err)
	}
	if n := causes(e.Err()); n != 17 { // 16 taken apart and the text below
		t.Errorf("%d causes taken apart", n)
	}
}

// causes is how many errors stand below err.
func causes(err error) (n int) {
	for err = errors.Unwrap(err); err != nil; err = errors.Unwrap(err) {
		n++
	}
	return n
}

// In a text, the cause that is 17 deep begins another error.
func TestFindTextDepth(t *testing.T) {
	const deep = 40
	text := strings.Repeat("type:framework, code:1, msg:m, caused by ", deep) + "type:framework, code:2, msg:last"
	var got []int
	for f := range status.FindText(text) {
		got = append(got, causes(f.Err.Err()))
	}
	if want := []int{17, 17, deep - 2*17}; !slices.Equal(got, want) { // 16 and nothing in place of the next
		t.Errorf("%v causes taken apart, want %v", got, want)
	}
}

// The same of causes that a handler returned.
func TestParseTextDepthOfHandlers(t *testing.T) {
	text := strings.Repeat("type:framework, code:1, msg:m, caused by biz error: ", 40) + "type:framework, code:2, msg:last"
	e, ok := status.ParseText(text)
	if !ok || e.Error() != text {
		t.Fatalf("got %v\nwant %s", e, text)
	}
	if n := causes(e.Err()); n != 2*16+1 { // with what marks each as a handler's
		t.Errorf("%d causes taken apart", n)
	}
}

// part is what texts are made of, and what may be mistaken for it.
var part = rapid.SampledFrom([]string{
	"[ttstream error, code=", "12007", "1", "-1", "2147483648", "] ", "]", "[", "[client-side stream] ", "[server-side stream] ",
	"[canceled path: ", " -> ", "->", "A", "type:", "framework", "callee framework", "business", ", code:", ", msg:",
	", caused by ", "biz error: ", "biz error: code=", ", msg=", "[ttstream error, code=12006] ", "type:business, code:1, msg:",
	`\x0a`, `\x5c`, `\x5b`, `\x5d`, `\x3e`, `\`, "x5c", "x0a", "\n", "\r", "\x00", "\x1b", "\x7f", "\xff", "\xe4", "\u202e", "\u0085",
	"你好", "余额不足", " ", "m", ", ", `"`,
})

// anyText is what a hostile peer may send.
func anyText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(part, 0, 12).Draw(t, "parts"), "") }),
		rapid.String(),
		rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) }),
	)
}

// plainText is one that the doc comment of ParseText promises to give back.
func plainText() *rapid.Generator[string] {
	return anyText().Filter(func(s string) bool {
		for _, mark := range []string{"[ttstream error, code=", "type:", "biz error: ", ", caused by "} {
			if strings.Contains(s, mark) {
				return false
			}
		}
		return !strings.HasPrefix(s, `\x5b`)
	})
}

// anyError is an error with the given texts. In a plain one, a cause from
// elsewhere is only where it stays a cause.
func anyError(text *rapid.Generator[string], depth int, plain bool) *rapid.Generator[*status.Error] {
	return rapid.Custom(func(t *rapid.T) *status.Error {
		e := &status.Error{
			Kind:    rapid.SampledFrom([]status.Kind{status.Framework, status.CalleeFramework, status.Business, status.Stream}).Draw(t, "kind"),
			Code:    rapid.Int32().Draw(t, "code"),
			Message: text.Draw(t, "message"),
		}
		e.Remote = e.Kind == status.CalleeFramework
		if e.Kind == status.Stream {
			e.Side = rapid.SampledFrom([]status.Side{status.SideUnknown, status.SideClient, status.SideServer}).Draw(t, "side")
			e.CancelPath = rapid.SliceOfN(anyText(), 0, 20).Draw(t, "path")
			if plain && len(e.CancelPath) > 17 {
				e.CancelPath = e.CancelPath[:17]
			}
		}
		causes := 2
		if depth == 0 {
			causes = 1
		}
		switch rapid.IntRange(0, causes).Draw(t, "cause") {
		case 1:
			if !plain || e.Kind != status.Stream {
				e.Cause = errors.New(text.Draw(t, "foreign"))
			}
		case 2:
			e.Cause = anyError(text, depth-1, plain).Draw(t, "below").Err()
			if !plain && rapid.Bool().Draw(t, "wrapped") {
				e.Cause = fmt.Errorf("%s%w", text.Draw(t, "prefix"), e.Cause)
			}
		}
		if plain && e.Kind == status.Stream && e.Cause != nil {
			e.Message = ""
		}
		if !plain && depth > 0 && rapid.Bool().Draw(t, "quotes") {
			e.Message = rapid.SampledFrom([]string{"", "biz error: ", "biz error: code=5, msg=", ", caused by "}).Draw(t, "mark") +
				anyError(text, depth-1, false).Draw(t, "quoted").Error()
		}
		return e
	})
}

// printable reports whether s is one line that cannot steer a terminal.
func printable(s string) bool {
	return strings.ToValidUTF8(s, "") == s && !strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' || 0x7f <= r && r < 0xa0 || r == '\u2028' || r == '\u2029' || '\u202a' <= r && r <= '\u202e'
	})
}

// ParseText is the inverse of Error: of the text for every error, of the error
// for every one without texts that look like another.
func TestParseTextIdentity(t *testing.T) {
	t.Run("text", rapid.MakeCheck(func(t *rapid.T) {
		e := anyError(anyText(), 3, false).Draw(t, "error")
		text := e.Error()
		if !printable(text) {
			t.Fatalf("not fit to be printed: %q", text)
		}
		got, ok := status.ParseText(text)
		if !ok || got.Error() != text {
			t.Fatalf("got  %q\nwant %q\nread as %+v", got, text, got)
		}
	}))
	t.Run("error", rapid.MakeCheck(func(t *rapid.T) {
		e := anyError(plainText(), 3, true).Draw(t, "error")
		got, ok := status.ParseText(e.Error())
		if !ok || !sameError(got, e) {
			t.Fatalf("text %q\ngot  %+v\nwant %+v", e, got, e)
		}
	}))
}

func TestParseTextAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := ""
		for range rapid.IntRange(1, 4).Draw(t, "pieces") {
			s += anyText().Draw(t, "text")
			if rapid.Bool().Draw(t, "error too") {
				s += anyError(anyText(), 2, false).Draw(t, "error").Error()
			}
		}
		e, ok := status.ParseText(s)
		if ok {
			_ = fmt.Sprintf("%+v", e)
		}
		end, n := 0, 0
		for f := range status.FindText(s) {
			if f.Start < end || f.End <= f.Start || f.End > len(s) {
				t.Fatalf("%q: found at %d to %d, after one up to %d", s, f.Start, f.End, end)
			}
			if n == 0 && (!ok || f.Err.Kind != e.Kind || f.Err.Code != e.Code) {
				t.Fatalf("%q: FindText begins with %v, ParseText gives %v", s, f.Err, e)
			}
			end = f.End
			n++
		}
		if ok != (n > 0) {
			t.Fatalf("%q: ParseText finds %v, FindText %d errors", s, e, n)
		}
	})
}

// fastest is the least time of a few calls of f.
func fastest(f func()) time.Duration {
	least := time.Hour
	for range 3 {
		start := time.Now()
		f()
		least = min(least, time.Since(start))
	}
	return least
}

// 16 times the text takes about 16 times as long, whatever it is made of; 256
// times would be quadratic.
func TestParseTextIsLinear(t *testing.T) {
	if testing.CoverMode() == "atomic" {
		t.Skip("coverage under -race makes every step 100 times as long")
	}
	for _, unit := range []string{
		"[ttstream error, code=", "[ttstream error, code=1] ", "[ttstream error, code=1] biz error: ", "biz error: ",
		"type:framework, code:1, msg:, caused by ", "type:framework, code:1, msg:", `type:business, code:1, msg:m\x01`,
		"[ttstream error, code=1] [canceled path: ", `[ttstream error, code=1] [canceled path: a>b] \x0a `,
		", caused by ", "biz error: code=1, msg=", `\x5c`, "x5c", "[ttstream error, code=1] [canceled path: A -> ",
	} {
		read := func(size int) func() {
			// A head before and a line end far behind make the most of it.
			s := "type:framework, code:1, msg:" + strings.Repeat(unit, size/len(unit)) + `\x0a`
			return func() {
				_, _ = status.ParseText(s)
				for range status.FindText(s) {
				}
			}
		}
		var small, large time.Duration
		for range 5 { // a busy machine can spoil one measurement, not all
			small, large = fastest(read(16<<10)), fastest(read(256<<10))
			if large <= 64*small || large <= 10*time.Millisecond {
				break
			}
		}
		if large > 64*small && large > 10*time.Millisecond {
			t.Errorf("%q: 16 KiB take %v, 256 KiB %v", unit, small, large)
		}
	}
}

// "biz error: " before what is no error is text to FindText as well.
func TestFindTextNoCause(t *testing.T) {
	for text, want := range map[string]status.Error{
		"[ttstream error, code=12001] biz error: app exception":          {Kind: status.Stream, Code: 12001, Message: "biz error: app exception"},
		"type:framework, code:1, msg:m, caused by biz error: app failed": {Kind: status.Framework, Code: 1, Message: "m", Cause: errors.New("biz error: app failed")},
	} {
		found := 0
		for f := range status.FindText(text) {
			if found++; !sameError(f.Err, &want) || f.Start != 0 || f.End != len(text) {
				t.Errorf("%s: %d to %d is %v with cause %v", text, f.Start, f.End, f.Err, f.Err.Cause)
			}
		}
		if found != 1 {
			t.Errorf("%s: %d errors", text, found)
		}
	}
}
