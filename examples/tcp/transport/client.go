package transport

import (
	"context"
	"net"
	"time"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// Client is a connection to a server. It is not made again when it is lost.
type Client struct{ c *conn }

// Dial connects to a server.
func Dial(ctx context.Context, addr string, opt Options) (*Client, error) {
	nc, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return NewClient(nc, opt), nil
}

// NewClient is Dial for a connection that is there, and belongs to the Client
// from now on.
func NewClient(nc net.Conn, opt Options) *Client {
	return &Client{start(nc, codec.Client, opt, nil)}
}

// Open opens a stream to a method of a service, with metadata. When ctx is done
// the stream is reset: by its deadline as 12015, by a cancel as 12007.
func (cl *Client) Open(ctx context.Context, service, method string, metadata ...status.Pair) (*Stream, error) {
	s := newStream(ctx, cl.c, &trailer.Stream{Method: method, Protocol: header.ThriftStruct})
	if by, ok := ctx.Deadline(); ok {
		s.timeout = time.Until(by)
	}
	if ctx.Err() != nil {
		return nil, s.reason()
	}
	cl.c.mu.Lock()
	defer cl.c.mu.Unlock()
	s.unwatch = context.AfterFunc(s.ctx, s.expired)
	s.waitForRoom()
	if err := s.open(append([]status.Pair{{Key: header.KeyServiceName, Value: service}}, metadata...)); err != nil {
		err = s.result(err)
		s.end(err)
		return nil, err
	}
	return s, nil
}

// open gives the stream an id and appends its header frame.
func (s *Stream) open(pairs []status.Pair) (err error) {
	switch {
	case s.ended != nil:
		return s.ended
	case s.c.draining: // by Close
		return wire.ErrConnClosed
	}
	s.headed, s.st.ID = true, s.c.proto.NextID()
	if s.data, err = frame.NewTemplate(s.st.ID, s.st.Method, s.st.Protocol); err != nil {
		return err
	}
	if err = s.c.append(s.c.proto.Open(s.c.out, &s.st, pairs)); err == nil {
		s.c.streams[s.st.ID] = s
	}
	return err
}

// Close resets the streams that are live, writes what waits and closes the
// connection. It takes some two seconds at the most.
func (cl *Client) Close() error {
	cl.c.close(status.TransportClosing, "")
	cl.c.running.Wait()
	return nil
}
