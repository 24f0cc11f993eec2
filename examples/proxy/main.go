// Command proxy passes connections on, byte for byte, and prints each TTHeader
// frame as it passes, both ways:
//
//	go run ./examples/proxy -listen :9001 -upstream :9000
//
// Bytes that are no legal frame pass too; that direction says what they are and
// prints no more. `ttwire tap` is this with all that `ttwire dump` knows.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/examples/proxy/relay"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:9001", "accept connections at `ADDR`")
	upstream := flag.String("upstream", "127.0.0.1:9000", "pass them on to `ADDR`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second interrupt ends it at once
	ln, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", ln.Addr())
	serve(ctx, ln.(*net.TCPListener), *upstream, os.Stdout)
}

// serve passes connections on until ctx is done.
func serve(ctx context.Context, ln *net.TCPListener, upstream string, out io.Writer) {
	p := &printer{lines: make(chan []byte, 1000)}
	go func() {
		(&relay.Relay{Upstream: upstream, Watcher: p}).Serve(ctx, ln)
		close(p.lines)
	}()
	p.run(out)
}

// printer prints lines and keeps no traffic waiting for that: where the output
// is too slow it leaves lines out, and says how many.
type printer struct {
	lines chan []byte
	lost  atomic.Int64
}

func (p *printer) run(out io.Writer) {
	for line := range p.lines {
		out.Write(line)
		if n := p.lost.Swap(0); n > 0 {
			fmt.Fprintf(out, "... %d lines are missing here: the output is slow\n", n)
		}
	}
}

func (p *printer) print(line []byte) {
	select {
	case p.lines <- append(line, '\n'):
	default:
		p.lost.Add(1)
	}
}

func (p *printer) Opened(conn int64, client, upstream net.Addr) (c2s, s2c relay.Tap) {
	p.print(fmt.Appendf(nil, "#%d %v -> %v", conn, client, upstream))
	return p.tap(conn, "c2s"), p.tap(conn, "s2c")
}

func (p *printer) Failed(conn int64, err error) {
	p.print(fmt.Appendf(nil, "#%d failed: %v", conn, err))
}

// tap prints the frames of one direction.
type tap struct {
	print func(format string, args ...any)
	feed  *codec.Feeder // nil once nothing more can be framed
	bytes int64
}

func (p *printer) tap(conn int64, dir string) *tap {
	return &tap{feed: codec.NewFeeder(frame.Limits{}), print: func(format string, args ...any) {
		p.print(fmt.Appendf(nil, "#%d %s "+format, append([]any{conn, dir}, args...)...))
	}}
}

// Bytes prints the frames that end in b.
func (t *tap) Bytes(b []byte) {
	t.bytes += int64(len(b))
	if t.feed == nil {
		return
	}
	t.feed.Feed(b)
	f, err := t.feed.Next()
	for ; err == nil; f, err = t.feed.Next() {
		t.print("%s", describe(f))
	}
	if err != wire.ErrShort {
		t.print("%v: passed on unseen from here", err)
		t.feed = nil
	}
}

// End prints how the direction ended.
func (t *tap) End(err error) {
	if t.feed != nil && t.feed.InFrame() {
		t.print("%v", t.feed.End())
	}
	if err == nil {
		err = io.EOF
	}
	t.print("%d bytes, then %v", t.bytes, err)
}

// What is longer is cut, in bytes, so that the lines that wait for a slow output
// are a few MiB whatever the peers send.
const (
	maxValue = 200
	maxLine  = 4 << 10
)

// describe is a frame in a line. All that came over the wire is quoted.
func describe(f *frame.Frame) (b []byte) {
	token, _ := f.Header.Token()
	b = fmt.Appendf(b, "%-7v stream %d flags %#x token %v payload %d", f.Type, f.StreamID, uint16(f.Flags), value(token), len(f.Payload))
	for k, v := range f.Header.Ints() {
		if len(b) < maxLine {
			b = fmt.Appendf(b, " %v=%v", k, value(v))
		}
	}
	for k, v := range f.Header.Strs() {
		if len(b) < maxLine {
			b = fmt.Appendf(b, " %v=%v", value(k), value(v))
		}
	}
	return appendEnding(cut(b), f)
}

// appendEnding appends what a trailer or rst means to its user, unless all is well.
func appendEnding(b []byte, f *frame.Frame) []byte {
	s, err := trailer.Parse(f)
	if err == wire.ErrNotStatus || s.Ending == status.EndOK {
		return b
	}
	s.Message = s.Message[:min(len(s.Message), maxLine)] // before it is copied and escaped
	return append(b, cut(fmt.Appendf(nil, " => %v", trailer.Err(&s, status.SideUnknown)))...)
}

// cut is a text, or its start and a sign that there is more.
func cut(text []byte) []byte {
	if len(text) <= maxLine {
		return text
	}
	return append(bytes.ToValidUTF8(text[:maxLine], nil), " ..."...)
}

// value is bytes that are shown quoted, and not all of them.
type value []byte

func (v value) String() string {
	if len(v) <= maxValue {
		return strconv.Quote(string(v))
	}
	return fmt.Sprintf("%q... of %d bytes", []byte(v[:maxValue]), len(v))
}
