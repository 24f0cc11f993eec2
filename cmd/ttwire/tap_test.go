package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
)

// patience is how long a test waits for what must happen. It is never a measure
// of anything.
const patience = 20 * time.Second

// tapped is a tap between a test's client and its upstream.
type tapped struct {
	addr     string
	upstream *net.TCPListener
	stop     func() (exit int, errOut string)
}

func listen(t *testing.T) *net.TCPListener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	return ln.(*net.TCPListener)
}

// startTap runs "ttwire tap" with these flags besides.
func startTap(t *testing.T, out io.Writer, flags ...string) *tapped {
	t.Helper()
	old := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, old) })
	p := &tapped{upstream: listen(t)}
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	root := newRoot()
	root.SetContext(ctx)
	root.SetArgs(append([]string{"tap", "--listen", "127.0.0.1:0", "--upstream", p.upstream.Addr().String()}, flags...))
	root.SetOut(out)
	root.SetErr(w)
	done := make(chan error, 1)
	go func() {
		done <- root.Execute()
		w.Close()
	}()
	said := bufio.NewReader(r)
	first, err := said.ReadString('\n')
	if err != nil {
		t.Fatal(err, <-done)
	}
	p.addr, _, _ = strings.Cut(strings.TrimPrefix(first, "ttwire: listening on "), ",")
	rest := make(chan string, 1)
	go func() {
		b, _ := io.ReadAll(said)
		rest <- string(b)
	}()
	p.stop = sync.OnceValues(func() (int, string) {
		cancel()
		select {
		case err := <-done:
			var exit exitStatus
			if err != nil && !errors.As(err, &exit) {
				t.Error(err)
			}
			return int(exit), <-rest
		case <-time.After(patience):
			t.Error("the tap does not stop")
			return -1, ""
		}
	})
	t.Cleanup(func() { p.stop() })
	return p
}

// connect makes a connection through the tap and gives both its ends.
func (p *tapped) connect(t *testing.T) (client, server *net.TCPConn) {
	t.Helper()
	c, err := net.Dial("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	s, err := p.upstream.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	for _, nc := range []net.Conn{c, s} {
		nc.SetDeadline(time.Now().Add(patience))
		t.Cleanup(func() { nc.Close() })
	}
	return c.(*net.TCPConn), s
}

// converse sends both ways at once, in pieces of up to 1<<shift bytes, and
// checks what arrives.
func converse(t *testing.T, client, server *net.TCPConn, c2s, s2c []byte, shift int) {
	t.Helper()
	var all sync.WaitGroup
	way := func(dst, src *net.TCPConn, b []byte) {
		all.Go(func() {
			for left := b; len(left) > 0; {
				n := min(len(left), 1+rand.IntN(1<<shift))
				if _, err := src.Write(left[:n]); err != nil {
					t.Error(err)
					return
				}
				left = left[n:]
			}
			src.CloseWrite()
		})
		all.Go(func() {
			if got, err := io.ReadAll(dst); err != nil || !bytes.Equal(got, b) {
				t.Errorf("%d bytes arrive of %d, %v", len(got), len(b), err)
			}
		})
	}
	way(server, client, c2s)
	way(client, server, s2c)
	all.Wait()
}

// send writes to one end and reads as much at the other.
func send(t *testing.T, src, dst net.Conn, b []byte) {
	t.Helper()
	got := make([]byte, len(b))
	if _, err := src.Write(b); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(dst, got); err != nil || !bytes.Equal(got, b) {
		t.Fatalf("%x arrives of %x, %v", got, b, err)
	}
}

// noon is what tests have for a clock.
var noon = time.Date(2024, 11, 22, 12, 0, 0, 123456, time.Local)

// withoutTime takes the times off the lines of a tap, which TestTapTime has.
func withoutTime(t *testing.T, text string) string {
	t.Helper()
	var all strings.Builder
	for line := range strings.Lines(text) {
		was := line
		if strings.HasPrefix(line, "{") {
			line = regexp.MustCompile(`"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z",`).ReplaceAllString(line, "")
		} else {
			line = regexp.MustCompile(`^(TIME          |\d\d:\d\d:\d\d\.\d{3}  |              )`).ReplaceAllString(line, "")
		}
		if line == was {
			t.Errorf("no time in %s", line)
		}
		all.WriteString(line)
	}
	return all.String()
}

