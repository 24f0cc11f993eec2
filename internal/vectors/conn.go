package main

import (
	"errors"
	"io"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// conn runs steps through the library.
type conn struct {
	*codec.Conn
	client bool
}

func newConn(v *vector) conn {
	role := codec.Server
	if v.Role == "client" {
		role = codec.Client
	}
	lim := codec.ConnLimits{Limits: wire.Limits{Strict: v.Strict}}
	if l := v.Limits; l != nil {
		lim.MaxStreams, lim.MaxOpens, lim.MaxResets, lim.MaxMeta = l.Streams, l.Opens, l.Resets, l.Meta
		lim.MaxPending, lim.OneStream = l.Pending, l.OneStream
	}
	return conn{codec.NewConn(role, lim), v.Role == "client"}
}

func (c conn) step(st *step) (o outcome) {
	switch st.Do {
	case "recv":
		return c.recv(parsed([]byte(*st.In)))
	case "send":
		return refused(c.send(st.Frame, *st.Stream))
	case "release":
		return refused(c.Release(*st.Stream))
	case "taken":
		c.Taken(*st.Stream, *st.Bytes)
	case "lost":
		for ev := range c.Lost(lostErrs[st.How]) {
			o.Ends = append(o.Ends, end{ev.Stream, status.FromError(ev.Err()).Code})
		}
	}
	return o
}

func refused(err error) outcome {
	if err == nil {
		return outcome{}
	}
	code := err.(wire.Code)
	return outcome{Verdict: "REFUSE", Code: code.StreamCode(), Reason: code.Reason()}
}

var lostErrs = map[string]error{
	"eof": io.EOF, "cut": io.ErrUnexpectedEOF, "error": errors.New("connection reset"),
	"illegal": &wire.Error{Code: wire.ErrMagic}, "close": nil, "flood": nil,
}

func (c conn) recv(f *frame.Frame) outcome {
	ev, err := c.Recv(f)
	if err != nil {
		code := err.(wire.Code)
		return outcome{Event: "connection-ended", Verdict: "CONN", Code: code.StreamCode(), Reason: code.Reason()}
	}
	o := outcome{Event: ev.Kind.String(), Rst: ev.Owed}
	switch {
	case ev.Fault != nil:
		code := ev.Fault.(wire.Code)
		o.Verdict, o.Code, o.Reason = "STREAM", code.StreamCode(), code.Reason()
	case ev.Status != nil:
		o.Ending = endingNames[ev.Status.Ending]
		if rec := status.FromError(ev.Err()); rec != nil {
			o.Code = rec.Code
		}
		if ev.Status.Ending == status.EndIllegal {
			o.Verdict, o.Reason = "VALUE", ev.Status.Err.Reason()
		}
	}
	return o
}

var endingNames = map[status.Ending]string{
	status.EndOK: "well", status.EndBusiness: "business", status.EndFramework: "exception",
	status.EndCanceled: "reset", status.EndIllegal: "illegal",
}

// send sends a frame, as the role does that.
func (c conn) send(what string, id int32) error {
	st := &trailer.Stream{ID: id, Method: "Bidi", Protocol: header.ThriftStruct}
	var err error
	switch what {
	case "header":
		if c.client {
			_, err = c.Open(nil, st, nil)
		} else {
			_, err = c.SendHeader(nil, st, nil)
		}
	case "data":
		t, terr := frame.NewTemplate(id, "Bidi", header.ThriftStruct)
		if terr != nil {
			panic(terr)
		}
		_, err = c.Send(nil, &t, []byte("m"))
	case "trailer":
		if c.client {
			_, err = c.CloseSend(nil, st)
		} else {
			_, err = c.End(nil, st, &status.Status{Ending: status.EndOK}, nil)
		}
	case "rst":
		s := trailer.Cancel(status.Canceled, bye, nil, "A")
		_, err = c.Reset(nil, st, &s)
	}
	return err
}
