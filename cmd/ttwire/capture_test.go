package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket/layers"

	"github.com/ttwire/ttwire/frame"
)

// dumpCapture is what a capture shows as JSON: for each direction its lines,
// shortened to what the test is about.
func dumpCapture(t testing.TB, capture []byte, args ...string) (status int, lines map[string][]string, errOut string) {
	t.Helper()
	status, out, errOut := ttwire(bytes.NewReader(capture), append([]string{"dump", "--json", "--pcap"}, args...)...)
	lines = map[string][]string{}
	for _, l := range decodeLines(t, out) {
		lines[l.File] = append(lines[l.File], l.short())
	}
	return status, lines, errOut
}

// decodeLines reads --json output.
func decodeLines(t interface{ Fatalf(string, ...any) }, out string) (lines []captureLine) {
	dec := json.NewDecoder(strings.NewReader(out))
	for {
		var l captureLine
		switch err := dec.Decode(&l); {
		case err == io.EOF:
			return lines
		case err != nil:
			t.Fatalf("%v in %s", err, out)
		}
		lines = append(lines, l)
	}
}

// captureLine is any line about a direction.
type captureLine struct {
	File        string
	Offset      int64
	Size        int
	Type        string
	Stream      int32
	PayloadSize int `json:"payload_size"`
	Resynced    bool
	Illegal     *jsonIllegal
	Truncated   *struct{ Have, Need int }
	Gap         *struct{ Bytes *int64 }
	Skipped     *struct {
		Bytes, To int64
		Found     bool
	}
	Foreign *struct{ Reason, Text string }
}

func (l *captureLine) short() string {
	s := fmt.Sprintf("%d ", l.Offset)
	switch {
	case l.Illegal != nil:
		return s + "illegal " + l.Illegal.Reason
	case l.Truncated != nil:
		return s + fmt.Sprintf("cut %d of %d", l.Truncated.Have, l.Truncated.Need)
	case l.Gap != nil && l.Gap.Bytes == nil:
		return s + "gap"
	case l.Gap != nil:
		return s + fmt.Sprintf("gap %d", *l.Gap.Bytes)
	case l.Skipped != nil:
		return s + fmt.Sprintf("skipped %d to %d %v", l.Skipped.Bytes, l.Skipped.To, l.Skipped.Found)
	case l.Foreign != nil:
		return s + "foreign " + l.Foreign.Reason
	case l.Resynced:
		s += "? "
	}
	return s + fmt.Sprintf("%s %d %d", l.Type, l.Stream, l.Size)
}

// stream is a few frames of one direction, and where they start.
func stream(t testing.TB, payloads ...int) (b []byte, starts []int) {
	for i, n := range payloads {
		starts = append(starts, len(b))
		b = append(b, dataFrame(t, int32(i+1), n)...)
	}
	return b, append(starts, len(b))
}

// lineOf is the short line of a whole data frame.
func lineOf(stream, from, to int, mark string) string {
	return fmt.Sprintf("%d %sdata %d %d", from, mark, stream, to-from)
}

