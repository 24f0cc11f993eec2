package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/cloudwego/gopkg/bufiox"
	"github.com/cloudwego/gopkg/protocol/ttheader"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
)

// gates is every speed gate there is, by row and peer. The table must have
// them all and no other.
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

func TestGates(t *testing.T) {
	got := make(map[string]string)
	for _, r := range Rows() {
		for _, p := range r.peers {
			if p.gate != (gate{}) {
				got[r.Name+" "+p.name] = p.gate.String()
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
	name := regexp.MustCompile(`^[A-Z][A-Za-z0-9]+(/[A-Za-z0-9-]+)?(/[a-z]+=[0-9]+)?$`)
	seen, topics := make(map[string]bool), make(map[string]bool)
	for _, r := range Rows() {
		topics[r.Topic()] = true
		if seen[r.Name] || !name.MatchString(r.Name) || !strings.Contains(r.Name, "/") {
			t.Errorf("%s: the name comes twice, or is not Topic/case or Topic/key=number", r.Name)
		}
		seen[r.Name] = true
		if r.Bytes <= 0 {
			t.Errorf("%s: no size", r.Name)
		}
		if (r.ours == nil) == (r.gauge == nil) {
			t.Errorf("%s: neither a body nor a gauge, or both", r.Name)
		}
		if benchmarks[r.Topic()] == nil {
			t.Errorf("%s: no Benchmark%s", r.Name, r.Topic())
		}
		impls := make(map[string]bool)
		for _, v := range r.variants() {
			if impls[v.impl] {
				t.Errorf("%s: %s comes twice", r.Name, v.impl)
			}
			impls[v.impl] = true
		}
	}
	for topic := range benchmarks {
		if !topics[topic] {
			t.Errorf("Benchmark%s has no rows", topic)
		}
	}
}

// The series go as far as they promise to.
func TestSeriesReach(t *testing.T) {
	names := make(map[string]bool)
	for _, r := range Rows() {
		names[r.Name] = true
	}
	for _, want := range []string{
		"Pairs/last/pairs=1", "Pairs/each/pairs=1024", "Pairs/build/pairs=1024",
		"Payload/parse/bytes=0", "Payload/parse/bytes=16777216", "Payload/views/bytes=16777216", "Payload/into/bytes=16777216",
		"ReadSize/frames=1", "ReadSize/frames=1024", "Streams/streams=1", "Streams/streams=100000", "Heap/streams=100000",
	} {
		if !names[want] {
			t.Errorf("no row %s", want)
		}
	}
}

// perRun is how many operations an allocation test runs at once: enough to go
// once round the mixture, so that one frame in it that allocates is noticed; of
// the rows of a series, of which some are large, few.
func perRun(r *Row) int {
	if strings.Contains(r.Name, "=") {
		return 2
	}
	return 1024
}

// Ours allocates nothing, row by row, on error paths too. The peers' bodies
// are run for their own checks of what they do.
func TestAllocs(t *testing.T) {
	rows := Rows()
	for i := range rows {
		r := rows[i]
		rows[i] = Row{}
		for _, v := range r.variants() {
			if v.body == nil {
				continue
			}
			t.Run(r.Name+"/"+v.impl, func(t *testing.T) {
				if v.impl != Ours {
					v.body(3)
					return
				}
				v.body(20) // until a read buffer has the size for its frames
				if n := testing.AllocsPerRun(5, func() { v.body(perRun(&r)) }); n != 0 {
					t.Errorf("%v allocs in %d operations, want 0", n, perRun(&r))
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
	frames := append(mixture(), rstFrame(), smallData(), methodFirst(), widePairs(nil, manyPairs(1000)),
		pairsFrame(frame.Header, stream, method, headerPairs, nil),
		pairsFrame(frame.Trailer, stream, method, trailerPairs, nil))
	for i, b := range frames {
		if d := cmp.Diff(readPeer(t, b), readOurs(t, b), cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("frame %d: peer and ours disagree (-peer +ours):\n%s", i, d)
		}
	}
}

// methodFirst is smallData in the rarer order of its pairs.
func methodFirst() []byte {
	return dataFrame(stream, method, make([]byte, 64), true)
}

// readOurs reads the frame that b is.
func readOurs(t *testing.T, b []byte) decoded {
	t.Helper()
	var f frame.Frame
	n, err := f.ParseWithin(b, &wide)
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
	for _, tt := range rejected() {
		var f frame.Frame
		if _, err := f.Parse(tt.frame); err != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// The generated endings are of every kind, and not of one nearly all.
func TestGeneratedEndings(t *testing.T) {
	count := make(map[status.Ending]int)
	for i := range 256 {
		_, s := generatedEnding(i)
		count[s.Ending]++
	}
	for _, want := range []status.Ending{status.EndOK, status.EndBusiness, status.EndFramework, status.EndCanceled} {
		if count[want] < 32 {
			t.Errorf("%d of 256 are %v", count[want], want)
		}
	}
}

// Everything that can happen does, at both ends, and what is left is two
// connections without a stream, at which it can happen again. A stream that had
// not been opened or not ended could not be released.
func TestConversations(t *testing.T) {
	conns := map[bool]*codec.Conn{true: codec.NewConn(codec.Server, codec.ConnLimits{}), false: codec.NewConn(codec.Client, codec.ConnLimits{})}
	count, f := make(map[testgen.What]int), new(frame.Frame)
	events := conversations()
	for i := range 2 * len(events) {
		e := &events[i%len(events)]
		count[e.What]++
		if _, err := e.happen(conns[e.server], f, nil); err != nil {
			t.Fatalf("event %d: %d of stream %d: %v", i, e.What, e.Stream, err)
		}
	}
	for what := testgen.Recv; what < testgen.Lost; what++ {
		if count[what] < 32 {
			t.Errorf("%d events of kind %d", count[what], what)
		}
	}
	for server, c := range conns {
		if c.Streams() != 0 {
			t.Errorf("server %v: %d streams are left", server, c.Streams())
		}
	}
}

// The frames of the refused endings are legal, and one byte or pair less wrong
// they would be endings.
func TestRefused(t *testing.T) {
	for _, tt := range refused() {
		var (
			f frame.Frame
			s status.Status
		)
		if _, err := f.Parse(tt.frame); err != nil {
			t.Errorf("%s: %v, want a legal frame", tt.name, err)
		}
		if err := trailer.ParseInto(&s, &f, trailer.Mode{}); err != tt.want || s.Ending != status.EndIllegal {
			t.Errorf("%s: %v, %v, want %v", tt.name, err, s.Ending, tt.want)
		}
	}
}

// The peer's reader of endings reads those that are legal.
func TestEndingGopkg(t *testing.T) {
	for _, b := range [][]byte{
		pairsFrame(frame.Trailer, stream, method, trailerPairs, nil),
		pairsFrame(frame.Trailer, stream, method, trailerPairs[3:], exception()),
	} {
		p, err := ttheader.DecodeFromBytes(context.Background(), b)
		if err != nil {
			t.Fatal(err)
		}
		if err := endingGopkg(&p, b[p.HeaderLen:]); err != nil {
			t.Error(err)
		}
	}
}

// Both sides find all the values.
func TestPairsAgree(t *testing.T) {
	pairs := manyPairs(64)
	b, want := widePairs(nil, pairs), 0
	for _, p := range pairs {
		want += len(p.val)
	}
	for name, do := range map[string]body{"ours": wantOurs(b, pairs), "gopkg": wantGopkg(b, pairs)} {
		if do(1); sink.n != want {
			t.Errorf("%s found %d bytes of values, want %d", name, sink.n, want)
		}
	}
	for _, p := range pairs {
		want += len(p.key)
	}
	for name, do := range map[string]body{"ours": iterateOurs(b), "gopkg": iterateGopkg(b)} {
		if do(1); sink.n != want {
			t.Errorf("%s went over %d bytes of keys and values, want %d", name, sink.n, want)
		}
	}
}

// A payload is read whole, whoever reads it.
func TestPayloadsAreRead(t *testing.T) {
	const size = 256 << 10
	b := dataBytes(size)
	for name, do := range map[string]body{"views": readOver(b), "into": readInto(b)} {
		if do(3); sink.n != 3*size {
			t.Errorf("%s: %d bytes, want %d", name, sink.n, 3*size)
		}
	}
	if readGopkg(b)(3); sink.n != 3*len(b) {
		t.Errorf("gopkg: %d bytes, want %d", sink.n, 3*len(b))
	}
}

// All streams are found, each as often as the others.
func TestStreamsAgree(t *testing.T) {
	const streams = 100
	for name, do := range map[string]body{"ours": recvShuffled(streams), "map": mapShuffled(streams)} {
		if do(2 * streams); sink.n != streams*(streams+1) {
			t.Errorf("%s: sum of ids %d, want %d", name, sink.n, streams*(streams+1))
		}
	}
}

// A live stream costs something, and not the bytes of its peer.
func TestHeapPerStream(t *testing.T) {
	if n := heapPerStream(10_000); n < 16 || n > 256 {
		t.Errorf("%.1f B a stream", n)
	}
}

// A batch and the frame that fills it go into one segment over loopback.
func TestBatchFits(t *testing.T) {
	const segment = 65536 - 20 - 20 - 12 // MTU less the heads of IP and TCP, and TCP's timestamps
	for _, payload := range []int{64, 1 << 10} {
		if n := tcpBatch - 1 + len(dataBytes(payload)); n > segment {
			t.Errorf("payload of %d bytes: a write of %d bytes, and a segment holds %d", payload, n, segment)
		}
	}
}

// The mode that the gates of Extra are about takes what the peers take too, and
// strict refuses.
func TestExtraModes(t *testing.T) {
	for _, text := range []string{`{"key":"v","key":"w"}`, "{\"k\":\"\xff\"}", `{"k":"\ud800"}`} {
		var x trailer.Extra
		if _, err := x.Parse([]byte(text), true); err == nil {
			t.Errorf("%q: strict accepts it", text)
		}
		if _, err := x.Parse([]byte(text), false); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		for name, into := range map[string]func([]byte, any) error{stdJSON: json.Unmarshal, sonicJSON: sonicUnmarshal} {
			var m map[string]string
			if err := into([]byte(text), &m); err != nil {
				t.Errorf("%q: %s: %v", text, name, err)
			}
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
