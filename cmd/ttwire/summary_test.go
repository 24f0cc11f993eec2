package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
)

// summaryLine is the contract for a line of --summary --json.
type summaryLine struct {
	Summary     string
	Stream      *int32
	Method      *string
	Frames      int64
	Size        int64
	PayloadSize int64 `json:"payload_size"`
	Endings     map[string]int64
	Ending      *struct {
		Kind    string
		Ret     *int32
		FuncRet *int32 `json:"func_ret"`
		Code    *int32
	}
	Types map[string]struct {
		Frames      int64
		Size        int64
		PayloadSize int64 `json:"payload_size"`
	}
}

func parseSummary(t *testing.T, out string) (lines []summaryLine) {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(out))
	dec.DisallowUnknownFields()
	for {
		var l summaryLine
		switch err := dec.Decode(&l); {
		case err == io.EOF:
			return lines
		case err != nil:
			t.Fatal(err)
		}
		var frames, size, payload int64
		for _, c := range l.Types {
			frames, size, payload = frames+c.Frames, size+c.Size, payload+c.PayloadSize
		}
		if len(l.Types) != 5 || frames != l.Frames || size != l.Size || payload != l.PayloadSize {
			t.Errorf("%+v does not add up", l)
		}
		var endings int64
		for _, n := range l.Endings {
			endings += n
		}
		if total := l.Summary == "total"; total != (l.Endings != nil) || total && endings != l.Types["trailer"].Frames+l.Types["rst"].Frames {
			t.Errorf("%+v: %d endings", l, endings)
		}
		lines = append(lines, l)
	}
}

// The streams of a summary add up to its total, and the total is the file.
func TestSummaryAddsUp(t *testing.T) {
	for name, b := range readRecordings(t) {
		if strings.HasPrefix(name, "unary") {
			continue
		}
		_, out, _ := ttwire(bytes.NewReader(b), "dump", "--summary", "--json")
		lines := parseSummary(t, out)
		var size int64
		for _, l := range lines[:len(lines)-1] {
			if l.Summary != "stream" || l.Stream == nil || l.Method == nil || *l.Method == "" {
				t.Errorf("%s: %+v", name, l)
			}
			size += l.Size
		}
		if total := lines[len(lines)-1]; total.Summary != "total" || total.Size != int64(len(b)) || size != total.Size {
			t.Errorf("%s: %d bytes, streams %d, total %+v", name, len(b), size, total)
		}
	}
}

// Beyond maxStreams, streams are counted together, and that is said.
func TestSummaryOthers(t *testing.T) {
	var in []byte
	const more = 10
	for id := range int32(maxStreams + more) {
		in = append(in, dataFrame(t, id+1, 1)...)
	}
	in = append(in, dataFrame(t, 1, 5)...)            // still counted by itself
	in = append(in, dataFrame(t, maxStreams+1, 1)...) // one of the others, again
	_, out, _ := ttwire(bytes.NewReader(in), "dump", "--summary", "--json")
	lines := parseSummary(t, out)
	if len(lines) != maxStreams+2 {
		t.Fatalf("%d lines", len(lines))
	}
	if first := lines[0]; first.Frames != 2 || *first.Stream != 1 || *first.Method != "Bidi" {
		t.Errorf("the first: %+v", first)
	}
	if o := lines[maxStreams]; o.Summary != "others" || o.Stream != nil || o.Frames != more+1 {
		t.Errorf("the others: %+v", o)
	}
	if total := lines[maxStreams+1]; total.Frames != maxStreams+more+2 || total.Size != int64(len(in)) {
		t.Errorf("the total: %+v", total)
	}
	_, out, _ = ttwire(bytes.NewReader(in), "dump", "--summary")
	for _, want := range []string{
		"\nSTREAM  META  HEADER  DATA  ", "\n1          0       0     2 ", "\nothers     0       0    11 ",
		fmt.Sprintf("\nThe %d largest streams; --full shows the other %d too.\n", maxStreamsShown, maxStreams-maxStreamsShown),
		"\nOthers are the streams that came after the first 65536, counted together.\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if n := strings.Count(out, "\n"); n != 1+2+2+maxStreamsShown+1+2 {
		t.Errorf("%d lines", n)
	}
	_, out, _ = ttwire(bytes.NewReader(in), "dump", "--summary", "--full")
	if n := strings.Count(out, "\n"); n != 1+2+2+maxStreams+1+1 {
		t.Errorf("%d lines with --full", n)
	}
}