// linesOf gives the lines that begin so, without that.
func linesOf(text, start string) string {
	var some strings.Builder
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, start); ok {
			some.WriteString(rest)
		}
	}
	return some.String()
}

func recordingPair(t *testing.T, name string) (c2s, s2c []byte) {
	t.Helper()
	c2s, err := os.ReadFile(filepath.Join(recordings, name+".c2s.bin"))
	if err != nil {
		t.Fatal(err)
	}
	s2c, err = os.ReadFile(filepath.Join(recordings, name+".s2c.bin"))
	if err != nil {
		t.Fatal(err)
	}
	return c2s, s2c
}

// P1: whatever passes arrives, and tap shows of each direction what dump shows
// of the same bytes, whichever pieces they come in.
func TestTapShowsWhatDumpDoes(t *testing.T) {
	flags := []string{"--json", "--payload", "--max-pairs", "100"}
	var out bytes.Buffer
	p := startTap(t, &out, flags...)
	type direction struct {
		start string
		bytes []byte
	}
	var all []direction
	pass := func(c2s, s2c []byte, shift int) {
		client, server := p.connect(t)
		converse(t, client, server, c2s, s2c, shift)
		n := len(all)/2 + 1
		all = append(all, direction{fmt.Sprintf(`{"conn":%d,"dir":"c2s",`, n), c2s}, direction{fmt.Sprintf(`{"conn":%d,"dir":"s2c",`, n), s2c})
	}
	for name := range readRecordings(t) {
		if name, ok := strings.CutSuffix(name, ".c2s.bin"); ok {
			c2s, s2c := recordingPair(t, name)
			pass(c2s, s2c, 17)
			pass(c2s, s2c, 6)
		}
	}
	c2s, s2c := recordingPair(t, "end-bizextra")
	for range 30 { // illegal, cut, foreign, and what follows
		i, k := rand.IntN(len(c2s)), rand.IntN(len(s2c))
		damaged := bytes.Clone(s2c)
		damaged[k] ^= byte(1 + rand.IntN(255))
		pass(c2s[:i], append(damaged, c2s...), 5)
	}
	garbage := make([]byte, 300_000)
	for i := range garbage {
		garbage[i] = byte(rand.Uint32())
	}
	pass(garbage, nil, 12)
	pass([]byte("GET / HTTP/1.1\r\n\r\n"), []byte("HTTP/1.1 200 OK\r\n\r\n"), 3)
	exit, errOut := p.stop()
	if exit != statusIllegal || errOut != "" {
		t.Errorf("exit status %d, %s", exit, errOut)
	}
	shown := regexp.MustCompile(`"(half_close|after_end)":true,`).ReplaceAllString(withoutTime(t, out.String()), "")
	for _, d := range all {
		_, want, _ := ttwire(bytes.NewReader(d.bytes), append([]string{"dump"}, flags...)...)
		want = strings.ReplaceAll("\n"+want, "\n{", "\n")[1:]
		want += fmt.Sprintf("\"ended\":{\"how\":\"closed\",\"bytes\":%d}}\n", len(d.bytes))
		got := linesOf(shown, d.start)
		got = regexp.MustCompile(`,"live":1,"streams":\[-?\d+\]`).ReplaceAllString(got, "") // TestTapEndings has these
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s %x: -dump +tap\n%s", d.start, d.bytes[:min(len(d.bytes), 500)], diff)
		}
	}
}

