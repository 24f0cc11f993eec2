package trailer_test

import (
	"errors"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
)

// differences are the oracle's cases about endings in which we differ from the
// live client on purpose, and why (the list of deliberate differences).
var differences = map[string]string{
	`trailer/biz-status=" 5"`:           "B6: 12003, where the client loses the business error",
	`trailer/biz-status="2147483648"`:   "B3: as \" 5\"",
	`trailer/biz-status="-2147483649"`:  "B3: as \" 5\"",
	`trailer/biz-status="abc"`:          "B4: as \" 5\"",
	`trailer/biz-status="0x10"`:         "B4: as \" 5\"",
	`trailer/biz-status="1e3"`:          "B4: as \" 5\"",
	`trailer/biz-status="1_000"`:        "B4: as \" 5\"",
	`trailer/biz-status="５"`:            "B4: as \" 5\"",
	`rst/ttscp="S,S,S,S,S,S,S,S,S,S,…"`: "P-4: a long path is shown by its ends, where the client shows all of it",
	`rst/no-payload`:                    "X13: reset by peer as 12009, where the client makes up 13",
}

// verdict is an ending as both can be compared by.
type verdict struct {
	kind, text string
	code       int32
	biz        bool
	extra      map[string]string
}

var streamText = regexp.MustCompile(`(?s)\[ttstream error, code=(-?\d+)\] \[client-side stream\] (.*)`)

// theirs is what the live client gave for the first frame of the case: the
// message "probe" that may come before belongs to a later frame.
func theirs(t *testing.T, o *oracle) verdict {
	t.Helper()
	last := o.Client[len(o.Client)-1]
	if o.Biz != nil {
		return verdict{kind: "business", biz: true, code: o.Biz.Code, text: o.Biz.Message, extra: o.Biz.Extra}
	}
	if last == "EOF" {
		return verdict{kind: "ok"}
	}
	m := streamText.FindStringSubmatch(last)
	if m == nil {
		t.Fatalf("%s: cannot read %q", o.Name, last)
	}
	code, err := strconv.ParseInt(m[1], 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	v := verdict{kind: "stream", code: int32(code), text: m[2]}
	if v.code == 12003 || v.code == 12004 {
		v.text = "" // both say in their own words what is wrong
	}
	return v
}

// ours is what Err makes of the frame.
func ours(t *testing.T, f *frame.Frame, m trailer.Mode) verdict {
	t.Helper()
	var s status.Status
	_ = trailer.ParseInto(&s, f, m)
	err := trailer.Err(&s, status.SideClient)
	var biz *status.BizError
	switch {
	case err == nil:
		return verdict{kind: "ok"}
	case errors.As(err, &biz):
		return verdict{kind: "business", biz: true, code: biz.Code, text: biz.Message, extra: biz.Extra}
	}
	rec := status.FromError(err)
	text := strings.TrimPrefix(err.Error(), "[ttstream error, code="+strconv.Itoa(int(rec.Code))+"] [client-side stream] ")
	if rec.Code == 12003 || rec.Code == 12004 {
		text = ""
	}
	return verdict{kind: "stream", code: rec.Code, text: text}
}

// equal compares as far as the oracle's texts go: it cuts long ones at a mark,
// and shows what is not UTF-8 as U+FFFD where we escape it.
func (v verdict) equal(w verdict) bool {
	return v.kind == w.kind && v.code == w.code && v.biz == w.biz &&
		maps.EqualFunc(v.extra, w.extra, sameText) &&
		(sameText(v.text, w.text) || strings.ContainsRune(w.text, '\uFFFD'))
}

func sameText(ours, theirs string) bool {
	start, _, _ := strings.Cut(theirs, "…")
	return ours == theirs || start != theirs && strings.HasPrefix(ours, start)
}

// TestOracle: an ending means to us what it means to a live client, but for the
// deliberate differences, each of which differs.
func TestOracle(t *testing.T) {
	seen := map[string]bool{}
	for _, o := range oracles(t) {
		seen[o.Name] = true
		want, got := theirs(t, &o), ours(t, o.first(t), trailer.Mode{})
		why, differs := differences[o.Name]
		switch same := got.equal(want); {
		case !same && !differs:
			t.Errorf("%s: %.200v, the live client has %.200v", o.Name, got, want)
		case same && differs:
			t.Errorf("%s does not differ any more: %s", o.Name, why)
		}
	}
	for name := range differences {
		if !seen[name] {
			t.Errorf("%s: no such case", name)
		}
	}
	if len(seen) < 75 {
		t.Errorf("only %d cases", len(seen))
	}
}

// TestOracleLenient: with Lenient an unreadable biz-status is what it is to the
// live client: success (rule 6.5).
func TestOracleLenient(t *testing.T) {
	n := 0
	for _, o := range oracles(t) {
		if !strings.HasPrefix(o.Name, "trailer/biz-status") {
			continue
		}
		n++
		want, got := theirs(t, &o), ours(t, o.first(t), trailer.Mode{Lenient: true})
		if !got.equal(want) {
			t.Errorf("%s: %.200v, the live client has %.200v", o.Name, got, want)
		}
	}
	if n < 10 {
		t.Errorf("only %d cases", n)
	}
}
