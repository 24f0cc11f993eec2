// Command tcp shows, checks and tries the transport in examples/tcp/transport.
//
//	go run ./examples/tcp                              a conversation, frame by frame
//	go run ./examples/tcp -soak 30s -streams 1000      a soak: every message is checked
//	go run ./examples/tcp -listen :9000                a server, for any TTHeader Streaming client
//	go run ./examples/tcp -connect :9000 -method Bidi -shape bidi one two biz
//	                                                   a client, for any such server
//
// The messages are a Thrift struct of a string and an i32 (see message.go), so
// that Kitex code that was generated for such a struct can be the other end.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"time"

	"github.com/ttwire/ttwire/examples/tcp/transport"
)

const serviceName = "TestService"

func main() {
	var (
		listen  = flag.String("listen", "", "serve on `ADDR` until interrupted")
		next    = flag.String("next", "", "with -listen: the server at `ADDR` that Relay goes on to")
		name    = flag.String("name", "ttwire-example", "this service, as cancel paths show it")
		connect = flag.String("connect", "", "call the server at `ADDR`")
		svc     = flag.String("service", serviceName, "with -connect: the service")
		method  = flag.String("method", "Bidi", "with -connect: the method")
		shape   = flag.String("shape", "bidi", "with -connect: unary, client, server or bidi")
		timeout = flag.Duration("timeout", 0, "with -connect: the stream's deadline")
		cancel  = flag.Duration("cancel", 0, "with -connect: cancel after this time")
		repeat  = flag.Int("n", 3, "with -connect: the number in each message, and how often ServerStream answers")
		long    = flag.Duration("soak", 0, "exchange checked messages for this long")
		streams = flag.Int("streams", 100, "with -soak: streams at a time")
		size    = flag.Int("size", 64, "with -soak: bytes a message")
	)
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	opt := transport.Options{Name: *name}
	var err error
	switch {
	case *long > 0:
		err = (&soak{addr: *connect, service: *svc, method: *method, streams: *streams, size: *size, time: *long, grace: time.Minute}).run(ctx, os.Stdout)
	case *listen != "":
		err = serveUntil(ctx, *listen, *next, opt)
	case *connect != "":
		c := call{*svc, *method, *shape, *timeout, *cancel, int32(*repeat), flag.Args()}
		err = c.dial(ctx, os.Stdout, *connect, opt)
	default:
		err = converse(ctx, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "tcp:", err)
		os.Exit(1)
	}
}

// serveUntil serves until ctx is done, and lets streams that are live then end within
// some seconds.
func serveUntil(ctx context.Context, addr, next string, opt transport.Options) error {
	sv := &service{}
	if next != "" {
		cl, err := transport.Dial(ctx, next, opt)
		if err != nil {
			return err
		}
		defer cl.Close()
		sv.next = cl
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Println("listening on", ln.Addr())
	srv := &transport.Server{Options: opt, Handlers: logged(os.Stdout, opt.Name, sv.handlers())}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return srv.Shutdown(grace)
}

// logged prints how handlers return, unless all is well.
func logged(w io.Writer, name string, hs map[string]transport.Handler) map[string]transport.Handler {
	for method, h := range hs {
		hs[method] = func(ctx context.Context, s *transport.Stream) error {
			err := h(ctx, s)
			if err != nil {
				fmt.Fprintf(w, "%s: %s returns: %v\n", name, method, err)
			}
			return err
		}
	}
	return hs
}
