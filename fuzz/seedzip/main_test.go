package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/ttwire/ttwire/fuzz"
	"github.com/ttwire/ttwire/fuzz/internal/corpus"
)

// A corpus is a zip of one file for each input, which the reader of
// compile_native_go_fuzzer_v2 takes apart into it: a byte for the one argument,
// and the rest is its bytes.
func TestWrite(t *testing.T) {
	inputs := [][]byte{[]byte("one"), {}, []byte("one"), bytes.Repeat([]byte{0}, 70_000)}
	var b bytes.Buffer
	if err := write(&b, inputs); err != nil {
		t.Fatal(err)
	}
	got := unzipped(t, b.Bytes())
	if len(got) != 3 {
		t.Errorf("%d files, want 3", len(got))
	}
	for _, in := range inputs {
		if !got[string(in)] {
			t.Errorf("an input of %d bytes is missing", len(in))
		}
	}
}

// unzipped is the inputs in a corpus.
func unzipped(t *testing.T, b []byte) map[string]bool {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		in, err := io.ReadAll(r)
		if err != nil || len(in) == 0 || in[0] == 0 {
			t.Fatalf("%s: % x, %v", f.Name, in, err)
		}
		all[string(in[1:])] = true
	}
	return all
}

// The corpora of all targets hold all of their generated seeds and all that is
// stored, as it is in the repository, and nothing else.
func TestWriteAll(t *testing.T) {
	const stored = "../testdata/fuzz"
	out, some := t.TempDir(), 0
	if err := writeAll(out, stored); err != nil {
		t.Fatal(err)
	}
	for i := range fuzz.Targets {
		target := &fuzz.Targets[i]
		b, err := os.ReadFile(filepath.Join(out, target.Name+"_seed_corpus.zip"))
		if err != nil {
			t.Error(err)
			continue
		}
		kept, err := corpus.Read(filepath.Join(stored, target.Name))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]bool{}
		for _, in := range target.Seeds() {
			want[string(in)] = true
		}
		seeds := len(want)
		for _, in := range kept {
			want[string(in.In)] = true
		}
		some += len(want) - seeds
		if got := unzipped(t, b); !maps.Equal(got, want) || seeds < 20 {
			t.Errorf("%s: %d inputs, want %d, of which %d are seeds", target.Name, len(got), len(want), seeds)
		}
	}
	if some == 0 {
		t.Error("nothing that is stored")
	}
}

// What cannot be read is no empty corpus.
func TestWriteAllFails(t *testing.T) {
	stored := t.TempDir()
	dir := filepath.Join(stored, fuzz.Targets[0].Name)
	if err := errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(filepath.Join(dir, "bad"), []byte("no input"), 0o644)); err != nil {
		t.Fatal(err)
	}
	if err := writeAll(t.TempDir(), stored); err == nil {
		t.Error("a file that is no input is left out")
	}
	if err := writeAll(filepath.Join(stored, "no such folder"), t.TempDir()); err == nil {
		t.Error("nothing is written, without an error")
	}
}
