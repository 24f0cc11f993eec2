package transport_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/examples/tcp/transport"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/wire"
)

var background = context.Background()

// Every shape of a stream: who sends how many messages.
func TestShapes(t *testing.T) {
	cl := pair(t, handlers{
		"Unary": func(_ context.Context, s *transport.Stream) error {
			msg, err := s.Recv()
			return errors.Join(err, s.Send(append(msg, '!')))
		},
		"Client": func(_ context.Context, s *transport.Stream) error {
			var all []byte
			for {
				msg, err := s.Recv()
				if err == io.EOF {
					return s.Send(all)
				}
				all = append(all, msg...)
			}
		},
		"Server": func(_ context.Context, s *transport.Stream) error {
			msg, err := s.Recv()
			return errors.Join(err, s.Send(msg), s.Send(nil), s.Send(msg))
		},
		"Bidi": echo,
	})
	for _, c := range []struct {
		method    string
		send, get []string
	}{
		{"Unary", []string{"a"}, []string{"a!"}},
		{"Client", []string{"a", "b", "", "c"}, []string{"abc"}},
		{"Server", []string{"a"}, []string{"a", "", "a"}},
		{"Bidi", []string{"a", "", "b"}, []string{"a", "", "b"}},
		{"Bidi", nil, nil},
	} {
		t.Run(c.method, func(t *testing.T) {
			s := open(t, background, cl, c.method)
			send(t, s, c.send...)
			if err := s.CloseSend(); err != nil {
				t.Fatal(err)
			}
			for _, msg := range c.get {
				want(t, s, msg)
			}
			wantEnd(t, s, io.EOF)
			if h, err := s.Header(); h == nil || err != nil {
				t.Errorf("header %v, %v", h, err) // there is one, if an empty one
			}
		})
	}
}

