package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ttwire/ttwire/status"
)

// A code is explained with everything that the table says of it, by number and
// by name, and it comes before all else that the number may mean.
func TestExplainEveryCode(t *testing.T) {
	for row := range status.Codes() {
		if got := sensesOf(row.Code)[0].Info; !cmp.Equal(got, row) {
			t.Errorf("%d is first of all %s, want %s", row.Code, got.Name, row.Name)
		}
		for _, arg := range []string{strconv.Itoa(int(row.Code)), row.Name, row.Const, "status." + row.Const} {
			code, out, errOut := ttwire(nil, "explain", arg)
			if code != statusOK || errOut != "" {
				t.Errorf("%s: exit status %d, %s", arg, code, errOut)
			}
			flat := strings.Join(strings.Fields(out), " ")
			for _, want := range slices.Concat([]string{row.Name, row.Meaning, "status." + row.Const, row.Message}, row.Causes, row.Checks) {
				if !strings.Contains(flat, want) {
					t.Errorf("%s: %q is not in\n%s", arg, want, out)
				}
			}
		}
	}
}

// What is known of a number comes first, what it may be for any business last.
func TestSensesOf(t *testing.T) {
	tests := map[int32]string{
		12007: "ttstream business", 12500: "ttstream business", 10001: "business", 351: "trpc",
		0: "trpc thrift", 6: "thrift trpc", 60: "trpc", 5000: "", -1: "", 999: "trpc", 998: "", 13: "ttstream trpc",
	}
	for code, want := range tests {
		var got []string
		for _, s := range sensesOf(code) {
			got = append(got, s.family)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%d is of %v, want %s", code, got, want)
		}
	}
}

// findAll is what a finder finds.
func findAll(src io.Reader) (all []finding, err error) {
	s := &finder{in: newInput(src, nil), found: func(f *finding) error {
		all = append(all, *f)
		return nil
	}}
	err = s.run()
	return all, err
}

// pieces is a reader that gives so many bytes at a time.
type pieces struct {
	src  io.Reader
	most int
}

func (p *pieces) Read(b []byte) (int, error) { return p.src.Read(b[:min(len(b), p.most)]) }

// anyError is an error whose text reads back as it is, on one line.
func anyError(t *rapid.T) *status.Error {
	e := &status.Error{
		Kind:    rapid.SampledFrom([]status.Kind{status.Framework, status.CalleeFramework, status.Business, status.Stream}).Draw(t, "kind"),
		Code:    rapid.Int32().Draw(t, "code"),
		Message: rapid.SampledFrom([]string{"", "x", `user "x"`, `a\b`, "<a> & b", "余额不足", "é𝄞", "a\tb\x1b", `end\`}).Draw(t, "message"),
	}
	if e.Kind == status.Stream {
		e.Side = rapid.SampledFrom([]status.Side{status.SideUnknown, status.SideClient, status.SideServer}).Draw(t, "side")
		e.CancelPath = rapid.SampledFrom([][]string{nil, {"A"}, {"A", "B>]"}, {foreignHop, "B"}, {"", "A", "", ""}}).Draw(t, "path")
	}
	return e
}

// Every error is found at its place, however the input comes in, and nothing
// else is.
func TestFindPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		type at struct {
			line, offset int64
			text         string
		}
		var want []at
		n := rapid.IntRange(0, 8).Draw(t, "lines")
		for line := range n {
			b.WriteString(rapid.SampledFrom([]string{"", "code code ", "06:47 [Error] ", `"a" `, "type:framework "}).Draw(t, "before"))
			if rapid.Bool().Draw(t, "error") {
				text := anyError(t).Error()
				want = append(want, at{int64(line + 1), int64(b.Len()), text})
				b.WriteString(text)
				b.WriteString(rapid.SampledFrom([]string{"", "\t{\"a\":1}", "\x1b[0m", "\r"}).Draw(t, "behind"))
			}
			if line < n-1 || rapid.Bool().Draw(t, "end") {
				b.WriteString("\n")
			}
		}
		src := &pieces{strings.NewReader(b.String()), rapid.IntRange(1, 64).Draw(t, "piece")}
		all, err := findAll(src)
		if err != nil {
			t.Fatal(err)
		}
		var got []at
		for _, f := range all {
			got = append(got, at{f.line, f.offset, f.text})
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(at{})); diff != "" {
			t.Fatalf("%q (-want +got):\n%s", b.String(), diff)
		}
	})
}

// An error that stands in strings of JSON or logfmt reads as it does by itself.
func TestFindQuoted(t *testing.T) {
	asJSON := func(s string) string { return encoded(map[string]string{"a": "x", "err": "call: " + s, "z": `"`}) }
	wraps := map[string]func(string) string{
		"JSON":         asJSON,
		"JSON in JSON": func(s string) string { return asJSON(asJSON(s)) },
		"logfmt":       func(s string) string { return "a=1 err=" + strconv.Quote("call: "+s) + ` b="2"` },
		"ASCII logfmt": func(s string) string { return "a=1 err=" + strconv.QuoteToASCII(s) + " b=2" },
		"in logfmt":    func(s string) string { return "a=1 rec=" + strconv.Quote(asJSON(s)) + " b=2" },
	}
	for name, wrap := range wraps {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				text := anyError(t).Error()
				in := wrap(text) + "\n"
				all, err := findAll(strings.NewReader(in))
				if err != nil || len(all) != 1 || all[0].text != text {
					t.Fatalf("%s\nin %s reads as %+v, %v", text, in, all, err)
				}
				if at := in[all[0].offset:]; !strings.HasPrefix(at, text[:5]) {
					t.Fatalf("found at %.20q", at)
				}
			})
		})
	}
}

