package main

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"

	"github.com/ttwire/ttwire/fuzz"
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

// All generated seeds of a target are in its corpus.
func TestSeeds(t *testing.T) {
	for i := range fuzz.Targets {
		target := &fuzz.Targets[i]
		if target.Name != "FuzzExtra" && target.Name != "FuzzConn" {
			continue // the others are written in the same way
		}
		seeds := target.Seeds()
		var b bytes.Buffer
		if err := write(&b, seeds); err != nil {
			t.Fatal(err)
		}
		if got := unzipped(t, b.Bytes()); len(got) != len(seeds) || len(got) < 20 {
			t.Errorf("%s: %d inputs, want %d", target.Name, len(got), len(seeds))
		}
	}
}