func TestHeadersAndTrailers(t *testing.T) {
	cl := pair(t, handlers{"M": func(_ context.Context, s *transport.Stream) error {
		md, err := s.Header()
		if s.Method() != "M" || md[header.KeyServiceName] != "Test" {
			return fmt.Errorf("method %q, metadata %v", s.Method(), md)
		}
		err = errors.Join(err, s.SendHeader(status.Pair{Key: "h", Value: md["RPC_TRANSIT_K"]}), s.Send(nil))
		if again := s.SendHeader(); !errors.Is(again, status.IllegalOperation) {
			return fmt.Errorf("a second header: %v", again)
		}
		s.SetTrailer(status.Pair{Key: "t", Value: "tv"})
		return err
	}})
	s := open(t, background, cl, "M", status.Pair{Key: "RPC_TRANSIT_K", Value: "v"})
	got, err := s.Header()
	if diff := cmp.Diff(map[string]string{"h": "v"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	want(t, s, "")
	wantEnd(t, s, io.EOF)
	if diff := cmp.Diff(map[string]string{"t": "tv"}, s.Trailer()); diff != "" {
		t.Error(diff)
	}
}

// How a handler returns is what the client's Recv gives.
func TestEndings(t *testing.T) {
	long := strings.Repeat("x", wire.DefaultMaxPayload)
	for _, c := range []struct {
		name string
		err  error
		want error // by errors.Is
		text string
	}{
		{"well", nil, io.EOF, "EOF"},
		{"business error", status.NewBizWithExtra(10001, "no", map[string]string{"k": "v"}), status.BizCode(10001),
			"type:business, code:10001, msg:no"},
		{"plain error", errors.New("test error"), status.ApplicationException, "[ttstream error, code=12001] [client-side stream] biz error: test error"},
		{"framework error", status.NewFramework(status.RetServerAuth, "who?"), status.ApplicationException, "[ttstream error, code=12001] [client-side stream] who?"},
		{"stream error", status.NewStream(status.StreamTimeout, "late"), status.ApplicationException, "[ttstream error, code=12001] [client-side stream] biz error: [ttstream error, code=12015] late"},
		{"success by mistake", status.NewBiz(0, "ok?"), status.ApplicationException, ""},
		{"too long to send", errors.New(long), status.ApplicationException, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			cl := pair(t, handlers{"M": func(_ context.Context, s *transport.Stream) error { return c.err }})
			s := open(t, background, cl, "M")
			wantEnd(t, s, c.want)
			_, err := s.Recv()
			if c.text != "" && err.Error() != c.text {
				t.Errorf("%v, want %s", err, c.text)
			}
			var biz *status.BizError
			if errors.As(c.err, &biz) && biz.Code != 0 {
				var got *status.BizError
				if !errors.As(err, &got) || !cmp.Equal(got.BizExtra(), biz.BizExtra()) {
					t.Errorf("extra: %v", err)
				}
			}
		})
	}
}

func TestPanicEndsItsStreamOnly(t *testing.T) {
	cl := pair(t, handlers{
		"Panic": func(context.Context, *transport.Stream) error { panic("test") },
		"Echo":  echo,
	})
	e := open(t, background, cl, "Echo")
	send(t, e, "before")
	want(t, e, "before")
	wantEnd(t, open(t, background, cl, "Panic"), status.ApplicationException)
	none := open(t, background, cl, "NoSuchMethod")
	wantEnd(t, none, status.ApplicationException)
	if _, err := none.Recv(); !strings.Contains(err.Error(), `unknown method "NoSuchMethod"`) {
		t.Error(err)
	}
	send(t, e, "after")
	want(t, e, "after")
	e.Cancel()
}

// A trailer's pair that belongs to the status does not pass for one.
func TestReservedTrailer(t *testing.T) {
	cl := pair(t, handlers{"M": func(_ context.Context, s *transport.Stream) error {
		s.SetTrailer(status.Pair{Key: header.KeyBizStatus, Value: "0"})
		return nil
	}})
	wantEnd(t, open(t, background, cl, "M"), status.ApplicationException)
}

// What a role cannot do is refused, and so is what comes too late.
func TestRefusals(t *testing.T) {
	refused := make(chan error, 1)
	cl := pair(t, handlers{
		"Echo": echo,
		"M":    func(_ context.Context, s *transport.Stream) error { refused <- s.CloseSend(); return nil },
	})
	s := open(t, background, cl, "Echo")
	for what, err := range map[string]error{
		"SendHeader at a client": s.SendHeader(),
		"too large":              s.Send(make([]byte, wire.DefaultMaxPayload+1)),
		"CloseSend":              s.CloseSend(),
	} {
		if ok := err == nil; ok != (what == "CloseSend") || !ok && !errors.Is(err, status.IllegalOperation) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := s.Send(nil); !errors.Is(err, status.IllegalOperation) {
		t.Errorf("Send after CloseSend: %v", err)
	}
	if err := s.CloseSend(); !errors.Is(err, status.IllegalOperation) {
		t.Errorf("a second CloseSend: %v", err)
	}
	wantEnd(t, s, io.EOF)
	if err := s.Send(nil); !errors.Is(err, status.IllegalOperation) {
		t.Errorf("Send after the end: %v", err)
	}
	if err := s.CloseSend(); err != nil {
		t.Errorf("CloseSend after the end: %v", err)
	}
	wantEnd(t, open(t, background, cl, "M"), io.EOF)
	if err := await(t, refused); !errors.Is(err, status.IllegalOperation) {
		t.Errorf("CloseSend at a server: %v", err)
	}
	if _, err := cl.Open(background, "Test", ""); !errors.Is(err, status.IllegalOperation) {
		t.Errorf("Open without a method: %v", err)
	}
}

// A cancel ends both ends, in Recv and in ctx, with the code that live peers use
// and the name of who canceled.
func TestCancel(t *testing.T) {
	type cancel = context.CancelCauseFunc
	for _, c := range []struct {
		name string
		time time.Duration
		do   func(*transport.Stream, cancel)
		code status.StreamCode
		text string
	}{
		{"context", patience, func(_ *transport.Stream, f cancel) { f(nil) }, status.Canceled, "user code invoking stream RPC"},
		{"Cancel", patience, func(s *transport.Stream, _ cancel) { s.Cancel() }, status.Canceled, "user code invoking stream RPC"},
		{"cause", patience, func(_ *transport.Stream, f cancel) { f(errors.New("enough")) }, status.CanceledWithCause, "enough"},
		{"deadline", 100 * time.Millisecond, func(*transport.Stream, cancel) {}, status.StreamTimeout, "stream timeout, timeout in ctx: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, causes := waiter()
			cl := pair(t, handlers{"Wait": h})
			ctx, stop := context.WithTimeout(background, c.time)
			defer stop()
			ctx, cancel := context.WithCancelCause(ctx)
			defer cancel(nil)
			s := open(t, ctx, cl, "Wait")
			want(t, s, "here")
			c.do(s, cancel)
			wantEnd(t, s, c.code)
			if err := s.Send(nil); !errors.Is(err, c.code) {
				t.Errorf("Send: %v", err)
			}
			got := status.FromError(await(t, causes))
			if got.Code != int32(c.code) || !got.Remote || !cmp.Equal(got.CancelPath, []string{"A"}) || !strings.Contains(got.Message, c.text) {
				t.Errorf("at the server: %+v", got)
			}
			if _, err := cl.Open(ctx, "Test", "Wait"); ctx.Err() != nil && !errors.Is(err, c.code) {
				t.Errorf("Open: %v", err)
			}
		})
	}
}

// A cancels, B passes it on to C, and C sees who, by which way.
func TestCancelThroughTwoHops(t *testing.T) {
	for _, how := range []string{"cancel", "deadline"} {
		t.Run(how, func(t *testing.T) {
			h, atC := waiter()
			_, addr := serve(t, transport.Options{Name: "C"}, handlers{"Wait": h})
			toC := dial(t, addr, transport.Options{Name: "B"})
			atB := make(chan error, 1)
			toB := pair(t, handlers{"Relay": func(ctx context.Context, s *transport.Stream) error {
				out, err := toC.Open(ctx, "Test", "Wait")
				if err != nil {
					return err
				}
				msg, _ := out.Recv()
				_ = s.Send(msg)
				_, err = out.Recv()
				atB <- err
				return err
			}})
			ctx, cancel := context.WithCancel(background)
			code := status.Canceled
			if how == "deadline" {
				ctx, cancel = context.WithTimeout(background, 200*time.Millisecond)
				code = status.StreamTimeout
			}
			defer cancel()
			s := open(t, ctx, toB, "Relay")
			want(t, s, "here")
			if how == "cancel" {
				cancel()
			}
			wantEnd(t, s, code)
			b, c := status.FromError(await(t, atB)), status.FromError(await(t, atC))
			if b.Code != int32(code) || !cmp.Equal(b.CancelPath, []string{"A"}) || b.Side != status.SideClient {
				t.Errorf("at B: %+v", b)
			}
			if c.Code != int32(code) || !cmp.Equal(c.CancelPath, []string{"A", "B"}) || c.Message != b.Message {
				t.Errorf("at C: %+v", c)
			}
		})
	}
}

// A handler's streams and goroutines do not outlive it.
func TestHandlerReturns(t *testing.T) {
	inRecv := make(chan error, 1)
	cl := pair(t, handlers{"M": func(_ context.Context, s *transport.Stream) error {
		go func() { _, err := s.Recv(); inRecv <- err }()
		return nil
	}})
	wantEnd(t, open(t, background, cl, "M"), io.EOF)
	if err := await(t, inRecv); !errors.Is(err, status.CanceledByReturn) {
		t.Errorf("Recv of a handler that has returned: %v", err)
	}
}

func TestManyStreams(t *testing.T) {
	cl := pair(t, handlers{"Echo": echo})
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			s, err := cl.Open(background, "Test", "Echo")
			if err != nil {
				t.Error(err)
				return
			}
			for k := range 50 {
				msg := fmt.Sprint("stream ", i, " message ", k)
				if err := s.Send([]byte(msg)); err != nil {
					t.Error(err)
				}
				if got, err := s.Recv(); string(got) != msg {
					t.Errorf("got %q, %v; want %q", got, err, msg)
				}
			}
			_ = s.CloseSend()
			if got, err := s.Recv(); err != io.EOF {
				t.Errorf("behind the last: %q, %v", got, err)
			}
		})
	}
	wg.Wait()
}

