package relay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/ttwire/ttwire/examples/proxy/relay"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what must happen. It is never a measure
// of anything.
const patience = 20 * time.Second

// seen is what a tap has been told.
type seen struct {
	mu    sync.Mutex
	bytes []byte
	most  int // in one call
	err   error
	over  chan struct{}
	hook  func(b []byte)
}

func (s *seen) Bytes(b []byte) {
	if s.hook != nil {
		s.hook(b)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes = append(s.bytes, b...)
	s.most = max(s.most, len(b))
}

func (s *seen) End(err error) {
	s.err = err
	close(s.over)
}

// end waits for End and gives its error.
func (s *seen) end(t *testing.T) error {
	t.Helper()
	select {
	case <-s.over:
	case <-time.After(patience):
		t.Fatal("a direction has not ended")
	}
	return s.err
}

type opened struct {
	n        int64
	client   string
	c2s, s2c *seen
}

type failure struct {
	conn int64
	err  error
}

// watcher hands its taps to the test.
type watcher struct {
	opened chan opened
	failed chan failure
	hook   func(b []byte)
}

func (w *watcher) Opened(n int64, client, _ net.Addr) (c2s, s2c relay.Tap) {
	o := opened{n, client.String(), &seen{over: make(chan struct{}), hook: w.hook}, &seen{over: make(chan struct{}), hook: w.hook}}
	w.opened <- o
	return o.c2s, o.s2c
}

func (w *watcher) Failed(n int64, err error) { w.failed <- failure{n, err} }

// fixture is a relay and the upstream behind it.
type fixture struct {
	*watcher
	addr     string
	ln       *net.TCPListener // of the relay
	upstream *net.TCPListener
	stop     func() // the relay, and wait for that
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

// start starts a relay, whose taps call hook if there is one.
func start(t *testing.T, hook func(b []byte)) *fixture {
	t.Helper()
	w := &watcher{opened: make(chan opened, 1000), failed: make(chan failure, 1000), hook: hook}
	f := &fixture{watcher: w, ln: listen(t), upstream: listen(t)}
	f.addr = f.ln.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		(&relay.Relay{Upstream: f.upstream.Addr().String(), Watcher: f.watcher}).Serve(ctx, f.ln)
	}()
	f.stop = func() {
		t.Helper()
		cancel()
		select {
		case <-done:
		case <-time.After(patience):
			t.Fatal("the relay does not stop")
		}
	}
	t.Cleanup(f.stop)
	return f
}

// connect makes a connection through the relay and gives both its ends.
func (f *fixture) connect(t *testing.T) (client, server *net.TCPConn, o opened) {
	t.Helper()
	c, err := net.Dial("tcp", f.addr)
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.upstream.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	for _, nc := range []net.Conn{c, s} {
		nc.SetDeadline(time.Now().Add(patience))
		t.Cleanup(func() { nc.Close() })
	}
	return c.(*net.TCPConn), s, <-f.opened
}

// send writes b in pieces of random sizes and says that this is all.
func send(c *net.TCPConn, b []byte, rng *rand.Rand) error {
	for len(b) > 0 {
		n := min(len(b), 1+rng.IntN(1<<rng.IntN(18)))
		if _, err := c.Write(b[:n]); err != nil {
			return err
		}
		b = b[n:]
	}
	return c.CloseWrite()
}

// exchange sends both ways at once and checks what arrives.
func exchange(t *testing.T, client, server *net.TCPConn, c2s, s2c []byte, seed uint64) {
	t.Helper()
	var all sync.WaitGroup
	way := func(dst, src *net.TCPConn, b []byte, seed uint64) {
		all.Go(func() {
			if err := send(src, b, rand.New(rand.NewPCG(1, seed))); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			if got, err := io.ReadAll(dst); err != nil || !bytes.Equal(got, b) {
				t.Errorf("%d bytes arrive of %d, %v", len(got), len(b), err)
			}
		})
	}
	way(server, client, c2s, 2*seed)
	way(client, server, s2c, 2*seed+1)
	all.Wait()
}

func check(t *testing.T, tap *seen, want []byte) {
	t.Helper()
	if err := tap.end(t); err != nil || !bytes.Equal(tap.bytes, want) {
		t.Errorf("the tap has seen %d bytes of %d, %v", len(tap.bytes), len(want), err)
	}
}

func garbage(n int, seed uint64) []byte {
	b := make([]byte, n)
	rng := rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	rng.Read(b)
	return b
}

// P1: any bytes arrive as they were sent, both ways, and so does the end; the
// tap sees the same.
func TestByteExact(t *testing.T) {
	f := start(t, nil)
	for i, n := range []int{0, 1, 4095, 4096, 4097, 65536, 1 << 20} {
		client, server, o := f.connect(t)
		c2s, s2c := garbage(n, uint64(i)), garbage(n*3/2, uint64(i+100))
		exchange(t, client, server, c2s, s2c, uint64(i))
		check(t, o.c2s, c2s)
		check(t, o.s2c, s2c)
	}
	names, err := filepath.Glob("../../../testdata/kitex/*.c2s.bin")
	if err != nil || len(names) < 15 {
		t.Fatalf("%d recordings, %v", len(names), err)
	}
	for i, name := range names {
		c2s, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		s2c, err := os.ReadFile(name[:len(name)-len("c2s.bin")] + "s2c.bin")
		if err != nil {
			t.Fatal(err)
		}
		client, server, o := f.connect(t)
		exchange(t, client, server, c2s, s2c, uint64(i))
		check(t, o.c2s, c2s)
		check(t, o.s2c, s2c)
	}
}

// Bytes are where they belong before the tap is asked: a tap that waits until
// they have arrived waits for nothing.
func TestForwardedFirst(t *testing.T) {
	arrived := make(chan int, 1)
	f := start(t, func(b []byte) {
		for n := 0; n < len(b); {
			select {
			case m := <-arrived:
				n += m
			case <-time.After(patience):
				t.Error("the tap comes before the peer")
				return
			}
		}
	})
	client, server, o := f.connect(t)
	for range 3 {
		if _, err := client.Write([]byte("abc")); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 3)
		if _, err := io.ReadFull(server, b); err != nil {
			t.Fatal(err)
		}
		arrived <- len(b)
	}
	client.CloseWrite()
	server.CloseWrite()
	check(t, o.c2s, []byte("abcabcabc"))
}

