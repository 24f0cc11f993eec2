package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/trailer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 20 * time.Second

// proxy starts the proxy before an upstream that answers each connection with
// s2c. The text is complete once stop has returned.
func proxy(t *testing.T, out io.Writer, s2c []byte) (addr string, received <-chan []byte, stop func()) {
	t.Helper()
	listen := func() *net.TCPListener {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { ln.Close() })
		return ln.(*net.TCPListener)
	}
	ln, upstream := listen(), listen()
	all := make(chan []byte, 1)
	go func() {
		c, err := upstream.AcceptTCP()
		if err != nil {
			return
		}
		defer c.Close()
		b, _ := io.ReadAll(c)
		_, _ = c.Write(s2c)
		all <- b
	}()
	ctx, cancel := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	serving.Go(func() { serve(ctx, ln, upstream.Addr().String(), out) })
	stop = func() { cancel(); serving.Wait() }
	t.Cleanup(stop)
	return ln.Addr().String(), all, stop
}

// talk sends c2s through the proxy and gives what comes back.
func talk(t *testing.T, addr string, c2s []byte) []byte {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(patience))
	if _, err := c.Write(c2s); err != nil {
		t.Fatal(err)
	}
	c.(*net.TCPConn).CloseWrite()
	b, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// pass lets both directions pass and gives what is printed of the one, then of
