package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

// resyncLines are the lines that --resync shows for these bytes, shortened.
func resyncLines(t testing.TB, in io.Reader, args ...string) (status int, lines []string) {
	t.Helper()
	status, out, errOut := ttwire(in, append([]string{"dump", "--json", "--resync"}, args...)...)
	if errOut != "" {
		t.Errorf("%s", errOut)
	}
	for _, l := range decodeLines(t, out) {
		lines = append(lines, l.short())
	}
	return status, lines
}

// P6, F19: what is between frames, or instead of one, and what is shown.
func TestResync(t *testing.T) {
	b, s := stream(t, 10, 20, 30)
	n := s[3]
	one, two, three := b[:s[1]], b[s[1]:s[2]], b[s[2]:]
	poked := func(at int, with ...byte) []byte {
		p := bytes.Clone(b)
		copy(p[at:], with)
		return p
	}
	inner := join(one, two, three)
	outer := buildFrame(t, frame.Data, 9, func(*frame.Builder) {}, inner)
	bad := bytes.Clone(outer)
	bad[16] = 0x7F
	large := dataFrame(t, 7, 2*maxLook)
	head := len(outer) - len(inner)
	zeros := func(n int) []byte { return make([]byte, n) }
	long := func(b []byte, more int) []byte {
		b = bytes.Clone(b)
		wire.PutUint32(b, 0, wire.Uint32(b, 0)+uint32(more))
		return b
	}
	tests := []struct {
		name string
		in   []byte
		want []string
	}{
		{"whole", b, []string{lineOf(1, 0, s[1], ""), lineOf(2, s[1], s[2], ""), lineOf(3, s[2], n, "")}},
		{"starts inside a frame", b[5:], []string{"0 illegal magic", fmt.Sprintf("0 skipped %d to %d true", s[1]-5, s[1]-5), lineOf(2, s[1]-5, s[2]-5, "? "), lineOf(3, s[2]-5, n-5, "? ")}},
		{"garbage between frames", join(one, zeros(37), two, three),
			[]string{lineOf(1, 0, s[1], ""), fmt.Sprintf("%d illegal length", s[1]), fmt.Sprintf("%d skipped 37 to %d true", s[1], s[1]+37), lineOf(2, s[1]+37, s[2]+37, "? "), lineOf(3, s[2]+37, n+37, "? ")}},
		{"F19 one byte extra", join(one, []byte{0x55}, two, three),
			[]string{lineOf(1, 0, s[1], ""), fmt.Sprintf("%d illegal payload-limit", s[1]), fmt.Sprintf("%d skipped 1 to %d true", s[1], s[1]+1), lineOf(2, s[1]+1, s[2]+1, "? "), lineOf(3, s[2]+1, n+1, "? ")}},
		{"F19 one byte missing", join(one[:s[1]-1], two, three),
			[]string{lineOf(1, 0, s[1], ""), fmt.Sprintf("%d illegal magic", s[1]), fmt.Sprintf("%d skipped %d to %d true", s[1], s[2]-s[1]-1, s[2]-1), lineOf(3, s[2]-1, n-1, "? ")}},
		{"garbage at the end", join(b, zeros(7)), []string{lineOf(1, 0, s[1], ""), lineOf(2, s[1], s[2], ""), lineOf(3, s[2], n, ""), fmt.Sprintf("%d illegal length", n), fmt.Sprintf("%d skipped 7 to %d false", n, n+7)}},
		{"an illegal header", poked(s[1]+16, 0x7F), []string{lineOf(1, 0, s[1], ""), fmt.Sprintf("%d illegal info-id", s[1]), fmt.Sprintf("%d skipped %d to %d true", s[1], s[2]-s[1], s[2]), lineOf(3, s[2], n, "? ")}},
		{"the last header is illegal", poked(s[2]+16, 0x7F), []string{lineOf(1, 0, s[1], ""), lineOf(2, s[1], s[2], ""), fmt.Sprintf("%d illegal info-id", s[2]), fmt.Sprintf("%d skipped %d to %d false", s[2], n-s[2], n)}},
		{"two illegal ones", join(zeros(9), one, two, zeros(9), two, three), []string{"0 illegal length", "0 skipped 9 to 9 true", lineOf(1, 9, s[1]+9, "? "), lineOf(2, s[1]+9, s[2]+9, "? "),
			fmt.Sprintf("%d illegal length", s[2]+9), fmt.Sprintf("%d skipped 9 to %d true", s[2]+9, s[2]+18), lineOf(2, s[2]+18, 2*s[2]-s[1]+18, "? "), lineOf(3, 2*s[2]-s[1]+18, n+s[2]-s[1]+18, "? ")}},
		{"cut behind it", join(zeros(9), one, two[:20]), []string{"0 illegal length", "0 skipped 9 to 9 true", lineOf(1, 9, s[1]+9, "? "), fmt.Sprintf("%d cut 20 of %d", s[1]+9, len(two))}},
		{"only a cut frame", join(zeros(9), one[:len(one)-3]), []string{"0 illegal length", "0 skipped 9 to 9 true", fmt.Sprintf("9 cut %d of %d", len(one)-3, len(one))}},
		{"a header that is not whole is no frame", join(zeros(9), one[:20]), []string{"0 illegal length", "0 skipped 29 to 29 false"}},
		{"frames in a payload of an illegal frame", join(one, bad, two),
			[]string{lineOf(1, 0, s[1], ""), fmt.Sprintf("%d illegal info-id", s[1]), fmt.Sprintf("%d skipped %d to %d true", s[1], len(bad), s[1]+len(bad)), lineOf(2, s[1]+len(bad), s[2]+len(bad), "? ")}},
		{"frames in a payload whose start is lost, with more behind them", join(bad[8:], zeros(4), two, three),
			[]string{"0 illegal length", fmt.Sprintf("0 skipped %d to %d true", head-8, head-8), lineOf(1, head-8, head-8+s[1], "? "), lineOf(2, head-8+s[1], head-8+s[2], "? "), lineOf(3, head-8+s[2], head-8+n, "? "),
				fmt.Sprintf("%d illegal length", head-8+n), fmt.Sprintf("%d skipped 4 to %d true", head-8+n, head-4+n), lineOf(2, head-4+n, head-4+n+s[2]-s[1], "? "), lineOf(3, head-4+n+s[2]-s[1], head-4+2*n-s[1], "? ")}},
		{"one frame in a payload whose start is lost", join([]byte("text "), two, []byte(" more text"), three),
			[]string{"0 illegal payload-limit", fmt.Sprintf("0 skipped %d to %d true", 15+len(two), 15+len(two)), lineOf(3, 15+len(two), 15+len(two)+len(three), "? ")}},
		{"a LENGTH that leads nowhere", join(long(bad, 3), two, three),
			[]string{"0 illegal info-id", fmt.Sprintf("0 skipped %d to %d true", head, head), lineOf(1, head, head+s[1], "? "), lineOf(2, head+s[1], head+s[2], "? "), lineOf(3, head+s[2], head+n, "? "),
				lineOf(2, head+n, head+n+s[2]-s[1], "? "), lineOf(3, head+n+s[2]-s[1], head+2*n-s[1], "? ")}},
		{"a LENGTH over the end", join(long(bad[:head], 9000), two, three),
			[]string{"0 illegal info-id", fmt.Sprintf("0 skipped %d to %d true", head, head), lineOf(2, head, head+s[2]-s[1], "? "), lineOf(3, head+s[2]-s[1], head+n-s[1], "? ")}},
		{"what follows is judged with all of it", join(zeros(9), two, []byte{0xFF, 0xFF, 0xFF, 0xFF}), []string{"0 illegal length", fmt.Sprintf("0 skipped %d to %d false", 13+len(two), 13+len(two))}},
		{"a frame so long that its header must do", join(zeros(9), large, zeros(9)),
			[]string{"0 illegal length", "0 skipped 9 to 9 true", lineOf(7, 9, 9+len(large), "? "), fmt.Sprintf("%d illegal length", 9+len(large)), fmt.Sprintf("%d skipped 9 to %d false", 9+len(large), 18+len(large))}},
		{"nothing", []byte("GET / HTTP/1.1\r\n\r\n"), []string{"0 illegal http-request", "0 skipped 18 to 18 false"}},
		{"a byte", []byte{0xFF, 0, 0, 0}, []string{"0 illegal payload-limit", "0 skipped 4 to 4 false"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantStatus := statusIllegal
			if tt.name == "whole" {
				wantStatus = statusOK
			}
			for how, src := range map[string]io.Reader{"at once": bytes.NewReader(tt.in), "by the byte": iotest.OneByteReader(bytes.NewReader(tt.in))} {
				status, lines := resyncLines(t, src)
				if diff := cmp.Diff(tt.want, lines); diff != "" || status != wantStatus {
					t.Errorf("%s: exit status %d, -want +got:\n%s", how, status, diff)
				}
			}
		})
	}
}