// Text: the connection and the direction stand before each line.
func TestTapText(t *testing.T) {
	c2s, s2c := recordingPair(t, "end-bizextra")
	foreign := append(bytes.Clone(c2s[:54]), "\x00\x00\x00\x10junk, and more of it"...)
	var out bytes.Buffer
	p := startTap(t, &out, "--color", "never")
	client, server := p.connect(t)
	send(t, client, server, c2s)
	client.CloseWrite()
	_, _ = server.Read(make([]byte, 1))
	converse(t, server, client, s2c, nil, 20)
	client, server = p.connect(t)
	converse(t, client, server, foreign, nil, 20)
	client, server = p.connect(t)
	converse(t, client, server, c2s[:60], nil, 20)
	if exit, errOut := p.stop(); exit != statusIllegal || errOut != "" {
		t.Errorf("exit status %d, %s", exit, errOut)
	}
	text := regexp.MustCompile(`127\.0\.0\.1:\d+`).ReplaceAllString(withoutTime(t, out.String()), "ADDR")
	text = strings.ReplaceAll(text, "; live streams: 4", "") // TestTapEndings has these
	var got strings.Builder                                  // the directions one after the other
	got.WriteString(linesOf(text, "CONN"))
	for conn := 1; conn <= 3; conn++ {
		for _, dir := range []string{"   ", "c2s", "s2c"} {
			place, in := fmt.Sprintf("%4d  %s  ", conn, dir), false
			for line := range strings.Lines(text) {
				if in = strings.HasPrefix(line, place) || in && strings.HasPrefix(line, strings.Repeat(" ", len(place)+4)); in {
					got.WriteString(line)
				}
			}
		}
	}
	want := `  DIR    OFFSET  TYPE     STREAM     SIZE  PAYLOAD  METHOD
   1       ADDR -> ADDR
   1  c2s         0  header        4       54        0  Bidi
                       isn  TestService
   1  c2s        54  data          4       52       18  Bidi
   1  c2s       106  data          4       57       23  Bidi
   1  c2s       163  trailer       4       34        0  Bidi
                       => half-close, sends no more
   1  c2s  closed after 197 bytes
   1  s2c         0  header        4       54        0  Bidi
                       server-header  hv
   1  s2c        54  data          4       52       18  Bidi
   1  s2c       106  data          4       57       23  Bidi
   1  s2c       163  trailer       4      150        0  Bidi
                       biz-status      10001
                       biz-message     insufficient user balance
                       biz-extra       {"testKey":"testVal"}
                       server-trailer  tv
                       => type:business, code:10001, msg:insufficient user balance
   1  s2c  closed after 313 bytes
   2       ADDR -> ADDR
   2  c2s         0  header        4       54        0  Bidi
                       isn  TestService
   2  c2s        54  illegal frame: MAGIC is not 0x1000: this is not TTHeader
                       12004 magic, at byte 4 of the frame, byte 58 (0x3a) of the input
                       00000030                    00 00  00 10 6a 75 6e 6b 2c 20  |      ....junk, |
                                                                ^^
                       00000040  61 6e 64 20 6d 6f 72 65  20 6f 66 20 69 74        |and more of it|
                       Nothing after an illegal frame can be trusted: the rest is passed on and not shown.
   2  c2s  closed after 78 bytes
   2  s2c  closed after 0 bytes
   3       ADDR -> ADDR
   3  c2s         0  header        4       54        0  Bidi
                       isn  TestService
   3  c2s        54  cut short: this frame has 6 of its 52 bytes
   3  c2s  closed after 60 bytes
   3  s2c  closed after 0 bytes
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}

// Where what is illegal comes in another piece than what shows that, the bytes
// of the last piece are shown, and the mark is below no other byte.
func TestTapWindow(t *testing.T) {
	c2s, _ := recordingPair(t, "end-bizextra")
	bad := bytes.Clone(c2s)
	bad[58] ^= 0xff // MAGIC of the second frame
	for cut := 50; cut <= 62; cut++ {
		var out bytes.Buffer
		q := newLineQueue(&out, 1<<20, nil)
		tp := &tap{now: time.Now, queue: q, lines: tapText{}}
		d := newDirection(newTapConn(tp, 1), "c2s")
		d.Bytes(bad[:cut])
		d.Bytes(bad[cut:])
		d.Bytes([]byte("more"))
		if err := q.close(); err != nil {
			t.Fatal(err)
		}
		text := withoutTime(t, out.String())
		if strings.Count(text, "12004 magic, at byte 4 of the frame, byte 58 ") != 1 {
			t.Errorf("cut at %d:\n%s", cut, text)
		}
		lines := strings.Split(text, "\n")
		marks := 0
		for i, l := range lines {
			if at := strings.Index(l, "^^"); at >= 0 {
				if marks++; lines[i-1][at:at+2] != "ef" {
					t.Errorf("cut at %d:\n%s", cut, text)
				}
			}
		}
		if want := cut != 59; (marks == 1) != want || marks > 1 {
			t.Errorf("cut at %d, %d marks:\n%s", cut, marks, text)
		}
	}
}

// P3, P4: how directions end, and which streams that leaves without an ending.
func TestTapEndings(t *testing.T) {
	var out bytes.Buffer
	p := startTap(t, &out, "--json")
	head := func(id int32) []byte {
		return buildFrame(t, frame.Header, id, func(b *frame.Builder) { b.Method("M") }, nil)
	}
	end := func(id int32, typ frame.Type) []byte { return buildFrame(t, typ, id, func(*frame.Builder) {}, nil) }

	client, server := p.connect(t) // streams 1, 2 and 4 end, 3 and -5 do not; 6 is opened by nobody's header
	for _, id := range []int32{1, 2, 3, 4, -5} {
		send(t, client, server, head(id))
	}
	send(t, client, server, end(1, frame.Rst))
	send(t, client, server, end(3, frame.Trailer))
	send(t, server, client, head(3))
	send(t, server, client, end(2, frame.Trailer))
	send(t, server, client, end(4, frame.Rst))
	send(t, server, client, end(6, frame.Trailer))
	server.SetLinger(0)
	server.Close()
	_, _ = client.Read(make([]byte, 1))

	client, server = p.connect(t) // the client half-closes: nothing has gone wrong until the server does too
	send(t, client, server, head(1))
	client.CloseWrite()
	if _, err := server.Read(make([]byte, 1)); err != io.EOF {
		t.Error(err)
	}
	server.CloseWrite()
	_, _ = client.Read(make([]byte, 1))

	client, server = p.connect(t) // stopped inside a frame
	send(t, client, server, head(1)[:5])
	if exit, _ := p.stop(); exit != statusOK {
		t.Errorf("exit status %d", exit)
	}
	text := regexp.MustCompile(`127\.0\.0\.1:\d+`).ReplaceAllString(withoutTime(t, out.String()), "ADDR")
	size := len(head(1))
	want := map[string]string{
		`{"conn":1,"dir":"c2s","ended":`: fmt.Sprintf(`{"how":"aborted","bytes":%d,"live":2,"streams":[-5,3]}}`, 5*size+52),
		`{"conn":1,"dir":"s2c","ended":`: fmt.Sprintf(`{"how":"broken","bytes":%d,"code":12006,"error":"read tcp ADDR-\u003eADDR: read: connection reset by peer","live":2,"streams":[-5,3]}}`, size+78),
		`{"conn":2,"dir":"c2s","ended":`: fmt.Sprintf(`{"how":"closed","bytes":%d}}`, size),
		`{"conn":2,"dir":"s2c","ended":`: `{"how":"closed","bytes":0,"live":1,"streams":[1]}}`,
		`{"conn":3,"dir":"c2s","ended":`: `{"how":"stopped","bytes":5}}`,
		`{"conn":3,"dir":"s2c","ended":`: `{"how":"stopped","bytes":0}}`,
		`{"conn":3,"opened":`:            `{"client":"ADDR","upstream":"ADDR"}}`,
	}
	for start, want := range want {
		want = strings.ReplaceAll(want, `\u003e`, ">")
		if got := linesOf(text, start); got != want+"\n" {
			t.Errorf("%s is %s, want %s", start, got, want)
		}
	}
}

// The time is that at which the piece came in which a frame ends, in text of this
// machine's zone, in JSON of UTC and with microseconds.
func TestTapTime(t *testing.T) {
	data := dataFrame(t, 1, 3)
	cest := time.FixedZone("CEST", 2*60*60)
	for _, js := range []bool{false, true} {
		at := time.Date(2024, 6, 1, 1, 2, 3, 4_005_999, cest)
		var out bytes.Buffer
		q := newLineQueue(&out, 1<<20, nil)
		tp := &tap{queue: q, look: look{json: js, color: choiceFlag{word: "never"}}, now: func() time.Time { return at }}
		tp.begin(false)
		d, _ := tp.Opened(1, &net.TCPAddr{Port: 1}, &net.TCPAddr{Port: 2})
		at = at.Add(time.Second)
		d.Bytes(data[:30])
		at = at.Add(time.Second)
		d.Bytes(append(append(data[30:], data...), 1, 2))
		at = at.Add(time.Second)
		d.End(nil)
		tp.Failed(2, io.EOF)
		q.put(tp.lines.lost(at, 3))
		if err := q.close(); err != nil {
			t.Fatal(err)
		}
		pattern := `(?m)^\d\d:\d\d:\d\d\.\d{3} `
		want := "03.004 05.004 05.004 06.004 06.004 06.004 06.004 "
		if js {
			pattern = `"time":"2024-05-31T23:02:\d\d\.\d{6}Z",`
			want = `03.004005Z", 05.004005Z", 05.004005Z", 06.004005Z", 06.004005Z", 06.004005Z", 06.004005Z", `
		}
		got := ""
		for _, m := range regexp.MustCompile(pattern).FindAllString(out.String(), -1) {
			got += m[strings.LastIndex(m, ":")+1:]
			if js {
				got += " "
			}
		}
		if got != want {
			t.Errorf("%q, want %q in\n%s", got, want, out.String())
		}
		if first := at.Add(-3 * time.Second).Local().Format("15:04:05.000  "); !js && !strings.HasPrefix(out.String(), first) {
			t.Errorf("no %s at the start of %s", first, out.String())
		}
	}
}

