// Command seedzip writes the seed corpora for OSS-Fuzz: for each fuzz target a
// file FuzzXxx_seed_corpus.zip of all its seeds, generated and stored.
//
//	go run ./fuzz/seedzip -out DIR
//
// oss-fuzz/build.sh calls it, in the root of the repository.
package main

import (
	"archive/zip"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/ttwire/ttwire/fuzz"
	"github.com/ttwire/ttwire/fuzz/internal/corpus"
)

func main() {
	out := flag.String("out", ".", "folder to write to")
	flag.Parse()
	if err := writeAll(*out, filepath.Join("fuzz", "testdata", "fuzz")); err != nil {
		fmt.Fprintln(os.Stderr, "fuzz/seedzip:", err)
		os.Exit(1)
	}
}

// writeAll writes a file for each target. Stored inputs are in stored/FuzzXxx.
func writeAll(out, stored string) error {
	for i := range fuzz.Targets {
		t := &fuzz.Targets[i]
		kept, err := corpus.Read(filepath.Join(stored, t.Name))
		if err != nil {
			return err
		}
		inputs := t.Seeds()
		for _, in := range kept {
			inputs = append(inputs, in.In)
		}
		if err := writeFile(filepath.Join(out, t.Name+"_seed_corpus.zip"), inputs); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(name string, inputs [][]byte) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if err := write(f, inputs); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// write writes inputs as a zip, each named by its content and there once.
func write(w io.Writer, inputs [][]byte) error {
	z := zip.NewWriter(w)
	there := map[string]bool{}
	for _, in := range inputs {
		name := corpus.Name(in)
		if there[name] {
			continue
		}
		there[name] = true
		f, err := z.Create(name)
		if err != nil {
			return err
		}
		if _, err := f.Write(entry(in)); err != nil {
			return err
		}
	}
	return z.Close()
}

// entry is an input as compile_native_go_fuzzer_v2 lets a target read it: its
// arguments' shares of the bytes, a byte for each argument of any length, and
// then the bytes. Our targets have one argument, which gets all of them.
func entry(in []byte) []byte { return append([]byte{1}, in...) }
