package trailer_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
)

// seen is what the programs of a recording saw.
type seen struct {
	Client  string   `json:"client_error"`
	Servers []string `json:"server_errors"`
}

var sidePart = regexp.MustCompile(`\[(client|server)-side stream\] `)

// TestRecordedEndings: the ending that each program of a recording saw comes
// out of the recorded bytes alone, as the same text, the side aside.
func TestRecordedEndings(t *testing.T) {
	files, err := filepath.Glob("../testdata/kitex/*.json")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d recordings, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if name == "unary" {
			continue // no stream: framed Thrift
		}
		t.Run(name, func(t *testing.T) {
			var want seen
			b, err := os.ReadFile(file)
			if err == nil {
				err = json.Unmarshal(b, &want)
			}
			if err != nil {
				t.Fatal(err)
			}
			checkClient(t, name, want.Client)
			checkServer(t, name, want.Servers)
		})
	}
}

// checkClient compares the client's ending: by its own rst if it sent one, else
// by the server's trailer.
func checkClient(t *testing.T, name, want string) {
	t.Helper()
	f := last(frames(t, name+".c2s.bin"), frame.Rst)
	own := f != nil
	if !own {
		f = last(frames(t, name+".s2c.bin"), frame.Trailer)
	}
	got := kitexText(ending(t, f, status.SideClient))
	if own { // a client does not show its own path
		got = regexp.MustCompile(`\[canceled path: [^]]*\] `).ReplaceAllString(got, "")
	}
	want = sidePart.ReplaceAllString(want, "")
	if want == "EOF" {
		want = ""
	}
	if got != want {
		t.Errorf("client: %q, it saw %q", got, want)
	}
}

// checkServer compares what the handler's Recv gave when the client reset.
func checkServer(t *testing.T, name string, want []string) {
	t.Helper()
	var got []string
	for _, f := range frames(t, name+".c2s.bin") {
		if f.Type == frame.Rst {
			got = append(got, "server: "+ending(t, f, status.SideServer).Error())
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("server: %q, it saw %q", got, want)
	}
}

func last(all []*frame.Frame, typ frame.Type) *frame.Frame {
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Type == typ {
			return all[i]
		}
	}
	return nil
}

func ending(t *testing.T, f *frame.Frame, side status.Side) error {
	t.Helper()
	s, err := trailer.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	return trailer.Err(&s, side)
}

// kitexText is the text that a Kitex program shows for the error.
func kitexText(err error) string {
	var biz *status.BizError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &biz):
		return fmt.Sprintf("biz error: code=%d, msg=%s", biz.BizStatusCode(), biz.BizMessage())
	}
	return sidePart.ReplaceAllString(err.Error(), "")
}

// TestRecordedAppended: a trailer or rst built from the status of a recorded
// one reads the same, and its exception is the same to the byte.
func TestRecordedAppended(t *testing.T) {
	files, err := filepath.Glob("../testdata/kitex/*.bin")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, file := range files {
		name := filepath.Base(file)
		if strings.HasPrefix(name, "unary.") {
			continue
		}
		for _, f := range frames(t, name) {
			if f.Type != frame.Trailer && f.Type != frame.Rst {
				continue
			}
			n++
			checkAppended(t, name, f)
		}
	}
	if n < 30 {
		t.Errorf("only %d frames", n)
	}
}

func checkAppended(t *testing.T, name string, f *frame.Frame) {
	t.Helper()
	s, err := trailer.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	st := trailer.Stream{ID: f.StreamID, Method: string(f.Method()), Protocol: f.Header.Protocol()}
	out, err := appendAs(f.Type, nil, &st, &s)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	g := parseFrame(t, out)
	again, err := trailer.Parse(g)
	if err != nil || kitexText(trailer.Err(&again, 0)) != kitexText(trailer.Err(&s, 0)) {
		t.Errorf("%s: reads %v, %v; want %v", name, again, err, s)
	}
	if string(g.Payload) != string(f.Payload) {
		t.Errorf("%s: payload\n% x, want\n% x", name, g.Payload, f.Payload)
	}
}

func appendAs(typ frame.Type, dst []byte, st *trailer.Stream, s *status.Status) ([]byte, error) {
	if typ == frame.Rst {
		return trailer.AppendRst(dst, st, s)
	}
	return trailer.AppendTrailer(dst, st, s, nil)
}