// the other.
func pass(t *testing.T, c2s, s2c []byte) string {
	t.Helper()
	var out strings.Builder
	addr, received, stop := proxy(t, &out, s2c)
	if got := talk(t, addr, c2s); !bytes.Equal(got, s2c) {
		t.Errorf("%d bytes come back of %d", len(got), len(s2c))
	}
	if got := <-received; !bytes.Equal(got, c2s) {
		t.Errorf("%d bytes arrive of %d", len(got), len(c2s))
	}
	stop()
	head, text, _ := strings.Cut(out.String(), "\n")
	if !strings.HasPrefix(head, "#1 127.0.0.1:") {
		t.Errorf("%q", head)
	}
	var lines [2]string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#1 c2s ") {
			lines[0] += line
		} else {
			lines[1] += line
		}
	}
	return lines[0] + lines[1]
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("../../testdata/kitex/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A recorded conversation passes, and is printed.
func TestConversation(t *testing.T) {
	got := pass(t, read(t, "end-bizextra.c2s.bin"), read(t, "end-bizextra.s2c.bin"))
	want := `#1 c2s header  stream 4 flags 0x2 token "" payload 0 method="Bidi" frame-type="2" "isn"="TestService"
#1 c2s data    stream 4 flags 0x2 token "" payload 18 frame-type="3" method="Bidi"
#1 c2s data    stream 4 flags 0x2 token "" payload 23 frame-type="3" method="Bidi"
#1 c2s trailer stream 4 flags 0x2 token "" payload 0 frame-type="4" method="Bidi"
#1 c2s 197 bytes, then EOF
#1 s2c header  stream 4 flags 0x2 token "" payload 0 frame-type="2" method="Bidi" "server-header"="hv"
#1 s2c data    stream 4 flags 0x2 token "" payload 18 frame-type="3" method="Bidi"
#1 s2c data    stream 4 flags 0x2 token "" payload 23 frame-type="3" method="Bidi"
#1 s2c trailer stream 4 flags 0x2 token "" payload 0 frame-type="4" method="Bidi" "biz-status"="10001" "biz-message"="insufficient user balance" "biz-extra"="{\"testKey\":\"testVal\"}" "server-trailer"="tv" => type:business, code:10001, msg:insufficient user balance
#1 s2c 313 bytes, then EOF
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Flags and keys that nobody knows pass untouched, and are shown.
func TestUnknownPasses(t *testing.T) {
	b := frame.Begin(nil, frame.Data, -7, header.KitexProtobuf)
	b.Flags(frame.FlagStreaming | 0xF000)
	b.Transforms([]byte{0x7F})
	b.Token("secret\x1b")
	b.Int(60000, "i\n")
	b.Str("k\xff", "v")
	in, err := b.Finish([]byte("payload"))
	if err != nil {
		t.Fatal(err)
	}
	want := `#1 c2s data    stream -7 flags 0xf002 token "secret\x1b" payload 7 60000="i\n" frame-type="3" "k\xff"="v"
#1 c2s 61 bytes, then EOF
#1 s2c 0 bytes, then EOF
`
	if diff := cmp.Diff(want, pass(t, in, nil)); diff != "" {
		t.Error(diff)
	}
}

// P1, P11: what is no frame passes untouched, and is named; a frame before it
// is shown.
func TestForeignPasses(t *testing.T) {
	tests := []struct{ name, c2s, s2c, want string }{
		{"HTTP", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
			"#1 c2s illegal frame: these bytes are an HTTP/1.x request (at byte 0 of the frame that starts at byte 0; 12004 http-request): passed on unseen from here\n" +
				"#1 c2s 18 bytes, then EOF\n" +
				"#1 s2c illegal frame: these bytes are an HTTP/1.x reply (at byte 0 of the frame that starts at byte 0; 12004 http-reply): passed on unseen from here\n" +
				"#1 s2c 19 bytes, then EOF\n"},
		{"behind a frame", string(read(t, "end-bizextra.c2s.bin")[:54]) + "\x00\x00\x00\x10\xde\xad\xbe\xef" + strings.Repeat("x", 100_000), "",
			"#1 c2s header  stream 4 flags 0x2 token \"\" payload 0 method=\"Bidi\" frame-type=\"2\" \"isn\"=\"TestService\"\n" +
				"#1 c2s illegal frame: MAGIC is not 0x1000: this is not TTHeader (at byte 4 of the frame that starts at byte 54; 12004 magic): passed on unseen from here\n" +
				"#1 c2s 100062 bytes, then EOF\n#1 s2c 0 bytes, then EOF\n"},
		{"P4 cut inside a frame", string(read(t, "end-bizextra.c2s.bin")[:60]), "",
			"#1 c2s header  stream 4 flags 0x2 token \"\" payload 0 method=\"Bidi\" frame-type=\"2\" \"isn\"=\"TestService\"\n" +
				"#1 c2s the input ends inside the fixed part of the frame that starts at byte 54, of which 6 of 52 bytes have come\n" +
				"#1 c2s 60 bytes, then EOF\n#1 s2c 0 bytes, then EOF\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, pass(t, []byte(tt.c2s), []byte(tt.s2c))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// stuck is an output that writes nothing until it is let go.
type stuck struct {
	strings.Builder
	open chan struct{}
}

func (s *stuck) Write(b []byte) (int, error) {
	<-s.open
	return s.Builder.Write(b)
}

// An output that stands still does not keep the traffic; lines are lost, and it
// says how many.
func TestSlowOutput(t *testing.T) {
	data := bytes.Repeat(read(t, "end-bizextra.c2s.bin")[54:106], 5000)
	out := &stuck{open: make(chan struct{})}
	addr, received, stop := proxy(t, out, data)
	if got := talk(t, addr, data); !bytes.Equal(got, data) {
		t.Errorf("%d bytes come back of %d", len(got), len(data))
	}
	if got := <-received; !bytes.Equal(got, data) {
		t.Errorf("%d bytes arrive of %d", len(got), len(data))
	}
	close(out.open)
	stop()
	if text := out.String(); !strings.Contains(text, " lines are missing here") || strings.Count(text, "\n") > 1010 {
		t.Errorf("%d lines, and not a word about others: %.300s", strings.Count(text, "\n"), text)
	}
}

// Whatever a frame holds, its line is short: a thousand of them wait at most.
func TestLongFrames(t *testing.T) {
	long := strings.Repeat("\x00", 65_000)
	for _, build := range []func(b *frame.Builder) []byte{
		func(b *frame.Builder) []byte { // long values
			for range 3 {
				b.Str(long, long[:100])
			}
			b.Str("k", long[:60_000])
			return nil
		},
		func(b *frame.Builder) []byte { // many values
			for range 1000 {
				b.Str("k", "a value of some bytes")
			}
			return nil
		},
		func(b *frame.Builder) []byte { // a long error, and a long way to it
			b.Str(header.KeyCancelPath, strings.Repeat("\x01", 60_000))
			p, err := trailer.AppendException(nil, "M", 1, 12007, strings.Repeat("\x02", 1<<20))
			if err != nil {
				t.Fatal(err)
			}
			return p
		},
	} {
		b := frame.Begin(nil, frame.Rst, 1, header.ThriftStruct)
		out, err := b.Finish(build(&b))
		if err != nil {
			t.Fatal(err)
		}
		var f frame.Frame
		if _, err := f.Parse(out); err != nil {
			t.Fatal(err)
		}
		line := describe(&f)
		if len(line) > 3*maxLine || bytes.ContainsAny(line, "\x00\x01\x02") || !bytes.Contains(line, []byte("...")) {
			t.Errorf("%d bytes for a frame of %d: %.80q", len(line), len(out), line)
		}
	}
}
