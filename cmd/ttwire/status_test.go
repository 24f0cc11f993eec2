package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
)

// exception is the payload that says this.
func exception(t testing.TB, typeID int32, message string) []byte {
	t.Helper()
	b, err := trailer.AppendException(nil, "M", 1, typeID, message)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// endingFrame is a frame with these string pairs: key, value, key, value, ...
func endingFrame(t testing.TB, typ frame.Type, payload []byte, pairs ...string) []byte {
	t.Helper()
	return buildFrame(t, typ, 1, func(b *frame.Builder) {
		for i := 0; i < len(pairs); i += 2 {
			b.Str(pairs[i], pairs[i+1])
		}
	}, payload)
}

// statusOf is the "status" of a dump's only line as it stands, and the line of
// the ending in text.
func statusOf(t testing.TB, in []byte, flags ...string) (exit int, js, text string) {
	t.Helper()
	exit, js, errOut := ttwire(bytes.NewReader(in), append([]string{"dump", "--json"}, flags...)...)
	_, js, ok := strings.Cut(js, `,"status":`)
	js, ends := strings.CutSuffix(js, "}\n")
	if !ok || !ends || errOut != "" {
		t.Fatalf("%s %s", js, errOut)
	}
	again, text, _ := ttwire(bytes.NewReader(in), append([]string{"dump"}, flags...)...)
	if again != exit {
		t.Errorf("exit status %d, as text %d", exit, again)
	}
	_, text, ok = strings.Cut(text, "            => ")
	if !ok {
		t.Fatalf("no ending in %s", text)
	}
	return exit, js, strings.TrimSuffix(text, "\n")
}

// The shapes, byte for byte, with what is in no recording.
func TestStatusShape(t *testing.T) {
	const biz = header.KeyBizStatus
	tests := []struct {
		name  string
		in    []byte
		flags []string
		exit  int
		json  string
		text  string
	}{
		{"B1 ok", endingFrame(t, frame.Trailer, nil, biz, "0", header.KeyBizExtra, "]"), nil, 0, `{"kind":"ok"}`, "ok"},
		{"B2 business", endingFrame(t, frame.Trailer, nil, biz, "-2147483648"), nil, 0,
			`{"kind":"business","func_ret":-2147483648,"message":"","extra":null,"error":"type:business, code:-2147483648, msg:"}`,
			"type:business, code:-2147483648, msg:"},
		{"B11 null extra", endingFrame(t, frame.Trailer, nil, biz, "1", header.KeyBizExtra, "null"), nil, 0,
			`{"kind":"business","func_ret":1,"message":"","extra":null,"error":"type:business, code:1, msg:"}`,
			"type:business, code:1, msg:"},
		{"B14 the last of a repeated name", endingFrame(t, frame.Trailer, nil, biz, "1", header.KeyBizExtra, `{"z":"1","a":"2","\u007a":"3","b":null}`), nil, 0,
			`{"kind":"business","func_ret":1,"message":"","extra":{"a":"2","z":"3","b":""},"error":"type:business, code:1, msg:"}`,
			"type:business, code:1, msg:"},
		{"B14 strict", endingFrame(t, frame.Trailer, nil, biz, "1", header.KeyBizExtra, `{"z":"1","z":"3"}`), []string{"--strict"}, 1,
			`{"kind":"illegal","code":12003,"reason":"biz-duplicate","at":9,"func_ret":1,` +
				`"error":"[ttstream error, code=12003] illegal business error: strict: a biz-* key or biz-extra member given twice (at byte 9; biz-duplicate)"}`,
			"illegal: [ttstream error, code=12003] illegal business error: strict: a biz-* key or biz-extra member given twice (at byte 9; biz-duplicate)"},
		{"B15 not UTF-8", endingFrame(t, frame.Trailer, nil, biz, "1", header.KeyBizMessage, "\xff\x1b", header.KeyBizExtra, "{\"\xfe\":\"\\ud800\\u001b\"}"), nil, 0,
			"{\"kind\":\"business\",\"func_ret\":1,\"message\":\"\ufffd\\u001b\",\"extra\":{\"\ufffd\":\"\ufffd\\u001b\"},\"error\":\"type:business, code:1, msg:\\\\xff\\\\x1b\"}",
			`type:business, code:1, msg:\xff\x1b`},
		{"framework, empty message", endingFrame(t, frame.Trailer, exception(t, 6, "")), nil, 0,
			`{"kind":"framework","ret":6,"message":"","error":"[ttstream error, code=12001] unknown internal error"}`,
			"exception, Thrift type id 6: [ttstream error, code=12001] unknown internal error"},
		{"both codes", endingFrame(t, frame.Trailer, exception(t, 21, "late"), header.KeyTRPCRet, "21", header.KeyTRPCFuncRet, "10001"), nil, 0,
			`{"kind":"framework","ret":21,"func_ret":10001,"message":"late","error":"[ttstream error, code=12001] late"}`,
			"exception, Thrift type id 21, func_ret 10001: [ttstream error, code=12001] late"},
		{"a contradiction", endingFrame(t, frame.Trailer, exception(t, 0, "late"), header.KeyTRPCRet, "22"), nil, 1,
			`{"kind":"illegal","code":12003,"reason":"trpc-contradiction","at":0,"ret":0,"message":"late",` +
				`"error":"[ttstream error, code=12003] illegal business error: the trpc-* pairs contradict biz-status or the exception (at byte 0; trpc-contradiction)"}`,
			"illegal: [ttstream error, code=12003] illegal business error: the trpc-* pairs contradict biz-status or the exception (at byte 0; trpc-contradiction)"},
		{"B3 lenient", endingFrame(t, frame.Trailer, nil, biz, "2147483648"), []string{"--lenient"}, 0, `{"kind":"ok"}`, "ok"},
		{"X1 canceled without an exception", endingFrame(t, frame.Rst, nil), nil, 0,
			`{"kind":"canceled","message":"","cancel_path":[],"error":"reset by peer"}`,
			"canceled: reset by peer"},
		{"P-3 empty hops", endingFrame(t, frame.Rst, exception(t, 0, "m"), header.KeyCancelPath, ",A,"), nil, 0,
			`{"kind":"canceled","ret":0,"message":"m","cancel_path":["","A",""],"error":"[ttstream error, code=0] [canceled path:  -> A -> ] m"}`,
			"canceled: [ttstream error, code=0] [canceled path:  -> A -> ] m"},
		{"P-8 a path on a trailer", endingFrame(t, frame.Trailer, nil, header.KeyCancelPath, "A"), nil, 0, `{"kind":"ok"}`, "ok"},
		{"P7 a long message", endingFrame(t, frame.Trailer, nil, biz, "1", header.KeyBizMessage, strings.Repeat("m", maxErrorShown)), nil, 0,
			`{"kind":"business","func_ret":1,"message":"` + strings.Repeat("m", maxErrorShown) + `","extra":null,"error":"type:business, code:1, msg:` + strings.Repeat("m", maxErrorShown) + `"}`,
			`"type:business, code:1, msg:` + strings.Repeat("m", maxErrorShown-27) + `"... of 427 bytes`},
		{"P7 in full", endingFrame(t, frame.Trailer, nil, biz, "1", header.KeyBizMessage, strings.Repeat("m", maxErrorShown)), []string{"--full"}, 0,
			`{"kind":"business","func_ret":1,"message":"` + strings.Repeat("m", maxErrorShown) + `","extra":null,"error":"type:business, code:1, msg:` + strings.Repeat("m", maxErrorShown) + `"}`,
			"type:business, code:1, msg:" + strings.Repeat("m", maxErrorShown)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			exit, js, text := statusOf(t, tt.in, tt.flags...)
			if diff := cmp.Diff([]string{tt.json, tt.text}, []string{js, text}); diff != "" || exit != tt.exit {
				t.Errorf("exit status %d\n%s", exit, diff)
			}
		})
	}
}