// A shipper of logs takes the blank off that ends a text without a message.
func TestFindTrimmed(t *testing.T) {
	const text = "[ttstream error, code=12007] [client-side stream]"
	for _, in := range []string{
		text + "\n", text + "\r\nnext\n", `{"e":"` + text + `"}`, `{"e":"{\"e\":\"` + text + `\",\"z\":1}"}`,
		`e="` + text + `" k=v`, "e='" + text + "' k=v", "(" + text + "), again", text + "\x1b[0m x",
	} {
		for _, in := range []string{in, strings.ReplaceAll(in, " [client-side stream]", "")} {
			all, err := findAll(strings.NewReader(in))
			if err != nil || len(all) != 1 || !strings.HasPrefix(text, all[0].text) || all[0].err.Code != 12007 || all[0].err.Message != "" {
				t.Errorf("%q reads as %+v, %v", in, all, err)
			}
		}
	}
}

// encoded is v as encoding/json writes it, with < and > escaped.
func encoded(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// So do errors of package status that log/slog wrote.
func TestFindRecords(t *testing.T) {
	handlers := map[string]func(io.Writer) slog.Handler{
		"JSON": func(w io.Writer) slog.Handler { return slog.NewJSONHandler(w, nil) },
		"text": func(w io.Writer) slog.Handler { return slog.NewTextHandler(w, nil) },
	}
	for name, handler := range handlers {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				e := anyError(t)
				e.CancelPath = slices.Clone(e.CancelPath)
				if rapid.Bool().Draw(t, "cause") {
					e.Cause = errors.New("boom [ttstream error, code=12006] type:")
				}
				for range rapid.IntRange(0, 3).Draw(t, "depth") {
					e = &status.Error{Kind: status.Framework, Code: 351, Message: "m", Cause: e.Err()}
				}
				var b bytes.Buffer
				log := slog.New(handler(&b))
				log.Info("code")
				log.Error("call", "n", 1, "err", e.Err(), "m", 2)
				log.Error("call", "err", e)
				all, err := findAll(&b)
				if err != nil || len(all) != 2 {
					t.Fatalf("%d found in %s, %v", len(all), b.String(), err)
				}
				for i, f := range all {
					if diff := cmp.Diff(e.Error(), f.text); diff != "" || f.line != int64(i+2) {
						t.Fatalf("line %d (-want +got):\n%s", f.line, diff)
					}
				}
			})
		})
	}
}

// Causes are taken apart to a depth that no error has by accident, for each level
// is read again on the next one. What is deeper is there as text.
func TestFindDeepRecord(t *testing.T) {
	js, text := `{"kind":"framework","code":30}`, "e.kind=framework e.code=0"
	for i := range 30 {
		js = fmt.Sprintf(`{"kind":"framework","code":%d,"cause":%s}`, 29-i, js)
		at := "e." + strings.Repeat("cause.", i+1)
		text += fmt.Sprintf(" %skind=framework %scode=%d", at, at, i+1)
	}
	for in, last := range map[string]string{js: `{"kind":"framework","code":17,`, text: "kind=framework"} {
		all, err := findAll(strings.NewReader(in))
		if err != nil || len(all) != 1 || all[0].err.Code != 0 {
			t.Fatalf("%.60s: %d found, %v", in, len(all), err)
		}
		depth, e := 0, all[0].err
		for ; causeOf(e) != nil; e = causeOf(e) {
			depth++
		}
		if depth != maxCauses || e.Code != maxCauses || e.Cause == nil || !strings.HasPrefix(e.Cause.Error(), last) {
			t.Errorf("%.60s: %d causes, the last is %.60v", in, depth, e)
		}
	}
}

