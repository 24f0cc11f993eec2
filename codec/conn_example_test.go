package codec_test

import (
	"fmt"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
)

// A client and a server without a connection: what one of them appends, the
// other one parses. The stream is a bidirectional one, and its handler ends it
// with a business error. Real transports look at every error; docs/connection.md
// says what else they do.
func ExampleConn() {
	client := codec.NewConn(codec.Client, codec.ConnLimits{})
	server := codec.NewConn(codec.Server, codec.ConnLimits{})
	var toServer, toClient []byte

	// The client opens a stream, sends a message and half-closes.
	st := &trailer.Stream{ID: client.NextID(), Method: "Buy", Protocol: header.ThriftStruct}
	data, _ := frame.NewTemplate(st.ID, st.Method, st.Protocol)
	toServer, _ = client.Open(toServer, st, []status.Pair{{Key: header.KeyServiceName, Value: "Shop"}})
	toServer, _ = client.Send(toServer, &data, []byte("a house"))
	toServer, _ = client.CloseSend(toServer, st)

	// The server does what each frame asks for.
	for b := toServer; len(b) > 0; {
		var f frame.Frame
		n, _ := f.Parse(b)
		switch ev, _ := server.Recv(&f); ev.Kind {
		case codec.Opened:
			fmt.Printf("server: %s is opened\n", f.Method())
			toClient, _ = server.SendHeader(toClient, st, nil)
		case codec.Message:
			fmt.Printf("server: %s\n", f.Payload)
			server.Taken(ev.Stream, len(f.Payload))
			toClient, _ = server.Send(toClient, &data, []byte("let me see"))
		case codec.HalfClosed:
			how := trailer.StatusOf(status.NewBiz(10001, "insufficient user balance"))
			toClient, _ = server.End(toClient, st, &how, nil)
			_ = server.Release(ev.Stream) // the handler is done
		}
		b = b[n:]
	}

	// The client learns how it ended.
	for b := toClient; len(b) > 0; {
		var f frame.Frame
		n, _ := f.Parse(b)
		switch ev, _ := client.Recv(&f); ev.Kind {
		case codec.Message:
			fmt.Printf("client: %s\n", f.Payload)
			client.Taken(ev.Stream, len(f.Payload))
		case codec.Ended:
			fmt.Println("client:", ev.Err())
			_ = client.Release(ev.Stream)
		}
		b = b[n:]
	}
	fmt.Println("live streams:", client.Streams(), server.Streams())

	// Output:
	// server: Buy is opened
	// server: a house
	// client: let me see
	// client: type:business, code:10001, msg:insufficient user balance
	// live streams: 0 0
}