// What is said of a frame is not said of the bytes behind it.
func TestTapMarksOneFrame(t *testing.T) {
	var out bytes.Buffer
	q := newLineQueue(&out, 1<<20, nil)
	d := newDirection(newTapConn(&tap{now: time.Now, queue: q, lines: tapJSON{}, look: look{json: true}}, 1), "c2s")
	d.Bytes(slices.Concat(dataFrame(t, 1, 1), endingFrame(t, frame.Trailer, nil), []byte("junk, and more")))
	d.End(nil)
	if err := q.close(); err != nil {
		t.Fatal(err)
	}
	for i, l := range strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n") {
		if strings.Contains(l, "half_close") != (i == 1) {
			t.Errorf("line %d: %s", i, l)
		}
	}
}

// What comes behind the end of a stream is told from its end, but where another
// order than that of looking is possible.
func TestTapAfterEnd(t *testing.T) {
	tests := map[string]string{ // c2s in lower case; "!" marks what is after the end
		"h H d D t T":           "data, half-close, end",
		"h H T T! D! R! H!":     "the server's trailer ends what it sends",
		"h T d t":               "the client may have sent before",
		"h T r t! D!":           "and may have cancelled",
		"h r t! d! r! H! D! T!": "an rst ends both directions",
		"h R t! r! D! T!":       "so does the server's",
		"h r h H d T T!":        "an id that is used again",
		"h r m M t!":            "meta frames are about no stream",
		"T T! h H T":            "a reply that is looked at before its request",
	}
	types := map[byte]frame.Type{'m': frame.Meta, 'h': frame.Header, 'd': frame.Data, 't': frame.Trailer, 'r': frame.Rst}
	for steps, name := range tests {
		c := newTapConn(&tap{now: time.Now}, 1)
		dirs := map[bool]*direction{true: newDirection(c, "c2s"), false: newDirection(c, "s2c")}
		for i, step := range strings.Fields(steps) {
			f := frame.Frame{Type: types[step[0]|0x20], StreamID: 5}
			if after := dirs[step[0] >= 'a'].follow(&f); after != strings.HasSuffix(step, "!") {
				t.Errorf("%s: %q: step %d is after the end: %v", name, steps, i+1, after)
			}
		}
	}
}

