package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/ttwire/ttwire/frame"
)

// live is what live peers sent, and odd frames with what a live client made of
// them.
type live struct{ frames, trailers, rsts []vector }

func readLive(root string) (*live, error) {
	l := new(live)
	names, err := filepath.Glob(filepath.Join(root, "testdata", "kitex", "*.bin"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("no recordings: %w", err)
	}
	seen := map[string]bool{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		l.recording(strings.TrimSuffix(filepath.Base(name), ".bin"), b, seen)
	}
	return l, l.oracle(filepath.Join(root, "testdata", "oracle", "kitex-client.jsonl"))
}

var typeRule = map[frame.Type]string{frame.Meta: "4.4", frame.Header: "4.5", frame.Data: "4.6", frame.Trailer: "4.7", frame.Rst: "4.8"}

// recording adds the frames of one direction of one connection that are like
// no frame before. A unary call has none.
func (l *live) recording(name string, b []byte, seen map[string]bool) {
	from := "client"
	if strings.HasSuffix(name, "s2c") {
		from = "server"
	}
	for i := 0; len(b) > 0; i++ {
		var f frame.Frame
		n, err := f.Parse(b)
		if err != nil {
			v := frameVector("recorded/"+name, "a unary call without TTHeader, from a live "+from, b, "2.7")
			v.result = judged("frame", "framed-thrift", 4)
			l.frames = append(l.frames, v)
			return
		}
		if in := b[:n]; !seen[string(in)] {
			seen[string(in)] = true
			id := fmt.Sprintf("recorded/%s/%d", name, i)
			v := frameVector(id, fmt.Sprintf("%s of stream %d, from a live %s", f.Type, f.StreamID, from), in, typeRule[f.Type], "3.11")
			l.add(v, f.Type)
		}
		b = b[n:]
	}
}

// add is a legal frame, and an ending if it is one.
func (l *live) add(v vector, t frame.Type) {
	if v.result == nil {
		v.result = judged("frame", "", len(*v.In))
	}
	l.frames = append(l.frames, v)
	ending := v
	ending.result = nil
	switch t {
	case frame.Trailer:
		ending.Test, ending.Rules = "trailer", []string{"6.1"}
		l.trailers = append(l.trailers, ending)
	case frame.Rst:
		ending.Test, ending.Rules, ending.Role = "rst", []string{"8.1"}, "client"
		if strings.Contains(v.Comment, "from a live client") {
			ending.Role = "server"
		}
		l.rsts = append(l.rsts, ending)
	}
}

// oracle adds the frames that a live client was given first in each case.
func (l *live) oracle(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	for dec := json.NewDecoder(bufio.NewReader(file)); dec.More(); {
		var o struct {
			Name   string
			Frames []string `json:"frames_hex"`
			Client []string `json:"kitex_client"`
		}
		if err := dec.Decode(&o); err != nil {
			return err
		}
		in, err := hex.DecodeString(o.Frames[0])
		if err != nil {
			return err
		}
		l.asked(o.Name, in, o.Client[len(o.Client)-1])
	}
	return nil
}

// asked is one case. Its name is cut where it is long, and one that is 60 KB of
// a single pair is left out.
func (l *live) asked(name string, in []byte, said string) {
	if len(in) > 10_000 {
		return
	}
	if runes := []rune(name); len(runes) > 60 {
		name = string(runes[:60]) + "…"
	}
	v := frameVector("oracle/"+name, "a live client was given this: "+name, in, "1.3")
	v.Live = said
	var f frame.Frame
	if n, err := f.Parse(in); err != nil || n != len(in) {
		l.frames = append(l.frames, v)
		return
	}
	if f.Type == frame.Trailer || f.Type == frame.Rst {
		v.Rules = []string{typeRule[f.Type]}
	}
	l.add(v, f.Type)
}
