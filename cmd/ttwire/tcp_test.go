package main

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket/layers"
	"pgregory.net/rapid"

	"github.com/ttwire/ttwire/frame"
)

// network cuts b into segments and lets them come late and more than once.
func network(t *rapid.T, b []byte) (segs []seg) {
	type late struct {
		seg
		when int
	}
	var all []late
	for from := 0; from < len(b); {
		to := min(from+rapid.IntRange(1, 200).Draw(t, "size"), len(b))
		for range rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(t, "times") {
			// A copy may begin earlier and end later than the segment.
			f, e := max(from-rapid.IntRange(0, 20).Draw(t, "before"), 0), min(to+rapid.IntRange(0, 20).Draw(t, "behind"), len(b))
			all = append(all, late{at(b, f, e), len(all) + rapid.IntRange(0, 8).Draw(t, "late")})
		}
		from = to
	}
	for when := 0; len(segs) < len(all); when++ {
		for _, l := range all {
			if l.when == when {
				segs = append(segs, l.seg)
			}
		}
	}
	return segs
}

// anyFrames are some frames of all sizes, and what they are.
func anyFrames(t *rapid.T, tb testing.TB) (b []byte, frames map[string]bool) {
	frames = map[string]bool{}
	for i := range rapid.IntRange(1, 12).Draw(t, "frames") {
		f := dataFrame(tb, int32(i+1), rapid.SampledFrom([]int{0, 1, 10, 100, 1000, 5000}).Draw(t, "payload"))
		frames[string(f)] = true
		b = append(b, f...)
	}
	return b, frames
}

// P8: segments cut anywhere, shuffled and doubled give the frames that were
// sent, no others and no gap.
func TestTCPShuffled(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		b, _ := anyFrames(r, t)
		_, out, _ := ttwire(bytes.NewReader(b), "dump", "--json")
		want := map[string][]string{}
		for _, l := range decodeLines(t, out) {
			want[c2sName] = append(want[c2sName], l.short())
		}
		segs := append([]seg{syn}, network(r, b)...)
		status, got, errOut := dumpCapture(t, captureOf(t, append(segs, seg{isn + uint32(len(b)), "FA", nil})...))
		if diff := cmp.Diff(want, got); diff != "" || status != statusOK || errOut != "" {
			r.Fatalf("exit status %d, %s-want +got:\n%s", status, errOut, diff)
		}
	})
}

// P8: with segments lost, every byte is in a frame, a gap or what was skipped;
// what is in a gap was lost, and every frame shown was sent, where it says.
func TestTCPLost(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		b, frames := anyFrames(r, t)
		lost := make([]bool, len(b))
		for i := range lost {
			lost[i] = true
		}
		segs := []seg{syn}
		for _, s := range network(r, b) {
			if rapid.IntRange(0, 9).Draw(r, "lost") > 0 {
				from := int(s.seq - isn)
				clear(lost[from : from+len(s.data)])
				segs = append(segs, s)
			}
		}
		_, out, _ := ttwire(bytes.NewReader(captureOf(t, append(segs, seg{isn + uint32(len(b)), "FA", nil})...)), "dump", "--json")
		lines := decodeLines(r, out)
		if len(lines) == 0 && len(b) > 0 {
			r.Fatalf("nothing is shown")
		}
		if lines[0].Foreign != nil { // nothing of it is known
			return
		}
		if end := tiles(r, lines); end != int64(len(b)) {
			r.Fatalf("%d of %d bytes are accounted for: %s", end, len(b), out)
		}
		gaps := make([]bool, len(b))
		for _, l := range lines {
			if l.Gap != nil {
				for i := range *l.Gap.Bytes {
					gaps[l.Offset+i] = true
				}
			}
			if l.Type != "" && !frames[string(b[l.Offset:l.Offset+int64(l.Size)])] {
				r.Fatalf("%+v was not sent", l)
			}
		}
		if diff := cmp.Diff(lost, gaps); diff != "" {
			r.Fatalf("-lost +gaps:\n%s\n%s", diff, out)
		}
	})
}