// Only so many ended streams are remembered, and ids that come again take no more
// room than others.
func TestTapEndedBounded(t *testing.T) {
	var s endedStreams
	for range 5 {
		for id := range int32(3 * maxEnded) {
			s.add(id, endedByTrailer)
			s.add(id, endedByRst)
			if id%3 == 0 {
				s.forget(id)
			}
		}
	}
	for id := range int32(3 * maxEnded) {
		want := endedByRst
		if id < 2*maxEnded || id%3 == 0 {
			want = 0
		}
		if got := s.how(id); got != want {
			t.Fatalf("%d has ended by %d, want %d", id, got, want)
		}
	}
	if len(s.ring) != maxEnded || len(s.by) > maxEnded {
		t.Errorf("%d ids in the ring, %d in the map", len(s.ring), len(s.by))
	}
}

// A reply that is looked at before its request leaves no stream live.
func TestTapReplyFirst(t *testing.T) {
	c := newTapConn(&tap{now: time.Now}, 1)
	c2s, s2c := newDirection(c, "c2s"), newDirection(c, "s2c")
	follow := func(d *direction, typ frame.Type, id int32) { d.follow(&frame.Frame{Type: typ, StreamID: id}) }
	for id := range int32(1000) {
		follow(s2c, frame.Header, id+1)
		follow(s2c, frame.Trailer, id+1)
		follow(s2c, frame.Trailer, id+2)
		follow(c2s, frame.Header, id+1)
		follow(c2s, frame.Header, id+2)
	}
	if n, _ := c.liveStreams(); n != 0 {
		t.Errorf("%d streams are live", n)
	}
	follow(s2c, frame.Trailer, 1)
	follow(c2s, frame.Header, 1)
	follow(c2s, frame.Header, 1)
	if n, _ := c.liveStreams(); n != 1 {
		t.Errorf("%d streams are live", n)
	}
	for id := range int32(1000) { // opened, ended twice, and opened again
		follow(c2s, frame.Header, id+1)
		follow(c2s, frame.Rst, id+1)
		follow(s2c, frame.Trailer, id+1)
	}
	for id := range int32(900) {
		follow(c2s, frame.Header, id+1)
	}
	if n, _ := c.liveStreams(); n != 900 {
		t.Errorf("%d streams are live", n)
	}
}

