package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/ttwire/ttwire/examples/tcp/transport"
)

// conversation is a client A, a server B and a server C behind it, each on its
// own port of this machine.
type conversation struct {
	w    *lockedWriter
	b, c *transport.Server
	a    *transport.Client // to B
}

// lockedWriter lets goroutines print whole lines.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// converse starts both servers, calls B in every way and closes in good order.
func converse(ctx context.Context, out io.Writer) error {
	v := &conversation{w: &lockedWriter{w: out}}
	v.c = &transport.Server{Options: transport.Options{Name: "C"}, Handlers: logged(v.w, "C", (&service{}).handlers())}
	toC, err := v.start(v.c, "B", "C")
	if err != nil {
		return err
	}
	v.b = &transport.Server{Options: transport.Options{Name: "B"}, Handlers: (&service{next: toC}).handlers()}
	if v.a, err = v.start(v.b, "A", "B"); err != nil {
		return err
	}
	for _, part := range v.parts() {
		fmt.Fprintf(v.w, "\n%s\n", part.title)
		if err := part.call.on(ctx, v.w, v.a); err != nil {
			return err
		}
	}
	err = v.shutdown()
	_ = toC.Close()
	_ = v.c.Shutdown(context.Background())
	return err
}

// start serves on a port of its own, and connects from with it. The frames of
// that connection are printed as they pass.
func (v *conversation) start(srv *transport.Server, from, to string) (*transport.Client, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go srv.Serve(ln)
	nc, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		return nil, err
	}
	return transport.NewClient(newTap(nc, v.w, from, to), transport.Options{Name: from}), nil
}

type part struct {
	title string
	call  call
}

func (v *conversation) parts() []part {
	bidi := func(texts ...string) call { return call{method: "Bidi", shape: "bidi", texts: texts} }
	after := func(c call, d time.Duration) call { c.cancel = d; return c }
	return []part{
		{"One message there, one back (unary).", call{method: "Unary", shape: "unary", n: 1, texts: []string{"ping"}}},
		{"Many there, one back (client streaming).", call{method: "ClientStream", shape: "client", texts: []string{"red", "green", "blue"}}},
		{"One there, many back (server streaming).", call{method: "ServerStream", shape: "server", n: 3, texts: []string{"tick"}}},
		{"Many both ways, in turn (bidirectional), with a header and a trailer.", bidi("Hello", "How do you do")},
		{"The business says no, and why.", bidi("bizextra")},
		{"The handler fails.", bidi("err")},
		{"There is no such method.", call{method: "Nonesuch", shape: "unary"}},
		{"A goes by way of B to C, and stops waiting: B passes the cancel on, and C sees both names.",
			after(call{method: "Relay", shape: "bidi", texts: []string{"wait"}}, 50*time.Millisecond)},
		{"The same by a deadline.",
			call{method: "Relay", shape: "bidi", timeout: 50 * time.Millisecond, texts: []string{"wait"}}},
	}
}

// shutdown lets B go while a stream is live: it takes no others and waits for
// that one.
func (v *conversation) shutdown() error {
	fmt.Fprintln(v.w, "\nB shuts down while a stream is live, which may end in peace.")
	s, err := v.a.Open(context.Background(), serviceName, "Bidi")
	if err != nil {
		return err
	}
	if err := s.Send(message{text: "one moment"}.encode()); err != nil {
		return err
	}
	if err := show(v.w, s); err != nil {
		return err
	}
	done := make(chan error)
	go func() { done <- v.b.Shutdown(context.Background()) }()
	if err := s.CloseSend(); err != nil {
		return err
	}
	ended(v.w, s, show(v.w, s))
	_ = v.a.Close()
	return <-done
}
