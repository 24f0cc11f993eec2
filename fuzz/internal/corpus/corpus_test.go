package corpus

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestEncodeDecode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SliceOf(rapid.Byte()).Draw(t, "input")
		got, err := Decode(Encode(in))
		if err != nil || !bytes.Equal(got, in) {
			t.Fatalf("%q, %v; want %q", got, err, in)
		}
	})
	for _, bad := range []string{"", "go test fuzz v1\n", "go test fuzz v1\nstring(\"a\")\n", "go test fuzz v2\n[]byte(\"a\")\n", "go test fuzz v1\n[]byte(a)\n"} {
		if in, err := Decode([]byte(bad)); err == nil {
			t.Errorf("%q reads as %q", bad, in)
		}
	}
}

// Write replaces what was found, and leaves what was named by hand.
func TestWrite(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "FuzzX")
	if all, err := Read(dir); err != nil || all != nil {
		t.Fatalf("no folder: %v, %v", all, err)
	}
	if err := Write(dir, [][]byte{[]byte("old")}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "zero-type"), Encode([]byte("by hand")), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(dir, [][]byte{[]byte("new"), {}}); err != nil {
		t.Fatal(err)
	}
	all, err := Read(dir)
	var got []string
	for _, in := range all {
		got = append(got, string(in.In))
	}
	slices.Sort(got)
	if want := []string{"", "by hand", "new"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
}

func TestKept(t *testing.T) {
	for name, want := range map[string]bool{"0c11fe8c1788ff21": false, Name(nil): false, "zero-type": true, "beef": true} {
		if Kept(name) != want {
			t.Errorf("%s: kept %v", name, !want)
		}
	}
}