// P8: what happens to segments on their way, and what is shown of them.
func TestCaptureSegments(t *testing.T) {
	b, s := stream(t, 10, 20, 30, 40)
	n := len(b)
	whole := []string{lineOf(1, s[0], s[1], ""), lineOf(2, s[1], s[2], ""), lineOf(3, s[2], s[3], ""), lineOf(4, s[3], s[4], "")}
	fin := seg{isn + uint32(n), "FA", nil}
	other := bytes.Repeat([]byte{0x55}, n)
	http := []byte("GET / HTTP/1.1\r\n\r\n")
	mark := func(line string) string { return strings.Replace(line, " data", " ? data", 1) }
	lastMarked := mark(whole[3])
	tests := []struct {
		name   string
		segs   []seg
		want   []string
		status int
	}{
		{"one by one", []seg{syn, at(b, 0, 50), at(b, 50, 51), at(b, 51, n), fin}, whole, 0},
		{"no end", []seg{syn, at(b, 0, n)}, whole, 0},
		{"data in the SYN", []seg{{isn - 1, "S", b[:9]}, at(b, 9, n)}, whole, 0},
		{"data in the FIN", []seg{syn, {isn, "FA", b}, at(other, 0, n)}, whole, 0},
		{"SYN twice", []seg{syn, syn, at(b, 0, 50), syn, at(b, 50, n)}, whole, 0},
		{"out of order", []seg{syn, at(b, 100, n), at(b, 50, 100), at(b, 0, 50), fin}, whole, 0},
		{"FIN first", []seg{syn, fin, at(b, 50, n), at(b, 0, 50)}, whole, 0},
		{"retransmission", []seg{syn, at(b, 0, 90), at(b, 0, 90), at(b, 0, 40), at(b, 60, n), at(b, 0, n), fin}, whole, 0},
		{"overlap with what is shown: the first is kept", []seg{syn, at(b, 0, 90), at(other, 80, 90), {isn + 60, "A", append(bytes.Clone(other[:30]), b[90:]...)}}, whole, 0},
		{"overlap with what waits: the first is kept", []seg{syn, at(b, 40, 60), at(b, 80, 100), {isn + 30, "A", bytes.Join([][]byte{b[30:40], other[40:60], b[60:80], other[80:100], b[100:110]}, nil)}, at(b, 0, 30), at(b, 110, n)}, whole, 0},
		{"keep-alive", []seg{syn, at(b, 0, 50), {isn + 49, "A", []byte{0}}, {isn + 49, "A", nil}, at(b, 50, n)}, whole, 0},
		{"reset", []seg{syn, at(b, 0, s[2]), {isn + uint32(s[2]), "R", nil}, at(b, s[2], n)}, whole[:2], 0},
		{"reset in a frame", []seg{syn, at(b, 0, s[2]+5), {isn + uint32(s[2]) + 5, "R", nil}}, append(whole[:2:2], fmt.Sprintf("%d cut 5 of %d", s[2], s[3]-s[2])), 1},
		{"a reset of the past", []seg{syn, at(b, 0, 50), {isn - 70000, "R", nil}, at(b, 50, n)}, whole, 0},
		{"a segment of something else", []seg{syn, at(b, 0, 50), {0x3FFFFF60, "A", other}, {isn - 1<<30 - 1, "A", other}, at(b, 50, n)}, whole, 0},
		{"lost between frames", []seg{syn, at(b, 0, s[1]), at(b, s[2], n), fin},
			[]string{whole[0], fmt.Sprintf("%d gap %d", s[1], s[2]-s[1]), mark(whole[2]), lastMarked}, 1},
		{"lost in a payload", []seg{syn, at(b, 0, s[2]+40), at(b, s[2]+41, n), fin},
			[]string{whole[0], whole[1], fmt.Sprintf("%d cut 40 of %d", s[2], s[3]-s[2]), fmt.Sprintf("%d gap 1", s[2]+40),
				fmt.Sprintf("%d skipped %d to %d true", s[2]+41, s[3]-s[2]-41, s[3]), lastMarked}, 1},
		{"lost in a header", []seg{syn, at(b, 0, s[2]+8), at(b, s[2]+20, n), fin},
			[]string{whole[0], whole[1], fmt.Sprintf("%d cut 8 of %d", s[2], s[3]-s[2]), fmt.Sprintf("%d gap 12", s[2]+8),
				fmt.Sprintf("%d skipped %d to %d true", s[2]+20, s[3]-s[2]-20, s[3]), lastMarked}, 1},
		{"lost at the end", []seg{syn, at(b, 0, s[3]), fin},
			[]string{whole[0], whole[1], whole[2], fmt.Sprintf("%d gap %d", s[3], s[4]-s[3])}, 1},
		{"lost at the start", []seg{syn, at(b, s[1], n), fin},
			[]string{fmt.Sprintf("0 gap %d", s[1]), mark(whole[1]), mark(whole[2]), lastMarked}, 1},
		{"all lost", []seg{syn, fin}, []string{fmt.Sprintf("0 gap %d", n)}, 1},
		{"two losses in one payload", []seg{syn, at(b, 0, s[3]+40), at(b, s[3]+45, s[3]+50), at(b, s[3]+60, n), fin},
			[]string{whole[0], whole[1], whole[2], fmt.Sprintf("%d cut 40 of %d", s[3], s[4]-s[3]), fmt.Sprintf("%d gap 5", s[3]+40),
				fmt.Sprintf("%d skipped 5 to %d false", s[3]+45, s[3]+50), fmt.Sprintf("%d gap 10", s[3]+50),
				fmt.Sprintf("%d skipped %d to %d false", s[3]+60, n-s[3]-60, n)}, 1},
		{"P6 no SYN", []seg{at(b, 0, 50), at(b, 50, n)}, []string{"0 gap", mark(whole[0]), mark(whole[1]), mark(whole[2]), lastMarked}, 1},
		{"P6 no SYN, inside a frame", []seg{{1000, "A", b[s[2]+3:]}},
			[]string{"0 gap", fmt.Sprintf("0 skipped %d to %d true", s[3]-s[2]-3, s[3]-s[2]-3), lineOf(4, s[3]-s[2]-3, n-s[2]-3, "? ")}, 1},
		{"P6 acks before the first data", []seg{{isn - 1, "A", nil}, at(b, s[2], n)},
			[]string{"0 gap", lineOf(3, 0, s[3]-s[2], "? "), lineOf(4, s[3]-s[2], n-s[2], "? ")}, 1},
		{"FIN twice: the first one ends it", []seg{syn, fin, {isn + uint32(n) + 10, "FA", nil}, at(b, 0, n)}, whole, 0},
		{"P11 something else", []seg{syn, {isn, "A", http}, {isn + 100, "A", http}}, []string{"0 foreign http-request"}, 1},
		{"P11 something else, no SYN", []seg{{isn, "A", []byte("d: 1\r\n\r\n")}, {isn + 100, "A", http}}, []string{"0 foreign no-frame"}, 1},
		{"TTHeader, and illegal", []seg{syn, {isn, "A", append(bytes.Clone(b[:16]), 0x7F)}}, []string{"0 illegal info-id"}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, lines, errOut := dumpCapture(t, captureOf(t, tt.segs...))
			want := map[string][]string{c2sName: tt.want}
			if diff := cmp.Diff(want, lines); diff != "" || status != tt.status {
				t.Errorf("exit status %d, want %d, -want +got:\n%s%s", status, tt.status, diff, errOut)
			}
		})
	}
}

