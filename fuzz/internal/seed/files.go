package seed

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

// testdata is the module's folder of recordings, found from the working
// directory upwards: a package's own in a test, the module's in a command.
func testdata() string {
	dir, err := os.Getwd()
	must(err)
	for {
		found := filepath.Join(dir, "testdata")
		if _, err := os.Stat(filepath.Join(found, "kitex")); err == nil {
			return found
		}
		up := filepath.Dir(dir)
		if up == dir {
			panic("seed: testdata/kitex is not here or above: run this inside the module")
		}
		dir = up
	}
}

// must panics: what is read is in the repository, and without it nothing is
// worth starting.
func must(err error) {
	if err != nil {
		panic("seed: " + err.Error())
	}
}

// recording is one direction of a recorded connection.
type recording struct {
	name   string // "kitex/bidi.c2s.bin"
	bytes  []byte
	client bool // it is what the client sent
}

// recordings are all of them: every .bin file in a folder of testdata.
func recordings() []recording {
	var all []recording
	for _, file := range glob("*/*.bin") {
		b, err := os.ReadFile(filepath.Join(testdata(), file))
		must(err)
		all = append(all, recording{name: filepath.ToSlash(file), bytes: b, client: strings.Contains(file, ".c2s.")})
	}
	return all
}

// glob gives the files of testdata that match, in order, relative to it.
func glob(pattern string) []string {
	files, err := filepath.Glob(filepath.Join(testdata(), pattern))
	must(err)
	for i, file := range files {
		files[i], err = filepath.Rel(testdata(), file)
		must(err)
	}
	slices.Sort(files)
	return files
}

// cut cuts a stream into frames by LENGTH alone, so that illegal ones are kept.
func cut(name string, b []byte) []Input {
	var all []Input
	for i := 0; len(b) >= 4; i++ {
		n := int64(wire.Uint32(b, 0)) + 4
		n = min(n, int64(len(b)))
		all = append(all, Input{fmt.Sprintf("%s/%d", name, i), b[:n:n]})
		b = b[n:]
	}
	return all
}

// oracleCase is what a live client was given, and what it made of it.
type oracleCase struct {
	Name   string   `json:"name"`
	Frames []string `json:"frames_hex"`
	Client []string `json:"kitex_client"`
	in     []byte   // the frames, one behind the other
}

// oracle is every case of every .jsonl file in testdata/oracle.
func oracle() []oracleCase {
	var all []oracleCase
	for _, name := range glob("oracle/*.jsonl") {
		file, err := os.Open(filepath.Join(testdata(), name))
		must(err)
		for dec := json.NewDecoder(bufio.NewReader(file)); dec.More(); {
			var c oracleCase
			must(dec.Decode(&c))
			for _, h := range c.Frames {
				b, err := hex.DecodeString(h)
				must(err)
				c.in = append(c.in, b...)
			}
			all = append(all, c)
		}
		file.Close()
	}
	return all
}

// recordedTexts are the error texts in the .json files beside the recordings: a
// name.json beside name.c2s.bin or name.s2c.bin. What else there is in JSON is no
// recording's.
func recordedTexts() []Input {
	var all []Input
	for _, name := range glob("*/*.json") {
		if len(glob(strings.TrimSuffix(name, "json")+"*.bin")) == 0 {
			continue
		}
		b, err := os.ReadFile(filepath.Join(testdata(), name))
		must(err)
		var r struct {
			Client string   `json:"client_error"`
			Server []string `json:"server_errors"`
		}
		must(json.Unmarshal(b, &r))
		for i, text := range append(r.Server, r.Client) {
			all = append(all, Input{fmt.Sprintf("%s/%d", filepath.ToSlash(name), i), []byte(text)})
		}
	}
	return all
}

// parsed parses a whole frame, whatever its size; nil if it is illegal.
func parsed(b []byte) *frame.Frame {
	f := new(frame.Frame)
	n, err := f.ParseWithin(b, &frame.Limits{MaxPayload: wire.MaxPayload, MaxPairs: 1 << 20})
	if err != nil || n != len(b) {
		return nil
	}
	return f
}
