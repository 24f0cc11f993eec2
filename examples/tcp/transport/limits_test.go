package transport_test

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/examples/tcp/transport"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
)

// What is refused, stalls or comes too late: found by review, each a crash, a
// leak or a hang once.

// nextOf reads until a frame of a stream that is of this type.
func (r raw) nextOf(rd *codec.Reader, id int32, typ frame.Type) *frame.Frame {
	r.t.Helper()
	_ = r.SetReadDeadline(time.Now().Add(patience))
	for {
		f, err := rd.Next()
		if err != nil {
			r.t.Fatalf("no %v of stream %d: %v", typ, id, err)
		}
		if f.StreamID == id && f.Type == typ {
			return f
		}
	}
}

// eventually opens streams until one can be.
func eventually(t *testing.T, cl *transport.Client, method string) *transport.Stream {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		s, err := cl.Open(background, "Test", method)
		if err == nil {
			return s
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// The limits hold for what is sent, too: an ending that does not fit is a bare
// rst, not silence.
func TestEndingRefused(t *testing.T) {
	t.Run("a handler's", func(t *testing.T) {
		opt := transport.Options{}
		opt.Limits.MaxPayload = 4096
		_, addr := serve(t, opt, handlers{})
		r := rawDial(t, addr)
		r.write(headerFrame(nil, 1, strings.Repeat("m", 5000)))
		f := r.nextOf(codec.NewReader(r, frame.Limits{}), 1, frame.Rst)
		if st := must(trailer.Parse(f)); !st.NoDetail {
			t.Errorf("rst %+v", st)
		}
		r.kill() // once, the loss of the connection found a stream that was gone
	})
	t.Run("a cancel", func(t *testing.T) {
		h, causes := waiter()
		_, addr := serve(t, transport.Options{}, handlers{"M": h})
		opt := transport.Options{Name: "A"}
		opt.Limits.MaxPayload = 40
		s := open(t, background, dial(t, addr, opt), "M")
		want(t, s, "here")
		s.Cancel()
		wantEnd(t, s, status.Canceled)
		if err := await(t, causes); !errors.Is(err, status.CanceledByUpstream) {
			t.Errorf("the handler's context: %v", err)
		}
	})
}

type nilError struct{ text string }

func (e *nilError) Error() string { return e.text }

// However a handler leaves, its stream ends by an error and the server goes on.
func TestHandlerLeaves(t *testing.T) {
	cl := pair(t, handlers{
		"TypedNil": func(context.Context, *transport.Stream) error { var e *nilError; return e },
		"Goexit":   func(context.Context, *transport.Stream) error { runtime.Goexit(); return nil },
		"Echo":     echo,
	})
	for _, method := range []string{"TypedNil", "Goexit"} {
		ctx, cancel := context.WithTimeout(background, patience)
		_, err := open(t, ctx, cl, method).Recv()
		cancel()
		if err == nil || err == io.EOF || errors.Is(err, status.StreamTimeout) {
			t.Errorf("%s: %v", method, err)
		}
	}
	s := open(t, background, cl, "Echo")
	send(t, s, "well?")
	want(t, s, "well?")
	s.Cancel()
}

// A cause whose methods panic is a cause all the same.
func TestCausePanics(t *testing.T) {
	h, causes := waiter()
	cl := pair(t, handlers{"M": h})
	var typedNil *nilError
	for name, end := range map[string]func(context.CancelCauseFunc, *transport.Stream){
		"expired": func(cancel context.CancelCauseFunc, _ *transport.Stream) { cancel(typedNil) },
		"Cancel":  func(cancel context.CancelCauseFunc, s *transport.Stream) { cancel(typedNil); s.Cancel() },
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(background)
			s := open(t, ctx, cl, "M")
			want(t, s, "here")
			end(cancel, s)
			wantEnd(t, s, status.CanceledWithCause)
			if err := await(t, causes); !errors.Is(err, status.CanceledWithCause) || !strings.Contains(err.Error(), "nilError") {
				t.Errorf("the handler's context: %v", err)
			}
			if _, err := cl.Open(ctx, "Test", "M"); !errors.Is(err, status.CanceledWithCause) {
				t.Errorf("Open: %v", err)
			}
		})
	}
}

