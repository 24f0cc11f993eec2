package main

import (
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
)

// tap is a client's connection that prints each frame that passes.
type tap struct {
	*net.TCPConn
	w       io.Writer
	to, fro string // arrows
	out, in *codec.Feeder
}

func newTap(nc net.Conn, w io.Writer, client, server string) *tap {
	return &tap{
		TCPConn: nc.(*net.TCPConn), w: w,
		to: "  " + client + " --> " + server + "  ", fro: "  " + client + " <-- " + server + "  ",
		out: codec.NewFeeder(frame.Limits{}), in: codec.NewFeeder(frame.Limits{}),
	}
}

func (t *tap) Read(p []byte) (int, error) {
	n, err := t.TCPConn.Read(p)
	t.show(t.fro, t.in, p[:n])
	return n, err
}

func (t *tap) Write(p []byte) (int, error) {
	t.show(t.to, t.out, p)
	return t.TCPConn.Write(p)
}

// show prints the frames that end in p. Each direction has one goroutine.
func (t *tap) show(arrow string, d *codec.Feeder, p []byte) {
	d.Feed(p)
	for {
		f, err := d.Next()
		if err != nil {
			return // more is needed, or these are no frames: the transport says so
		}
		fmt.Fprintln(t.w, arrow+describe(f))
	}
}

// describe is a frame in a line.
func describe(f *frame.Frame) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-7v stream %d %s", f.Type, f.StreamID, f.Method())
	for k, v := range f.Header.Strs() {
		fmt.Fprintf(&b, " %s=%q", k, v)
	}
	if tok, ok := f.Header.Str(header.KeyToken); ok {
		fmt.Fprintf(&b, " token=%q", tok)
	}
	switch {
	case f.Type == frame.Data:
		if m, err := decode(f.Payload); err == nil {
			fmt.Fprint(&b, " ", m)
		} else {
			fmt.Fprintf(&b, " %d bytes", len(f.Payload))
		}
	case len(f.Payload) > 0:
		if s, err := trailer.Parse(f); err == nil {
			fmt.Fprint(&b, " ", trailer.Err(&s, status.SideUnknown))
		}
	}
	return b.String()
}
