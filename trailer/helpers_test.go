package trailer_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/trailer"
)

var bidi = trailer.Stream{ID: 1, Method: "Bidi", Protocol: header.ThriftStruct}

// build makes a frame of string pairs and a payload.
func build(t testing.TB, typ frame.Type, payload string, pairs ...string) []byte {
	t.Helper()
	b := frame.Begin(nil, typ, 1, header.ThriftStruct)
	for i := 0; i < len(pairs); i += 2 {
		b.Str(pairs[i], pairs[i+1])
	}
	b.Method("Bidi")
	out, err := b.Finish([]byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func parseFrame(t testing.TB, b []byte) *frame.Frame {
	t.Helper()
	f := new(frame.Frame)
	if n, err := f.Parse(b); err != nil || n != len(b) {
		t.Fatalf("Parse = %d, %v; want %d", n, err, len(b))
	}
	return f
}

// exception is an exception message as peers write it.
func exception(t testing.TB, typeID int32, message string) string {
	t.Helper()
	b, err := trailer.AppendException(nil, "Bidi", 1, typeID, message)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// oracle is what a live Kitex client did with an input.
type oracle struct {
	Name   string   `json:"name"`
	Frames []string `json:"frames_hex"`
	Client []string `json:"kitex_client"`
	Biz    *struct {
		Code    int32             `json:"code"`
		Message string            `json:"message"`
		Extra   map[string]string `json:"extra"`
	} `json:"biz"`
}

// oracles are the cases about endings.
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
		if strings.HasPrefix(o.Name, "trailer/") || strings.HasPrefix(o.Name, "rst/") {
			all = append(all, o)
		}
	}
	return all
}

// first is the first frame of a case.
func (o *oracle) first(t *testing.T) *frame.Frame {
	t.Helper()
	b, err := hex.DecodeString(o.Frames[0])
	if err != nil {
		t.Fatal(err)
	}
	return parseFrame(t, b)
}

// frames are the frames of a recording.
func frames(t testing.TB, name string) []*frame.Frame {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../testdata/kitex", name))
	if err != nil {
		t.Fatal(err)
	}
	var all []*frame.Frame
	for len(b) > 0 {
		f := new(frame.Frame)
		n, err := f.Parse(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		all, b = append(all, f), b[n:]
	}
	return all
}
