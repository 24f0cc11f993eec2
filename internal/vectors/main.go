// Command vectors writes the conformance vectors of testdata/vectors, for people
// who read the protocol in other languages (docs/vectors.md).
//
//	go run ./internal/vectors
//
// What a vector expects is written by hand, or taken from docs/wire.md, from the
// catalogue of hostile input or from a recording. The library is asked as well,
// and where it says something else nothing is written.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

//go:generate go run .

func main() {
	dir := flag.String("dir", "", "where to write, testdata/vectors by default")
	flag.Parse()
	if err := run(*dir); err != nil {
		fmt.Fprintln(os.Stderr, "vectors:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	root, err := findRoot()
	if err != nil {
		return err
	}
	if dir == "" {
		dir = filepath.Join(root, "testdata", "vectors")
	}
	files, err := build(root)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		b, err := f.lines()
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, f.name), b, 0o644); err != nil {
			return err
		}
		fmt.Printf("%-16s %4d vectors %7d bytes\n", f.name, len(f.vectors), len(b))
	}
	return nil
}

// findRoot is the directory of go.mod, from here upwards.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("no go.mod here or above")
		}
		dir = up
	}
	return "", err
}

// file is one of the files.
type file struct {
	name    string
	vectors []vector
}

// build makes all vectors, and asks the library about each.
func build(root string) ([]file, error) {
	doc, err := readDoc(root)
	if err != nil {
		return nil, err
	}
	live, err := readLive(root)
	if err != nil {
		return nil, err
	}
	files := []file{
		{"frame.jsonl", frameVectors(doc, live)},
		{"exception.jsonl", exceptionVectors()},
		{"extra.jsonl", extraVectors()},
		{"trailer.jsonl", trailerVectors(live)},
		{"rst.jsonl", rstVectors(live)},
		{"path.jsonl", pathVectors()},
		{"stream.jsonl", streamVectors(doc)},
	}
	seen := map[string]bool{}
	for _, f := range files {
		for i := range f.vectors {
			v := &f.vectors[i]
			if err := v.finish(doc); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", f.name, v.ID, err)
			}
			if seen[v.Test+v.ID] {
				return nil, fmt.Errorf("%s: %s is there twice", f.name, v.ID)
			}
			seen[v.Test+v.ID] = true
		}
	}
	return files, nil
}
