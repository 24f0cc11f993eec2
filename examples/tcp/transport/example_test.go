package transport_test

import (
	"context"
	"fmt"
	"io"
	"net"

	"github.com/ttwire/ttwire/examples/tcp/transport"
	"github.com/ttwire/ttwire/status"
)

// A server with one method, and a client that calls it.
func Example() {
	greet := func(_ context.Context, s *transport.Stream) error {
		for {
			name, err := s.Recv()
			if err == io.EOF {
				return status.NewBiz(10001, "nobody is left to greet")
			}
			if err != nil {
				return err
			}
			if err := s.Send(fmt.Append(nil, "Hello, ", string(name))); err != nil {
				return err
			}
		}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	srv := &transport.Server{Handlers: map[string]transport.Handler{"Greet": greet}}
	go srv.Serve(ln)

	ctx := context.Background()
	cl, err := transport.Dial(ctx, ln.Addr().String(), transport.Options{Name: "example"})
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := cl.Open(ctx, "Greeter", "Greet")
	if err != nil {
		fmt.Println(err)
		return
	}
	_ = s.Send([]byte("Ada"))
	_ = s.CloseSend()
	for {
		msg, err := s.Recv()
		if err != nil {
			fmt.Println(err)
			break
		}
		fmt.Println(string(msg))
	}
	_ = cl.Close()
	_ = srv.Shutdown(ctx)
	// Output:
	// Hello, Ada
	// type:business, code:10001, msg:nobody is left to greet
}