// P3: either side may finish sending first; the other goes on.
func TestHalfClose(t *testing.T) {
	f := start(t, nil)
	for range 2 {
		client, server, o := f.connect(t)
		first, second := client, server
		firstTap, secondTap := o.c2s, o.s2c
		if o.n == 2 {
			first, second = server, client
			firstTap, secondTap = o.s2c, o.c2s
		}
		if err := first.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		if n, err := second.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Fatal(n, err)
		}
		if err := firstTap.end(t); err != nil {
			t.Error(err)
		}
		for range 3 {
			b := make([]byte, 5)
			if _, err := second.Write([]byte("still")); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(first, b); err != nil || string(b) != "still" {
				t.Fatal(err)
			}
		}
		second.CloseWrite()
		check(t, secondTap, []byte("stillstillstill"))
	}
}

// P4: a reset arrives as a reset, and not as the end of the data.
func TestReset(t *testing.T) {
	f := start(t, nil)
	for range 2 {
		client, server, o := f.connect(t)
		first, second := client, server
		firstTap, secondTap := o.c2s, o.s2c
		if o.n == 2 {
			first, second = server, client
			firstTap, secondTap = o.s2c, o.c2s
		}
		if _, err := first.Write([]byte("half a fr")); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(second, make([]byte, 9)); err != nil {
			t.Fatal(err)
		}
		first.SetLinger(0)
		first.Close()
		if n, err := second.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("conn %d: %d, %v", o.n, n, err)
		}
		if err := firstTap.end(t); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("conn %d: the tap of the side that resets is told %v", o.n, err)
		}
		if err := secondTap.end(t); err != relay.ErrAborted {
			t.Errorf("conn %d: the other tap is told %v", o.n, err)
		}
	}
}

// A server that answers, closes, and refuses what comes then: the answer
// arrives, to a client that reads it late too.
func TestAnswerBeforeTheEnd(t *testing.T) {
	f := start(t, nil)
	client, server, o := f.connect(t)
	client.SetReadBuffer(4 << 10)
	answer := garbage(100_000, 1)
	if _, err := server.Write(answer); err != nil {
		t.Fatal(err)
	}
	server.Close()
	for over := false; !over; {
		_, _ = client.Write([]byte("more"))
		select {
		case <-o.c2s.over:
			over = true
		case <-time.After(50 * time.Millisecond):
		}
	}
	if got, err := io.ReadAll(client); err != nil || !bytes.Equal(got, answer) {
		t.Errorf("%d bytes of the answer arrive, %v", len(got), err)
	}
	check(t, o.s2c, answer)
	var unsent *relay.WriteError
	if err := o.c2s.end(t); !errors.As(err, &unsent) {
		t.Errorf("%v", err)
	}
}