// P-4: a path of 65,536 empty hops: all of them in JSON, the ends in text.
func TestStatusLongPath(t *testing.T) {
	in := endingFrame(t, frame.Rst, nil, header.KeyCancelPath, strings.Repeat(",", 65535))
	_, js, text := statusOf(t, in)
	var s jsonStatus
	if err := json.Unmarshal([]byte(js), &s); err != nil || s.CancelPath == nil || len(*s.CancelPath) != 65536 {
		t.Errorf("%v, %.100s", err, js)
	}
	if !strings.Contains(text, "... 65520 more ...") || len(text) > 300 {
		t.Errorf("%s", text)
	}
}

// X11: a message that is long, and longer still when it is escaped, is written
// in pieces, and no piece breaks a character.
func TestStatusLongMessage(t *testing.T) {
	for _, unit := range []string{"m", "\x01", "é", "\u2028", "\U0001F600", "\xff", "a\xe2\x82"} {
		for shift := range 4 {
			message := strings.Repeat("x", shift) + strings.Repeat(unit, 200_000/len(unit))
			in := endingFrame(t, frame.Trailer, exception(t, 6, message))
			_, out, _ := ttwire(bytes.NewReader(in), "dump", "--json")
			got := parseLines(t, out)[0].Status
			if want := string([]rune(message)); *got.Message != want {
				t.Errorf("%q, %d: another message", unit, shift)
			}
			if end := fmt.Sprintf("... of %d bytes", len(message)); !strings.HasPrefix(got.Error, "[ttstream error, code=12001] ") || !strings.HasSuffix(got.Error, end) || len(got.Error) > 4*maxErrorText+100 {
				t.Errorf("%q, %d: error %.40q ... %q", unit, shift, got.Error, got.Error[len(got.Error)-40:])
			}
		}
	}
}

