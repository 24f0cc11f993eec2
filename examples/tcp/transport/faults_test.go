package transport_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/examples/tcp/transport"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// What a faulty or hostile peer does over real TCP. Whatever it is, the
// connection ends or holds within its bounds, every stream gets its error, and
// TestMain sees to it that no goroutine stays.

// raw is a peer that writes bytes.
type raw struct {
	*net.TCPConn
	t *testing.T
}

// rawDial connects to a server under test.
func rawDial(t *testing.T, addr string) raw {
	t.Helper()
	nc, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	return raw{nc.(*net.TCPConn), t}
}

// rawServer gives a client under test the raw peer.
func rawServer(t *testing.T, opt transport.Options) (*transport.Client, raw) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	cl := dial(t, ln.Addr().String(), opt)
	nc, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	return cl, raw{nc.(*net.TCPConn), t}
}

func (r raw) write(b []byte) {
	r.t.Helper()
	if _, err := r.Write(b); err != nil {
		r.t.Fatal(err)
	}
}

// wantClosed reads until the server under test has ended the connection.
func (r raw) wantClosed() {
	r.t.Helper()
	_ = r.SetReadDeadline(time.Now().Add(patience))
	if _, err := io.Copy(io.Discard, r); errors.Is(err, os.ErrDeadlineExceeded) {
		r.t.Fatal("the connection is still open")
	}
}

// wantReset writes until the socket of the other side is gone.
func (r raw) wantReset() {
	r.t.Helper()
	_ = r.SetWriteDeadline(time.Now().Add(patience))
	for {
		if _, err := r.Write([]byte{0}); errors.Is(err, os.ErrDeadlineExceeded) {
			r.t.Fatal("the socket is still there")
		} else if err != nil {
			return
		}
	}
}

// kill closes with a TCP reset.
func (r raw) kill() { _ = r.SetLinger(0); _ = r.Close() }

func headerFrame(dst []byte, id int32, method string) []byte {
	b := frame.Begin(dst, frame.Header, id, header.ThriftStruct)
	b.Str(header.KeyServiceName, "Test")
	b.Method(method)
	return must(b.Finish(nil))
}

func dataFrame(dst []byte, id int32, payload []byte) []byte {
	t := must(frame.NewTemplate(id, "M", header.ThriftStruct))
	return must(t.Append(dst, payload))
}

