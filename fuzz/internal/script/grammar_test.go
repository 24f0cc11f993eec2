package script

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/status"
	"pgregory.net/rapid"
)

// Whatever a Reader makes of any bytes, a Writer writes so that a Reader makes
// the same of it again: scripts and models say the same.
func TestGrammar(t *testing.T) {
	check(t, "Build", (*Reader).Build, (*Writer).Build)
	check(t, "Ending", (*Reader).Ending, (*Writer).Ending)
	check(t, "Writes", (*Reader).Writes, (*Writer).Writes)
	check(t, "Event", (*Reader).event, (*Writer).Event)
}

func check[T any](t *testing.T, name string, read func(*Reader) T, write func(*Writer, T)) {
	t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
		want := read(NewReader(rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "script")))
		var w Writer
		write(&w, want)
		r := NewReader(w.Script())
		if diff := cmp.Diff(want, read(r)); diff != "" {
			t.Fatalf("-first +second:\n%s", diff)
		}
		if r.More() {
			t.Fatalf("% x: %d bytes are left over", w.Script(), len(r.Rest()))
		}
	}))
}

// A status of the generators comes through.
func TestStatusThrough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(testgen.Statuses(), testgen.Cancels()).Draw(t, "status")
		var w Writer
		w.Status(s)
		if diff := cmp.Diff(s, NewReader(w.Script()).Status(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("-status +script:\n%s", diff)
		}
	})
}

// An error is written so that it has the same text.
func TestErrorThrough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := NewReader(rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "script")).Error()
		var w Writer
		w.Error(e)
		got := NewReader(w.Script()).Error()
		if text := got.Error(); text != e.Error() && !hasWrapped(e) {
			t.Fatalf("%q\nwant %q", text, e.Error())
		}
	})
}

// hasWrapped reports whether there is a cause that Error does not write with
// all of its text.
func hasWrapped(e *status.Error) bool {
	for err := e.Cause; err != nil; err = errors.Unwrap(err) {
		switch err.(type) {
		case *status.BizError, *status.Exception:
		default:
			return errors.Unwrap(err) != nil
		}
	}
	return false
}

// The head of a connection's script and that of a stream's.
func TestHeads(t *testing.T) {
	for _, role := range []codec.Role{codec.Client, codec.Server} {
		var w Writer
		w.Begin(1, role, true)
		w.Event(Event{What: Recv, Frame: []byte("frame")})
		c := NewReader(w.Script()).Conn()
		if c.Role != role || !c.Limits.Strict || c.Limits.MaxStreams != 3 || len(c.Events) != 1 || string(c.Events[0].Frame) != "frame" {
			t.Errorf("%+v", c)
		}
	}
	var w Writer
	want := Stream{Sizes: []int{1, 0, 500}, Err: ErrBroken, Join: true, Bytes: []byte("bytes")}
	w.Stream(1, want)
	want.Limits.Strict = true
	if diff := cmp.Diff(want, NewReader(w.Script()).Stream(), cmpopts.EquateErrors()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