// What waits is bounded, for one direction and for all, however small the
// segments are; a gap is told then, and bytes that come later are too late.
func TestTCPWaiting(t *testing.T) {
	for name, tt := range map[string]struct{ size, ports int }{"all": {1, 20}, "one": {1400, 5}} {
		t.Run(name, func(t *testing.T) {
			size := tt.size
			c := newTCPConns(func(string) sink { return &countSink{} })
			data := make([]byte, size)
			for n := range 30_000 {
				for port := range uint16(tt.ports) {
					from := netip.AddrPortFrom(client.Addr(), port)
					if n == 0 {
						c.segment(&segment{from: from, to: server, seq: isn - 1, syn: true})
					}
					c.segment(&segment{from: from, to: server, seq: isn + 1 + uint32(n*(size+1)), data: data})
				}
				if n%1000 == 0 {
					checkWaiting(t, c)
				}
			}
			checkWaiting(t, c)
			if c.waiting < maxWaitingAll/2 {
				t.Errorf("only %d bytes wait: nothing was tested", c.waiting)
			}
			if c.end(); c.waiting != 0 {
				t.Errorf("at the end %d bytes wait", c.waiting)
			}
		})
	}
}

func checkWaiting(t *testing.T, c *tcpConns) {
	t.Helper()
	sum := 0
	for at := c.used.Front(); at != nil; at = at.Next() {
		h := at.Value.(*halfConn)
		n := 0
		for _, w := range h.waiting {
			n += len(w.data) + chunkCost
		}
		if n != h.bytes || n > maxWaiting1 {
			t.Fatalf("%d bytes wait, counted as %d, want %d at most", n, h.bytes, maxWaiting1)
		}
		sum += n
	}
	if sum != c.waiting || sum > maxWaitingAll {
		t.Fatalf("%d bytes wait, counted as %d, want %d at most", sum, c.waiting, maxWaitingAll)
	}
}

// What waits for a direction that has been given up is let go.
func TestTCPGivenUp(t *testing.T) {
	s := &countSink{full: true}
	c := newTCPConns(func(string) sink { return s })
	from := netip.AddrPortFrom(client.Addr(), 1)
	c.segment(&segment{from: from, to: server, seq: 0, syn: true})
	c.segment(&segment{from: from, to: server, seq: 11, data: []byte("later")})
	c.segment(&segment{from: from, to: server, seq: 21, data: []byte("later")})
	c.segment(&segment{from: from, to: server, seq: 1, data: []byte("0123456789")})
	c.segment(&segment{from: from, to: server, seq: 16, data: []byte("again")})
	if c.waiting != 0 || s.ended != 1 || s.bytes != 10 || s.gaps != 0 {
		t.Errorf("%d bytes wait, %+v", c.waiting, s)
	}
}

// countSink counts what it is given.
type countSink struct {
	full        bool // it wants nothing
	bytes, gaps int64
	ended       int
}

func (s *countSink) give(b []byte) bool { s.bytes += int64(len(b)); return !s.full }
func (s *countSink) skip(n int64) bool  { s.gaps += n; return !s.full }
func (s *countSink) end()               { s.ended++ }

// There are never more directions than the limit. Those idle the longest end,
// each once, and are counted if there was anything of them.
func TestTCPManyDirections(t *testing.T) {
	var sinks []*countSink
	c := newTCPConns(func(string) sink { sinks = append(sinks, &countSink{}); return sinks[len(sinks)-1] })
	const more = 100
	for n := range maxDirections + more {
		from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}), 1)
		c.segment(&segment{from: from, to: server, seq: 1, syn: true, data: []byte("x")})
		c.segment(&segment{from: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, 0}), 1), to: server, seq: 2, data: []byte("x")})
	}
	if len(c.halves) != maxDirections || c.used.Len() != maxDirections || c.evicted != more {
		t.Errorf("%d directions, %d in order, %d ended", len(c.halves), c.used.Len(), c.evicted)
	}
	c.end()
	for i, s := range sinks {
		if s.ended != 1 || s.bytes < 1 {
			t.Fatalf("direction %d: %+v", i, s)
		}
	}
	if len(sinks) != maxDirections+more {
		t.Errorf("%d sinks", len(sinks))
	}
}

