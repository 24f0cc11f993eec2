package seed

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/fuzz/internal/script"
)

// vector is what a seed needs of a conformance vector (docs/vectors.md).
type vector struct {
	ID      string         `json:"id"`
	Test    string         `json:"test"`
	Hostile string         `json:"hostile"`
	Role    string         `json:"role"`
	Strict  bool           `json:"strict"`
	Limits  map[string]any `json:"limits"`
	In      string         `json:"in"`
	Steps   []vectorStep   `json:"steps"`
}

type vectorStep struct {
	Do     string `json:"do"`
	Frame  string `json:"frame"`
	Stream int32  `json:"stream"`
	In     string `json:"in"`
	Bytes  int    `json:"bytes"`
	Event  string `json:"event"`
}

// vectors are those of one file of testdata/vectors.
func vectors(test string) []vector {
	file, err := os.Open(filepath.Join(testdata(), "vectors", test+".jsonl"))
	must(err)
	defer file.Close()
	var all []vector
	for dec := json.NewDecoder(bufio.NewReader(file)); dec.More(); {
		var v vector
		must(dec.Decode(&v))
		all = append(all, v)
	}
	return all
}

// vectorInputs are the inputs of some of the files.
func vectorInputs(tests ...string) []Input {
	var all []Input
	for _, test := range tests {
		for _, v := range vectors(test) {
			all = append(all, Input{v.name(), unpack(v.In)})
		}
	}
	return all
}

func (v *vector) name() string { return "vectors/" + v.Test + "/" + v.ID }

// unpack reads the bytes of a vector: hex, of which parts may be repeated.
func unpack(text string) []byte {
	var all []byte
	for _, part := range strings.Fields(text) {
		digits, times, repeated := strings.Cut(part, "*")
		b, err := hex.DecodeString(digits)
		must(err)
		if repeated {
			n, err := strconv.Atoi(times)
			must(err)
			b = bytes.Repeat(b, n)
		}
		all = append(all, b...)
	}
	return all
}

// vectorConns are the vectors of streams as scripts, under the budgets that are
// nearest to their limits. As these are wider, what ends the connection for a
// budget is repeated until it does here as well.
func vectorConns() []Input {
	var all []Input
	for _, v := range vectors("stream") {
		if !slices.ContainsFunc(v.Steps, unsaid) {
			all = append(all, v.conn())
		}
	}
	return all
}

// unsaid reports a call on a stream whose id a script cannot name.
func unsaid(s vectorStep) bool { return s.Do != "recv" && (s.Stream < -1 || s.Stream > 31) }

const mostRepeats = 12 // messages of 65 bytes are over MaxPending of the smallest budget then

func (v *vector) conn() Input {
	role := codec.Client
	if v.Role == "server" {
		role = codec.Server
	}
	var w script.Writer
	w.Begin(v.budget(), role, v.Strict)
	for _, s := range v.Steps {
		e := s.event(role)
		w.Event(e)
		for i := range mostRepeats {
			if s.Event == "connection-ended" {
				w.Event(again(e, int32(i+1)))
			}
		}
	}
	return Input{v.name(), w.Script()}
}

// again is a frame for the i-th time. A header has another stream id each time,
// far from those of the vectors.
func again(e script.Event, i int32) script.Event {
	if f := parsed(e.Frame); f.Type == frame.Header {
		f.StreamID += 1000 * i
		b, err := f.AppendTo(nil)
		must(err)
		e.Frame = b
	}
	return e
}

// budget is an index of script.Budgets.
func (v *vector) budget() byte {
	switch {
	case v.Limits["one_stream"] != nil:
		return 3
	case v.Limits["streams"] == 1.0 && v.Limits["resets"] == nil:
		return 4
	case v.Limits["opens"] != nil:
		return 2
	case len(v.Limits) > 0:
		return 1
	}
	return 0
}

// event is a step in the words of a script.
func (s *vectorStep) event(role codec.Role) script.Event {
	switch s.Do {
	case "recv":
		return script.Event{What: script.Recv, Frame: unpack(s.In)}
	case "release":
		return eventOf(script.Release, s.Stream)
	case "taken":
		return script.Event{What: script.Taken, Stream: s.Stream, Value: make([]byte, s.Bytes)}
	case "lost":
		return script.Event{What: script.Lost}
	}
	what := map[string][2]script.What{
		"header": {script.Open, script.SendHeader}, "data": {script.Send, script.Send},
		"trailer": {script.CloseSend, script.End}, "rst": {script.Reset, script.Reset},
	}[s.Frame]
	if role == codec.Server {
		return eventOf(what[1], s.Stream)
	}
	return eventOf(what[0], s.Stream)
}
