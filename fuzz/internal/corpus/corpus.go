// Package corpus reads and writes inputs as go test -fuzz stores them: a file
// each, named by its content, in a folder of the target's name.
package corpus

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// Input is a stored input.
type Input struct {
	Name string // of its file
	In   []byte
}

// head is the first line of a file.
const head = "go test fuzz v1\n"

// Decode reads what a file holds: one []byte.
func Decode(file []byte) ([]byte, error) {
	value, ok := bytes.CutPrefix(bytes.TrimSpace(file), []byte(head))
	value, isBytes := bytes.CutPrefix(value, []byte("[]byte("))
	value, closed := bytes.CutSuffix(value, []byte(")"))
	if !ok || !isBytes || !closed {
		return nil, errors.New("corpus: not a file of one []byte")
	}
	s, err := strconv.Unquote(string(value))
	if err != nil {
		return nil, fmt.Errorf("corpus: %w", err)
	}
	return []byte(s), nil
}

// Encode is what the file of an input holds.
func Encode(in []byte) []byte { return fmt.Appendf(nil, "%s[]byte(%q)\n", head, in) }

// Name is what the file of an input is called.
func Name(in []byte) string {
	sum := sha256.Sum256(Encode(in))
	return hex.EncodeToString(sum[:8])
}

// Kept reports whether a file was named by hand: a regression, which stays.
func Kept(name string) bool {
	_, err := hex.DecodeString(name)
	return err != nil || len(name) != 16
}

// Read gives the inputs in a folder, in the order of their names; none if there
// is no folder.
func Read(dir string) ([]Input, error) {
	files, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Input
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			return nil, err
		}
		in, err := Decode(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name(), err)
		}
		all = append(all, Input{f.Name(), in})
	}
	return all, nil
}

// Write makes a folder hold these inputs, and those of its own that were named
// by hand.
func Write(dir string, inputs [][]byte) error {
	old, err := Read(dir)
	if err != nil {
		return err
	}
	if len(inputs) > 0 {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	for _, in := range old {
		if !Kept(in.Name) {
			if err := os.Remove(filepath.Join(dir, in.Name)); err != nil {
				return err
			}
		}
	}
	for _, in := range inputs {
		if err := os.WriteFile(filepath.Join(dir, Name(in)), Encode(in), 0o644); err != nil {
			return err
		}
	}
	return nil
}