// A stream that is over leaves nothing behind, whatever of it was not taken.
func TestStreamsOneAfterAnother(t *testing.T) {
	opt := transport.Options{}
	opt.Limits.MaxStreams = 3
	opt.Limits.MaxPending = 1000
	_, addr := serve(t, opt, handlers{"M": func(context.Context, *transport.Stream) error { return nil }})
	cl := dial(t, addr, opt)
	for range 100 {
		s := open(t, background, cl, "M")
		_ = s.Send(make([]byte, 100))
		_ = s.Send(make([]byte, 100))
		wantEnd(t, s, io.EOF)
	}
}

func TestLargeMessages(t *testing.T) {
	cl := pair(t, handlers{"Echo": echo})
	s := open(t, background, cl, "Echo")
	defer s.Cancel()
	before := heap()
	for i := range 16 {
		msg := bytes.Repeat([]byte{byte(i), 1, 2, 3}, 1<<18)
		send(t, s, string(msg))
		want(t, s, string(msg))
	}
	for range 100 { // and then small ones: large buffers are not kept
		send(t, s, "small")
		want(t, s, "small")
	}
	report(t, before, 2<<20)
}

// Shutdown lets live streams end, takes no others and closes.
func TestShutdown(t *testing.T) {
	srv, addr := serve(t, transport.Options{}, handlers{"Echo": echo})
	cl := dial(t, addr, transport.Options{})
	s := open(t, background, cl, "Echo")
	send(t, s, "a")
	want(t, s, "a")
	idle := dial(t, addr, transport.Options{})
	wantEnd(t, open(t, background, idle, "NoSuchMethod"), status.ApplicationException)
	done := make(chan error, 1)
	go func() { done <- srv.Shutdown(background) }()
	// The connection without streams goes first, however many are opened meanwhile;
	// then Shutdown is under way.
	for {
		early, err := idle.Open(background, "Test", "Echo")
		if errors.Is(err, status.TransportClosing) {
			break
		}
		_ = early.CloseSend()
		_, _ = early.Recv()
	}
	wantEnd(t, open(t, background, cl, "Echo"), status.CanceledByConnection)
	send(t, s, "b")
	want(t, s, "b")
	select {
	case err := <-done:
		t.Fatalf("Shutdown returned %v while a stream was live", err)
	default:
	}
	_ = s.CloseSend()
	wantEnd(t, s, io.EOF)
	if err := await(t, done); err != nil {
		t.Errorf("Shutdown: %v", err)
	}
	if _, err := transport.Dial(background, addr, transport.Options{}); err == nil {
		t.Error("still listening")
	}
}