// A long list of live streams is cut.
func TestTapManyStreams(t *testing.T) {
	var out bytes.Buffer
	q := newLineQueue(&out, 1<<20, nil)
	c := newTapConn(&tap{now: time.Now, queue: q, lines: tapText{}}, 1)
	d := newDirection(c, "c2s")
	for id := range int32(maxLive + 5) {
		f := frame.Frame{Type: frame.Header, StreamID: id + 1}
		d.follow(&f)
	}
	d.End(io.ErrUnexpectedEOF)
	if err := q.close(); err != nil {
		t.Fatal(err)
	}
	if text := withoutTime(t, out.String()); !strings.HasSuffix(text, fmt.Sprintf("; live streams: 1, 2, %s99, 100 and %d more\n", between(3, 98), maxLive-maxLiveShown)) ||
		!strings.HasPrefix(text, "   1  c2s  broken after 0 bytes: unexpected EOF (12006); ") {
		t.Errorf("%s", text)
	}
}

func between(from, to int) (text string) {
	for ; from <= to; from++ {
		text += fmt.Sprintf("%d, ", from)
	}
	return text
}

func TestTapNoUpstream(t *testing.T) {
	for _, flags := range [][]string{{"--json"}, {}} {
		var out bytes.Buffer
		p := startTap(t, &out, flags...)
		p.upstream.Close()
		c, err := net.Dial("tcp", p.addr)
		if err == nil {
			c.SetDeadline(time.Now().Add(patience))
			_, err = c.Read(make([]byte, 1))
			c.Close()
		}
		if !errors.Is(err, syscall.ECONNRESET) {
			t.Error(err)
		}
		exit, _ := p.stop()
		if text := withoutTime(t, out.String()); exit != statusOK || !strings.Contains(text, "connection refused") ||
			!strings.HasPrefix(text, `{"conn":1,"failed":{"error":"`) && !strings.Contains(text, "\n   1       not passed on: dial tcp ") {
			t.Errorf("exit status %d, %s", exit, out.String())
		}
	}
}