// The time for a line is linear in its length, whatever begins like a record in
// it, and what was not looked at for that is said.
func TestFindHostileRecords(t *testing.T) {
	const size = 1 << 20
	line := func(unit, end string) string { return strings.Repeat(unit, size/len(unit)) + end + "\n" }
	deep := func(head, tail string) string {
		n := maxFoundText / (len(head) + len(tail))
		return strings.Repeat(head, n) + "1" + strings.Repeat(tail, n)
	}
	in := func(text string) time.Duration {
		best := time.Hour
		for range 3 {
			start := time.Now()
			if _, err := findAll(strings.NewReader(text)); err != nil {
				t.Fatal(err)
			}
			best = min(best, time.Since(start))
		}
		return best
	}
	usual := in(line(`{"kind":"framework","code":1,"message":"m"} `, "")) // some 10 ms
	for name, hostile := range map[string]struct {
		text   string
		unread bool
	}{
		"JSON without an end": {line(`{"kind":"","a":`, "code"), true},
		"no JSON":             {line(`{"kind":"";`, "code"), false},
		"JSON in JSON":        {line(deep(`{"kind":"","a":`, "}"), "code"), true},
		"causes":              {line(deep(`{"kind":"framework","code":1,"cause":`, "}"), ""), false},
		"names":               {line("a.kind=", "code"), true},
		"long names":          {line(strings.Repeat("a", maxAttrName)+".kind=b ", "code"), false},
		"strings without end": {line(`x.kind="aaaaaaaaaaaaaaa`, "code"), false},
		"no values":           {line("x.kind= ", "code"), true},
		"records and texts":   {line("x.kind=stream x.code=1 [ttstream error, code=1] m ", ""), false},
	} {
		if took := in(hostile.text); took > 30*usual {
			t.Errorf("%s: %v, usual records %v", name, took, usual)
		}
		_, _, errOut := ttwire(strings.NewReader(hostile.text), "explain")
		if said := strings.Contains(errOut, "standard input: line 1 has so much that begins like an error of log/slog"); said != hostile.unread {
			t.Errorf("%s: %s", name, errOut)
		}
	}
}

// A line may be longer than memory. No error in it is lost or found twice,
// wherever the pieces are cut in which it is looked at.
func TestFindInLongLine(t *testing.T) {
	errs := map[string]string{ // and what they read as, to begin with
		"[ttstream error, code=12007] [server-side stream] [canceled path: A -> B] x ":                 "[ttstream error, code=12007] [server-side stream] [canceled path: A -> B] x ",
		"type:framework, code:351, msg:m, caused by type:callee framework, code:23, msg:n ":            "type:framework, code:351, msg:m, caused by type:callee framework, code:23, msg:n ",
		`"[ttstream error, code=12001] say \"x\"",`:                                                    `[ttstream error, code=12001] say "x"`,
		`{"kind":"framework","code":1,"message":"m","cause":{"kind":"stream","code":5,"message":"x"}}`: `type:framework, code:1, msg:m, caused by [ttstream error, code=5] x`,
		` server.err.kind=stream server.err.code=5 server.err.message=x `:                              `[ttstream error, code=5] x`,
	}
	for text, want := range errs {
		unit := strings.Repeat(".", 1000) + text
		for cut := -1; cut <= len(text)+1; cut += max(len(text)/6, 1) { // the first piece ends here in an error
			const piece = maxLine - maxFoundText
			shift := (piece - 1000 - cut) % len(unit)
			var b strings.Builder
			b.WriteString("first\n" + strings.Repeat(" ", shift))
			n := 2 * maxLine / len(unit)
			for range n {
				b.WriteString(unit)
			}
			b.WriteString("\n[ttstream error, code=1] last")
			all, err := findAll(strings.NewReader(b.String()))
			if err != nil || len(all) != n+1 {
				t.Fatalf("%s, %d: %d found, want %d, %v", text, shift, len(all), n+1, err)
			}
			for i, f := range all[:n] {
				at := int64(len("first\n") + shift + i*len(unit) + 1000 + max(strings.Index(text, "[tt"), strings.Index(text, "server."), 0))
				if f.line != 2 || f.offset != at || !strings.HasPrefix(f.text, want) {
					t.Fatalf("%s, %d: number %d is %+v, want it at %d", text, shift, i, f, at)
				}
			}
			if last := all[n]; last.line != 3 || last.text != "[ttstream error, code=1] last" {
				t.Fatalf("last is %+v", last)
			}
		}
	}
}