// Without the flag an illegal frame ends the input, as ever.
func TestNoResync(t *testing.T) {
	b, s := stream(t, 10, 20)
	in := join(b[:s[1]], make([]byte, 20), b[s[1]:])
	_, out, _ := ttwire(bytes.NewReader(in), "dump", "--json")
	want := []string{lineOf(1, 0, s[1], ""), fmt.Sprintf("%d illegal length", s[1])}
	var got []string
	for _, l := range decodeLines(t, out) {
		got = append(got, l.short())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// tiles checks that the lines of an input say of each byte once what it is, and
// gives where they end. Of a gap of unknown size nothing is known.
func tiles(t interface{ Fatalf(string, ...any) }, lines []captureLine) (end int64) {
	for _, l := range lines {
		if l.Offset != end {
			t.Fatalf("a line at %d, and %d is the next: %+v", l.Offset, end, lines)
		}
		switch {
		case l.Skipped != nil:
			if end += l.Skipped.Bytes; end != l.Skipped.To {
				t.Fatalf("%d bytes from %d are not to %d", l.Skipped.Bytes, l.Offset, l.Skipped.To)
			}
		case l.Gap != nil && l.Gap.Bytes != nil:
			end += *l.Gap.Bytes
		case l.Truncated != nil:
			end += int64(l.Truncated.Have)
		default:
			end += int64(l.Size)
		}
	}
	return end
}

// Any mixture of frames, pieces of frames and garbage: no panic, every byte is
// accounted for, every frame shown is one by itself, and it does not matter how
// the bytes arrive.
func TestResyncAnyBytes(t *testing.T) {
	b, _ := stream(t, 0, 10, 300)
	rapid.Check(t, func(t *rapid.T) {
		var in []byte
		for range rapid.IntRange(1, 8).Draw(t, "pieces") {
			from := rapid.IntRange(0, len(b)).Draw(t, "from")
			to := rapid.IntRange(from, len(b)).Draw(t, "to")
			in = append(in, rapid.OneOf(
				rapid.Just(b[from:to]), rapid.Just(b), rapid.SliceOfN(rapid.Byte(), 0, 20),
				rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 2, 0x10, 0x11, 0x1B, 0x33}), 0, 60),
			).Draw(t, "piece")...)
		}
		_, out, _ := ttwire(bytes.NewReader(in), "dump", "--json", "--resync")
		if _, slow, _ := ttwire(iotest.OneByteReader(bytes.NewReader(in)), "dump", "--json", "--resync"); slow != out {
			t.Fatalf("by the byte:\n%s\nat once:\n%s", slow, out)
		}
		lines := decodeLines(t, out)
		if end := tiles(t, lines); end != int64(len(in)) {
			t.Fatalf("%d of %d bytes are accounted for", end, len(in))
		}
		for _, l := range lines {
			var f frame.Frame
			if n, err := f.Parse(in[l.Offset:]); l.Type != "" && (n != l.Size || err != nil) {
				t.Fatalf("the frame at %d: %d, %v", l.Offset, n, err)
			}
		}
	})
}

