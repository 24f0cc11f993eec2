package codec

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

const kitexDir = "../testdata/kitex/"

// TestConnRecordings plays what live Kitex peers sent to each other: a client
// Conn sends what the client sent and is fed what the server did, a server Conn
// the other way about. Both must come to the endings that the live programs
// were given.
func TestConnRecordings(t *testing.T) {
	paths, err := filepath.Glob(kitexDir + "*.json")
	if err != nil || len(paths) < 15 {
		t.Fatalf("%d recordings, %v", len(paths), err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		if name == "unary" { // framed Thrift, no streams
			continue
		}
		t.Run(name, func(t *testing.T) {
			r := newReplay(t, name)
			r.play()
			r.judge()
		})
	}
}

// replay is a recording between two Conns.
type replay struct {
	t *testing.T

	seen struct { // what the live programs printed
		ClientError  string   `json:"client_error"`
		ServerErrors []string `json:"server_errors"`
		Received     []string `json:"received"`
	}
	c2s, s2c       []*frame.Frame
	client, server *side

	messages   map[Role]int
	clientErrs []error // what the stream's user gets, once
	serverErrs []error
	halfClosed int
}

func newReplay(t *testing.T, name string) *replay {
	r := &replay{t: t, messages: map[Role]int{}}
	data, err := os.ReadFile(kitexDir + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &r.seen); err != nil {
		t.Fatal(err)
	}
	r.c2s, r.s2c = recordedFrames(t, name+".c2s.bin"), recordedFrames(t, name+".s2c.bin")
	r.client, r.server = newSide(t, Client, ConnLimits{}), newSide(t, Server, ConnLimits{})
	return r
}

func recordedFrames(t *testing.T, name string) (frames []*frame.Frame) {
	t.Helper()
	b, err := os.ReadFile(kitexDir + name)
	if err != nil {
		t.Fatal(err)
	}
	for len(b) > 0 {
		f := new(frame.Frame)
		n, err := f.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		frames, b = append(frames, f), b[n:]
	}
	return frames
}

// play lets the two take turns, as a conversation does, up to the frames that end
// it: of those the client's come first, as the recorded ones did.
func (r *replay) play() {
	c, s := r.c2s, r.s2c
	for len(c)+len(s) > 0 {
		if len(c) > 0 {
			r.fromClient(c[0])
			c = c[1:]
		}
		if len(s) > 0 && (s[0].Type != frame.Trailer || len(c) == 0) {
			r.fromServer(s[0])
			s = s[1:]
		}
	}
}

// userPairs are the pairs of a frame that are the user's.
func userPairs(f *frame.Frame) (pairs []status.Pair) {
	for k, v := range f.Header.Strs() {
		if !strings.HasPrefix(string(k), "biz-") && string(k) != header.KeyCancelPath {
			pairs = append(pairs, status.Pair{Key: string(k), Value: string(v)})
		}
	}
	return pairs
}

func (r *replay) fromClient(f *frame.Frame) {
	st := &trailer.Stream{ID: f.StreamID, Method: string(f.Method()), Protocol: f.Header.Protocol()}
	switch f.Type {
	case frame.Header:
		r.same(f)(r.client.Open(nil, st, userPairs(f)))
	case frame.Data:
		r.same(f)(r.send(r.client, st, f))
	case frame.Trailer:
		b, err := r.client.CloseSend(nil, st)
		if len(r.clientErrs) == 0 {
			r.same(f)(b, err)
		} else if err != wire.ErrStreamEnded { // behind its rst: tolerated, not imitated (rule 9.10)
			r.t.Errorf("CloseSend after the end: %v", err)
		}
	case frame.Rst:
		s := r.parse(f)
		r.same(f)(r.client.Reset(nil, st, &s))
		s.CancelPath = nil // the client itself has no path to itself
		r.clientErrs = append(r.clientErrs, trailer.Err(&s, status.SideClient))
	}
	ev := r.server.must(f)
	switch ev.Kind {
	case Message:
		r.messages[Server]++
	case HalfClosed:
		if r.halfClosed++; ev.Err() != nil {
			r.t.Errorf("half-closed by %v", ev.Err())
		}
	case Ended:
		r.serverErrs = append(r.serverErrs, ev.Err())
	case Refused:
		r.t.Errorf("refused: %v", ev.Fault)
	}
}

func (r *replay) fromServer(f *frame.Frame) {
	st := &trailer.Stream{ID: f.StreamID, Method: string(f.Method()), Protocol: f.Header.Protocol()}
	switch f.Type {
	case frame.Header:
		r.same(f)(r.server.SendHeader(nil, st, userPairs(f)))
	case frame.Data:
		r.same(f)(r.send(r.server, st, f))
	case frame.Trailer:
		s := r.parse(f)
		b, err := r.server.End(nil, st, &s, userPairs(f))
		if len(r.serverErrs) == 0 {
			r.same(f)(b, err)
		} else if err != wire.ErrStreamEnded {
			r.t.Errorf("End after the end: %v", err)
		}
	}
	ev := r.client.must(f)
	switch ev.Kind {
	case Message:
		r.messages[Client]++
	case Ended:
		r.clientErrs = append(r.clientErrs, ev.Err())
	}
}

func (r *replay) send(s *side, st *trailer.Stream, f *frame.Frame) ([]byte, error) {
	t, err := frame.NewTemplate(st.ID, st.Method, st.Protocol)
	if err != nil {
		r.t.Fatal(err)
	}
	return s.Send(nil, &t, f.Payload)
}

func (r *replay) parse(f *frame.Frame) status.Status {
	s, err := trailer.Parse(f)
	if err != nil {
		r.t.Fatalf("%v frame: %v", f.Type, err)
	}
	return s
}

// same checks that a Conn has sent what the live peer did, but for the order of
// pairs, the ACL token, and a biz-status of 0 with what belongs to it.
func (r *replay) same(want *frame.Frame) func([]byte, error) {
	return func(b []byte, err error) {
		r.t.Helper()
		if err != nil {
			r.t.Fatalf("%v is refused: %v", want.Type, err)
		}
		got := connParsed(r.t)(b, nil)
		if got.Type != want.Type || got.StreamID != want.StreamID ||
			string(got.Method()) != string(want.Method()) || string(got.Payload) != string(want.Payload) {
			r.t.Errorf("sent: %+v\nwant: %+v", got, want)
		}
		if got.Type == frame.Trailer || got.Type == frame.Rst {
			if diff := cmp.Diff(r.parse(want), r.parse(got)); diff != "" {
				r.t.Errorf("ending (-recorded +sent):\n%s", diff)
			}
		}
		if diff := cmp.Diff(userPairs(want), userPairs(got)); diff != "" {
			r.t.Errorf("pairs (-recorded +sent):\n%s", diff)
		}
	}
}

// judge compares with what the live programs printed.
func (r *replay) judge() {
	if len(r.clientErrs) != 1 {
		r.t.Fatalf("%d endings at the client: %v", len(r.clientErrs), r.clientErrs)
	}
	r.judgeClient(r.clientErrs[0])

	var got []string
	for _, err := range r.serverErrs {
		got = append(got, "server: "+err.Error())
	}
	if !slices.Equal(got, r.seen.ServerErrors) {
		r.t.Errorf("the server's stream ends with %q\nwant %q", got, r.seen.ServerErrors)
	}
	if r.halfClosed != 1-len(got) {
		r.t.Errorf("%d half-closes", r.halfClosed)
	}
	if c, s := count(r.c2s, frame.Data), count(r.s2c, frame.Data); r.messages[Server] != c || r.messages[Client] != s {
		r.t.Errorf("messages: %v, want %d and %d", r.messages, s, c)
	}
	r.judgeLateSend()
}

func (r *replay) judgeClient(err error) {
	const biz = "biz error: code="
	want := r.seen.ClientError
	switch {
	case want == "EOF" || want == "": // a unary answer has no EOF of its own
		if err != nil {
			r.t.Errorf("the client's stream ends with %v", err)
		}
	case strings.HasPrefix(want, biz):
		var e *status.BizError
		if !errors.As(err, &e) {
			r.t.Fatalf("%v is no business error, want %q", err, want)
		}
		if text, _ := status.ParseText(want); text == nil || text.Code != e.Code || text.Message != e.Message {
			r.t.Errorf("business error %d %q, want %q", e.Code, e.Message, want)
		}
	case err == nil || err.Error() != want:
		r.t.Errorf("the client's stream ends with %v\nwant %s", err, want)
	}
}

// judgeLateSend: a send behind the half-close is refused, to live programs and
// here.
func (r *replay) judgeLateSend() {
	if len(r.seen.Received) == 0 || !strings.HasPrefix(r.seen.Received[0], "send: [ttstream error, code=12005]") {
		return
	}
	c := newSide(r.t, Client, ConnLimits{})
	c.open(1)
	_, err := c.CloseSend(nil, connStream(1))
	if err == nil {
		_, err = r.send(c, connStream(1), r.c2s[1])
	}
	if code, ok := err.(wire.Code); !ok || code.StreamCode() != 12005 {
		r.t.Errorf("a send after the half-close: %v", err)
	}
}

func count(frames []*frame.Frame, typ frame.Type) (n int) {
	for _, f := range frames {
		if f.Type == typ {
			n++
		}
	}
	return n
}