// P7: an error text is cut with the length of all of it, and with --full it is
// there whole, however long the message is.
func TestStatusLongText(t *testing.T) {
	for _, unit := range []string{"m", "\n", "é", "\xff", "a\xe2\x82", `\`, `\x0a`, `\x5cx5cx0a`, `\x5c`, "\u2800", "\""} {
		for shift := range 4 {
			message := strings.Repeat("x", shift) + strings.Repeat(unit, 3*maxErrorText/len(unit))
			for _, in := range [][]byte{
				endingFrame(t, frame.Trailer, exception(t, 6, message)),
				endingFrame(t, frame.Rst, exception(t, 12007, message), header.KeyCancelPath, "A,B"),
			} {
				var f frame.Frame
				if _, err := f.Parse(in); err != nil {
					t.Fatal(err)
				}
				s, _ := trailer.Parse(&f)
				want := trailer.Err(&s, 0).Error()
				_, _, text := statusOf(t, in)
				_, value, _ := strings.Cut(text, ": ")
				if end := fmt.Sprintf("\"... of %d bytes", len(want)); !strings.HasSuffix(value, end) || len(value) > 3*maxErrorShown {
					t.Errorf("%q, %d: %.40q ... %q, want %s", unit, shift, value, value[len(value)-40:], end)
				}
				_, full, _ := ttwire(bytes.NewReader(in), "dump", "--full")
				_, value, _ = strings.Cut(strings.TrimSuffix(full, "\n"), "=> ")
				_, value, _ = strings.Cut(value, ": ")
				if got, err := strconv.Unquote(value); got != want {
					t.Errorf("%q, %d: another text, %d bytes, %v, want %d", unit, shift, len(got), err, len(want))
				}
			}
		}
	}
}

// What an illegal ending says all the same is not in its text, nor is its length.
func TestStatusIllegalLong(t *testing.T) {
	in := endingFrame(t, frame.Trailer, exception(t, 6, strings.Repeat("m", 1<<20)), header.KeyTRPCRet, "7")
	_, js, text := statusOf(t, in)
	if end := js[len(js)-300:]; !strings.HasSuffix(text, "; trpc-contradiction)") || !strings.HasSuffix(end, `; trpc-contradiction)"}`) {
		t.Errorf("%s\n%s", text, end)
	}
}

// However long a message is, the memory for its line stays small.
func TestStatusMemory(t *testing.T) {
	in := endingFrame(t, frame.Trailer, exception(t, 6, strings.Repeat("\x01", 4<<20)))
	d := &dump{look: look{json: true}, stdin: bytes.NewReader(in), errOut: io.Discard}
	if err := d.run(io.Discard, nil); err != nil {
		t.Fatal(err)
	}
	if got := cap(d.printer.(*jsonPrinter).line); got > 1<<20 {
		t.Errorf("a line of %d bytes is kept", got)
	}
	d = &dump{look: look{full: true}, stdin: bytes.NewReader(in), errOut: io.Discard}
	if err := d.run(io.Discard, nil); err != nil {
		t.Fatal(err)
	}
	if got := cap(d.printer.(*textPrinter).line); got > 1<<20 {
		t.Errorf("a line of %d bytes of text is kept", got)
	}
}

