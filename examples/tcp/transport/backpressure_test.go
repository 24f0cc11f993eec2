package transport_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ttwire/ttwire/examples/tcp/transport"
	"github.com/ttwire/ttwire/status"
)

const msgSize = 10_000

// small are options under which little waits.
func small() (opt transport.Options) {
	opt.SendBuffer = 64 << 10
	opt.Limits.MaxPending = 256 << 10
	return opt
}

// pour sends numbered messages until Send fails or n are sent.
func pour(s *transport.Stream, n int, count *atomic.Int64) error {
	msg := make([]byte, msgSize)
	for i := range n {
		binary.BigEndian.PutUint32(msg, uint32(i))
		if err := s.Send(msg); err != nil {
			return err
		}
		count.Add(1)
	}
	return nil
}

// drink receives n numbered messages, in order.
func drink(t *testing.T, s *transport.Stream, n int) {
	t.Helper()
	for i := range n {
		msg, err := s.Recv()
		if err != nil || len(msg) != msgSize || int(binary.BigEndian.Uint32(msg)) != i {
			t.Fatalf("message %d: %d bytes, %v", i, len(msg), err)
		}
	}
}

// A user who does not take messages stops the peer's Send. Memory stays flat,
// and nothing is lost when he goes on.
func TestSlowReaderStopsThePeer(t *testing.T) {
	const n = 5000 // 50 MB: more than all buffers of the system
	go_ := make(chan struct{})
	srv := make(chan error, 1)
	count := new(atomic.Int64)
	_, addr := serve(t, small(), handlers{
		"Sink": func(_ context.Context, s *transport.Stream) error {
			<-go_
			for i := range n {
				if msg, err := s.Recv(); err != nil || int(binary.BigEndian.Uint32(msg)) != i {
					srv <- errors.Join(err, errors.New("out of order"))
					return nil
				}
			}
			_, err := s.Recv()
			srv <- err
			return nil
		},
		"Source": func(_ context.Context, s *transport.Stream) error { return pour(s, n, count) },
	})
	check := func(t *testing.T, before uint64) {
		still(t, count)
		t.Logf("Send blocked after %d of %d messages of %d bytes", count.Load(), n, msgSize)
		if count.Load() >= n {
			t.Error("nothing stopped Send")
		}
		report(t, before, 4<<20)
	}
	t.Run("a server's", func(t *testing.T) {
		before := heap()
		s := open(t, background, dial(t, addr, small()), "Sink")
		poured := make(chan error, 1)
		go func() { poured <- errors.Join(pour(s, n, count), s.CloseSend()) }()
		check(t, before)
		close(go_)
		if err := await(t, poured); err != nil {
			t.Error(err)
		}
		if err := await(t, srv); err != io.EOF {
			t.Error(err)
		}
		wantEnd(t, s, io.EOF)
	})
	t.Run("a client's", func(t *testing.T) {
		count.Store(0)
		before := heap()
		s := open(t, background, dial(t, addr, small()), "Source")
		check(t, before)
		drink(t, s, n)
		wantEnd(t, s, io.EOF)
	})
}

// A blocked Send, and a blocked Open, end with their context.
func TestBlockedSendEnds(t *testing.T) {
	block := make(chan struct{})
	_, addr := serve(t, small(), handlers{"Sink": func(ctx context.Context, s *transport.Stream) error {
		select {
		case <-ctx.Done():
		case <-block:
		}
		return nil
	}})
	defer close(block)
	cl := dial(t, addr, small())
	ctx, cancel := context.WithCancel(background)
	s := open(t, ctx, cl, "Sink")
	count := new(atomic.Int64)
	poured := make(chan error, 1)
	go func() { poured <- pour(s, 1<<20, count) }()
	still(t, count)
	octx, ocancel := context.WithCancel(background)
	opened := make(chan error, 1)
	go func() { _, err := cl.Open(octx, "Test", "Sink"); opened <- err }()
	select {
	case err := <-opened:
		t.Errorf("Open was not held up: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	ocancel()
	if err := await(t, opened); !errors.Is(err, status.Canceled) {
		t.Errorf("Open: %v", err)
	}
	cancel()
	if err := await(t, poured); !errors.Is(err, status.Canceled) {
		t.Errorf("Send: %v", err)
	}
}

// What is no message gets through while messages wait: here, the reset that ends
// the wait.
func TestResetPassesWhatWaits(t *testing.T) {
	causes := make(chan error, 1)
	opt := small()
	opt.Limits.MaxPending = 1 // a single message fills it
	_, addr := serve(t, opt, handlers{"Deaf": func(ctx context.Context, _ *transport.Stream) error {
		<-ctx.Done()
		causes <- context.Cause(ctx)
		return nil
	}})
	cl := dial(t, addr, small())
	s := open(t, background, cl, "Deaf")
	send(t, s, "one")
	s.Cancel()
	if err := await(t, causes); !errors.Is(err, status.Canceled) {
		t.Error(err)
	}
}

// One user who takes nothing holds up his connection. When his stream ends, by
// whatever end, the others go on.
func TestEndOfStuckStreamFreesConnection(t *testing.T) {
	for _, how := range []string{"cancel", "trailer taken"} {
		t.Run(how, func(t *testing.T) {
			count := new(atomic.Int64)
			_, addr := serve(t, small(), handlers{
				"Source": func(_ context.Context, s *transport.Stream) error { return pour(s, 5000, count) },
				"Echo":   echo,
			})
			cl := dial(t, addr, small())
			e := open(t, background, cl, "Echo")
			defer e.Cancel()
			stuck := open(t, background, cl, "Source")
			still(t, count)
			send(t, e, "hello?")
			if how == "cancel" {
				stuck.Cancel()
				wantEnd(t, stuck, status.Canceled)
			} else {
				drink(t, stuck, 5000)
				wantEnd(t, stuck, io.EOF)
			}
			want(t, e, "hello?")
		})
	}
}

// A stream that the peer has reset has nothing pending, even while its handler
// goes on.
func TestResetFreesWhatWaits(t *testing.T) {
	release := make(chan struct{})
	_, addr := serve(t, small(), handlers{
		"Deaf": func(context.Context, *transport.Stream) error { <-release; return nil },
		"Echo": echo,
	})
	cl := dial(t, addr, small())
	count := new(atomic.Int64)
	for range 5 { // more than MaxPending, together
		s := open(t, background, cl, "Deaf")
		if err := pour(s, 20, count); err != nil {
			t.Fatal(err)
		}
		s.Cancel()
		wantEnd(t, s, status.Canceled)
	}
	e := open(t, background, cl, "Echo")
	send(t, e, "hello?")
	want(t, e, "hello?")
	e.Cancel()
	close(release)
}