// A client that sends for ever to a server that is gone is told so.
func TestServerGone(t *testing.T) {
	f := start(t, nil)
	client, server, o := f.connect(t)
	server.Close()
	var err error
	for err == nil {
		_, err = client.Write(make([]byte, 1<<16))
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the client may send for ever")
	}
	if o.c2s.end(t) == nil {
		t.Error("the client is said to have finished")
	}
	_ = o.s2c.end(t)
}

// A side that does not read stops the other: no more is taken from it than
// fits in buffers. Once it reads again, nothing has been lost.
func TestBackpressure(t *testing.T) {
	f := start(t, nil)
	client, server, o := f.connect(t)
	const limit = 64 << 20
	b := garbage(1<<20, 1)
	sent := 0
	for sent < limit {
		client.SetWriteDeadline(time.Now().Add(300 * time.Millisecond))
		n, err := client.Write(b)
		if sent += n; err != nil {
			break
		}
	}
	if sent >= limit {
		t.Fatal("the relay takes all that comes")
	}
	client.CloseWrite()
	got, err := io.ReadAll(server)
	want := slices.Concat(slices.Repeat(b, sent/len(b)), b[:sent%len(b)])
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes arrive of %d, %v", len(got), sent, err)
	}
	server.CloseWrite()
	check(t, o.c2s, want)
	if o.c2s.most <= 4<<10 {
		t.Errorf("a full connection is read in pieces of %d bytes", o.c2s.most)
	}
}

func TestManyConnections(t *testing.T) {
	f := start(t, nil)
	var all sync.WaitGroup
	const n = 100
	conns := make(map[string][2]*net.TCPConn)
	for range n {
		client, server, o := f.connect(t)
		if o.client != client.LocalAddr().String() {
			t.Errorf("conn %d is from %s, not %s", o.n, o.client, client.LocalAddr())
		}
		conns[fmt.Sprint(o.n)] = [2]*net.TCPConn{client, server}
	}
	if len(conns) != n {
		t.Fatalf("%d different numbers", len(conns))
	}
	seed := uint64(0)
	for _, ends := range conns {
		seed++
		c2s, s2c := garbage(100_000, seed), garbage(50_000, seed+1000)
		all.Go(func() { exchange(t, ends[0], ends[1], c2s, s2c, 7) })
	}
	all.Wait()
}

func TestNoUpstream(t *testing.T) {
	f := start(t, nil)
	f.upstream.Close()
	client, err := net.Dial("tcp", f.addr)
	if err == nil {
		defer client.Close()
		client.SetDeadline(time.Now().Add(patience))
		_, err = client.Read(make([]byte, 1))
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the client gets %v", err)
	}
	if got := <-f.failed; got.conn != 1 || !errors.Is(got.err, syscall.ECONNREFUSED) {
		t.Errorf("%+v", got)
	}
}

// An accept that fails is told and tried again.
func TestAcceptFails(t *testing.T) {
	f := start(t, nil)
	f.ln.Close()
	for range 2 {
		if got := <-f.failed; got.conn != 0 || !errors.Is(got.err, net.ErrClosed) {
			t.Errorf("%+v", got)
		}
	}
}

// A relay that stops ends its connections: what it has read is written, and no
// new ones are taken.
func TestStop(t *testing.T) {
	f := start(t, nil)
	client, server, o := f.connect(t)
	if _, err := client.Write([]byte("last words")); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 10)
	if _, err := io.ReadFull(server, b); err != nil {
		t.Fatal(err)
	}
	f.stop()
	for _, c := range []*net.TCPConn{client, server} {
		if n, err := c.Read(b); n != 0 || err != io.EOF {
			t.Errorf("%d, %v", n, err)
		}
	}
	if err := o.c2s.end(t); err != relay.ErrStopped {
		t.Error(err)
	}
	if err := o.s2c.end(t); err != relay.ErrStopped {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", f.addr); err == nil {
		t.Error("there is still somebody listening")
	}
}

// A peer that does not read does not keep a relay from stopping, and does not
// take what it has got for all.
func TestStopWhileBlocked(t *testing.T) {
	f := start(t, nil)
	client, server, o := f.connect(t)
	for {
		client.SetWriteDeadline(time.Now().Add(200 * time.Millisecond))
		if _, err := client.Write(make([]byte, 1<<20)); err != nil {
			break
		}
	}
	f.stop()
	var unsent *relay.WriteError
	if err := o.c2s.end(t); !errors.As(err, &unsent) {
		t.Error(err)
	}
	if _, err := io.Copy(io.Discard, server); !errors.Is(err, syscall.ECONNRESET) {
		t.Error(err)
	}
}