// An exception that is too large to be held is not read: nothing is said of
// the ending, and the exit status does not say that all was well.
func TestStatusUnread(t *testing.T) {
	for _, typ := range []frame.Type{frame.Trailer, frame.Rst} {
		large := endingFrame(t, typ, bytes.Repeat([]byte{0}, maxHeld))
		in := append(large, endingFrame(t, frame.Trailer, nil)...)
		for _, flags := range [][]string{{}, {"--payload"}} {
			args := append([]string{"dump", "--json", "--max-payload", "1GiB"}, flags...)
			exit, out, _ := ttwire(bytes.NewReader(in), args...)
			lines := strings.Split(out, "\n")
			if exit != statusIllegal || len(lines) != 3 || !strings.HasSuffix(lines[0], `,"status":null}`) || !strings.HasSuffix(lines[1], `,"status":{"kind":"ok"}}`) {
				t.Errorf("%v %v: exit status %d, %d lines, %s", typ, flags, exit, len(lines), out[max(0, len(out)-300):])
			}
			exit, out, _ = ttwire(bytes.NewReader(in[:len(large)-1]), args...)
			if l := parseLines(t, out); exit != statusIllegal || len(l) != 1 || l[0].Truncated == nil || l[0].Status != nil {
				t.Errorf("%v %v, cut: exit status %d, %s", typ, flags, exit, out[max(0, len(out)-300):])
			}
		}
		exit, out, _ := ttwire(bytes.NewReader(in), "dump", "--max-payload", "1GiB")
		if exit != statusIllegal || !strings.Contains(out, "\n            => not read: the exception is too large for memory\n") {
			t.Errorf("%v: exit status %d, %s", typ, exit, out)
		}
		in = append(endingFrame(t, frame.Trailer, nil), in...)
		exit, out, _ = ttwire(bytes.NewReader(in), "dump", "--summary", "--json", "--max-payload", "1GiB")
		if l := parseSummary(t, out); exit != statusIllegal || l[len(l)-1].Endings["unread"] != 1 || l[len(l)-1].Endings["ok"] != 2 {
			t.Errorf("%v: exit status %d, %s", typ, exit, out)
		}
	}
	held := endingFrame(t, frame.Trailer, exception(t, 6, strings.Repeat("m", 16<<20-100)))
	if exit, js, _ := statusOf(t, held); exit != statusOK || !strings.HasPrefix(js, `{"kind":"framework","ret":6,`) {
		t.Errorf("exit status %d, %.100s: the default limit is not read", exit, js)
	}
}

// What JSON says is what the library reads, for any pairs and payload.
func TestStatusAgrees(t *testing.T) {
	keys := []string{header.KeyBizStatus, header.KeyBizMessage, header.KeyBizExtra, header.KeyCancelPath, header.KeyTRPCRet, header.KeyTRPCFuncRet, header.KeyTRPCErrorMsg}
	values := rapid.OneOf(
		rapid.SampledFrom([]string{"", "0", "6", "-5", "10001", "x", "{}", "null", `{"a":"b"}`, `{"a":1}`, `{"a":"\u001b","a":"c"}`, "A,B", ","}),
		rapid.String(),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string { return string(b) }),
	)
	rapid.Check(t, func(rt *rapid.T) {
		typ := rapid.SampledFrom([]frame.Type{frame.Trailer, frame.Rst}).Draw(rt, "type")
		var pairs []string
		for _, k := range keys {
			if rapid.IntRange(0, 2).Draw(rt, k) == 0 {
				pairs = append(pairs, k, values.Draw(rt, k))
			}
		}
		var payload []byte
		switch rapid.IntRange(0, 2).Draw(rt, "payload") {
		case 0:
			payload = exception(t, rapid.SampledFrom([]int32{0, 6, 12007}).Draw(rt, "ret"), values.Draw(rt, "message"))
		case 1:
			payload = rapid.SliceOfN(rapid.Byte(), 0, 30).Draw(rt, "bytes")
		}
		in := endingFrame(t, typ, payload, pairs...)
		exit, js, text := statusOf(t, in)
		checkAgrees(rt, in, exit, js, text)
	})
}