// gate is an output that writes nothing until it is opened.
type gate struct {
	bytes.Buffer
	open chan struct{}
}

func (g *gate) Write(b []byte) (int, error) {
	<-g.open
	return g.Buffer.Write(b)
}

// An output that stands still does not keep the traffic. What it has lost is
// counted: what is shown and what is lost is all there was.
func TestTapSlowOutput(t *testing.T) {
	const frames = 60_000 // of about 200 bytes in JSON: more than may wait
	data := bytes.Repeat(dataFrame(t, 1, 10), frames)
	out := &gate{open: make(chan struct{})}
	p := startTap(t, out, "--json")
	client, server := p.connect(t)
	converse(t, client, server, data, nil, 16)
	close(out.open)
	if exit, errOut := p.stop(); exit != statusOK || errOut != "" {
		t.Errorf("exit status %d, %s", exit, errOut)
	}
	shown, lost := 0, 0
	for line := range strings.Lines(out.String()) {
		var l struct{ Lost int }
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if lost += l.Lost; l.Lost == 0 {
			shown++
		}
	}
	if lost == 0 || shown+lost != frames+3 || out.Len() > maxWaiting+2*putFrom+1<<20 {
		t.Errorf("%d shown and %d lost of %d, in %d bytes", shown, lost, frames+3, out.Len())
	}
}

// In text too it says what is missing.
func TestTapLost(t *testing.T) {
	want := "12:00:00.000  ... 12 frames or events are not shown here: the output is too slow\n"
	if got := string(tapText{}.lost(noon, 12)); got != want {
		t.Errorf("%q", got)
	}
}

// The lines of a large payload are not kept.
func TestTapMemory(t *testing.T) {
	q := newLineQueue(io.Discard, 1<<20, nil)
	d := newDirection(newTapConn(&tap{now: time.Now, queue: q, look: look{payload: true}}, 1), "c2s")
	d.Bytes(dataFrame(t, 1, 1<<20))
	if err := q.close(); err != nil {
		t.Fatal(err)
	}
	if got := d.buf.Cap(); got > keptLines {
		t.Errorf("%d bytes are kept", got)
	}
}

// An output that fails ends the tap.
func TestTapOutputFails(t *testing.T) {
	for _, err := range []error{syscall.EPIPE, &os.PathError{Op: "write", Path: "|1", Err: syscall.ENOSPC}} {
		p := startTap(t, &brokenWriter{100, err})
		client, server := p.connect(t)
		client.SetDeadline(time.Now().Add(patience))
		if _, err := client.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("the connection ends with %v", err)
		}
		_ = server
		want := "ttwire: standard output: no space left on device\n"
		if errors.Is(err, syscall.EPIPE) {
			want = ""
		}
		if exit, errOut := p.stop(); exit != statusFailed || errOut != want {
			t.Errorf("exit status %d, %q", exit, errOut)
		}
	}
}

// Lines of many connections come one after the other, each whole.
func TestTapManyConnections(t *testing.T) {
	const conns = 40
	var out bytes.Buffer
	p := startTap(t, &out, "--json", "--payload")
	data := append(dataFrame(t, 1, 100_000), bytes.Repeat(dataFrame(t, 2, 100), 50)...)
	var all sync.WaitGroup
	for range conns {
		client, server := p.connect(t)
		all.Go(func() { converse(t, client, server, data, data, 14) })
	}
	all.Wait()
	if exit, errOut := p.stop(); exit != statusOK || errOut != "" {
		t.Errorf("exit status %d, %s", exit, errOut)
	}
	count := map[string]int{}
	for line := range strings.Lines(out.String()) {
		var l struct {
			Conn int
			Dir  string
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%v: %.300s", err, line)
		}
		count[fmt.Sprint(l.Conn, l.Dir)]++
	}
	for n := 1; n <= conns; n++ {
		if c2s, s2c, own := count[fmt.Sprint(n, "c2s")], count[fmt.Sprint(n, "s2c")], count[fmt.Sprint(n, "")]; c2s != 52 || s2c != 52 || own != 1 {
			t.Errorf("connection %d has %d, %d and %d lines", n, c2s, s2c, own)
		}
	}
}