func TestUnquote(t *testing.T) {
	tests := map[string]string{
		`plain é`:             `plain é`,
		`a \"b\" \\ \/ \n\t`:  "a \"b\" \\ / \n\t",
		`\u003e \u4e2d`:       `> 中`,
		`\ud834\udd1e \ud834`: "𝄞 \\ud834",
		`\xff\x1b \U0001d11e`: "\xff\x1b 𝄞",
		`C:\windows \q \`:     `C:\windows \q \`,
	}
	for in, want := range tests {
		u := span{text: "<<" + in + ">>"}.unquote(2, 2+len(in))
		if u.text != want || len(u.at) != len(want) {
			t.Errorf("%s is %q, want %q; %d places", in, u.text, want, len(u.at))
		}
	}
}

// peakOfExplain is the most heap memory that was in use while src was explained.
func peakOfExplain(t *testing.T, src io.Reader, args ...string) (peak uint64, out string) {
	t.Helper()
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	reads := 0
	watch := readerFunc(func(p []byte) (int, error) {
		if reads++; reads%16 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			peak = max(peak, now.HeapInuse)
		}
		return src.Read(p)
	})
	code, out, errOut := ttwire(watch, append([]string{"explain"}, args...)...)
	if code != statusOK {
		t.Fatalf("exit status %d, %s", code, errOut)
	}
	return peak - min(before.HeapInuse, peak), out
}

// Memory does not grow with the log: not with its size, the length of its
// lines, the number of different errors, or the length of these.
func TestExplainMemory(t *testing.T) {
	counted := func(size int, format string) io.Reader {
		n := 0
		return &generated{left: size, next: func() []byte {
			n++
			return fmt.Appendf(nil, format, n)
		}}
	}
	const size, long = 8 << 20, 64 << 20
	logs := map[string]io.Reader{
		"same":       counted(size, "%d [ttstream error, code=12007] x\n"),
		"one line":   counted(size, `{"n":%d,"err":"[ttstream error, code=12007] x"},`),
		"paths":      counted(size, "[ttstream error, code=12007] [canceled path: A%d] x\n"),
		"codes":      counted(size, "biz error: code=%d, msg=x\n"),
		"long texts": counted(long, "[ttstream error, code=12007] [canceled path: A%d] "+strings.Repeat("x", 3*maxFoundText)+"\n"),
		"records":    counted(size, `{"kind":"stream","code":%d,"message":"`+strings.Repeat("x", 100)+`"}`+"\n"),
		"no end":     counted(size, `"[ttstream error, code=12007] %d `),
	}
	for name, src := range logs {
		t.Run(name, func(t *testing.T) {
			most := uint64(4 << 20)
			if name == "long texts" {
				most += 2 * maxGroups * maxFoundText // each group holds one, and one as its key
			}
			peak, _ := peakOfExplain(t, src, "--color", "never")
			t.Logf("%d KiB", peak>>10)
			if peak > most {
				t.Errorf("want under %d KiB", most>>10)
			}
		})
	}
}

// generated is a reader of what next gives, some bytes of it.
type generated struct {
	left int
	rest []byte
	next func() []byte
}

func (g *generated) Read(p []byte) (int, error) {
	if g.left <= 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && g.left > 0 {
		if len(g.rest) == 0 {
			g.rest = g.next()
		}
		c := copy(p[n:], g.rest)
		g.rest = g.rest[c:]
		n += c
		g.left -= c
	}
	return n, nil
}

// explained is a line of --json.
type explained struct {
	Arg        *string `json:"arg"`
	File       *string `json:"file"`
	Line       *int64  `json:"line"`
	Offset     *int64  `json:"offset"`
	LastFile   *string `json:"last_file"`
	LastLine   *int64  `json:"last_line"`
	LastOffset *int64  `json:"last_offset"`
	Count      int64   `json:"count"`
	Varies     bool    `json:"varies"`
	Text       *string `json:"text"`
	explainedError
	Total *explainedTotal `json:"total"`
}