// hostileStarts are patterns in which nearly every byte could be in the header
// of many frames, each of which is long and turns out to be none.
func hostileStarts() map[string][]byte {
	// A fixed part of 14 bytes whose every byte is legal inside the header
	// info of another one: LENGTH 0x00100000, MAGIC, FLAGS 2, stream, HEADER SIZE.
	fixed := []byte{0, 0x10, 0, 0, 0x10, 0, 0, 2, 0, 0, 0, 0, 0xFF, 0xF0}
	pad := append(bytes.Clone(fixed), 0, 0)
	strs := append(bytes.Clone(pad), 1, 0, 1, 0, 0, 0, 16) // a string pair over the next start
	return map[string][]byte{
		"10 00":          {0x10, 0x00},
		"10 00 00 02":    {0x10, 0x00, 0x00, 0x02},
		"zeros":          {0},
		"starts":         {0, 0, 0x10, 0, 0x10, 0, 0, 2, 0x10, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0},
		"nested pairs":   strs,
		"magic in zeros": append(pad, make([]byte, 50)...),
	}
}

// Looking for a frame takes linear time: what seek spends on header info is
// bounded by the input, whatever it is made of.
func TestResyncLinear(t *testing.T) {
	// A run of headers one inside the other: each says that 262,140 bytes of
	// header info follow, all of them legal so far: empty blocks of int pairs.
	unit := []byte{0x00, 0x00, 0x10, 0x00, 0x10, 0x00, 0x00, 0x02, 0x10, 0x00, 0x00, 0xFF, 0xFF, 0xFF}
	inputs := hostileStarts()
	inputs["units"] = unit
	for name, unit := range inputs {
		t.Run(name, func(t *testing.T) {
			const total = 8 << 20
			s := newScanner(&repeated{b: unit, left: total}, frame.Limits{}, false)
			err := s.next()
			for err == nil || err.Error() != io.EOF.Error() {
				if err = s.seek(s.in.off + 1); err == nil {
					err = s.next()
				}
			}
			if most := int64(creditAtOnce + creditPerByte*total + 2*wire.MaxHeader); s.spent > most {
				t.Errorf("%d bytes of header info were looked at in %d bytes, want %d at most", s.spent, total, most)
			}
			if n := len(s.in.buf); n > 4*maxLook {
				t.Errorf("%d bytes of memory", n)
			}
		})
	}
}

