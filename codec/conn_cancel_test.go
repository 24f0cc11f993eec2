package codec

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// TestConnCancelTwoHops: A calls B, and B for that calls C. A cancels, B passes
// it on, and C sees who it was (rule 8.4).
func TestConnCancelTwoHops(t *testing.T) {
	a, atB := NewConn(Client, ConnLimits{}), newSide(t, Server, ConnLimits{})
	fromB, c := NewConn(Client, ConnLimits{}), newSide(t, Server, ConnLimits{})
	atB.want(Opened, connParsed(t)(a.Open(nil, connStream(1), nil)))
	c.want(Opened, connParsed(t)(fromB.Open(nil, connStream(5), nil)))

	how := trailer.Cancel(status.CanceledWithCause, "enough", nil, "A")
	ev := atB.want(Ended, connParsed(t)(a.Reset(nil, connStream(1), &how)))
	on := trailer.Cancel(status.StreamCode(ev.Status.Ret), string(ev.Status.Message), ev.Status.CancelPath, "B")
	rst := connParsed(t)(fromB.Reset(nil, connStream(5), &on))
	ev = c.want(Ended, rst)

	if rst.Type != frame.Rst || string(ev.Status.CancelPath) != "A,B" {
		t.Errorf("C receives %v with the path %q", rst.Type, ev.Status.CancelPath)
	}
	const text = "[ttstream error, code=12008] [server-side stream] [canceled path: A -> B] enough"
	if err := ev.Err(); err == nil || err.Error() != text {
		t.Errorf("C's handler gets %v\nwant %s", ev.Err(), text)
	}
	if diff := cmp.Diff([]string{"A", "B"}, status.FromError(ev.Err()).CancelPath); diff != "" {
		t.Error(diff)
	}
	c.want(Ignored, connEnding(t, frame.Trailer, 5, &endedWell)) // as old clients send it behind
}

// P-6: a path that the own limits leave no room for is shortened, and the stream
// ends all the same.
func TestConnResetLongPath(t *testing.T) {
	path := []byte("first," + strings.Repeat("x", 65_000))
	for _, role := range bothRoles {
		s := newSide(t, role, ConnLimits{Limits: wire.Limits{MaxHeader: 4096}})
		s.open(1)
		cancel := trailer.Cancel(status.Canceled, "gone", path, "B")
		b, err := s.Reset(nil, connStream(1), &cancel)
		if err != nil {
			t.Fatal(err)
		}
		got, err := trailer.Parse(connParsed(t)(b, nil))
		if err != nil || string(got.CancelPath) != "first" || string(got.Message) != "gone" {
			t.Errorf("%v: path %q, message %q, %v", role, got.CancelPath, got.Message, err)
		}
		if err := s.Release(1); err != nil {
			t.Errorf("%v: the stream lives: %v", role, err)
		}
	}
}