// A Stream that outlives its handler sends nothing on a later stream of its id.
func TestStaleSend(t *testing.T) {
	stale, running, hold := make(chan *transport.Stream, 1), make(chan bool, 1), make(chan bool)
	_, addr := serve(t, transport.Options{}, handlers{
		"Leak": func(_ context.Context, s *transport.Stream) error { stale <- s; return s.SendHeader() },
		"Nop":  func(context.Context, *transport.Stream) error { return nil },
		"Wait": func(_ context.Context, s *transport.Stream) error {
			err := s.SendHeader()
			running <- true
			<-hold
			return err
		},
	})
	defer close(hold)
	r := rawDial(t, addr)
	rd := codec.NewReader(r, frame.Limits{})
	r.write(headerFrame(nil, 1, "Leak"))
	r.nextOf(rd, 1, frame.Trailer)
	for id := int32(2); id < 70; id++ { // until the id is forgotten
		r.write(headerFrame(nil, id, "Nop"))
		r.nextOf(rd, id, frame.Trailer)
	}
	r.write(headerFrame(nil, 1, "Wait"))
	await(t, running)
	s := <-stale
	if err := s.Send([]byte("stale")); !errors.Is(err, status.CanceledByReturn) {
		t.Errorf("Send: %v", err)
	}
	if err := s.SendHeader(); !errors.Is(err, status.CanceledByReturn) {
		t.Errorf("SendHeader: %v", err)
	}
}

// Cancel frees what a stream holds behind its trailer, too, and what it has
// dropped does not read as success.
func TestCancelAfterTrailer(t *testing.T) {
	opt := transport.Options{}
	opt.Limits.MaxStreams = 1
	_, addr := serve(t, opt, handlers{"Source": func(_ context.Context, s *transport.Stream) error {
		return errors.Join(s.Send([]byte("x")), s.Send([]byte("y")))
	}})
	cl := dial(t, addr, opt)
	for range 3 {
		s := eventually(t, cl, "Source")
		<-s.Context().Done() // the trailer is there
		s.Cancel()
		wantEnd(t, s, status.Canceled)
	}
}

// A peer that has gone while nothing was read is noticed all the same.
func TestStallIsBounded(t *testing.T) {
	opt := small()
	opt.StallTimeout = 100 * time.Millisecond
	h, causes := waiter()
	_, addr := serve(t, opt, handlers{"Deaf": h})
	r := rawDial(t, addr)
	b := headerFrame(nil, 1, "Deaf")
	for range 40 {
		b = dataFrame(b, 1, make([]byte, msgSize))
	}
	r.write(b)
	if err := await(t, causes); !errors.Is(err, transport.ErrStalled) || !errors.Is(err, status.CanceledByConnection) {
		t.Errorf("the handler's context: %v", err)
	}
}

// A peer that reads nothing ends the connection, not only the patience of Send.
func TestWriteIsBounded(t *testing.T) {
	opt := small()
	opt.WriteTimeout = 100 * time.Millisecond
	errs := make(chan error, 1)
	_, addr := serve(t, opt, handlers{"Source": func(_ context.Context, s *transport.Stream) error {
		errs <- pour(s, 1<<20, new(atomic.Int64))
		return nil
	}})
	r := rawDial(t, addr)
	r.write(headerFrame(nil, 1, "Source"))
	if err := await(t, errs); !errors.Is(err, status.CanceledByConnection) {
		t.Errorf("Send: %v", err)
	}
}

// Close does not take back what the peer has yet to read, not even if that goes on
// sending; and it does not wait for ever for a peer that does not close.
func TestCloseLingers(t *testing.T) {
	cl, r := rawServer(t, transport.Options{})
	s := open(t, background, cl, "M")
	closed := make(chan error, 1)
	go func() { closed <- cl.Close() }()
	wantEnd(t, s, status.TransportClosing)
	if _, err := cl.Open(background, "Test", "M"); !errors.Is(err, status.TransportClosing) {
		t.Errorf("Open: %v", err)
	}
	rd := codec.NewReader(r, frame.Limits{})
	r.nextOf(rd, 1, frame.Header)
	for range 3 { // to a closed socket, this would be answered by a TCP reset
		r.write(dataFrame(nil, 1, []byte("late")))
		time.Sleep(20 * time.Millisecond)
	}
	r.nextOf(rd, 1, frame.Rst)
	if f, err := rd.Next(); err != io.EOF {
		t.Errorf("behind the rst: %v, %v", f, err)
	}
	if err := await(t, closed); err != nil {
		t.Errorf("Close: %v", err)
	}
	r.wantReset()
}

