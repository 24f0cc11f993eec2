package wire_test

import (
	"errors"
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/ttwire/ttwire/wire"
)

// all is every code there is.
func all() (codes []wire.Code) {
	for c := wire.Code(1); c.Reason() != "unknown"; c++ {
		codes = append(codes, c)
	}
	return codes
}

// classes are the codes that others match, with the stream error code of each.
var classes = map[wire.Code]int32{
	wire.ErrUnexpectedHeader: 12002,
	wire.ErrIllegalBiz:       12003,
	wire.ErrIllegalFrame:     12004,
	wire.ErrRefused:          12005,
}

// TestCodes: every code has a name and a text of its own, and a row in
// docs/wire.md, appendix D, with its stream error code.
func TestCodes(t *testing.T) {
	doc, err := os.ReadFile("../docs/wire.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	reasons, texts := map[string]wire.Code{}, map[string]wire.Code{}
	for _, c := range all() {
		reason, text := c.Reason(), c.Error()
		if !named.MatchString(reason) || reasons[reason] != 0 {
			t.Errorf("code %d: reason %q is no name, or that of code %d too", c, reason, reasons[reason])
		}
		if printable(t, text); texts[text] != 0 {
			t.Errorf("code %d: text %q is that of code %d too", c, text, texts[text])
		}
		reasons[reason], texts[text] = c, c
		row := fmt.Sprintf("| `%s` | %d |", reason, c.StreamCode())
		if c == wire.ErrShort {
			row = "| `short` | none |"
		}
		if !strings.Contains(string(doc), "\n"+row) {
			t.Errorf("docs/wire.md, appendix D, has no row that begins with %s", row)
		}
	}
	if len(all()) < 60 {
		t.Errorf("only %d codes", len(all()))
	}
}

// printable fails the test unless s is ASCII that can be printed, at most 256
// bytes of it.
func printable(t *testing.T, s string) {
	t.Helper()
	if s == "" || len(s) > 256 {
		t.Errorf("%q: %d bytes", s, len(s))
	}
	for _, r := range s {
		if r < ' ' || r > '~' {
			t.Errorf("%q holds %U", s, r)
		}
	}
}

// What is no code says so, and does not panic.
func TestCodesUnknown(t *testing.T) {
	for _, c := range []wire.Code{0, wire.Code(len(all()) + 1), 255} {
		if c.Reason() != "unknown" || c.Error() != "unknown code" || c.StreamCode() != 0 || errors.Is(c, wire.ErrIllegalFrame) {
			t.Errorf("code %d: %q, %q, %d", c, c.Reason(), c.Error(), c.StreamCode())
		}
	}
}

// Every code but ErrShort and the classes has one class: errors.Is matches that
// one, its text begins with the class's, and it has the class's stream code.
func TestCodeClasses(t *testing.T) {
	for _, c := range all() {
		var of []wire.Code
		for class := range classes {
			if errors.Is(c, class) {
				of = append(of, class)
			}
		}
		if _, isClass := classes[c]; isClass || c == wire.ErrShort {
			if len(of) > 1 || len(of) == 1 && of[0] != c || c.StreamCode() != classes[c] {
				t.Errorf("%v matches %v, stream code %d", c, of, c.StreamCode())
			}
			continue
		}
		if len(of) != 1 {
			t.Errorf("%v is of %d classes", c, len(of))
			continue
		}
		if c.StreamCode() != classes[of[0]] || !strings.HasPrefix(c.Error(), of[0].Error()+": ") {
			t.Errorf("%v is of class %v, but has stream code %d", c, of[0], c.StreamCode())
		}
	}
}

// The class of a code is its place in the list; these are the edges.
func TestCodeClassEdges(t *testing.T) {
	for c, want := range map[wire.Code]int32{
		wire.ErrShort: 0, wire.ErrHTTPRequest: 12004, wire.ErrTRPC: 12004, wire.ErrLength: 12004, wire.ErrFrameType: 12004,
		wire.ErrExceptionVersion: 12004, wire.ErrExceptionTail: 12004, wire.ErrBizStatus: 12003, wire.ErrTRPCCode: 12003,
		wire.ErrSecondHeader: 12002, wire.ErrTooLong: 12005, wire.ErrOrder: 12005, wire.ErrNotStatus: 12005,
		all()[len(all())-1]: 12005,
	} {
		if c.StreamCode() != want {
			t.Errorf("%v has stream code %d, want %d", c, c.StreamCode(), want)
		}
	}
	if errors.Is(wire.ErrLength, wire.ErrMagic) || errors.Is(wire.ErrLength, wire.ErrRefused) || errors.Is(wire.ErrLength, errors.New("other")) {
		t.Error("a code matches what it is not")
	}
	if !errors.Is(wire.ErrLength, wire.ErrLength) {
		t.Error("a code does not match itself")
	}
}

func TestError(t *testing.T) {
	err := error(&wire.Error{Code: wire.ErrInfoID, Frame: 310, Offset: 51})
	want := "illegal frame: unknown info id (at byte 51 of the frame that starts at byte 310; 12004 info-id)"
	if err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
	var e *wire.Error
	if !errors.Is(err, wire.ErrInfoID) || !errors.Is(err, wire.ErrIllegalFrame) || errors.Is(err, wire.ErrRefused) || !errors.As(err, &e) {
		t.Error("the code or its class is not found through Unwrap")
	}
	short := &wire.Error{Code: wire.ErrShort}
	if got := short.Error(); got != "more bytes are needed (at byte 0 of the frame that starts at byte 0; short)" {
		t.Errorf("%q", got)
	}
	for _, c := range append(all(), 0, 255) {
		printable(t, (&wire.Error{Code: c, Frame: math.MinInt64, Offset: math.MinInt}).Error())
		printable(t, (&wire.Error{Code: c, Frame: math.MaxInt64, Offset: math.MaxInt}).Error())
	}
}

// A code in an error interface is not on the heap.
func TestCodeAllocs(t *testing.T) {
	var err error
	codes := all()
	if n := testing.AllocsPerRun(10, func() {
		for _, c := range codes {
			err = c
		}
	}); n != 0 || err == nil {
		t.Errorf("%v allocs", n)
	}
}