// Behind its last stream's trailer, a connection stays open for a moment, as live
// peers lose what stands right in front of the end of input. A client that uses it
// is told.
func TestShutdownSettles(t *testing.T) {
	for range 20 { // the test itself may be late, once
		srv, addr := serve(t, transport.Options{}, handlers{"Last": func(_ context.Context, s *transport.Stream) error {
			_ = s.SendHeader()
			_, err := s.Recv()
			return err
		}})
		r := rawDial(t, addr)
		rd := codec.NewReader(r, frame.Limits{})
		r.write(headerFrame(nil, 1, "Last"))
		r.nextOf(rd, 1, frame.Header)
		go srv.Shutdown(background)
		time.Sleep(5 * time.Millisecond) // most likely it is under way
		r.write(dataFrame(nil, 1, nil))
		r.nextOf(rd, 1, frame.Trailer)
		time.Sleep(20 * time.Millisecond)
		r.write(dataFrame(headerFrame(nil, 2, "Last"), 2, nil))
		for f, err := rd.Next(); err == nil; f, err = rd.Next() {
			if f.StreamID == 2 && f.Type == frame.Rst {
				return
			}
		}
	}
	t.Error("the connection is closed at once")
}

// Shutdown may come first.
func TestServeAfterShutdown(t *testing.T) {
	srv, addr := serve(t, transport.Options{}, nil)
	cl := dial(t, addr, transport.Options{})
	wantEnd(t, open(t, background, cl, "M"), status.ApplicationException)
	_ = srv.Shutdown(background)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := srv.Serve(ln); err != transport.ErrServerClosed {
		t.Errorf("Serve: %v", err)
	}
	if err := ln.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve has left its listener open: %v", err)
	}
	a, b := net.Pipe()
	if err := srv.ServeConn(a); err != transport.ErrServerClosed {
		t.Errorf("ServeConn: %v", err)
	}
	if _, err := b.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("the connection is open: %v", err)
	}
}

// A handler can reset its stream, too, and a caller sees by whom.
func TestServerCancels(t *testing.T) {
	cl := pair(t, handlers{"M": func(_ context.Context, s *transport.Stream) error {
		s.Cancel()
		_, err := s.Recv()
		return errors.Join(err, s.Send(nil))
	}})
	s := open(t, background, cl, "M")
	wantEnd(t, s, status.Canceled)
	_, err := s.Recv()
	if e := status.FromError(err); !e.Remote || !cmp.Equal(e.CancelPath, []string{"B"}) {
		t.Errorf("%+v", e)
	}
}

// What does not end in time is reset, and its client learns why.
func TestShutdownOutOfTime(t *testing.T) {
	h, causes := waiter()
	srv, addr := serve(t, transport.Options{}, handlers{"Wait": h})
	cl := dial(t, addr, transport.Options{})
	s := open(t, background, cl, "Wait")
	want(t, s, "here")
	ctx, cancel := context.WithTimeout(background, 50*time.Millisecond)
	defer cancel()
	if err := srv.Shutdown(ctx); err != context.DeadlineExceeded {
		t.Errorf("Shutdown: %v", err)
	}
	if err := await(t, causes); !errors.Is(err, status.CanceledByConnection) {
		t.Errorf("the handler's context: %v", err)
	}
	wantEnd(t, s, status.CanceledByConnection)
}

// Close resets what is live, and the server hears of it.
func TestClientClose(t *testing.T) {
	h, causes := waiter()
	cl := pair(t, handlers{"Wait": h})
	s := open(t, background, cl, "Wait")
	want(t, s, "here")
	_ = cl.Close()
	wantEnd(t, s, status.TransportClosing)
	if err := await(t, causes); !errors.Is(err, status.TransportClosing) {
		t.Errorf("at the server: %v", err)
	}
	if _, err := cl.Open(background, "Test", "Wait"); !errors.Is(err, status.TransportClosing) {
		t.Errorf("Open after Close: %v", err)
	}
}
