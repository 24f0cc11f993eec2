package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math/bits"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ttwire/ttwire/examples/tcp/transport"
)

// soak has many streams at a time, on one connection, to a server that sends
// every message back. Each stream keeps some messages on their way, and checks
// that what comes is what it sent: everything, once, in order, unchanged. After
// some thousand messages a stream ends, and another takes its place.
type soak struct {
	addr    string // of the server; "": one of its own
	service string
	method  string
	streams int
	size    int // of a message's text, in bytes
	time    time.Duration
	grace   time.Duration // after which a message that has not come is lost

	messages, opened atomic.Int64
	mu               sync.Mutex
	times            histogram // of round trips
}

const (
	onTheWay  = 4    // messages of a stream
	perStream = 2000 // messages, before another takes its place
	minText   = 20   // stream, sequence and checksum
)

func (k *soak) run(ctx context.Context, w io.Writer) error {
	opt := transport.Options{Name: "soak"}
	opt.Limits.MaxStreams = k.streams + 1
	if k.addr == "" {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		srv := &transport.Server{Options: opt, Handlers: map[string]transport.Handler{k.method: echo}}
		go srv.Serve(ln)
		defer srv.Shutdown(ctx)
		k.addr = ln.Addr().String()
	}
	cl, err := transport.Dial(ctx, k.addr, opt)
	if err != nil {
		return err
	}
	defer cl.Close()
	before := measure()
	start := time.Now()
	err = k.all(ctx, cl, start.Add(k.time))
	k.report(w, time.Since(start), before, measure())
	return err
}

// echo sends back every message as it is.
func echo(_ context.Context, s *transport.Stream) error {
	for {
		b, err := s.Recv()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = s.Send(b)
		}
		if err != nil {
			return err
		}
	}
}

// all runs all streams, and gives what went wrong.
func (k *soak) all(ctx context.Context, cl *transport.Client, until time.Time) error {
	ctx, late := context.WithDeadlineCause(ctx, until.Add(k.grace), errors.New("messages have not come back"))
	defer late()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for range k.streams {
		wg.Go(func() {
			var times histogram
			for time.Now().Before(until) && ctx.Err() == nil {
				if err := k.stream(ctx, cl, until, &times); err != nil {
					cancel(err)
				}
			}
			k.mu.Lock()
			defer k.mu.Unlock()
			k.times.add(&times)
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// stream is the life of one stream.
func (k *soak) stream(ctx context.Context, cl *transport.Client, until time.Time, times *histogram) error {
	s, err := cl.Open(ctx, k.service, k.method)
	if err != nil {
		return err
	}
	defer s.Cancel()
	var (
		id         = uint64(k.opened.Add(1))
		text       = make([]byte, max(k.size, minText))
		buf        []byte
		sentAt     [onTheWay]time.Time
		sent, seen uint64
	)
	for {
		for sent < perStream && sent-seen < onTheWay && time.Now().Before(until) {
			fill(text, id, sent)
			buf = appendMessage(buf[:0], text, int32(sent))
			sentAt[sent%onTheWay] = time.Now()
			if err := s.Send(buf); err != nil {
				return err
			}
			sent++
		}
		if seen == sent {
			return hangUp(s)
		}
		b, err := s.Recv()
		if err != nil {
			return fmt.Errorf("stream %d, message %d of %d: %w", id, seen, sent, err)
		}
		if err := check(b, id, seen); err != nil {
			return err
		}
		times.note(time.Since(sentAt[seen%onTheWay]))
		seen++
		k.messages.Add(1)
	}
}

// hangUp ends a stream all of whose messages have come back.
func hangUp(s *transport.Stream) error {
	if err := s.CloseSend(); err != nil {
		return err
	}
	if b, err := s.Recv(); err != io.EOF {
		return fmt.Errorf("behind the last message: %d bytes, error %v", len(b), err)
	}
	return nil
}

// fill makes the text of a message: stream, sequence, filling, checksum.
func fill(text []byte, id, seq uint64) {
	binary.BigEndian.PutUint64(text, id)
	binary.BigEndian.PutUint64(text[8:], seq)
	end := len(text) - 4
	for i, x := 16, id<<32^seq; i < end; i++ {
		x = x*6364136223846793005 + 1442695040888963407
		text[i] = byte(x >> 56)
	}
	binary.BigEndian.PutUint32(text[end:], crc32.ChecksumIEEE(text[:end]))
}

// check reports a message that is not number seq of the stream, or is damaged.
func check(b []byte, id, seq uint64) error {
	m, err := decode(b)
	if err != nil {
		return err
	}
	text := []byte(m.text)
	end := len(text) - 4
	if end < 16 || binary.BigEndian.Uint32(text[end:]) != crc32.ChecksumIEEE(text[:end]) {
		return fmt.Errorf("stream %d, message %d: the checksum is wrong", id, seq)
	}
	gotID, gotSeq := binary.BigEndian.Uint64(text), binary.BigEndian.Uint64(text[8:])
	if gotID != id || gotSeq != seq || m.n != int32(seq) {
		return fmt.Errorf("stream %d, message %d: got message %d of stream %d", id, seq, gotSeq, gotID)
	}
	return nil
}

// report prints what was measured. Both ends are in it, if both are here.
func (k *soak) report(w io.Writer, took time.Duration, before, after usage) {
	n := k.messages.Load()
	per := func(x uint64) float64 { return float64(x) / float64(max(n, 1)) }
	seconds := took.Seconds()
	fmt.Fprintf(w, "%d messages there and back on %d streams, %d at a time, in %.1f s\n", n, k.opened.Load(), k.streams, seconds)
	fmt.Fprintf(w, "%.0f messages/s and %.1f MB/s each way\n", float64(n)/seconds, float64(n)*float64(k.size)/seconds/1e6)
	fmt.Fprintf(w, "round trip: p50 %v, p99 %v\n", k.times.at(0.50), k.times.at(0.99))
	fmt.Fprintf(w, "%.1f allocs and %.0f bytes a message\n", per(after.Mallocs-before.Mallocs), per(after.TotalAlloc-before.TotalAlloc))
	fmt.Fprintf(w, "heap: %d KiB at the start, %d KiB at the end\n", before.HeapAlloc>>10, after.HeapAlloc>>10)
	fmt.Fprintf(w, "goroutines: %d at the start, %d at the end\n", before.goroutines, after.goroutines)
}

// usage is what this process takes, with a connection and no streams.
type usage struct {
	runtime.MemStats
	goroutines int
}

func measure() (u usage) {
	runtime.GC()
	runtime.ReadMemStats(&u.MemStats)
	u.goroutines = runtime.NumGoroutine()
	return u
}

// histogram counts durations in buckets of an eighth of a power of two.
type histogram [512]uint64

func (h *histogram) note(d time.Duration) {
	x := uint64(max(d, 8))
	e := bits.Len64(x) - 4 // so that x>>e is 8 to 15
	h[e*8+int(x>>e)-8]++
}

func (h *histogram) add(o *histogram) {
	for i, n := range o {
		h[i] += n
	}
}

// at is the duration that a part p of all does not exceed, rounded up by an
// eighth at most.
func (h *histogram) at(p float64) time.Duration {
	total, sum := uint64(0), uint64(0)
	for _, n := range h {
		total += n
	}
	for i, n := range h {
		if sum += n; n > 0 && float64(sum) >= p*float64(total) {
			return time.Duration(uint64(i%8+9)<<(i/8) - 1)
		}
	}
	return 0
}
