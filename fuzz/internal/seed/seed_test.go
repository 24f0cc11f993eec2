package seed

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/fuzz/internal/script"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// Every kind has inputs, the same ones whenever it is asked.
func TestKinds(t *testing.T) {
	for kind := range kinds {
		first, again := Of(kind), Of(kind)
		size, most := 0, 0
		for _, in := range first {
			size, most = size+len(in.In), max(most, len(in.In))
		}
		t.Logf("%-12s %4d inputs, %8d bytes, %6d at most", kind, len(first), size, most)
		if len(first) < 20 {
			t.Errorf("%s: %d inputs", kind, len(first))
		}
		if !slices.EqualFunc(first, again, func(a, b Input) bool { return a.Name == b.Name && bytes.Equal(a.In, b.In) }) {
			t.Errorf("%s: not the same twice", kind)
		}
	}
}

// Each source gets through to each kind that can take it.
func TestSources(t *testing.T) {
	for kind, sources := range map[string][]string{
		"frames":      {"kitex/bidi.c2s.bin/", "oracle/trailer/", "F7/", "H15/", "C5/", "frames/", "faults/"},
		"streams":     {"kitex/big.s2c.bin", "oracle/", "F2/"},
		"headers":     {"kitex/", "oracle/", "H14/", "frames/"},
		"exceptions":  {"X2/", "X7/", "kitex/end-err", "kitex/cancel", "oracle/rst/"},
		"extras":      {"B16/", "kitex/end-bizextra", "oracle/"},
		"biz-status":  {"B3/", "kitex/end-biz.", "oracle/"},
		"paths":       {"P-4/", "oracle/"},
		"endings":     {"kitex/", "oracle/", "endings/", "trailer/H24/", "trailer/B12/", "rst/X4/", "rst/P-5/"},
		"texts":       {"kitex/", "oracle/", "rst/P-5/"},
		"builder":     {"kitex/", "oracle/", "H21/", "frames/"},
		"statuses":    {"kitex/", "oracle/", "statuses/", "cancels/"},
		"errors":      {"kitex/", "oracle/", "foreign"},
		"conn":        {"kitex/bidi.c2s.bin", "kitex/bidi.s2c.bin", "F14/", "vectors/stream/S3/", "conversations/server/", "conversations/client/"},
		"read-script": {"kitex/big.s2c.bin", "oracle/", "F2/"},
	} {
		all := Of(kind)
		for _, source := range sources {
			if !slices.ContainsFunc(all, func(in Input) bool { return strings.HasPrefix(in.Name, source) }) {
				t.Errorf("%s: none of %s", kind, source)
			}
		}
	}
}

// Of each pair that an ending is read from there is a seed with it twice, and
// the first one says something else than the last, which alone counts.
func TestRepeatedPairs(t *testing.T) {
	missing := map[string]bool{
		header.KeyBizStatus: true, header.KeyBizMessage: true, header.KeyBizExtra: true, header.KeyCancelPath: true,
		header.KeyTRPCRet: true, header.KeyTRPCFuncRet: true, header.KeyTRPCErrorMsg: true,
	}
	for _, in := range Of("endings") {
		f := parsed(in.In)
		if f == nil {
			continue
		}
		first := map[string]string{}
		for k, v := range f.Header.Strs() {
			if old, ok := first[string(k)]; !ok {
				first[string(k)] = string(v)
			} else if s, err := trailer.Parse(f); old != string(v) && err == nil && (s.Ending == status.EndBusiness || s.Ending == status.EndCanceled) {
				delete(missing, string(k))
			}
		}
	}
	if len(missing) > 0 {
		t.Errorf("no seed has these twice: %v", missing)
	}
}

// Every row of the encoder's part of the catalogue is what it says it is, and a
// seed.
func TestEncoderRows(t *testing.T) {
	seeds := map[string]map[string]bool{}
	for _, kind := range []string{"builder", "writer", "statuses"} {
		seeds[kind] = map[string]bool{}
		for _, in := range Of(kind) {
			seeds[kind][string(in.In)] = true
		}
	}
	legal, refused := map[string]bool{}, map[string]bool{}
	for _, r := range encoderRows() {
		var w script.Writer
		w.Build(r.build)
		build := script.NewReader(w.Script()).Build()
		if _, err := build.Do(nil); r.want == 0 && err != nil || r.want != 0 && err != r.want {
			t.Errorf("%s gives %v, want %v", r.id, err, r.want)
		}
		if !seeds["builder"][string(w.Script())] {
			t.Errorf("%s is no seed", r.id)
		}
		number, _, _ := strings.Cut(r.id, "/")
		legal[number], refused[number] = legal[number] || r.want == 0, refused[number] || r.want != 0
	}
	for _, number := range []string{"E1", "E2", "E3", "E4", "E5", "E6", "E7"} {
		if !legal[number] || !refused[number] {
			t.Errorf("%s: a legal row: %v, one that is refused: %v", number, legal[number], refused[number])
		}
	}
	for _, in := range failingWrites() {
		if !seeds["writer"][string(in.In)] {
			t.Errorf("%s is no seed", in.Name)
		}
	}
	for i, e := range endingRows() {
		var w script.Writer
		w.Ending(e)
		if !seeds["statuses"][string(w.Script())] {
			t.Errorf("ending %d is no seed", i)
		}
	}
}