// The same segments in whatever carries them.
func TestCaptureLinks(t *testing.T) {
	b, s := stream(t, 10, 20)
	want := []string{lineOf(1, s[0], s[1], ""), lineOf(2, s[1], s[2], "")}
	client6, server6 := netip.MustParseAddrPort("[2001:db8::1]:50000"), netip.MustParseAddrPort("[2001:db8::2]:8888")
	for _, link := range []layers.LinkType{
		layers.LinkTypeEthernet, vlanLink, layers.LinkTypeNull, layers.LinkTypeLoop, layers.LinkTypeLinuxSLL,
		layers.LinkTypeLinuxSLL2, layers.LinkTypeRaw, 12, layers.LinkTypeIPv4, layers.LinkTypeIPv6,
	} {
		for _, ends := range [][2]netip.AddrPort{{client, server}, {client6, server6}} {
			if v6 := ends[0].Addr().Is6(); link == layers.LinkTypeIPv4 && v6 || link == layers.LinkTypeIPv6 && !v6 {
				continue
			}
			var packets [][]byte
			for _, s := range []seg{syn, at(b, 0, 40), at(b, 40, len(b))} {
				packets = append(packets, packetBetween(t, link, ends[0], ends[1], s))
			}
			for kind, file := range map[string][]byte{"pcap": pcapOf(t, link, packets...), "pcapng": pcapngOf(t, link, packets...)} {
				status, lines, errOut := dumpCapture(t, file)
				want := map[string][]string{fmt.Sprintf("%v > %v", ends[0], ends[1]): want}
				if diff := cmp.Diff(want, lines); diff != "" || status != statusOK || errOut != "" {
					t.Errorf("%v %s %v: exit status %d, %s-want +got:\n%s", link, kind, ends, status, errOut, diff)
				}
			}
		}
	}
}

