package main

import (
	"bytes"
	"context"
	"regexp"
	"testing"

	"github.com/cloudwego/gopkg/bufiox"
	"github.com/cloudwego/gopkg/protocol/ttheader"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
)

// gates is every speed gate there is, by row and peer. The table must have
// them all and no other; loopback TCP is still to come.
var gates = map[string]string{
	"Parse/data-64B gopkg":              ">= 20x",
	"Parse/data-64B copy":               "<= 3x",
	"Parse/data-64B-method-first gopkg": ">= 20x",
	"Parse/data-64B-method-first copy":  "<= 3x",
	"Parse/header-6-pairs gopkg":        ">= 20x",
	"Parse/trailer-biz gopkg":           ">= 20x",
	"Parse/rst gopkg":                   ">= 18x",
	"Parse/mixture gopkg":               ">= 20x",
	"Build/header-6-pairs gopkg":        ">= 5x",
	"Build/trailer-biz gopkg":           ">= 6x",
	"Template/data-64B gopkg":           ">= 12x",
	"Template/data-64B copy":            "<= 2.5x",
	"Reject/bad-magic gopkg":            ">= 30x",
	"Reject/bad-type gopkg":             ">= 20x",
	"Reject/truncated-pair gopkg":       ">= 30x",
	"Lookup/last-of-6 gopkg":            ">= 9x",
	"Extra/21B encoding-json":           ">= 40x",
	"Extra/21B sonic":                   ">= 14x",
	"Extra/21B-illegal encoding-json":   ">= 20x",
	"Extra/21B-illegal sonic":           ">= 20x",
	"Exception/cancel gopkg":            ">= 9x",
	"Ending/parse-business gopkg":       ">= 12x",
	"Ending/append-business gopkg":      ">= 6x",
	"Conn/data-64B-1-stream parse":      "<= 3x",
	"Conn/data-64B-1000-streams parse":  "<= 3x",
	"Reader/data-64B gopkg":             ">= 16x",
	"Reader/data-64B http2":             ">= 4x",
	"Reader/data-64KiB gopkg":           ">= 1.5x",
	"Reader/data-1MiB gopkg":            ">= 1.8x",
	"Reader/data-1MiB-into gopkg":       ">= 1.8x",
	"Reader/mixture gopkg":              ">= 16x",
	"TCP/data-64B gopkg":                ">= 8x",
	"TCP/data-64B raw":                  "<= 1.3x",
	"TCP/data-1KiB gopkg":               ">= 3x",
}

// waiting is the topics of packages that do not exist yet.
var waiting = map[string]bool{}

func TestGates(t *testing.T) {
	got := make(map[string]string)
	for _, r := range rows() {
		for _, p := range r.peers {
			if p.gate != (gate{}) {
				got[r.name+" "+p.name] = p.gate.String()
			}
		}
	}
	if d := cmp.Diff(gates, got); d != "" {
		t.Errorf("gates of the table (-want +got):\n%s", d)
	}
}

// A row that is missing a half, or whose name benchstat cannot read, would be
// passed over in silence.
func TestTable(t *testing.T) {
	name := regexp.MustCompile(`^[A-Z][A-Za-z0-9]+/[A-Za-z0-9-]+$`)
	seen, topics := make(map[string]bool), make(map[string]bool)
	for _, r := range rows() {
		topics[r.topic()] = true
		if seen[r.name] || !name.MatchString(r.name) {
			t.Errorf("%s: the name comes twice or is not Topic/case", r.name)
		}
		seen[r.name] = true
		if r.bytes <= 0 {
			t.Errorf("%s: no size", r.name)
		}
		if (r.ours == nil) != waiting[r.topic()] {
			t.Errorf("%s: ours there: %v, topic waiting: %v", r.name, r.ours != nil, waiting[r.topic()])
		}
		if benchmarks[r.topic()] == nil {
			t.Errorf("%s: no Benchmark%s", r.name, r.topic())
		}
	}
	for topic := range benchmarks {
		if !topics[topic] {
			t.Errorf("Benchmark%s has no rows", topic)
		}
	}
}

// perRun is how many operations an allocation test runs at once: enough to go
// once round the mixture, so that one frame in it that allocates is noticed.
const perRun = 1024

// Ours allocates nothing, row by row, on error paths too. The peers' bodies
// are run for their own checks of what they do.
func TestAllocs(t *testing.T) {
	for _, r := range rows() {
		for _, v := range r.variants() {
			t.Run(r.name+"/"+v.impl, func(t *testing.T) {
				if v.impl != ours {
					v.body(3)
					return
				}
				if n := testing.AllocsPerRun(5, func() { v.body(perRun) }); n != 0 {
					t.Errorf("%v allocs in %d operations, want 0", n, perRun)
				}
			})
		}
	}
}

// decoded is what both sides must read in a frame.
type decoded struct {
	Stream  int32
	Flags   uint16
	Ints    map[uint16]string
	Strs    map[string]string
	Payload []byte
	Size    int
}

// The peers read in the traffic what we read, so that a row compares the same
// work.
func TestTrafficAgrees(t *testing.T) {
	frames := append(mixture(), rstFrame(), smallData(true), smallData(false),
		pairsFrame(frame.Header, stream, method, headerPairs, nil),
		pairsFrame(frame.Trailer, stream, method, trailerPairs, nil))
	for i, b := range frames {
		if d := cmp.Diff(readPeer(t, b), readOurs(t, b), cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("frame %d: peer and ours disagree (-peer +ours):\n%s", i, d)
		}
	}
}