func checkAgrees(t *rapid.T, in []byte, exit int, js, text string) {
	var f frame.Frame
	if _, err := f.Parse(in); err != nil {
		t.Fatal(err)
	}
	want, err := trailer.Parse(&f)
	var got jsonStatus
	dec := json.NewDecoder(strings.NewReader(js))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&got); err != nil {
		t.Fatalf("%v in %s", err, js)
	}
	start := map[string]string{"business": "type:business, ", "framework": "exception, Thrift type id "}[got.Kind]
	if got.Kind != want.Ending.String() || start != "" && !strings.HasPrefix(strings.Trim(text, `"`), start) || start == "" && !strings.HasPrefix(text, got.Kind) {
		t.Errorf("%s, %s, want %v", js, text, want.Ending)
	}
	if bad := want.Err != 0; bad != (exit == statusIllegal) || bad != (got.At != nil) || err != nil && !bad {
		t.Errorf("exit status %d, %s, %v", exit, js, err)
	}
	if want.Err != 0 && (got.Reason != want.Err.Reason() || *got.At != want.Offset || got.Code != int(want.Err.StreamCode())) {
		t.Errorf("%s, want %v at %d", js, want.Err, want.Offset)
	}
	e := trailer.Err(&want, status.SideUnknown)
	if (e == nil) != (got.Error == "") || e != nil && !want.NoDetail && string([]rune(e.Error())) != got.Error {
		t.Errorf("%s, want %v", js, e)
	}
	if got.Message != nil && *got.Message != string([]rune(string(want.Message))) || got.Message == nil && want.Message != nil {
		t.Errorf("%s, want the message %q", js, want.Message)
	}
	if got.Ret != nil && *got.Ret != want.Ret || got.Ret == nil && want.Ret != 0 || got.FuncRet != nil && *got.FuncRet != want.FuncRet || got.FuncRet == nil && want.FuncRet != 0 {
		t.Errorf("%s, want %+v", js, want)
	}
	if got.CancelPath != nil && len(*got.CancelPath) != trailer.Path(want.CancelPath).Len() {
		t.Errorf("%s, want the path %q", js, want.CancelPath)
	}
	if got.Extra != nil {
		var x trailer.Extra
		_, _ = x.Parse(want.Extra, false)
		if diff := cmp.Diff(x.Map(), *got.Extra); diff != "" {
			t.Errorf("%s: -want +got\n%s", js, diff)
		}
	}
}

// Nothing that a peer says in an ending reaches the terminal as it is, nor
// looks like an ending where there is none.
func TestStatusIsHarmless(t *testing.T) {
	for _, s := range hostileTexts {
		extra, err := json.Marshal(map[string]string{s: s})
		if err != nil {
			t.Fatal(err)
		}
		for _, in := range [][]byte{
			endingFrame(t, frame.Trailer, nil, header.KeyBizStatus, "1", header.KeyBizMessage, s, header.KeyBizExtra, string(extra)),
			endingFrame(t, frame.Trailer, exception(t, 6, s)),
			endingFrame(t, frame.Rst, exception(t, 6, s), header.KeyCancelPath, s+","+s),
			endingFrame(t, frame.Rst, nil, header.KeyCancelPath, s),
		} {
			for _, args := range [][]string{{}, {"--full"}, {"--json"}} {
				_, out, _ := ttwire(bytes.NewReader(in), append([]string{"dump"}, args...)...)
				for line := range strings.Lines(out) {
					if line = strings.TrimSuffix(line, "\n"); !harmless(line) {
						t.Errorf("%v: %q", args, line)
					}
				}
			}
		}
	}
	in := endingFrame(t, frame.Data, nil, "=>", "ok", "=> ok", "", "a\n            => ok", "")
	if _, out, _ := ttwire(bytes.NewReader(in), "dump"); strings.Contains(out, "\n            => ") && !strings.Contains(out, "\n            =>  ") {
		t.Errorf("%s", out)
	}
}