// Close is bounded where the peer reads nothing, and where it takes each piece of
// what waits in time.
func TestCloseIsBounded(t *testing.T) {
	for name, pieces := range map[string]int{"nothing": 0, "slowly": 256} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := net.Pipe()
			cl := transport.NewClient(ours, transport.Options{})
			send(t, open(t, background, cl, "M"), string(make([]byte, 16<<20)))
			read, closed := make(chan bool), make(chan error, 1)
			go func() {
				defer close(read)
				for b := make([]byte, 64<<10); pieces > 0; pieces-- {
					if _, err := io.ReadFull(theirs, b); err != nil {
						return
					}
					time.Sleep(2 * patience / 256)
				}
			}()
			time.Sleep(20 * time.Millisecond) // most likely the first write is under way
			go func() { closed <- cl.Close() }()
			_ = await(t, closed)
			_ = theirs.Close()
			<-read
		})
	}
}

// The rst that is owed comes, however much waits in front of it.
func TestOwedBehindMuch(t *testing.T) {
	opt := transport.Options{SendBuffer: 1 << 10}
	opt.Limits.MaxStreams = 1
	count := new(atomic.Int64)
	_, addr := serve(t, opt, handlers{"Source": func(_ context.Context, s *transport.Stream) error {
		return pour(s, 1<<20, count)
	}})
	r := rawDial(t, addr)
	r.write(headerFrame(nil, 1, "Source"))
	still(t, count) // Send blocks: more than SendBuffer waits
	r.write(headerFrame(nil, 2, "Source"))
	time.Sleep(50 * time.Millisecond) // most likely read before the reset
	r.write(rstFrame(nil, 1))
	r.nextOf(codec.NewReader(r, frame.Limits{}), 2, frame.Rst)
}

// A message wakes who waits for it, whoever else waits for a header. Without a
// header, that is empty.
func TestMessageWithoutHeader(t *testing.T) {
	cl, r := rawServer(t, transport.Options{})
	s := open(t, background, cl, "M")
	headers, msgs := make(chan map[string]string, 1), make(chan []byte, 1)
	go func() { h, _ := s.Header(); headers <- h }()
	time.Sleep(20 * time.Millisecond) // most likely the first to wait
	go func() { msg, _ := s.Recv(); msgs <- msg }()
	time.Sleep(20 * time.Millisecond)
	r.write(dataFrame(nil, 1, []byte("m")))
	if msg := await(t, msgs); string(msg) != "m" {
		t.Errorf("message %q", msg)
	}
	if h := await(t, headers); h == nil || len(h) > 0 {
		t.Errorf("header %v", h)
	}
	s.Cancel()
}

// A header that was refused can be sent again, in a form that fits.
func TestSendHeaderRefused(t *testing.T) {
	errs := make(chan error, 3)
	cl := pair(t, handlers{"M": func(_ context.Context, s *transport.Stream) error {
		errs <- s.SendHeader(status.Pair{Key: "k", Value: strings.Repeat("x", 70_000)})
		errs <- s.Send([]byte("m"))
		errs <- s.SendHeader() // too late
		return nil
	}})
	s := open(t, background, cl, "M")
	want(t, s, "m")
	wantEnd(t, s, io.EOF)
	if first, then, last := <-errs, <-errs, <-errs; first == nil || then != nil || last == nil {
		t.Errorf("SendHeader: %v; Send: %v; SendHeader: %v", first, then, last)
	}
}

// What an rst has in its header is no trailer.
func TestTrailerOfRst(t *testing.T) {
	cl, r := rawServer(t, transport.Options{})
	s := open(t, background, cl, "M")
	r.write(rstFrame(nil, 1))
	wantEnd(t, s, status.Canceled)
	if tr := s.Trailer(); tr != nil {
		t.Errorf("trailer %v", tr)
	}
}

// listener has no more files, a few times.
type listener struct {
	net.Listener
	fail atomic.Int32
}

func (ln *listener) Accept() (net.Conn, error) {
	if ln.fail.Add(-1) >= 0 {
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: syscall.EMFILE}
	}
	return ln.Listener.Accept()
}

func TestServeOutlastsTemporaryErrors(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln := &listener{Listener: tcp}
	ln.fail.Store(3)
	srv, served := &transport.Server{Handlers: handlers{"Echo": echo}}, make(chan error, 1)
	go func() { served <- srv.Serve(ln) }()
	s := open(t, background, dial(t, tcp.Addr().String(), transport.Options{}), "Echo")
	send(t, s, "well?")
	want(t, s, "well?")
	_ = s.CloseSend()
	wantEnd(t, s, io.EOF)
	_ = srv.Shutdown(background)
	if err := await(t, served); err != transport.ErrServerClosed {
		t.Errorf("Serve: %v", err)
	}
}
