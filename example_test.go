package ttwire_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/wire"
)

// each calls handle for every whole frame in buf, which begins at byte off of
// the input, and returns what is left of it.
func each(buf []byte, off int64, handle func(*frame.Frame)) ([]byte, error) {
	var f frame.Frame
	for len(buf) > 0 {
		n, err := f.Parse(buf)
		if err == wire.ErrShort {
			break // come back when n bytes are there
		}
		if err != nil {
			return buf, &wire.Error{Code: err.(wire.Code), Frame: off, Offset: n}
		}
		handle(&f) // f views buf; f.Clone() outlives it
		buf, off = buf[n:], off+int64(n)
	}
	return buf, nil
}

func Example() {
	buf, err := os.ReadFile("testdata/kitex/end-biz.s2c.bin")
	if err != nil {
		fmt.Println(err)
	}
	rest, err := each(buf, 0, func(f *frame.Frame) {
		fmt.Println(f.Type, f.StreamID, string(f.Method()), len(f.Payload))
	})
	fmt.Println(len(rest), err)
	// Output:
	// header 3 Bidi 0
	// data 3 Bidi 18
	// data 3 Bidi 18
	// trailer 3 Bidi 0
	// 0 <nil>
}

// TestReadme: the code in README.md is the code above, word for word.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, code, found := strings.Cut(string(readme), "```go\n")
	code, _, closed := strings.Cut(code, "```")
	if !found || !closed || !strings.Contains(string(source), code) {
		t.Errorf("the code in README.md is not in example_test.go:\n%s", code)
	}
}
