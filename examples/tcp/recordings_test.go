package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/examples/tcp/transport"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
)

// The recordings are of a live Kitex client and server. Each end is played here
// to the other end of this transport.

const recordings = "../../testdata/kitex/"

func recording(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.FromSlash(recordings + name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// frames describes frames, each in a line, without its stream id and with its
// pairs in the order of their keys.
func frames(r io.Reader) iter.Seq[string] {
	return func(yield func(string) bool) {
		rd := codec.NewReader(r, frame.Limits{})
		for {
			f, err := rd.Next()
			if err != nil || !yield(line(f)) {
				return
			}
		}
	}
}

func line(f *frame.Frame) string {
	var pairs []string
	for k, v := range f.Header.Strs() {
		pairs = append(pairs, fmt.Sprintf("%s=%q", k, v))
	}
	slices.Sort(pairs)
	payload := f.Payload
	if s, err := trailer.Parse(f); err == nil && len(f.Payload) > 0 {
		payload = fmt.Append(nil, s.Ret, " ", string(s.Message))
	}
	return fmt.Sprintf("%v %s %v %q", f.Type, f.Method(), pairs, payload)
}

// The live client's bytes get the live server's frames from our server.
func TestRecordedClient(t *testing.T) {
	for _, name := range []string{
		"bidi", "bidi-meta", "big", "end-biz", "end-bizextra", "end-err", "end-return",
		"send-after-close", "server-stream-bizextra",
	} {
		t.Run(name, func(t *testing.T) {
			want := slices.Collect(frames(bytes.NewReader(recording(t, name+".s2c.bin"))))
			ours, theirs := net.Pipe()
			srv := &transport.Server{Handlers: (&service{}).handlers()}
			if err := srv.ServeConn(ours); err != nil {
				t.Fatal(err)
			}
			go theirs.Write(recording(t, name+".c2s.bin"))
			var got []string
			for line := range frames(theirs) {
				if got = append(got, line); len(got) == len(want) {
					go srv.Shutdown(context.Background()) // no more may come
				}
			}
			_ = theirs.Close()
			if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
				t.Error(diff)
			}
		})
	}
}

// The live client's cancels reach the handler as they reached the live one.
func TestRecordedCancel(t *testing.T) {
	for _, name := range []string{"cancel", "cancel-cause", "timeout"} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := net.Pipe()
			go io.Copy(io.Discard, theirs)
			causes := make(chan error, 1)
			srv := &transport.Server{Handlers: map[string]transport.Handler{
				"Bidi": func(ctx context.Context, _ *transport.Stream) error {
					<-ctx.Done()
					causes <- context.Cause(ctx)
					return nil
				},
			}}
			if err := srv.ServeConn(ours); err != nil {
				t.Fatal(err)
			}
			_, _ = theirs.Write(recording(t, name+".c2s.bin"))
			want := strings.TrimPrefix(outcome(t, name).ServerErrors[0], "server: ")
			if got := (<-causes).Error(); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			_ = theirs.Close()
			_ = srv.Shutdown(context.Background())
		})
	}
}

// The live server's bytes give our client's user what the live client's user got.
func TestRecordedServer(t *testing.T) {
	for _, name := range []string{
		"bidi", "bidi-meta", "end-appex", "end-biz", "end-biz0", "end-bizextra", "end-bizextra-empty",
		"end-err", "end-return", "server-stream-bizextra",
	} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := net.Pipe()
			cl := transport.NewClient(ours, transport.Options{})
			defer cl.Close()
			go replay(theirs, recording(t, name+".s2c.bin"))
			s, err := cl.Open(context.Background(), serviceName, "Bidi")
			if err != nil {
				t.Fatal(err)
			}
			checkOutcome(t, s, outcome(t, name))
		})
	}
}

// replay answers the first stream with recorded frames.
func replay(nc net.Conn, recorded []byte) {
	defer nc.Close()
	f, err := codec.NewReader(nc, frame.Limits{}).Next()
	if err != nil {
		return
	}
	id := f.StreamID
	var out []byte
	for len(recorded) > 0 {
		n, err := f.Parse(recorded)
		if err != nil {
			return
		}
		f.StreamID = id
		if out, err = f.AppendTo(out); err != nil {
			return
		}
		recorded = recorded[n:]
	}
	_, _ = nc.Write(out)
	_ = nc.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, _ = io.Copy(io.Discard, nc)
}

// result is what the program that made a recording saw.
type result struct {
	ClientError     string   `json:"client_error"`
	ServerErrors    []string `json:"server_errors"`
	Received        []string
	Header, Trailer map[string]string
}

func outcome(t *testing.T, name string) (r result) {
	t.Helper()
	if err := json.Unmarshal(recording(t, name+".json"), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

func checkOutcome(t *testing.T, s *transport.Stream, want result) {
	t.Helper()
	got := result{ClientError: want.ClientError, ServerErrors: want.ServerErrors}
	for {
		m, err := recv(s)
		if err == nil {
			got.Received = append(got.Received, fmt.Sprint(m.text, ":", m.n))
			continue
		}
		if !sameError(err, want.ClientError) {
			t.Errorf("error %v, want %s", err, want.ClientError)
		}
		break
	}
	got.Header, _ = s.Header()
	got.Trailer = s.Trailer()
	if len(want.Received) == 0 { // the live client drops what a business error overtakes
		got.Received = want.Received
	}
	if want.Header == nil { // not asked for
		got.Header = nil
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// sameError compares with a text. Business errors have another form here.
func sameError(err error, text string) bool {
	if e, ok := status.ParseText(text); ok && e.Kind == status.Business {
		got := status.FromError(err)
		return got.Kind == e.Kind && got.Code == e.Code && got.Message == e.Message
	}
	return err.Error() == text
}
