package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ttwire/ttwire/examples/tcp/transport"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The conversation is one: what each part promises is said.
func TestConversation(t *testing.T) {
	var out bytes.Buffer
	if err := converse(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`A --> B  header  stream 1 Unary isn="TestService"`,
		`message: "red+green+blue" 3`,
		`message: "tick" 2`,
		`message: "How do you do" 0`,
		`business error: code 10001, message "insufficient user balance", extra map[testKey:testVal]`,
		`biz error: test error`,
		`unknown method "Nonesuch"`,
		`B --> C  rst     stream 1 Bidi ttscp="A,B" [ttstream error, code=12007] [canceled path: A -> B]`,
		`C: Bidi returns: [ttstream error, code=12015] [server-side stream] [canceled path: A -> B]`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("not said: %s", want)
		}
	}
	if t.Failed() {
		t.Log(out.String())
	}
}

func TestSoak(t *testing.T) {
	for _, k := range []*soak{
		{streams: 100, size: 64, time: 500 * time.Millisecond},
		{streams: 4, size: 100_000, time: 200 * time.Millisecond},
	} {
		k.method, k.grace = "Bidi", time.Minute
		var out bytes.Buffer
		if err := k.run(context.Background(), &out); err != nil {
			t.Errorf("%v\n%s", err, out.String())
		}
		if k.messages.Load() == 0 || k.opened.Load() < int64(k.streams) {
			t.Errorf("nothing was measured:\n%s", out.String())
		}
		t.Logf("\n%s", out.String())
	}
}

// A soak that nothing can fail checks nothing: each of these servers has a flaw
// that it finds.
func TestSoakFindsFlaws(t *testing.T) {
	flaws := map[string]func(msg, last []byte, k int) [][]byte{
		"lost":     func(msg, _ []byte, k int) [][]byte { return [][]byte{msg}[min(k/5%2, 1):] },
		"twice":    func(msg, _ []byte, k int) [][]byte { return [][]byte{msg, msg}[:1+k/5%2] },
		"swapped":  func(msg, last []byte, k int) [][]byte { return [][][]byte{{}, {msg, last}}[k%2] },
		"changed":  func(msg, _ []byte, k int) [][]byte { msg[30] ^= byte(k / 5 % 2); return [][]byte{msg} },
		"too late": nil,
	}
	for name, flaw := range flaws {
		t.Run(name, func(t *testing.T) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			srv := &transport.Server{Handlers: map[string]transport.Handler{"Bidi": flawed(flaw)}}
			go srv.Serve(ln)
			k := &soak{addr: ln.Addr().String(), method: "Bidi", streams: 1, size: 64, time: 100 * time.Millisecond, grace: 200 * time.Millisecond}
			if err := k.run(context.Background(), io.Discard); err == nil {
				t.Error("not found")
			} else {
				t.Log(err)
			}
			_ = srv.Shutdown(context.Background())
		})
	}
}

// flawed is an echo that is not quite one. Without a flaw, it sends one more
// message in the end.
func flawed(flaw func(msg, last []byte, k int) [][]byte) transport.Handler {
	return func(_ context.Context, s *transport.Stream) error {
		var last []byte
		for k := 0; ; k++ {
			msg, err := s.Recv()
			if err == io.EOF && flaw == nil {
				return s.Send(last)
			}
			if err != nil {
				return err
			}
			out := [][]byte{msg}
			if flaw != nil {
				out = flaw(msg, last, k)
			}
			for _, b := range out {
				if err := s.Send(b); err != nil {
					return err
				}
			}
			last = msg
		}
	}
}

func TestMessage(t *testing.T) {
	for _, m := range []message{{}, {"text", 7}, {strings.Repeat("x", 1000), -1}} {
		b := m.encode()
		if got, err := decode(b); got != m || err != nil {
			t.Errorf("%v: got %v, %v", m, got, err)
		}
		for n := range b {
			if got, err := decode(b[:n]); err == nil {
				t.Errorf("%v cut to %d bytes: %v", m, n, got)
			}
		}
	}
	for _, b := range [][]byte{{12, 0, 1, 0}, {11, 0, 1, 255, 255, 255, 255, 0}} {
		if got, err := decode(b); err == nil {
			t.Errorf("% x: %v", b, got)
		}
	}
}

func TestHistogram(t *testing.T) {
	var h histogram
	for i := range 1000 {
		h.note(time.Duration(i) * time.Microsecond)
	}
	for p, want := range map[float64]time.Duration{0.5: 500 * time.Microsecond, 0.99: 990 * time.Microsecond} {
		if got := h.at(p); got < want || got > want*9/8+8 {
			t.Errorf("p%v is %v, want %v", p, got, want)
		}
	}
	if none := new(histogram); none.at(0.5) != 0 {
		t.Error("an empty histogram")
	}
}

// A call says on its own what came of it, also where there is no server.
func TestCall(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	_ = ln.Close()
	go func() { done <- serveUntil(ctx, addr, "", transport.Options{Name: "S"}) }()
	var out bytes.Buffer
	c := call{method: "Unary", shape: "unary", n: 2, texts: []string{"hi"}}
	for range 1000 {
		if err = c.dial(ctx, &out, addr, transport.Options{}); err == nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if want := "message: \"hi\" 2\nended well"; err != nil || !strings.Contains(out.String(), want) {
		t.Errorf("%v\n%s", err, out.String())
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := c.dial(context.Background(), io.Discard, addr, transport.Options{}); err == nil {
		t.Error("nobody listens, and there is no error")
	}
}