func rstFrame(dst []byte, id int32) []byte {
	s := trailer.Cancel(status.Canceled, "enough", nil, "raw")
	return must(trailer.AppendRst(dst, &trailer.Stream{ID: id, Method: "M", Protocol: header.ThriftStruct}, &s))
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// F22: the connection breaks inside a frame, at either end and either way.
func TestBrokenInsideFrame(t *testing.T) {
	for _, how := range []string{"killed", "closed"} {
		leave := map[string]func(raw){"killed": raw.kill, "closed": func(r raw) { _ = r.Close() }}[how]
		t.Run(how+" client", func(t *testing.T) {
			h, causes := waiter()
			_, addr := serve(t, transport.Options{}, handlers{"M": h})
			r := rawDial(t, addr)
			half := dataFrame(nil, 1, make([]byte, 1000))
			r.write(append(headerFrame(nil, 1, "M"), half[:500]...))
			_, _ = io.ReadFull(r, make([]byte, frame.FixedSize)) // the handler runs
			leave(r)
			if err := await(t, causes); !errors.Is(err, status.CanceledByConnection) {
				t.Errorf("the handler's context: %v", err)
			}
		})
		t.Run(how+" server", func(t *testing.T) {
			cl, r := rawServer(t, transport.Options{})
			s1, s2 := open(t, background, cl, "M"), open(t, background, cl, "M")
			whole := dataFrame(nil, 1, []byte("came before"))
			r.write(append(whole, whole[:20]...))
			want(t, s1, "came before")
			leave(r)
			wantEnd(t, s1, status.TransportClosing)
			wantEnd(t, s2, status.TransportClosing)
			if err := s2.Send(nil); !errors.Is(err, status.TransportClosing) {
				t.Errorf("Send: %v", err)
			}
			if _, err := s2.Header(); !errors.Is(err, status.TransportClosing) {
				t.Errorf("Header: %v", err)
			}
			if _, err := cl.Open(background, "Test", "M"); !errors.Is(err, status.TransportClosing) {
				t.Errorf("Open: %v", err)
			}
		})
	}
}

// The end of input between frames is no success of a stream either (rule 9.13).
func TestHalfClosed(t *testing.T) {
	t.Run("by the client", func(t *testing.T) {
		h, causes := waiter()
		_, addr := serve(t, transport.Options{}, handlers{"M": h})
		r := rawDial(t, addr)
		r.write(headerFrame(nil, 1, "M"))
		_, _ = io.ReadFull(r, make([]byte, frame.FixedSize))
		_ = r.CloseWrite()
		if err := await(t, causes); !errors.Is(err, status.CanceledByConnection) {
			t.Errorf("the handler's context: %v", err)
		}
		r.wantClosed()
	})
	t.Run("by the server", func(t *testing.T) {
		cl, r := rawServer(t, transport.Options{})
		s := open(t, background, cl, "M")
		_ = r.CloseWrite()
		wantEnd(t, s, status.TransportClosing)
		r.wantClosed()
		_, err := cl.Open(background, "Test", "M")
		if e := status.FromError(err); e.Code != int32(status.TransportClosing) || e.Side != status.SideClient || errors.Is(err, io.EOF) {
			t.Errorf("Open: %v", err)
		}
	})
}

// P2: a frame that comes byte by byte has its time, and no more. A peer that is
// idle between frames is left alone.
func TestSlowLoris(t *testing.T) {
	_, addr := serve(t, transport.Options{FrameTimeout: 200 * time.Millisecond}, handlers{"M": echo})
	idle := rawDial(t, addr)
	head := headerFrame(nil, 1, "M")
	idle.write(head[:10])
	time.Sleep(10 * time.Millisecond)
	idle.write(head[10:])
	r := rawDial(t, addr)
	go func() {
		for _, b := range dataFrame(nil, 1, make([]byte, 1<<16)) {
			if _, err := r.Write([]byte{b}); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	r.wantClosed()
	idle.write(dataFrame(nil, 1, []byte("still here?")))
	if got, err := io.ReadAtLeast(idle, make([]byte, 512), 2*frame.FixedSize); err != nil {
		t.Errorf("the idle connection: %d bytes, %v", got, err)
	}
}

// F7: a gigabyte is claimed and never sent. Whether the limit refuses it or
// allows it, it costs next to nothing.
func TestClaimedGigabyte(t *testing.T) {
	for _, limit := range []int{0, wire.MaxPayload} {
		t.Run(fmt.Sprint("limit ", limit), func(t *testing.T) {
			opt := transport.Options{FrameTimeout: 200 * time.Millisecond}
			opt.Limits.MaxPayload = limit
			_, addr := serve(t, opt, handlers{"M": echo})
			bytes := dataFrame(nil, 1, nil)[:20]
			binary.BigEndian.PutUint32(bytes, 1<<30-1)
			before := heap()
			var peers []raw
			for range 50 {
				peers = append(peers, rawDial(t, addr))
				peers[len(peers)-1].write(bytes)
			}
			report(t, before, 50*32<<10)
			for _, r := range peers {
				r.wantClosed()
			}
		})
	}
}

// S10: 100,000 streams are opened and reset at once. Their handlers end one by
// one, and the budget of resets ends the connection.
func TestOpensAndResets(t *testing.T) {
	var running, most atomic.Int32
	_, addr := serve(t, transport.Options{}, handlers{"M": func(ctx context.Context, s *transport.Stream) error {
		n := running.Add(1)
		defer running.Add(-1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		<-ctx.Done()
		return nil
	}})
	before := heap()
	r := rawDial(t, addr)
	var out []byte
	sent := int32(0)
	for sent < 100_000 {
		out = out[:0]
		for range 100 {
			sent++
			out = rstFrame(headerFrame(out, sent, "M"), sent)
		}
		if _, err := r.Write(out); err != nil {
			break
		}
	}
	t.Logf("%d pairs were taken by TCP; at most %d handlers at a time", sent, most.Load())
	r.wantClosed()
	if most.Load() > 1000 {
		t.Errorf("%d handlers at a time", most.Load())
	}
	report(t, before, 8<<20)
}

// The same without the resets: there is a limit of live streams, too.
func TestOpensNeverContinued(t *testing.T) {
	h := func(ctx context.Context, s *transport.Stream) error { <-ctx.Done(); return nil }
	_, addr := serve(t, transport.Options{}, handlers{"M": h})
	before := heap()
	r := rawDial(t, addr)
	go func() {
		for id := int32(1); id < 100_000; id++ {
			if _, err := r.Write(headerFrame(nil, id, "M")); err != nil {
				return
			}
		}
	}()
	r.wantClosed()
	report(t, before, 16<<20)
}

// S14: a peer that makes the server answer, and never reads. What cannot be
// written holds up what causes it.
func TestAnswersNobodyReads(t *testing.T) {
	_, addr := serve(t, transport.Options{}, handlers{"M": func(context.Context, *transport.Stream) error {
		return errors.New(strings.Repeat("long ", 1000))
	}})
	before := heap()
	r := rawDial(t, addr)
	_ = r.SetReadBuffer(4096)
	var out []byte
	for id := int32(1); id < 50_000; id++ {
		out = headerFrame(out, id, "M")
	}
	_ = r.SetWriteDeadline(time.Now().Add(2 * time.Second))
	n, err := r.Write(out)
	t.Logf("%d of %d bytes of opens were taken: %v", n, len(out), err)
	time.Sleep(100 * time.Millisecond) // what can pile up has time to
	report(t, before, 24<<20)
}

// A reader that stops, at a server: the handler's Send blocks, memory stays.
func TestPeerStopsReading(t *testing.T) {
	sent, returned := new(atomic.Int64), make(chan error, 1)
	_, addr := serve(t, transport.Options{}, handlers{"M": func(_ context.Context, s *transport.Stream) error {
		msg := make([]byte, 10_000)
		for {
			if err := s.Send(msg); err != nil {
				returned <- err
				return err
			}
			sent.Add(1)
		}
	}})
	before := heap()
	r := rawDial(t, addr)
	r.write(headerFrame(nil, 1, "M"))
	still(t, sent)
	t.Logf("%d messages of 10 kB were sent until Send blocked", sent.Load())
	report(t, before, 4<<20)
	r.write(rstFrame(nil, 1)) // which is read all the same
	if err := await(t, returned); !errors.Is(err, status.Canceled) {
		t.Errorf("Send: %v", err)
	}
}

// Close does not wait for a peer that does not read.
func TestCloseWhilePeerStopsReading(t *testing.T) {
	cl, _ := rawServer(t, transport.Options{})
	sent, poured := new(atomic.Int64), make(chan error, 1)
	s := open(t, background, cl, "M")
	go func() { poured <- pour(s, 1<<20, sent) }()
	still(t, sent)
	_ = cl.Close()
	if err := await(t, poured); !errors.Is(err, status.TransportClosing) {
		t.Errorf("Send: %v", err)
	}
}

// still waits until a count does not change any more.
func still(t *testing.T, count *atomic.Int64) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		n := count.Load()
		time.Sleep(200 * time.Millisecond)
		if n > 0 && n == count.Load() {
			return
		}
	}
	t.Fatalf("still going on: %d", count.Load())
}

// The connection breaks while nothing is read, since nobody takes what has come.
func TestLostWhileFull(t *testing.T) {
	cl, r := rawServer(t, small())
	s := open(t, background, cl, "M")
	go func() {
		for {
			if _, err := r.Write(dataFrame(nil, 1, make([]byte, msgSize))); err != nil {
				return
			}
		}
	}()
	if _, err := s.Recv(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond) // until no more is read, most likely
	r.kill()
	for s.Send(make([]byte, msgSize)) == nil {
	}
	_ = cl.Close() // returns
	if err := s.Send(nil); !errors.Is(err, status.TransportClosing) {
		t.Errorf("Send: %v", err)
	}
}

// S2: a second header is the end of its stream, which the peer is told, and of
// no other.
func TestFaultOfOneStream(t *testing.T) {
	_, addr := serve(t, transport.Options{}, handlers{"M": echo})
	r := rawDial(t, addr)
	b := headerFrame(headerFrame(nil, 1, "M"), 2, "M")
	r.write(dataFrame(headerFrame(b, 1, "M"), 2, []byte("well?")))
	_ = r.SetReadDeadline(time.Now().Add(patience))
	var told, echoed bool
	for rd := codec.NewReader(r, frame.Limits{}); !told || !echoed; {
		f, err := rd.Next()
		if err != nil {
			t.Fatal(err)
		}
		if f.Type == frame.Rst {
			st := must(trailer.Parse(f))
			if told = true; f.StreamID != 1 || st.Ret != int32(status.UnexpectedHeader) {
				t.Errorf("rst of stream %d: %+v", f.StreamID, st)
			}
		}
		echoed = echoed || f.StreamID == 2 && string(f.Payload) == "well?"
	}
}

// The budget of resets is one a second.
func TestResetsAreARate(t *testing.T) {
	opt := transport.Options{}
	opt.Limits.MaxResets = 3
	_, addr := serve(t, opt, handlers{"M": echo})
	cl := dial(t, addr, transport.Options{})
	for round := range 2 {
		for range 3 {
			s := open(t, background, cl, "M")
			send(t, s, "a")
			want(t, s, "a")
			s.Cancel()
		}
		if round == 0 {
			time.Sleep(1100 * time.Millisecond)
		}
	}
	s := open(t, background, cl, "M")
	send(t, s, "a")
	want(t, s, "a")
	_ = s.CloseSend()
	wantEnd(t, s, io.EOF)
}

// Garbage of every kind ends the connection, and the server serves on.
func TestGarbage(t *testing.T) {
	_, addr := serve(t, transport.Options{FrameTimeout: 200 * time.Millisecond}, handlers{"M": echo})
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range 50 {
		r := rawDial(t, addr)
		b := headerFrame(nil, 1, "M")
		for range 20 {
			b = dataFrame(b, 1, []byte("some data"))
		}
		for range 1 + i%3 {
			b[rnd.IntN(len(b))] ^= byte(1 + rnd.IntN(255))
		}
		_, _ = r.Write(b)
		_ = r.CloseWrite()
		r.wantClosed()
	}
	cl := dial(t, addr, transport.Options{})
	s := open(t, background, cl, "M")
	send(t, s, "well?")
	want(t, s, "well?")
	s.Cancel()
}

// report prints the memory, and fails if more than bound has been added.
func report(t *testing.T, before uint64, bound uint64) {
	t.Helper()
	now := heap()
	t.Logf("heap: %d KiB before, %d KiB now; resident: %s", before>>10, now>>10, resident())
	if now > before+bound {
		t.Errorf("more than %d KiB were added", bound>>10)
	}
}

// resident is the memory of this process as the system sees it, or where there
// is no such file what the runtime has got from it.
func resident() string {
	b, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(b)) {
		if v, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			return strings.TrimSpace(v)
		}
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return fmt.Sprint(m.Sys>>10, " kB of address space")
}
