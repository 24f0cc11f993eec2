package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

const root = "../.."

var buildOnce = sync.OnceValues(func() ([]file, error) { return build(root) })

// built are the vectors as they would be written. The library has been asked.
func built(t *testing.T) []file {
	t.Helper()
	files, err := buildOnce()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func dir(name string) string { return filepath.Join(root, "testdata", "vectors", name) }

// TestUpToDate: the files are what the command would write.
func TestUpToDate(t *testing.T) {
	size := 0
	for _, f := range built(t) {
		want, err := f.lines()
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(dir(f.name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what `go run ./internal/vectors` writes (%v)", f.name, err)
		}
		size += len(got)
	}
	if size > 1<<20 {
		t.Errorf("the vectors are %d bytes, over 1 MiB", size)
	}
}

// TestEveryRow: every row of the catalogue that bytes or frames can show is
// there.
func TestEveryRow(t *testing.T) {
	elsewhere := map[string]string{
		"F16": "a property: every split of an input", "F17": "a property: byte by byte", "F20": "what an io.Reader may do",
		"H19": "needs a map", "S14": "holds no queue: memory", "P-8": "",
	}
	have := map[string]bool{}
	for _, f := range built(t) {
		for i := range f.vectors {
			have[f.vectors[i].Hostile] = true
		}
	}
	for prefix, last := range map[string]int{"F": 22, "H": 25, "C": 10, "S": 23, "B": 16, "X": 13, "P-": 8} {
		for i := range last {
			row := prefix + strconv.Itoa(i+1)
			if have[row] == (elsewhere[row] != "") {
				t.Errorf("row %s: a vector: %v, a note: %q", row, have[row], elsewhere[row])
			}
		}
	}
}

// TestEveryReason: so is every reason of appendix D that a reader gives, and
// each by which a user of a stream, or of a path, is refused.
func TestEveryReason(t *testing.T) {
	d, err := readDoc(root)
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{"short": true} // which is the verdict MORE
	for _, f := range built(t) {
		for i := range f.vectors {
			v := &f.vectors[i]
			if v.result != nil {
				have[v.Reason] = true
			}
			for _, st := range v.Steps {
				have[st.Reason] = true
			}
		}
	}
	classes := []string{"illegal-frame", "illegal-biz", "unexpected-header"}
	refusals := []string{"no-stream", "stream-ended", "stream-live", "send-closed", "header-sent", "header-unsent", "id-in-use",
		"too-many-streams", "conn-closed", "not-path", "too-long"}
	for reason, r := range d.reasons {
		if !have[reason] && r.code != 12005 && !slices.Contains(classes, reason) {
			t.Errorf("no vector gives %s", reason)
		}
	}
	for _, reason := range refusals {
		if !have[reason] {
			t.Errorf("no vector is refused by %s", reason)
		}
	}
}

// python runs a script.
func python(t *testing.T, script string, args ...string) (string, error) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("LEFT OUT: there is no python3 here to run " + script)
	}
	for _, name := range []string{script, dir("check.py")} { // which also tells go test's cache of them
		if _, err := os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command(python, append([]string{script}, args...)...).CombinedOutput()
	return string(out), err
}

// TestPython: a decoder in another language, which needs nothing of Go, comes to
// the same on the files.
func TestPython(t *testing.T) {
	want := 0
	for _, f := range built(t) {
		want += len(f.vectors)
	}
	out, err := python(t, dir("check.py"))
	if err != nil || out != fmt.Sprintf("%d passed, 0 failed\n", want) {
		t.Errorf("check.py: %v, want %d vectors\n%.4000s", err, want, out)
	}
}

// TestStreamFaults: an implementation of section 9 that has one of 128 faults
// does not come to what stream.jsonl says.
func TestStreamFaults(t *testing.T) {
	if out, err := python(t, filepath.Join("testdata", "faults.py"), dir("")); err != nil || !strings.HasPrefix(out, "128 of 128 ") {
		t.Errorf("faults.py: %v\n%.4000s", err, out)
	}
}

// TestPythonFails: check.py notices a vector that is wrong in any member that
// it is to compare.
func TestPythonFails(t *testing.T) {
	changes := [][2]string{
		{`"verdict":"legal"`, `"verdict":"MORE"`}, {`"verdict":"MORE"`, `"verdict":"CONN"`}, {`"offset":4`, `"offset":5`}, {`"offset":0`, `"offset":1`},
		{`"size":36`, `"size":35`}, {`"need":36`, `"need":37`}, {`"canonical":true,`, ``}, {`"reason":"`, `"reason":"x`}, {`"payload":"6`, `"payload":"7`},
		{`"message":"6`, `"message":"7`}, {`[["a","b"`, `[["a","c"`}, {`"hop_count":2`, `"hop_count":3`}, {`"code":12001`, `"code":12002`},
		{`"remote":true`, `"remote":false`}, {`"ending":"business"`, `"ending":"well"`}, {`"biz_status":9`, `"biz_status":8`}, {`"path":"41`, `"path":"42`},
		{`"event":"ignored"`, `"event":"meta"`}, {`"event":"opened"`, `"event":"refused"`}, {`"rst":true`, `"rst":false`}, {`"ending":"reset"`, `"ending":"well"`},
		{`"ends":[{"stream":1`, `"ends":[{"stream":2`}, {`"code":12013}`, `"code":12006}`}, {`"code":12006}`, `"code":12013}`},
		{`"verdict":"REFUSE","code":12005`, `"verdict":"REFUSE","code":12004`}, {`"do":"lost","how":"eof"`, `"do":"lost","how":"flood"`},
	}
	var bad []byte
	n, used := 0, map[[2]string]bool{}
	for _, f := range built(t) {
		all, err := f.lines()
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			for line := range bytes.Lines(all) {
				if bytes.Contains(line, []byte(c[0])) && !(c[1] == "" && f.name != "frame.jsonl") {
					bad = append(bad, bytes.Replace(line, []byte(c[0]), []byte(c[1]), 1)...)
					used[c] = true
					n++
					break
				}
			}
		}
	}
	name := filepath.Join(t.TempDir(), "bad.jsonl")
	if err := os.WriteFile(name, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := python(t, dir("check.py"), name); err == nil || !strings.HasSuffix(out, fmt.Sprintf("\n0 passed, %d failed\n", n)) || len(used) < len(changes) {
		t.Errorf("check.py of %d bad vectors: %v\n%.8000s", n, err, out)
	}
}

// TestPack: bytes survive the notation, and a repetition makes it short.
func TestPack(t *testing.T) {
	parts := rapid.OneOf(rapid.SliceOfN(rapid.Byte(), 0, 20), rapid.Custom(func(t *rapid.T) []byte {
		part := rapid.SliceOfN(rapid.Byte(), 1, 20).Draw(t, "part")
		return bytes.Repeat(part, rapid.IntRange(1, 200).Draw(t, "times"))
	}))
	rapid.Check(t, func(t *rapid.T) {
		in := string(bytes.Join(rapid.SliceOfN(parts, 0, 5).Draw(t, "parts"), nil))
		if got, err := unpack(pack(in)); err != nil || got != in {
			t.Fatalf("%q is %q, %v: %s", in, got, err, pack(in))
		}
	})
	for in, want := range map[string]string{
		"": "", "\x00\x01": "0001", strings.Repeat("x", 65535): "78*65535", "ab" + strings.Repeat("xyz", 99) + "c": "6162 78797a*99 63",
	} {
		if got := pack(in); got != want {
			t.Errorf("%q", got)
		}
	}
}

// unpack reads the notation, as docs/vectors.md says that everybody can.
func unpack(text string) (string, error) {
	var all strings.Builder
	for _, part := range strings.Fields(text) {
		digits, count, repeated := strings.Cut(part, "*")
		times := 1
		if repeated {
			var err error
			if times, err = strconv.Atoi(count); err != nil {
				return "", err
			}
		}
		b, err := hex.DecodeString(digits)
		if err != nil {
			return "", err
		}
		all.WriteString(strings.Repeat(string(b), times))
	}
	return all.String(), nil
}
