package frame_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

// differences are the oracle's cases about one frame in which we differ from
// the live client on purpose, and why (the list of deliberate differences).
var differences = map[string]string{
	"frame/total=0":          "F2: LENGTH smaller than the header it must hold is illegal before anything is delivered; the client delivers a message of it",
	"frame/total=10":         "F2: as total=0",
	"frame/total-short-by-1": "F4: as total=0",
	"frame/total-negative":   "F5: LENGTH over the limit is illegal at once; the client waits for 4 GiB and reports 12006 when the connection closes",
}

// oracle is what a live Kitex client did with an input.
type oracle struct {
	Name   string   `json:"name"`
	Frames []string `json:"frames_hex"`
	Client []string `json:"kitex_client"`
}

// clientRefused reports whether the client called the frame illegal. Its other
// errors are about the frame's place in the stream, or its payload.
func (o *oracle) clientRefused() bool {
	return slices.ContainsFunc(o.Client, func(s string) bool { return strings.Contains(s, "code=12004") })
}

// weRefuse reports whether a frame of the case is illegal by itself.
func (o *oracle) weRefuse(t *testing.T) bool {
	t.Helper()
	for _, h := range o.Frames {
		b, err := hex.DecodeString(h)
		if err != nil {
			t.Fatal(err)
		}
		n, err := new(frame.Frame).Parse(b)
		if err == wire.ErrShort {
			t.Errorf("%s: Parse = %d, ErrShort: the case holds no whole frame", o.Name, n)
		}
		if err != nil {
			return true
		}
		if n != len(b) {
			t.Errorf("%s: Parse = %d, nil; want %d", o.Name, n, len(b))
		}
	}
	return false
}

func oracles(t *testing.T) []oracle {
	t.Helper()
	file, err := os.Open("../testdata/oracle/kitex-client.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []oracle
	for dec := json.NewDecoder(bufio.NewReader(file)); dec.More(); {
		var o oracle
		if err := dec.Decode(&o); err != nil {
			t.Fatal(err)
		}
		all = append(all, o)
	}
	return all
}

// TestOracle: what a live client takes we take, and what it calls an illegal
// frame we do, but for the deliberate differences, each of which differs.
func TestOracle(t *testing.T) {
	differing := map[string]bool{}
	seen := 0
	for _, o := range oracles(t) {
		family, _, _ := strings.Cut(o.Name, "/")
		if !slices.Contains([]string{"frame", "header", "meta", "meta-before-header", "data"}, family) {
			continue
		}
		seen++
		t.Run(o.Name, func(t *testing.T) {
			client, ours := o.clientRefused(), o.weRefuse(t)
			if client == ours {
				return
			}
			differing[o.Name] = true
			if differences[o.Name] == "" {
				t.Errorf("the client refused: %v (%q), we do: %v", client, o.Client, ours)
			}
		})
	}
	for name := range differences {
		if !differing[name] {
			t.Errorf("%s is listed as a difference and is none", name)
		}
	}
	if seen < 45 {
		t.Errorf("only %d cases", seen)
	}
}

// TestOracleEndings: every trailer and rst of the oracle is a frame to us. What
// it means is package trailer's.
func TestOracleEndings(t *testing.T) {
	seen := 0
	for _, o := range oracles(t) {
		if !strings.HasPrefix(o.Name, "trailer/") && !strings.HasPrefix(o.Name, "rst/") {
			continue
		}
		seen++
		if o.weRefuse(t) {
			t.Errorf("%s: illegal", o.Name)
		}
	}
	if seen < 80 {
		t.Errorf("only %d cases", seen)
	}
}
