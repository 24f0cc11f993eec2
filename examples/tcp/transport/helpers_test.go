package transport_test

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ttwire/ttwire/examples/tcp/transport"
	"github.com/ttwire/ttwire/status"
)

// No test may leave a goroutine behind, be it of a connection that was broken.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must happen. It is never a measure
// of anything.
const patience = 20 * time.Second

type handlers = map[string]transport.Handler

// serve starts a server, which is closed with the test.
func serve(t *testing.T, opt transport.Options, hs handlers) (srv *transport.Server, addr string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv = &transport.Server{Options: opt, Handlers: hs}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		_ = srv.Shutdown(ctx)
		if err := <-served; err != transport.ErrServerClosed {
			t.Errorf("Serve returned %v", err)
		}
	})
	return srv, ln.Addr().String()
}

// dial connects a client, which is closed with the test.
func dial(t *testing.T, addr string, opt transport.Options) *transport.Client {
	t.Helper()
	cl, err := transport.Dial(context.Background(), addr, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cl.Close() })
	return cl
}

// pair is a client and a server, with names for cancel paths.
func pair(t *testing.T, hs handlers) *transport.Client {
	t.Helper()
	_, addr := serve(t, transport.Options{Name: "B"}, hs)
	return dial(t, addr, transport.Options{Name: "A"})
}

func open(t *testing.T, ctx context.Context, cl *transport.Client, method string, md ...status.Pair) *transport.Stream {
	t.Helper()
	s, err := cl.Open(ctx, "Test", method, md...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func send(t *testing.T, s *transport.Stream, msgs ...string) {
	t.Helper()
	for _, m := range msgs {
		if err := s.Send([]byte(m)); err != nil {
			t.Fatalf("Send(%.20q): %v", m, err)
		}
	}
}

// want receives the next message.
func want(t *testing.T, s *transport.Stream, msg string) {
	t.Helper()
	got, err := s.Recv()
	if err != nil || string(got) != msg {
		t.Fatalf("Recv: %.20q (%d bytes), %v; want %.20q", got, len(got), err, msg)
	}
}

// wantEnd receives the end, twice.
func wantEnd(t *testing.T, s *transport.Stream, target error) {
	t.Helper()
	for range 2 {
		msg, err := s.Recv()
		if !errors.Is(err, target) || target != io.EOF && errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("Recv: %.20q, %v; want %v", msg, err, target)
		}
	}
}

// await is the next value, or the end of the test.
func await[T any](t *testing.T, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		buf := make([]byte, 1<<16)
		t.Fatalf("nothing came\n%s", buf[:runtime.Stack(buf, true)])
		panic("unreachable")
	}
}

// echo sends back all that comes.
func echo(_ context.Context, s *transport.Stream) error {
	for {
		msg, err := s.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.Send(msg); err != nil {
			return err
		}
	}
}

// waiter is a handler that answers once and then waits for its context. It
// gives the cause.
func waiter() (transport.Handler, <-chan error) {
	causes := make(chan error, 16)
	return func(ctx context.Context, s *transport.Stream) error {
		_ = s.Send([]byte("here"))
		<-ctx.Done()
		causes <- context.Cause(ctx)
		return context.Cause(ctx)
	}, causes
}

// heap is the memory in use, in bytes.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