// smallData is a data frame in one of the two orders.
func smallData(methodFirst bool) []byte {
	return dataFrame(stream, method, make([]byte, 64), methodFirst)
}

// readOurs reads the frame that b is.
func readOurs(t *testing.T, b []byte) decoded {
	t.Helper()
	var f frame.Frame
	n, err := f.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	d := decoded{f.StreamID, uint16(f.Flags), make(map[uint16]string), make(map[string]string), f.Payload, n}
	for k, v := range f.Header.Ints() {
		d.Ints[uint16(k)] = string(v)
	}
	for k, v := range f.Header.Strs() {
		d.Strs[string(k)] = string(v)
	}
	return d
}

// readPeer is readOurs by the peer's decoder.
func readPeer(t *testing.T, b []byte) decoded {
	t.Helper()
	in := bufiox.NewBytesReader(b)
	p, err := ttheader.Decode(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	payload := make([]byte, p.PayloadLen)
	if _, err := in.ReadBinary(payload); err != nil {
		t.Fatal(err)
	}
	return decoded{p.SeqID, uint16(p.Flags), p.IntInfo, p.StrInfo, payload, p.HeaderLen + p.PayloadLen}
}

// The mixture is what its comment says.
func TestMixture(t *testing.T) {
	count, methodFirst, sizes := make(map[frame.Type]int), 0, make(map[int]bool)
	for _, b := range mixture() {
		var f frame.Frame
		if _, err := f.Parse(b); err != nil {
			t.Fatal(err)
		}
		count[f.Type]++
		if f.Type == frame.Data {
			sizes[len(f.Payload)] = true
			if f.Header.At(header.KeyMethod) < f.Header.At(header.KeyFrameType) {
				methodFirst++
			}
		}
	}
	want := map[frame.Type]int{frame.Header: 64, frame.Data: 896, frame.Trailer: 64}
	if d := cmp.Diff(want, count); d != "" {
		t.Errorf("frames by type (-want +got):\n%s", d)
	}
	if methodFirst < 896/16 || methodFirst > 896/4 {
		t.Errorf("%d of 896 data frames have the method first, want about an eighth", methodFirst)
	}
	if len(sizes) < 200 {
		t.Errorf("%d different payload sizes, want many", len(sizes))
	}
}

// What is appended means the same whoever appends it.
func TestBuildAgrees(t *testing.T) {
	payload := bytes.Repeat([]byte("p"), 64)
	tests := []struct {
		name    string
		typ     frame.Type
		pairs   []pair
		payload []byte
		ours    []byte
	}{
		{"header", frame.Header, headerPairs, nil, pairsFrame(frame.Header, stream, method, headerPairs, nil)},
		{"trailer", frame.Trailer, trailerPairs, nil, pairsFrame(frame.Trailer, stream, method, trailerPairs, nil)},
		{"data", frame.Data, nil, payload, dataFrame(stream, method, payload, false)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var peer bytes.Buffer
			encodeGopkg(&peer, 0, tt.typ, tt.pairs, tt.payload)(1)
			if d := cmp.Diff(readOurs(t, peer.Bytes()), readOurs(t, tt.ours)); d != "" {
				t.Errorf("peer and ours append different frames (-peer +ours):\n%s", d)
			}
		})
	}
}

// The bodies that build leave the frame that the peers' bodies are given.
func TestBuildBodies(t *testing.T) {
	tmpl := must(frame.NewTemplate(stream, method, header.ThriftStruct))
	payload := bytes.Repeat([]byte("p"), 64)
	data := dataFrame(stream, method, payload, false)
	tests := []struct {
		name string
		body body
		want []byte
	}{
		{"header", buildOurs(frame.Header, headerPairs), pairsFrame(frame.Header, stream, method, headerPairs, nil)},
		{"data", appendOurs(&tmpl, payload), data},
		{"prefix", prefixOurs(&tmpl, len(payload)), data[:len(data)-len(payload)]},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.body(2)
			if d := cmp.Diff(tt.want, sink.b); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// Each illegal frame is illegal for the reason that its row is named after.
func TestRejected(t *testing.T) {
	tests := []struct {
		name  string
		frame []byte
		want  wire.Code
	}{
		{"bad-magic", badMagic(), wire.ErrMagic},
		{"bad-type", badType(), wire.ErrFrameType},
		{"truncated-pair", truncatedPair(), wire.ErrStrPair},
	}
	for _, tt := range tests {
		var f frame.Frame
		if _, err := f.Parse(tt.frame); err != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// Both lookups find the value of the last key.
func TestLookupsAgree(t *testing.T) {
	info := pairsFrame(frame.Header, stream, method, headerPairs, nil)[frame.FixedSize:]
	last := headerPairs[len(headerPairs)-1]
	lookupOurs(info, last.key)(1)
	lookupMap(info, last.key)(1)
	if string(sink.b) != last.val || sink.s != last.val {
		t.Errorf("ours %q, map %q, want %q", sink.b, sink.s, last.val)
	}
}

// Both bodies that append a business error leave the same frame.
func TestAppendBusinessAgrees(t *testing.T) {
	var peer bytes.Buffer
	appendBusinessGopkg(&peer)(1)
	appendBusinessOurs()(1)
	if d := cmp.Diff(readOurs(t, peer.Bytes()), readOurs(t, sink.b)); d != "" {
		t.Errorf("peer and ours append different frames (-peer +ours):\n%s", d)
	}
}

// The peer's body reads the exception to its end, and not an empty one.
func TestExceptionIsRead(t *testing.T) {
	exceptionGopkg(exception())(1)
	if sink.s != cancelText {
		t.Errorf("message %q, want %q", sink.s, cancelText)
	}
}
