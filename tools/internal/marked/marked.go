// Package marked replaces what a command writes into a document, between two
// lines that mark it.
package marked

import (
	"bytes"
	"fmt"
	"os"
)

// Replace puts text between the lines begin and end, both with their newline, of
// a file. A file without the two is an error and stays as it is.
func Replace(file, begin, end string, text []byte) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	front, rest, ok := bytes.Cut(old, []byte(begin))
	_, back, ok2 := bytes.Cut(rest, []byte(end))
	if !ok || !ok2 {
		return fmt.Errorf("%s has no lines %q and %q", file, begin, end)
	}
	whole := bytes.Join([][]byte{front, []byte(begin), text, []byte(end), back}, nil)
	return os.WriteFile(file, whole, 0o644)
}