type explainedError struct {
	Kind       *string           `json:"kind"`
	Code       *int32            `json:"code"`
	Family     *string           `json:"family"`
	Known      bool              `json:"known"`
	Name       *string           `json:"name"`
	Class      *string           `json:"class"`
	RaisedBy   *string           `json:"raised_by"`
	Timeout    bool              `json:"timeout"`
	Canceled   bool              `json:"canceled"`
	Side       *string           `json:"side"`
	CancelPath []string          `json:"cancel_path"`
	Message    *string           `json:"message"`
	Extra      map[string]string `json:"extra"`
	Meaning    *string           `json:"meaning"`
	Causes     []string          `json:"causes"`
	Checks     []string          `json:"checks"`
	Go         *string           `json:"go"`
	Cause      *explainedError   `json:"cause"`
}

type explainedTotal struct {
	Inputs    int   `json:"inputs"`
	Lines     int64 `json:"lines"`
	Bytes     int64 `json:"bytes"`
	Errors    int64 `json:"errors"`
	Groups    int   `json:"groups"`
	Ungrouped int64 `json:"ungrouped"`
	Cut       int64 `json:"cut"`
}

// parseExplained reads --json output and refuses keys that are not in the
// contract.
func parseExplained(out string) (lines []explained, err error) {
	dec := json.NewDecoder(strings.NewReader(out))
	dec.DisallowUnknownFields()
	for {
		var l explained
		switch err := dec.Decode(&l); {
		case err == io.EOF:
			return lines, nil
		case err != nil:
			return nil, fmt.Errorf("%w in %s", err, out)
		}
		lines = append(lines, l)
	}
}

// Each key is there, in the same order, and in the help.
func TestExplainJSONKeys(t *testing.T) {
	texts := []string{
		"12007", "0", "5000", "2147483647", "canceled",
		"biz error: code=5, msg=x",
		"type:framework, code:351, msg:x, caused by type:callee framework, code:7, msg:y, caused by z",
		"[ttstream error, code=12007] [server-side stream] [canceled path: A] x",
		`{"err":{"kind":"business","code":1,"extra":{"a":"b"}}}`,
	}
	var keys string
	for _, text := range texts {
		_, out, _ := ttwire(strings.NewReader(text), "explain", "--json", text)
		if strings.HasPrefix(text, "{") {
			_, out, _ = ttwire(strings.NewReader(text), "explain", "--json")
		}
		if _, err := parseExplained(out); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out) {
			if strings.HasPrefix(line, `{"total"`) {
				continue
			}
			got := strings.Join(topKeys(t, line), " ")
			if keys == "" {
				keys = got
			}
			if got != keys {
				t.Errorf("%s: keys %s\nwant %s", text, got, keys)
			}
		}
	}
	for _, key := range append(strings.Fields(keys), strings.Fields("inputs lines bytes errors groups ungrouped cut")...) {
		if !strings.Contains(explainLong, key) {
			t.Errorf("help does not tell of %q", key)
		}
	}
}

// topKeys is the keys of a JSON object in their order.
func topKeys(t *testing.T, object string) (keys []string) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(object))
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key.(string))
		var skip json.RawMessage
		if err := dec.Decode(&skip); err != nil {
			t.Fatal(err)
		}
	}
	return keys
}

