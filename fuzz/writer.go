package fuzz

import (
	"bytes"
	"errors"
	"io"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/fuzz/internal/script"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
)

// Writer: any calls on a codec.Writer. What has been written is always a
// beginning of the frames that it took, one behind the other, and after a Flush
// all of them; a refused frame leaves no trace; an error of the sink stays, and
// nothing is written behind it.
func Writer(t T, in []byte) {
	s := script.NewReader(in).Writes()
	dst := &sink{t: t, failAt: s.FailAt, partial: s.Partial, short: s.Short}
	m := writing{t: t, dst: dst, lim: &script.Limits[s.Limits], w: codec.NewWriterSize(dst, script.Limits[s.Limits], s.Size)}
	var err error
	if m.data, err = frame.NewTemplate(1, "Bidi", header.ThriftStruct); err != nil {
		t.Fatalf("template: %v", err)
	}
	for _, c := range s.Calls {
		m.call(c)
		m.check()
	}
	m.done(m.w.Flush(), nil)
	if m.err == nil && !bytes.Equal(dst.b, m.want) {
		t.Fatalf("after Flush %d bytes are written, want %d", len(dst.b), len(m.want))
	}
}

// sink takes bytes until it fails.
type sink struct {
	t       T
	b       []byte
	failAt  int
	partial bool
	short   bool // it fails by taking less, and says nothing
	failed  bool
}

var errSink = errors.New("sink is full")

func (s *sink) Write(p []byte) (int, error) {
	if s.failed {
		s.t.Fatalf("%d bytes are written to a sink that has failed", len(p))
	}
	if s.failAt < 0 || len(s.b)+len(p) <= s.failAt {
		s.b = append(s.b, p...)
		return len(p), nil
	}
	s.failed = true
	n := 0
	if s.partial || s.short {
		n = s.failAt - len(s.b)
		s.b = append(s.b, p[:n]...)
	}
	return n, s.err()
}

// err is how the sink fails.
func (s *sink) err() error {
	if s.short {
		return nil
	}
	return errSink
}

// writing is a Writer, and what it must have written.
type writing struct {
	t    T
	w    *codec.Writer
	dst  *sink
	lim  *frame.Limits
	data frame.Template
	want []byte
	err  error // of the sink, once there is one
}

func (m *writing) call(c script.Write) {
	b, err := m.data.Append(nil, c.Value)
	if err != nil {
		return // over 16 MiB
	}
	switch c.How {
	case script.WriteData:
		m.done(m.w.WriteData(&m.data, c.Value), b)
	case script.WriteFrame:
		f := parsed(c.Value)
		if f == nil {
			return
		}
		b, err = f.AppendWithin(nil, m.lim)
		m.maybe(m.w.WriteFrame(f), b, err)
	case script.Commit:
		m.done(m.w.Commit(m.data.Append(m.w.Buffer(), c.Value)), b)
	case script.CommitPrefix:
		prefix, err := m.data.AppendPrefix(m.w.Buffer(), len(c.Value))
		m.done(m.w.CommitPrefix(c.Value, prefix, err), b)
	case script.CommitRefused:
		fb := frame.Begin(m.w.Buffer(), frame.Header, 1, header.ThriftStruct)
		fb.StrBytes(c.Value, c.Value)
		m.maybe(m.w.Commit(fb.Finish(c.Value)), nil, wire.ErrNoMethod)
	case script.Flush:
		m.done(m.w.Flush(), nil)
	}
}

// parsed is a whole frame, or nil.
func parsed(b []byte) *frame.Frame {
	f := new(frame.Frame)
	if n, err := f.Parse(b); err != nil || n != len(b) {
		return nil
	}
	return f
}

// maybe is done for a call that an encoder may have refused.
func (m *writing) maybe(err error, b []byte, refused error) {
	m.t.Helper()
	if refused == nil || m.err != nil && err == m.err {
		m.done(err, b)
		return
	}
	if code, ok := err.(wire.Code); !ok || !code.Is(wire.ErrRefused) {
		m.t.Fatalf("%v, want a refusal such as %v", err, refused)
	}
}

// done notes a call that took b, unless it failed.
func (m *writing) done(err error, b []byte) {
	m.t.Helper()
	switch {
	case m.err != nil:
		if err != m.err {
			m.t.Fatalf("the Writer had failed with %v, and now gives %v", m.err, err)
		}
	case err != nil:
		want := m.dst.err()
		if want == nil {
			want = io.ErrShortWrite
		}
		if !m.dst.failed || !errors.Is(err, want) {
			m.t.Fatalf("%v, and the sink has not failed", err)
		}
		m.err = err
		m.want = append(m.want, b...)
	default:
		m.want = append(m.want, b...)
	}
}

// check: what is written begins what was taken, and the rest is buffered.
func (m *writing) check() {
	m.t.Helper()
	if !bytes.HasPrefix(m.want, m.dst.b) {
		m.t.Fatalf("%d bytes are written that are not the beginning of the %d taken", len(m.dst.b), len(m.want))
	}
	if sum := len(m.dst.b) + m.w.Buffered(); m.err == nil && sum != len(m.want) {
		m.t.Fatalf("%d bytes written and %d buffered of %d", len(m.dst.b), m.w.Buffered(), len(m.want))
	}
}