// The credit is what bounds it: without it this input is read 400 times over.
func TestResyncCredit(t *testing.T) {
	b := nestedStarts(2 << 20)
	s := newScanner(bytes.NewReader(b), frame.Limits{}, false)
	if err := s.seek(0); err != io.EOF {
		t.Fatal(err)
	}
	if s.spent < creditAtOnce+creditPerByte*(1<<20) {
		t.Errorf("only %d bytes were looked at: this input is not hostile", s.spent)
	}
	// A frame behind such bytes is found, if not the first one.
	one := dataFrame(t, 1, 10)
	s = newScanner(io.MultiReader(bytes.NewReader(b), bytes.NewReader(bytes.Repeat(one, 50_000))), frame.Limits{}, false)
	if err := s.seek(0); err != nil || s.in.off > int64(len(b)+2*wire.MaxHeader) {
		t.Errorf("%v, at %d", err, s.in.off)
	}
}

// nestedStarts are starts of frames inside the header info of one another, n
// bytes of them.
func nestedStarts(n int) []byte {
	// As header info: 00 00 padding, 10 and the count 0, and so on; no byte of
	// it is illegal, and none is a frame type.
	unit := []byte{
		0x00, 0x08, 0x00, 0x00, // LENGTH
		0x10, 0x00, // MAGIC
		0x00, 0x02, // FLAGS
		0x00, 0x00, 0x00, 0x01, // STREAM ID
		0xFF, 0xFF, // HEADER SIZE
		0x10, 0x00, // PROTOCOL ID, no transforms
	}
	// In the string pair before it, the unit is a value.
	pair := append([]byte{0x01, 0x00, 0x01, 0x00, 0x00, 0x00, byte(len(unit))}, unit...)
	return bytes.Repeat(pair, n/len(pair))
}

// An input of garbage takes constant memory.
func TestResyncMemory(t *testing.T) {
	for name, unit := range hostileStarts() {
		d := dump{summary: true, resync: true}
		src := &repeated{b: unit, left: 64 << 20}
		if got := peakOfFailing(t, &d, src); got > 32<<20 {
			t.Errorf("%s: %d KiB", name, got>>10)
		}
	}
}

// What fails behind garbage is told with its place.
func TestResyncReadError(t *testing.T) {
	src := io.MultiReader(strings.NewReader("garbage, garbage"), iotest.ErrReader(errTest))
	status, out, errOut := ttwire(src, "dump", "--json", "--resync")
	if want := "ttwire: standard input: reading at byte 16: test\n"; status != statusFailed || errOut != want {
		t.Errorf("exit status %d, %q\n%s", status, errOut, out)
	}
}