// Behind a gap in a payload that is full of frames, the next frame shown is the
// one behind the payload: where that is was known.
func TestCaptureGapInFrames(t *testing.T) {
	inner, _ := stream(t, 10, 20, 30)
	outer := buildFrame(t, frame.Data, 9, func(*frame.Builder) {}, inner)
	b := join(outer, dataFrame(t, 1, 5))
	head := len(outer) - len(inner)
	_, lines, _ := dumpCapture(t, captureOf(t, syn, at(b, 0, head-1+5), at(b, head+5, len(b))))
	want := map[string][]string{c2sName: {
		fmt.Sprintf("0 cut %d of %d", head+4, len(outer)), fmt.Sprintf("%d gap 1", head+4),
		fmt.Sprintf("%d skipped %d to %d true", head+5, len(inner)-5, len(outer)), lineOf(1, len(outer), len(b), "? "),
	}}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// --resync goes on in captures too, where bytes are of no known protocol.
func TestCaptureResync(t *testing.T) {
	b, s := stream(t, 10)
	for name, tt := range map[string]struct {
		first  string
		want   []string
		status int
	}{
		"unknown": {"garbage, garbage", []string{"0 illegal payload-limit", "0 skipped 16 to 16 true", lineOf(1, 16, 16+s[1], "? ")}, 1},
		"known":   {"GET / HTTP/1.1\r\n", []string{"0 foreign http-request"}, 1},
	} {
		in := join([]byte(tt.first), b)
		status, lines, _ := dumpCapture(t, captureOf(t, syn, at(in, 0, len(in))), "--resync")
		if diff := cmp.Diff(map[string][]string{c2sName: tt.want}, lines); diff != "" || status != tt.status {
			t.Errorf("%s: exit status %d, -want +got:\n%s", name, status, diff)
		}
	}
}

// Lines that wait for a first frame are bounded.
func TestCaptureManyGaps(t *testing.T) {
	var segs []seg
	for i := range uint32(1000) {
		segs = append(segs, seg{2 * i, "A", []byte("x")})
	}
	_, lines, _ := dumpCapture(t, captureOf(t, segs...))
	got := lines[c2sName]
	if want := 1 + 2*1000 - 1; len(got) != want || got[0] != "0 gap" || got[2] != "1 gap 1" {
		t.Errorf("%d lines, want %d: %.200q", len(got), want, got)
	}
	_, lines, _ = dumpCapture(t, captureOf(t, segs[:10]...))
	if got := lines[c2sName]; len(got) != 1 || got[0] != "0 foreign no-frame" {
		t.Errorf("%q", got)
	}
}

// Extension headers of IPv6 are no part of what a packet says it carries.
func TestCaptureHopByHop(t *testing.T) {
	b, s := stream(t, 10)
	var packets [][]byte
	for _, s := range []seg{syn, at(b, 0, len(b))} {
		p := packetBetween(t, layers.LinkTypeRaw, netip.MustParseAddrPort("[2001:db8::1]:1"), netip.MustParseAddrPort("[2001:db8::2]:2"), s)
		p = join(p[:40], []byte{6, 0, 1, 4, 0, 0, 0, 0}, p[40:])
		p[5], p[6] = byte(len(p)-40), 0
		packets = append(packets, p)
	}
	status, lines, errOut := dumpCapture(t, pcapOf(t, layers.LinkTypeRaw, packets...))
	want := map[string][]string{"[2001:db8::1]:1 > [2001:db8::2]:2": {lineOf(1, 0, s[1], "")}}
	if diff := cmp.Diff(want, lines); diff != "" || status != statusOK {
		t.Errorf("exit status %d, %s-want +got:\n%s", status, errOut, diff)
	}
}

// A packet that the capture cuts short is a gap of what is not there, at once
// and not only at the end.
func TestCaptureSnapLength(t *testing.T) {
	b, s := stream(t, 100, 200, 300)
	short := func(s seg, n int) []byte {
		p := packetOf(t, layers.LinkTypeEthernet, s)
		return p[:len(p)-n]
	}
	file := pcapOf(t, layers.LinkTypeEthernet, short(syn, 0), short(at(b, 0, s[1]), 0), short(at(b, s[1], s[2]), 150), short(at(b, s[2], s[3]), 0))
	_, lines, _ := dumpCapture(t, file)
	want := map[string][]string{c2sName: {
		lineOf(1, s[0], s[1], ""), fmt.Sprintf("%d cut %d of %d", s[1], s[2]-s[1]-150, s[2]-s[1]),
		fmt.Sprintf("%d gap 150", s[2]-150), lineOf(3, s[2], s[3], "? "),
	}}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	file = pcapOf(t, layers.LinkTypeEthernet, short(syn, 0), short(at(b, 0, s[1]), 0), short(at(b, s[1], s[3]), s[3]-s[1]))
	_, lines, _ = dumpCapture(t, file)
	want = map[string][]string{c2sName: {lineOf(1, s[0], s[1], ""), fmt.Sprintf("%d gap %d", s[1], s[3]-s[1])}}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("without any data, -want +got:\n%s", diff)
	}
}