// Captures of many directions, each inside a frame, take bounded memory.
func TestCaptureMemory(t *testing.T) {
	trailer := buildFrame(t, frame.Trailer, 1, func(f *frame.Builder) { f.Method("Bidi") }, make([]byte, 1<<20))
	// connection is the part of the capture that one of them makes.
	connection := func(n int) []byte {
		from := netip.AddrPortFrom(client.Addr(), uint16(n))
		packets := [][]byte{packetBetween(t, layers.LinkTypeEthernet, from, server, syn)}
		for at := 0; at < len(trailer)-1; at += 60_000 {
			packets = append(packets, packetBetween(t, layers.LinkTypeEthernet, from, server, seg{isn + uint32(at), "A", trailer[at:min(at+60_000, len(trailer)-1)]}))
		}
		b := pcapOf(t, layers.LinkTypeEthernet, packets...)
		if n > 0 {
			b = b[24:]
		}
		return b
	}
	var before, after runtime.MemStats
	live := func(m *runtime.MemStats) {
		runtime.GC()
		runtime.ReadMemStats(m)
	}
	live(&before)
	n, part := 0, []byte(nil)
	src := readerFunc(func(b []byte) (int, error) {
		if len(part) == 0 && n == 300 {
			live(&after)
			return 0, io.EOF
		}
		if len(part) == 0 {
			part = connection(n)
			n++
		}
		some := copy(b, part)
		part = part[some:]
		return some, nil
	})
	d := dump{summary: true, stdin: src, errOut: io.Discard}
	if err := d.run(io.Discard, nil); err != exitStatus(statusFailed) { // some have no memory, and are told to
		t.Errorf("%v", err)
	}
	used := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("%d MiB", used>>20)
	if used > flowMemory+flowMemory/2 {
		t.Errorf("want %d MiB at most", (flowMemory+flowMemory/2)>>20)
	}
	if used < flowMemory/2 {
		t.Errorf("nothing was tested")
	}
}

// What a large frame took is there for the next one.
func TestCaptureMemoryIsGivenBack(t *testing.T) {
	trailer := buildFrame(t, frame.Trailer, 1, func(f *frame.Builder) { f.Method("Bidi") }, make([]byte, 1<<20))
	packets := [][]byte{packetOf(t, layers.LinkTypeEthernet, syn)}
	seq := isn
	for range 2 * flowMemory >> 20 {
		for from := 0; from < len(trailer); from += 60_000 {
			b := trailer[from:min(from+60_000, len(trailer))]
			packets = append(packets, packetOf(t, layers.LinkTypeEthernet, seg{seq, "A", b}))
			seq += uint32(len(b))
		}
	}
	d := dump{summary: true, stdin: bytes.NewReader(pcapOf(t, layers.LinkTypeEthernet, packets...)), errOut: io.Discard}
	if err := d.run(io.Discard, nil); err != exitStatus(statusIllegal) { // since the payloads are no exceptions
		t.Errorf("%v", err)
	}
}

// The order in which directions are shown, and their names, do not change from
// run to run.
func TestCaptureOrder(t *testing.T) {
	var packets [][]byte
	b, _ := stream(t, 10)
	order := rand.New(rand.NewPCG(1, 2)).Perm(50)
	for _, n := range order {
		from := netip.AddrPortFrom(client.Addr(), uint16(1000+n))
		packets = append(packets, packetBetween(t, layers.LinkTypeEthernet, from, server, syn), packetBetween(t, layers.LinkTypeEthernet, from, server, at(b, 0, len(b)-1)))
	}
	_, out, _ := ttwire(bytes.NewReader(pcapOf(t, layers.LinkTypeEthernet, packets...)), "dump", "--json")
	lines := decodeLines(t, out)
	for i, n := range order {
		if want := fmt.Sprintf("10.0.0.1:%d > 10.0.0.2:8888", 1000+n); len(lines) != len(order) || lines[i].File != want {
			t.Fatalf("%d lines, line %d is of %s, want %s", len(lines), i, lines[i].File, want)
		}
	}
}