// The method is that of the first frame that has one, and there is a limit to
// how much of methods is kept.
func TestSummaryMethods(t *testing.T) {
	in := buildFrame(t, frame.Meta, 1, func(*frame.Builder) {}, nil)
	in = append(in, buildFrame(t, frame.Data, 1, func(b *frame.Builder) { b.Int(header.KeyMethod, "A b") }, nil)...)
	in = append(in, buildFrame(t, frame.Data, 1, func(b *frame.Builder) { b.Int(header.KeyMethod, "C") }, nil)...)
	if _, out, _ := ttwire(bytes.NewReader(in), "dump", "--summary"); !strings.Contains(out, "\n1          1       0     2        0    0     90        0  -       \"A b\"\n") {
		t.Errorf("%s", out)
	}
	sum := newSummary()
	long := bytes.Repeat([]byte("m"), maxMethods-1)
	for i, m := range [][]byte{long, []byte("ab"), []byte("c"), []byte("d"), []byte("c")} {
		want := ""
		if i == 0 || string(m) == "c" {
			want = string(m)
		}
		if got := sum.intern(m); got != want {
			t.Errorf("method %d is kept as %.10q", i, got)
		}
	}
}

// The ending of a stream is the first of its endings that is not ok, whatever
// comes behind it.
func TestSummaryEnding(t *testing.T) {
	trailerOf := func(pairs ...string) []byte { return endingFrame(t, frame.Trailer, nil, pairs...) }
	ok, business := trailerOf(), trailerOf(header.KeyBizStatus, "7")
	rst := endingFrame(t, frame.Rst, exception(t, 12007, "m"))
	tests := []struct {
		name       string
		frames     [][]byte
		json, text string
	}{
		{"none", [][]byte{dataFrame(t, 1, 1)}, `null`, "-"},
		{"ok", [][]byte{ok}, `{"kind":"ok"}`, "ok"},
		{"a half-close, then a cancel", [][]byte{ok, rst}, `{"kind":"canceled","ret":12007}`, "canceled 12007"},
		{"Kitex's trailer behind an rst", [][]byte{rst, ok}, `{"kind":"canceled","ret":12007}`, "canceled 12007"},
		{"the first one", [][]byte{business, rst}, `{"kind":"business","func_ret":7}`, "business 7"},
		{"without a code", [][]byte{endingFrame(t, frame.Rst, nil)}, `{"kind":"canceled"}`, "canceled"},
		{"an exception", [][]byte{endingFrame(t, frame.Trailer, exception(t, 6, "m"))}, `{"kind":"framework","ret":6}`, "framework, type id 6"},
		{"B4 illegal", [][]byte{ok, trailerOf(header.KeyBizStatus, "x"), ok}, `{"kind":"illegal","code":12003}`, "illegal 12003"},
		{"unread", [][]byte{endingFrame(t, frame.Rst, make([]byte, maxHeld)), ok, rst}, `{"kind":"unread"}`, "unread"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := bytes.Join(tt.frames, nil)
			_, out, _ := ttwire(bytes.NewReader(in), "dump", "--summary", "--json", "--max-payload", "1GiB")
			_, got, _ := strings.Cut(out, `,"ending":`)
			if got, _, _ = strings.Cut(got, "}\n"); got != tt.json {
				t.Errorf("%s, want %s", got, tt.json)
			}
			parseSummary(t, out)
			_, out, _ = ttwire(bytes.NewReader(in), "dump", "--summary", "--max-payload", "1GiB")
			lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
			at := strings.Index(lines[len(lines)-2], "ENDING")
			if got, _, _ := strings.Cut(lines[len(lines)-1][at:], "  "); got != tt.text {
				t.Errorf("%q, want %q in\n%s", got, tt.text, out)
			}
		})
	}
}

func TestSummaryOneStreamLess(t *testing.T) {
	_, out, _ := ttwire(bytes.NewReader(nil), "dump", "--summary", "--json")
	if lines := parseSummary(t, out); len(lines) != 1 || lines[0].Summary != "total" || lines[0].Frames != 0 {
		t.Errorf("%s", out)
	}
}