// Whatever is in a log, the output harms no terminal, JSON is JSON, and every
// error is counted once.
func TestExplainHarmless(t *testing.T) {
	heads := []string{
		"[ttstream error, code=12007] ", "[server-side stream] ", "[canceled path: ", " -> ", "] ",
		"type:framework, code:351, msg:", "type:business, code:12007, msg:", ", caused by ", "biz error: ",
		"biz error: code=-5, msg=", "\n", `"`, `\"`, `\`, `\u001b`, `{"kind":"stream","code":12007,"message":`, "err.kind=stream err.code=5 err.message=",
	}
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(0, 20).Draw(t, "parts") {
			b.WriteString(rapid.OneOf(rapid.SampledFrom(heads), rapid.Custom(anyText)).Draw(t, "part"))
		}
		args := rapid.SampledFrom([][]string{{}, {"--full"}, {"--each"}, {"--json"}, {"--json", "--each"}}).Draw(t, "args")
		code, out, errOut := ttwire(strings.NewReader(b.String()), append([]string{"explain"}, args...)...)
		if code == statusFailed {
			t.Fatal(errOut)
		}
		for line := range strings.Lines(out + errOut) {
			if !harmless(strings.TrimSuffix(line, "\n")) {
				t.Fatalf("%q gives %q", b.String(), line)
			}
		}
		if !slices.Contains(args, "--json") {
			return
		}
		lines, err := parseExplained(out)
		if err != nil {
			t.Fatal(err)
		}
		checkTotal(t, lines)
	})
}

// checkTotal checks that the counts of all lines make the total.
func checkTotal(t rapid.TB, lines []explained) {
	var sum int64
	groups := 0
	for _, l := range lines {
		if l.Total == nil {
			sum += l.Count
			groups++
		} else if l.Total.Errors != sum+l.Total.Ungrouped || l.Total.Groups != groups {
			t.Fatalf("%d errors in %d groups, the total is %+v", sum, groups, *l.Total)
		}
	}
}

// An argument is shown escaped, too.
func TestExplainHarmlessArgument(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		arg := anyText(t)
		_, out, errOut := ttwire(strings.NewReader(""), "explain", "--", arg, "[ttstream error, code=5] "+arg)
		for line := range strings.Lines(out + errOut) {
			if !harmless(strings.TrimSuffix(line, "\n")) {
				t.Fatalf("%q gives %q", arg, line)
			}
		}
	})
}

// What there is no room for is counted, and said.
func TestExplainTooMany(t *testing.T) {
	const more = 100
	lines := map[string]string{"paths": "[ttstream error, code=12007] [canceled path: A%d] x\n", "codes": "biz error: code=%d, msg=x\n"}
	for name, format := range lines {
		t.Run(name, func(t *testing.T) {
			var log strings.Builder
			for i := range maxGroups + more {
				fmt.Fprintf(&log, format, i+1)
			}
			log.WriteString(strings.Repeat("[ttstream error, code=12007] [canceled path: A1] x\n", 3))
			_, out, _ := ttwire(strings.NewReader(log.String()), "explain", "--json")
			lines, err := parseExplained(out)
			if err != nil {
				t.Fatal(err)
			}
			checkTotal(t, lines)
			total := lines[len(lines)-1].Total
			if total == nil || total.Ungrouped < more || total.Groups != maxGroups || total.Errors != maxGroups+more+3 {
				t.Errorf("total %+v", total)
			}
			_, out, _ = ttwire(strings.NewReader(log.String()), "explain")
			if !strings.Contains(out, "There are more than 1024 different errors.") {
				t.Errorf("nothing is said of it in\n%s", out)
			}
			if len(out) > 64<<10 {
				t.Errorf("%d bytes for people to read", len(out))
			}
		})
	}
}

// A text that is too long is cut, and that is said.
func TestExplainLongText(t *testing.T) {
	log := "[ttstream error, code=12007] " + strings.Repeat("x", maxFoundText) + "\n"
	_, out, _ := ttwire(strings.NewReader(log), "explain")
	if !strings.Contains(out, "1 error text longer than 16384 bytes and cut there.") {
		t.Error(out)
	}
	_, out, _ = ttwire(strings.NewReader(log), "explain", "--json")
	lines, err := parseExplained(out)
	if err != nil || len(lines) != 2 || len(*lines[0].Text) != maxFoundText || lines[1].Total.Cut != 1 {
		t.Errorf("%v, %.200s", err, out)
	}
}

// What was read before an input failed is explained all the same.
func TestExplainReadError(t *testing.T) {
	src := io.MultiReader(strings.NewReader("[ttstream error, code=12006] x\n[ttstream error, code=12010] y"), iotest.ErrReader(errors.New("disk on fire")))
	code, out, errOut := ttwire(src, "explain")
	if code != statusFailed || errOut != "ttwire: standard input: disk on fire\n" {
		t.Errorf("exit status %d, %q", code, errOut)
	}
	if !strings.Contains(out, "\n12006 ") || !strings.Contains(out, "\n12010 ") {
		t.Error(out)
	}
}

// An output that fails is no success.
func TestExplainWriteError(t *testing.T) {
	text := "[ttstream error, code=12006] x\n"
	for _, args := range [][]string{{"12007"}, {"--json", "12007"}, {}, {"--each"}, {"--json"}} {
		var errOut bytes.Buffer
		out := writerFunc(func([]byte) (int, error) { return 0, errors.New("disk full") })
		code := run(append([]string{"explain"}, args...), strings.NewReader(text), out, &errOut)
		if code != statusFailed || errOut.String() != "ttwire: standard output: disk full\n" {
			t.Errorf("%v: exit status %d, %q", args, code, errOut.String())
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// --each shows an error as soon as its line is there.
func TestExplainEachAtOnce(t *testing.T) {
	in, feed := io.Pipe()
	got, out := io.Pipe()
	stuck := time.AfterFunc(10*time.Second, func() { got.Close(); feed.Close() })
	defer stuck.Stop()
	done := make(chan int)
	go func() { done <- run([]string{"explain", "--each"}, in, out, io.Discard) }()
	buf := make([]byte, 1000)
	for _, text := range []string{"[ttstream error, code=12006] x", "biz error: code=5, msg=y"} {
		if _, err := io.WriteString(feed, text+"\nmore"); err != nil {
			t.Fatal(err)
		}
		n, err := got.Read(buf)
		if err != nil || !strings.HasSuffix(string(buf[:n]), text+"\n") {
			t.Fatalf("%q, %v", buf[:n], err)
		}
	}
	feed.Close()
	if code := <-done; code != statusOK {
		t.Errorf("exit status %d", code)
	}
}

// Ctrl-C in "tail -f app.log | ttwire explain -" ends tail; what that has given
// is explained.
func TestExplainInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such signal")
	}
	cmd := exec.Command("ttwire", "explain", "-")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// A pipe holds less than this, so once it is written the command is reading.
	if _, err := io.WriteString(in, "[ttstream error, code=12006] x\n"+strings.Repeat("\n", 1<<20)); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond) // so that the signal is there before the end of the input
	in.Close()
	if err := cmd.Wait(); err != nil || !strings.Contains(out.String(), "12006 transport-closing") {
		t.Errorf("%v, %s", err, out.String())
	}
}

func TestErrorPattern(t *testing.T) {
	same := [][2]string{
		{"timeout in ctx: 98.2ms", "timeout in ctx: 1s"},
		{"dial 10.0.0.1:80: refused", "dial 10.9.87.65:8080: refused"},
		{"user 7 not found", "user 12345 not found"},
		{"id 3f2a-11b4 x", "id 9c0d-00ff x"},
		{"用户7不存在", "用户8不存在"},
	}
	different := [][2]string{
		{"user 7 not found", "user 7 is locked"},
		{"1 2", "1"},
		{"用户7不存在", "用户7余额不足"},
		{"a", "b"},
		{"a 1", "a"},
		{"x 1, y", "x 1; y"},
	}
	pattern := func(s string) string { return string(appendPattern(nil, s)) }
	for _, p := range same {
		if pattern(p[0]) != pattern(p[1]) {
			t.Errorf("%q and %q are different", p[0], p[1])
		}
	}
	for _, p := range different {
		if pattern(p[0]) == pattern(p[1]) {
			t.Errorf("%q and %q are equal", p[0], p[1])
		}
	}
}

// Errors that differ in anything but digits of a message are not one group.
func TestErrorKey(t *testing.T) {
	base := status.Error{Kind: status.Stream, Code: 12007, Side: status.SideServer, Message: "m", CancelPath: []string{"A1", "B"}, Cause: errors.New("c")}
	edits := map[string]func(*status.Error){
		"kind":    func(e *status.Error) { e.Kind = status.Business },
		"code":    func(e *status.Error) { e.Code = 12008 },
		"side":    func(e *status.Error) { e.Side = status.SideClient },
		"message": func(e *status.Error) { e.Message = "n" },
		"path":    func(e *status.Error) { e.CancelPath = []string{"A2", "B"} },
		"hops":    func(e *status.Error) { e.CancelPath = []string{"A1B"} },
		"cause":   func(e *status.Error) { e.Cause = errors.New("d") },
		"no more": func(e *status.Error) { e.Cause = nil },
		"extra":   func(e *status.Error) { e.Extra = map[string]string{"k": "v"} },
		"below":   func(e *status.Error) { e.Cause = status.NewStream(12001, "c") },
	}
	for name, edit := range edits {
		e := base
		edit(&e)
		if string(appendKey(nil, &e)) == string(appendKey(nil, &base)) {
			t.Errorf("%s makes no difference", name)
		}
	}
}

func TestDrawPath(t *testing.T) {
	tests := []struct {
		name  string
		err   status.Error
		width int
		want  string
	}{
		{"wide", status.Error{Code: 12007, Side: status.SideServer, CancelPath: []string{"A", "ServiceB"}}, 60, "" +
			"A          -->  ServiceB      -->  here\n" +
			"cancelled       passed it on       server side"},
		{"just so", status.Error{Code: 12007, CancelPath: []string{"ServiceA"}}, 20, "" +
			"ServiceA   -->  here\n" +
			"cancelled       "},
		{"narrow", status.Error{Code: 12007, CancelPath: []string{"ServiceA"}}, 19, "" +
			"    ServiceA  cancelled\n" +
			"--> here"},
		{"no arrow in a name", status.Error{Code: 12010, Side: status.SideServer, CancelPath: []string{"A  -->  B"}}, 60, "" +
			"\"A  -->  B\"  -->  here\n" +
			"cancelled         server side"},
		{"wide characters", status.Error{Code: 12007, CancelPath: []string{"é\x1b"}}, 60, "" +
			"\"é\\x1b\"    -->  here\n" +
			"cancelled       "},
		{"unknown code", status.Error{Code: 5, CancelPath: []string{"A"}}, 60, "" +
			"A        -->  here\n" +
			"gave up       "},
		{"timeout", status.Error{Code: 12014, Side: status.SideClient}, 60, "" +
			"here, client side\n" +
			"ran out of time"},
		{"its caller", status.Error{Code: 12013, Side: status.SideServer}, 60, "" +
			"the client       -->  here\n" +
			"connection lost       server side"},
		{"its callee", status.Error{Code: 12009, Side: status.SideClient}, 60, "" +
			"the server  -->  here\n" +
			"cancelled        client side"},
		{"seen at the other side", status.Error{Code: 12008, Side: status.SideServer}, 60, "" +
			"the client  -->  here\n" +
			"cancelled        server side"},
		{"from outside", status.Error{Code: 12011, Side: status.SideClient}, 60, "" +
			"another protocol  -->  here\n" +
			"cancelled              client side"},
		{"nothing known", status.Error{Code: 12007}, 60, ""},
		{"no cancel", status.Error{Code: 12006, Side: status.SideClient}, 60, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.err.Kind = status.Stream
			got := ""
			if steps := pathOf(&tt.err); steps != nil {
				got = strings.Join(drawPath(steps, tt.width), "\n")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOf(rapid.StringMatching(`[a-zé]{1,12}`)).Draw(t, "words"), " ")
		lines := wrap(text, 10)
		if got := strings.Join(lines, " "); got != text {
			t.Fatalf("%q became %q", text, got)
		}
		for _, l := range lines {
			if n := len([]rune(l)); n > 10 && strings.Contains(l, " ") {
				t.Fatalf("%q is %d wide", l, n)
			}
		}
	})
}

// BenchmarkExplain reads a log in which few lines hold errors, and one in which
// all do.
func BenchmarkExplain(b *testing.B) {
	quiet := strings.Repeat("2024/11/22 06:47:01.123 server.go:85: [Info] GET /healthz from 10.0.0.1 in 3ms\n", 1000)
	loud := "2024/11/22 06:47:01.123 server.go:85: [Error] [ttstream error, code=12007] [server-side stream] [canceled path: A] user is gone\n"
	for name, log := range map[string]string{"quiet": quiet + loud, "loud": strings.Repeat(loud, 1000)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(log)))
			b.ReportAllocs()
			src := &generated{left: b.N * len(log), next: func() []byte { return []byte(log) }}
			if code := run([]string{"explain", "--json"}, src, io.Discard, io.Discard); code != statusOK {
				b.Fatal(code)
			}
		})
	}
}

// An error whose code comes after the room for groups is full is counted by
// code, also where it is the only one.
func TestExplainCodeWithoutGroup(t *testing.T) {
	var in strings.Builder
	for i := range maxGroups {
		word := strings.Map(func(r rune) rune { return r - '0' + 'a' }, strconv.Itoa(i))
		fmt.Fprintf(&in, "[ttstream error, code=12001] %s\n", word)
	}
	in.WriteString("[ttstream error, code=12006] x\n")
	code, out, errOut := ttwire(strings.NewReader(in.String()), "explain")
	_, last, _ := strings.Cut(out, "\n12006 transport-closing ")
	if code != statusOK || errOut != "" || !strings.Contains(last, "1 more error, counted only\n") {
		t.Errorf("exit status %d, %s%s", code, errOut, last)
	}
}