// A recording that is added, in a folder of its own, is a seed as soon as its
// files are there. JSON that is no recording's is left alone.
func TestNewRecording(t *testing.T) {
	module := t.TempDir()
	dir := filepath.Join(module, "testdata")
	if err := os.CopyFS(dir, os.DirFS(testdata())); err != nil {
		t.Fatal(err)
	}
	before := map[string][]Input{}
	for kind := range kinds {
		before[kind] = Of(kind)
	}
	// An exception as no other recording has it.
	end := ending(frame.Trailer, "", testgen.Exception("Recorded", 77, 4321, "as recorded"), "recorded", "anew").In
	open := testgen.Frames().Example(0).Bytes()
	for name, b := range map[string][]byte{
		"peer/anew.c2s.bin": open, "peer/anew.s2c.bin": end, "peer/notes.json": []byte("[1]"),
		"peer/anew.json": []byte(`{"client_error":"recorded at the client","server_errors":["recorded at the server"],"more":{}}`),
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, b, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(module)
	for kind, names := range map[string][]string{
		"frames":      {"peer/anew.s2c.bin/0"},
		"headers":     {"peer/anew.s2c.bin/0"},
		"exceptions":  {"peer/anew.s2c.bin/0"},
		"endings":     {"peer/anew.s2c.bin/0"},
		"statuses":    {"peer/anew.s2c.bin/0"},
		"errors":      {"peer/anew.s2c.bin/0"},
		"builder":     {"peer/anew.s2c.bin/0"},
		"writer":      {"peer/anew.s2c.bin/0"},
		"streams":     {"peer/anew.s2c.bin"},
		"read-script": {"peer/anew.s2c.bin"},
		"conn":        {"peer/anew.c2s.bin", "peer/anew.s2c.bin"},
		"texts":       {"peer/anew.json/0", "peer/anew.json/1", "peer/anew.s2c.bin/0"},
	} {
		has := func(all []Input, name string) bool {
			return slices.ContainsFunc(all, func(in Input) bool { return in.Name == name })
		}
		now := Of(kind)
		for _, name := range names {
			if has(before[kind], name) || !has(now, name) {
				t.Errorf("%s: %s was a seed before: %v, is now: %v", kind, name, has(before[kind], name), has(now, name))
			}
		}
	}
}

// kindOf is the kind of input that a file of vectors has.
var kindOf = map[string]string{
	"frame": "frames", "exception": "exceptions", "extra": "extras", "trailer": "endings", "rst": "endings", "path": "paths", "stream": "conn",
}

// Every conformance vector is a seed, and so is every row of the catalogue of
// hostile input that one of them names.
func TestVectors(t *testing.T) {
	named, seeded, unsaidConns := map[string]bool{}, map[string]bool{}, 0
	for test, kind := range kindOf {
		seeds := map[string]bool{}
		for _, in := range Of(kind) {
			seeds[string(in.In)] = true
		}
		for _, v := range vectors(test) {
			named[v.Hostile] = true
			in := Input{v.name(), unpack(v.In)}
			if test == "stream" {
				if slices.ContainsFunc(v.Steps, unsaid) {
					unsaidConns++
					continue
				}
				in = v.conn()
			}
			if seeded[v.Hostile] = seeds[string(in.In)] || seeded[v.Hostile]; !seeds[string(in.In)] {
				t.Errorf("%s is no seed of %s", in.Name, kind)
			}
		}
	}
	for row := range named {
		if !seeded[row] {
			t.Errorf("row %s has no seed", row)
		}
	}
	if len(named) < 100 || unsaidConns > 10 {
		t.Errorf("%d rows; %d vectors of streams cannot be said", len(named), unsaidConns)
	}
}

// Most of what ends a connection in a vector ends it under the budget of its
// seed too, and each flood is reached.
func TestVectorsFlood(t *testing.T) {
	floods, have := map[error]int{}, 0
	for _, v := range vectors("stream") {
		ends := slices.ContainsFunc(v.Steps, func(s vectorStep) bool { return s.Event == "connection-ended" })
		if !ends || slices.ContainsFunc(v.Steps, unsaid) {
			continue
		}
		have++
		s := script.NewReader(v.conn().In).Conn()
		c := codec.NewConn(s.Role, s.Limits)
		for _, e := range s.Events {
			if f := parsed(e.Frame); e.What == script.Recv && c.Err() == nil {
				_, _ = c.Recv(f)
			}
		}
		floods[c.Err()]++
	}
	if floods[nil] > have/4 {
		t.Errorf("%d of %d do not end their connection", floods[nil], have)
	}
	for _, want := range []error{wire.ErrFloodStreams, wire.ErrFloodResets, wire.ErrFloodMeta, wire.ErrFloodData, wire.ErrFloodOpens, wire.ErrUnknownStream} {
		if floods[want] == 0 {
			t.Errorf("no seed ends its connection by %v", want)
		}
	}
	t.Log(have, floods)
}
