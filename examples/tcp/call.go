package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/ttwire/ttwire/examples/tcp/transport"
	"github.com/ttwire/ttwire/status"
)

// call is one stream of a client.
type call struct {
	service, method, shape string        // shape: unary, client, server, bidi
	timeout, cancel        time.Duration // 0: none
	n                      int32
	texts                  []string
}

// dial connects for one stream, and prints the frames as they pass.
func (c call) dial(ctx context.Context, w io.Writer, addr string, opt transport.Options) error {
	nc, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	w = &lockedWriter{w: w}
	cl := transport.NewClient(newTap(nc, w, "here", "there"), opt)
	defer cl.Close()
	return c.on(ctx, w, cl)
}

// on opens the stream, and says what comes of it. An error is one of this side.
func (c call) on(ctx context.Context, w io.Writer, cl *transport.Client) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if c.timeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	if c.cancel > 0 {
		defer time.AfterFunc(c.cancel, cancel).Stop()
	}
	s, err := cl.Open(ctx, or(c.service, serviceName), c.method, status.Pair{Key: "RPC_PERSIST_user", Value: "ada"})
	if err != nil {
		return err
	}
	defer s.Cancel()
	err = c.talk(w, s)
	ended(w, s, err)
	if status.IsCanceled(err) || status.IsTimeout(err) {
		time.Sleep(50 * time.Millisecond) // what is still on the wire is worth seeing
	}
	return nil
}

// talk sends all texts and prints what comes back: in turn if the shape is bidi,
// else behind the half-close. Its error is how the stream ended.
func (c call) talk(w io.Writer, s *transport.Stream) error {
	for _, text := range c.texts {
		if err := s.Send(message{text, c.n}.encode()); err != nil {
			break // and Recv says why
		}
		if c.shape != "bidi" {
			continue
		}
		if err := show(w, s); err != nil {
			return err
		}
		if text == "wait" { // nothing will come any more
			return show(w, s)
		}
	}
	_ = s.CloseSend()
	for {
		if err := show(w, s); err != nil {
			return err
		}
	}
}

// show prints the next message.
func show(w io.Writer, s *transport.Stream) error {
	m, err := recv(s)
	if err == nil {
		fmt.Fprintln(w, "message:", m)
	}
	return err
}

// ended prints how a stream ended.
func ended(w io.Writer, s *transport.Stream, err error) {
	var biz *status.BizError
	switch {
	case err == io.EOF:
		fmt.Fprintln(w, "ended well; trailer", s.Trailer())
	case errors.As(err, &biz):
		fmt.Fprintf(w, "business error: code %d, message %q, extra %v\n", biz.BizStatusCode(), biz.BizMessage(), biz.BizExtra())
	default:
		fmt.Fprintln(w, "error:", err)
	}
}

func or(s, def string) string {
	if s == "" {
		return def
	}
	return s
}