// Nothing that a peer sends reaches the terminal as it is.
func TestTapIsHarmless(t *testing.T) {
	for _, flags := range [][]string{{"--color", "never"}, {"--json"}} {
		var out bytes.Buffer
		p := startTap(t, &out, flags...)
		for _, s := range hostileTexts {
			client, server := p.connect(t)
			b := endingFrame(t, frame.Trailer, exception(t, 6, s), s, s, header.KeyBizMessage, s)
			converse(t, client, server, b, []byte(strings.Repeat(s, 10)), 10)
		}
		p.stop()
		for line := range strings.Lines(out.String()) {
			if line = strings.TrimSuffix(line, "\n"); !harmless(line) {
				t.Errorf("%q", line)
			}
		}
	}
}

// The process itself: Ctrl-C ends it, with connections open, and what has
// passed has been shown.
func TestTapInterrupted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no SIGINT to send")
	}
	upstream := listen(t)
	cmd := exec.Command("ttwire", "tap", "--listen", "127.0.0.1:0", "--upstream", upstream.Addr().String(), "--json")
	var out bytes.Buffer
	cmd.Stdout = &out
	errOut, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said, err := bufio.NewReader(errOut).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	addr, _, _ := strings.Cut(strings.TrimPrefix(said, "ttwire: listening on "), ",")
	p := &tapped{addr: addr, upstream: upstream}
	client, server := p.connect(t)
	send(t, client, server, dataFrame(t, 7, 3))
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the connection ends with %v", err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if text := withoutTime(t, out.String()); strings.Count(text, "\n") != 4 || !strings.Contains(text, `{"conn":1,"dir":"c2s","offset":0,"size":37,"type":"data","stream":7,`) {
		t.Errorf("%s", text)
	}
}

func TestLineQueue(t *testing.T) {
	out := &gate{open: make(chan struct{})}
	q := newLineQueue(out, 10, func(lost int64) []byte { return fmt.Appendf(nil, "lost %d\n", lost) })
	put := func(line string) (ok bool) {
		if ok = q.room(); ok {
			q.put([]byte(line))
		}
		return ok
	}
	put("first\n")
	for len(out.open) == 0 { // until the writer has taken it
		q.mu.Lock()
		taken := len(q.lines) == 0
		q.mu.Unlock()
		if taken {
			break
		}
		runtime.Gosched()
	}
	if !put("123456789") || !put("as long as it likes to be\n") {
		t.Error("there is room for 10 bytes, and for a line that begins below that")
	}
	if put("x\n") || put("y\n") {
		t.Error("there is no room for more")
	}
	close(out.open)
	for !put("last\n") {
		runtime.Gosched()
	}
	if err := q.close(); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if !strings.HasPrefix(text, "first\n123456789as long as it likes to be\nlost ") || !strings.HasSuffix(text, "\nlast\n") {
		t.Errorf("%q", text)
	}
}

// What a queue keeps of its memory is no more than may wait.
func TestLineQueueMemory(t *testing.T) {
	q := newLineQueue(io.Discard, 1000, nil)
	q.put(make([]byte, 1<<20))
	for range 3 {
		for {
			q.mu.Lock()
			n, kept := len(q.lines), cap(q.lines)
			q.mu.Unlock()
			if n > 0 {
				runtime.Gosched()
				continue
			}
			if kept > 1<<18 {
				t.Errorf("%d bytes are kept", kept)
			}
			break
		}
		q.put([]byte("x"))
	}
	if err := q.close(); err != nil {
		t.Fatal(err)
	}
}
