package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/ttwire/ttwire/examples/proxy/relay"
)

const tapLong = `Tap listens at one address, passes each connection on to another, and shows the
frames that pass, as dump does. Put it between a client and a server:

  ttwire tap --listen 127.0.0.1:9001 --upstream 127.0.0.1:9000

and let the client connect to 127.0.0.1:9001. It goes on until it is interrupted
(Ctrl-C): then it takes no more connections, passes on what it has read, and ends
those there are. A second interrupt ends it at once.

What passes is the same, byte for byte, as without it. Bytes are passed on before
they are looked at. Half-closes and resets are passed on as such, and a side that
is slow slows the other down. Where bytes are illegal, or no TTHeader at all, tap
says what they are, goes on passing that direction on, and shows no more of it.
What is larger than the limits (--max-payload) is for tap illegal in this sense,
since it holds frames whole. If the output is too slow for the traffic (8MiB of
it wait at most), frames and events are left out, and it says how many.

In text each line begins with the time at which the end of the frame passed, on
the clock of this machine, the number of the connection, from 1 on, and the
direction: c2s is what the client sends, s2c what it gets. Offsets count from the
start of the direction. Where a connection ends otherwise than well, the streams
that were live are listed. A reply can stand before what it replies to, since each
direction is looked at by itself.

A client's trailer is a half-close: it sends no more on the stream, and the
server's trailer, or an rst, is still to come. What comes after that is "after the
end", and nobody receives it: Kitex sends a trailer after an rst, from both sides.
This is known of the last 1024 streams that have ended.

JSON (--json) is one object a line. Frames, and what is illegal or cut short, are
as in dump, behind these keys, of which the last two are only there where true:

  {"conn":1,"dir":"s2c","time":"2024-11-22T06:47:01.000123Z",
   "half_close":true,"after_end":true,"offset":0,...}

Each line has the time, in UTC. The lines that are not about frames are

  {"conn":1,"time":"...","opened":{"client":"127.0.0.1:50000","upstream":"127.0.0.1:9000"}}
  {"conn":1,"time":"...","failed":{"error":"..."}}    not passed on; conn 0: not accepted
  {"conn":1,"dir":"s2c","time":"...","ended":{"how":"closed","bytes":313}}
  {"conn":1,"dir":"c2s","time":"...","ended":{"how":"broken","bytes":60,"code":12006,"error":"..."}}
  {"time":"...","lost":12}                            so many objects are not shown here

"how" is closed (the side has finished sending; the other may go on), broken (by
a reset, say), aborted (since the other direction broke) or stopped (by the
interrupt). Where streams were live it ends with "live", their number, and
"streams", the ids of the first 100.

Exit status: 0 once interrupted, if all frames were whole and legal; 1 if one was
not, or what an ending says could not be read; 2 for wrong usage, or if it cannot
listen or write.`

const tapExample = `  ttwire tap --listen :9001 --upstream server:9000
  ttwire tap --listen :9001 --upstream server:9000 --json > recorded.jsonl
  ttwire tap --listen :9001 --upstream server:9000 --json |
    jq -c 'select(.status and (.half_close or .after_end | not)) | [.time, .conn, .stream, .status.error]'`

// maxWaiting is how many bytes of lines wait for the output.
const maxWaiting = 8 << 20

// tap is one run of the command.
type tap struct {
	look
	listen, upstream string
	now              func() time.Time

	colors palette
	lines  tapLines
	queue  *lineQueue
	flawed atomic.Bool // something was illegal, cut or unreadable
}

func newTapCommand() *cobra.Command {
	t := &tap{now: time.Now}
	cmd := &cobra.Command{
		Use:                   "tap --listen ADDR --upstream ADDR [flags]",
		Short:                 "Show the frames that pass between a client and a server",
		Long:                  tapLong,
		Example:               tapExample,
		Args:                  cobra.NoArgs,
		ValidArgsFunction:     cobra.NoFileCompletions,
		DisableFlagsInUseLine: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := t.checkFlags(); err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			context.AfterFunc(ctx, stop) // a second signal ends it at once
			return t.run(ctx, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	fl.StringVar(&t.listen, "listen", "", "accept connections at `ADDR`, as in :9001")
	fl.StringVar(&t.upstream, "upstream", "", "pass them on to `ADDR`, as in 127.0.0.1:9000")
	t.addFlags(cmd)
	for _, name := range []string{"listen", "upstream"} {
		_ = cmd.MarkFlagRequired(name) // fails for unknown flags only
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.NoFileCompletions)
	}
	return cmd
}

func (t *tap) checkFlags() error {
	for name, addr := range map[string]string{"listen": t.listen, "upstream": t.upstream} {
		if _, port, err := net.SplitHostPort(addr); err != nil || port == "" {
			return fmt.Errorf("--%s %q: want HOST:PORT or :PORT", name, addr)
		}
	}
	return t.check()
}

// run passes connections on until ctx is done or the output fails.
func (t *tap) run(ctx context.Context, out, errOut io.Writer) error {
	ln, err := net.Listen("tcp", t.listen)
	if err != nil {
		fmt.Fprintf(errOut, "ttwire: %v\n", err)
		return exitStatus(statusFailed)
	}
	fmt.Fprintf(errOut, "ttwire: listening on %v, passing on to %s\n", ln.Addr(), t.upstream)
	t.begin(isTerminal(out))
	t.queue = newLineQueue(out, maxWaiting, func(n int64) []byte { return t.lines.lost(t.now(), n) })
	t.say(t.lines.titles())
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-t.queue.done:
			cancel()
		case <-ctx.Done():
		}
	}()
	(&relay.Relay{Upstream: t.upstream, Watcher: t}).Serve(ctx, ln.(*net.TCPListener))
	if err := t.queue.close(); err != nil {
		return unwritten(errOut, err)
	}
	if t.flawed.Load() {
		return exitStatus(statusIllegal)
	}
	return nil
}

// begin decides how things are shown.
func (t *tap) begin(onScreen bool) {
	if t.lines = (tapJSON{}); !t.json {
		p := t.newText(nil, onScreen)
		t.lines, t.colors = tapText{p.palette}, p.palette
	}
}

// say puts out a line that is not about a frame.
func (t *tap) say(line []byte) {
	if t.queue.room() {
		t.queue.put(line)
	}
}

// Opened implements relay.Watcher.
func (t *tap) Opened(n int64, client, upstream net.Addr) (c2s, s2c relay.Tap) {
	t.say(t.lines.opened(t.now(), n, client.String(), upstream.String()))
	c := newTapConn(t, n)
	return newDirection(c, "c2s"), newDirection(c, "s2c")
}

// Failed implements relay.Watcher.
func (t *tap) Failed(n int64, err error) { t.say(t.lines.failed(t.now(), n, err)) }

// tapLines makes the lines that are not about frames.
type tapLines interface {
	titles() []byte
	opened(at time.Time, conn int64, client, upstream string) []byte
	failed(at time.Time, conn int64, err error) []byte
	ended(e *ended) []byte
	lost(at time.Time, n int64) []byte
}
