package trailer_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// work is a body that a benchmark times and a test checks for allocations.
type work struct {
	name string
	run  func()
}

func parseWork(b *testing.B, t testing.TB) []work {
	tb := t
	if b != nil {
		tb = b
	}
	boom := exception(tb, 6, "biz error: test error")
	var all []work
	add := func(name string, typ frame.Type, payload string, pairs ...string) {
		raw := build(tb, typ, payload, pairs...)
		f, s := new(frame.Frame), new(status.Status)
		all = append(all, work{"Parse/" + name, func() {
			_, _ = f.Parse(raw)
			_ = trailer.ParseInto(s, f, trailer.Mode{})
		}})
	}
	add("ok", frame.Trailer, "", "server-trailer", "tv")
	add("business", frame.Trailer, "", "biz-status", "10001", "biz-message", "insufficient user balance", "biz-extra", `{"testKey":"testVal"}`, "server-trailer", "tv")
	add("exception", frame.Trailer, boom, "server-trailer", "tv")
	add("rst", frame.Rst, exception(tb, 12007, "user code canceled"), "ttscp", "ServiceA,ServiceB")
	add("both-codes", frame.Trailer, boom, "trpc-ret", "6", "trpc-func-ret", "9")
	add("illegal-status", frame.Trailer, "", "biz-status", "abc")
	add("illegal-extra", frame.Trailer, "", "biz-status", "9", "biz-extra", `{"testKey":"testVal"`)
	add("illegal-exception", frame.Trailer, boom[:20])
	add("contradiction", frame.Trailer, "", "trpc-ret", "6")
	add("rst-unreadable", frame.Rst, "xxxx")
	add("not-an-ending", frame.Data, "")
	return all
}

func appendWork() []work {
	dst := make([]byte, 0, 1<<10)
	st := trailer.Stream{ID: 4, Method: "Bidi", Protocol: header.ThriftStruct}
	user := []status.Pair{{Key: "server-trailer", Value: "tv"}}
	var all []work
	add := func(name string, s status.Status) {
		st := st
		if strings.HasPrefix(name, "strict") || strings.HasSuffix(name, "cut") {
			st.Limits = &wire.Limits{Strict: true, MaxHeader: 100}
		}
		all = append(all, work{"Append/" + name, func() {
			if s.Ending == status.EndCanceled {
				_, _ = trailer.AppendRst(dst, &st, &s)
			} else {
				_, _ = trailer.AppendTrailer(dst, &st, &s, user)
			}
		}})
	}
	message := []byte("insufficient user balance")
	add("ok", status.Status{Ending: status.EndOK})
	add("business", status.Status{
		Ending: status.EndBusiness, FuncRet: 10001, Message: message,
		Pairs: []status.Pair{{Key: "testKey", Value: "testVal"}},
	})
	add("exception", status.Status{Ending: status.EndFramework, Ret: 6, Message: message})
	add("both-codes", status.Status{Ending: status.EndFramework, Ret: 6, FuncRet: 9, Message: message})
	add("rst", status.Status{Ending: status.EndCanceled, Ret: 12007, Message: message, CancelPath: []byte("ServiceA,ServiceB")})
	add("rst-path-cut", status.Status{Ending: status.EndCanceled, CancelPath: bytes.Repeat([]byte("hop,"), 100)})
	add("strict-pairs", status.Status{Ending: status.EndBusiness, FuncRet: 9, Pairs: []status.Pair{{Key: "a"}, {Key: "b"}}})
	add("strict-refused", status.Status{Ending: status.EndBusiness, FuncRet: 9, Pairs: []status.Pair{{Key: "a"}, {Key: "a"}}})
	add("refused-status", status.Status{Ending: status.EndBusiness})
	add("refused-extra", status.Status{Ending: status.EndBusiness, FuncRet: 9, Extra: []byte("[")})
	return all
}

// TestAllocs: reading and writing an ending allocates nothing, legal or not.
func TestAllocs(t *testing.T) {
	for _, w := range append(parseWork(nil, t), appendWork()...) {
		if n := testing.AllocsPerRun(100, w.run); n != 0 {
			t.Errorf("%s: %v allocations", w.name, n)
		}
	}
}

func BenchmarkEnding(b *testing.B) {
	for _, w := range append(parseWork(b, nil), appendWork()...) {
		b.Run(w.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w.run()
			}
		})
	}
}

// TestErrOutlivesFrame: the user's error keeps nothing of the frame's bytes.
func TestErrOutlivesFrame(t *testing.T) {
	raw := build(t, frame.Trailer, "", "biz-status", "10001", "biz-message", "low", "biz-extra", `{"k":"v"}`)
	s, _ := trailer.Parse(parseFrame(t, raw))
	rst := build(t, frame.Rst, exception(t, 12007, "cancel"), "ttscp", "A,B")
	r, _ := trailer.Parse(parseFrame(t, rst))
	err, rerr := trailer.Err(&s, 0), trailer.Err(&r, 0)
	clear(raw)
	clear(rst)
	const want = `type:business, code:10001, msg:low map[k:v] [ttstream error, code=12007] [canceled path: A -> B] cancel`
	if got := fmt.Sprint(err, " ", status.FromError(err).Extra, " ", rerr); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
