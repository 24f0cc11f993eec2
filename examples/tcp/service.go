package main

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/ttwire/ttwire/examples/tcp/transport"
	"github.com/ttwire/ttwire/status"
)

// service answers streams of all four shapes. next is where Relay goes on to.
type service struct{ next *transport.Client }

func (sv *service) handlers() map[string]transport.Handler {
	return map[string]transport.Handler{
		"Unary":        sv.unary,
		"ClientStream": sv.clientStream,
		"ServerStream": sv.serverStream,
		"Bidi":         sv.bidi,
		"Relay":        sv.relay,
	}
}

// recv is Stream.Recv for a message.
func recv(s *transport.Stream) (message, error) {
	b, err := s.Recv()
	if err != nil {
		return message{}, err
	}
	return decode(b)
}

// unary sends the one message back.
func (sv *service) unary(_ context.Context, s *transport.Stream) error {
	m, err := recv(s)
	if err != nil {
		return err
	}
	return errors.Join(s.Send(m.encode()), ending(m.text))
}

// clientStream joins all messages in one answer.
func (sv *service) clientStream(_ context.Context, s *transport.Stream) error {
	var texts []string
	for {
		m, err := recv(s)
		if err == io.EOF {
			return s.Send(message{strings.Join(texts, "+"), int32(len(texts))}.encode())
		}
		if err != nil {
			return err
		}
		texts = append(texts, m.text)
	}
}

// serverStream sends the one message back n times, numbered.
func (sv *service) serverStream(_ context.Context, s *transport.Stream) error {
	m, err := recv(s)
	if err != nil {
		return err
	}
	for i := range m.n {
		if err := s.Send(message{m.text, i}.encode()); err != nil {
			return err
		}
	}
	return ending(m.text)
}

// bidi sends back each message as it comes. Some words end it.
func (sv *service) bidi(ctx context.Context, s *transport.Stream) error {
	if err := s.SendHeader(status.Pair{Key: "server-header", Value: "hv"}); err != nil {
		return err
	}
	s.SetTrailer(status.Pair{Key: "server-trailer", Value: "tv"})
	for {
		m, err := recv(s)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.Send(m.encode()); err != nil {
			return err
		}
		if m.text == "wait" {
			<-ctx.Done()
			return context.Cause(ctx)
		}
		if err := ending(m.text); err != nil {
			return err
		}
	}
}

// relay passes a stream on to another server's Bidi. It opens that stream with
// its own context: a cancel that reaches it is passed on, with its path.
func (sv *service) relay(ctx context.Context, s *transport.Stream) error {
	if sv.next == nil {
		return errors.New("there is no next server")
	}
	out, err := sv.next.Open(ctx, serviceName, "Bidi")
	if err != nil {
		return err
	}
	defer out.Cancel()
	for {
		b, err := s.Recv()
		if err == io.EOF {
			return drainInto(s, out)
		}
		if err != nil {
			return err
		}
		if err := out.Send(b); err != nil {
			return err
		}
		if b, err = out.Recv(); err != nil {
			return err
		}
		if err := s.Send(b); err != nil {
			return err
		}
	}
}

// drainInto half-closes out, and sends what it still gives to s.
func drainInto(s, out *transport.Stream) error {
	if err := out.CloseSend(); err != nil {
		return err
	}
	for {
		b, err := out.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := s.Send(b); err != nil {
			return err
		}
	}
}

// ending is the error that a word asks for.
func ending(word string) error {
	switch word {
	case "biz":
		return status.NewBiz(10001, "insufficient user balance")
	case "bizextra":
		return status.NewBizWithExtra(10001, "insufficient user balance", map[string]string{"testKey": "testVal"})
	case "err":
		return errors.New("test error")
	case "panic":
		panic("test panic")
	}
	return nil
}