// The same ends twice are two connections.
func TestCaptureReusedPort(t *testing.T) {
	b, s := stream(t, 10)
	again := func(isn uint32) []seg {
		return []seg{{isn - 1, "S", nil}, {isn, "A", b}, {isn + uint32(len(b)), "FA", nil}}
	}
	want := []string{lineOf(1, 0, s[1], "")}
	for name, segs := range map[string][]seg{
		"ended":     append(again(isn), again(5_000_000)...),
		"not ended": append(again(isn)[:2], again(5_000_000)...),
	} {
		status, lines, _ := dumpCapture(t, captureOf(t, segs...))
		if diff := cmp.Diff(map[string][]string{c2sName: want, c2sName + " #2": want}, lines); diff != "" || status != statusOK {
			t.Errorf("%s: exit status %d, -want +got:\n%s", name, status, diff)
		}
	}
}

// IP fragments are no segments, whatever their bytes look like.
func TestCaptureFragments(t *testing.T) {
	b, _ := stream(t, 10)
	whole := packetOf(t, layers.LinkTypeRaw, at(b, 0, len(b)))
	more, later := bytes.Clone(whole), bytes.Clone(whole)
	more[6] = 0x20
	later[7] = 1
	head6 := packetBetween(t, layers.LinkTypeRaw, netip.MustParseAddrPort("[2001:db8::1]:1"), netip.MustParseAddrPort("[2001:db8::2]:2"), at(b, 0, len(b)))
	frag6 := append(bytes.Clone(head6[:40]), 6, 0, 0, 9, 0, 0, 0, 1)
	frag6 = append(frag6, head6[40:]...)
	frag6[6] = 44
	frag6[4], frag6[5] = byte((len(frag6)-40)>>8), byte(len(frag6)-40)
	for name, p := range map[string][]byte{"first": more, "later": later, "IPv6": frag6} {
		status, lines, errOut := dumpCapture(t, pcapOf(t, layers.LinkTypeRaw, p))
		if len(lines) != 0 || status != statusFailed || !strings.Contains(errOut, "packet 1: an IP fragment") {
			t.Errorf("%s: exit status %d, %v, %s", name, status, lines, errOut)
		}
	}
}

// testdata/kitex.pcapng holds conversations of which there are recordings too:
// byte for byte the same.
func TestKitexCapture(t *testing.T) {
	all := readRecordings(t)
	file, err := os.ReadFile("../../testdata/kitex.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	status, out, errOut := ttwire(bytes.NewReader(file), "dump", "--json", "--payload")
	if status != statusOK || errOut != "" {
		t.Errorf("exit status %d, %s", status, errOut)
	}
	got := map[string]string{}
	for _, line := range strings.SplitAfter(out, "\n") {
		if file, rest, ok := strings.Cut(strings.TrimPrefix(line, `{"file":"`), `",`); ok {
			got[file] += "{" + rest
		}
	}
	ports := map[string]string{"38960": "bidi", "38972": "bidi-meta", "39046": "client-stream", "39064": "cancel", "39088": "cancel-cause"}
	if want := 2 * (len(ports) + 1); len(got) != want { // of one there is no recording
		t.Errorf("%d directions, want %d", len(got), want)
	}
	for port, name := range ports {
		for file, direction := range map[string]string{
			name + ".c2s.bin": "127.0.0.1:" + port + " > 127.0.0.1:18802",
			name + ".s2c.bin": "127.0.0.1:18802 > 127.0.0.1:" + port,
		} {
			_, want, _ := ttwire(bytes.NewReader(all[file]), "dump", "--json", "--payload")
			if diff := cmp.Diff(want, got[direction]); diff != "" || want == "" {
				t.Errorf("%s, -recorded +captured:\n%s", file, diff)
			}
		}
	}
}

// With several connections each has its own place and printer.
func TestCaptureInterleaved(t *testing.T) {
	var packets [][]byte
	b, _ := stream(t, 10, 20)
	b = append(b, buildFrame(t, frame.Trailer, 1, func(*frame.Builder) {}, nil)...)
	for i := range b {
		for port := range uint16(20) {
			from := netip.AddrPortFrom(client.Addr(), 1000+port)
			if i == 0 {
				packets = append(packets, packetBetween(t, layers.LinkTypeEthernet, from, server, syn))
			}
			packets = append(packets, packetBetween(t, layers.LinkTypeEthernet, from, server, at(b, i, i+1)))
		}
	}
	_, want, _ := dumpCapture(t, captureOf(t, syn, at(b, 0, len(b))))
	status, lines, _ := dumpCapture(t, pcapOf(t, layers.LinkTypeEthernet, packets...))
	if status != statusOK || len(lines) != 20 {
		t.Errorf("exit status %d, %d directions", status, len(lines))
	}
	for name, got := range lines {
		if diff := cmp.Diff(want[c2sName], got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
}
