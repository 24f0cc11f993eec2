package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Each bug still has its place: the line is there, once.
func TestPlantsApply(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range plants {
		old, err := os.ReadFile(filepath.Join("../..", p.file))
		if err != nil {
			t.Fatal(err)
		}
		bad, err := p.put(old)
		if err != nil {
			t.Errorf("%s, %s: %v", p.file, p.name, err)
		} else if string(bad) == string(old) {
			t.Errorf("%s, %s: nothing is wrong", p.file, p.name)
		}
		if seen[p.name] {
			t.Errorf("%s twice", p.name)
		}
		seen[p.name] = true
	}
}

// Each package of the library has bugs, and each kind of bug is there.
func TestPlantsCover(t *testing.T) {
	count := map[string]int{}
	for _, p := range plants {
		count[p.pkg()]++
		count[string(p.kind)]++
	}
	for _, want := range []string{"wire", "header", "frame", "status", "trailer", "codec", string(bound), string(check), string(offset)} {
		if count[want] < 2 {
			t.Errorf("%s: %d bugs", want, count[want])
		}
	}
}

func TestFinding(t *testing.T) {
	for _, tt := range []struct {
		name, out    string
		failed, hung bool
		want         finding
		text         string
	}{
		{"passed", "PASS\n", false, false, finding{}, "not found"},
		{"a row of a table", "--- FAIL: TestA (0.00s)\n    --- FAIL: TestA/one (0.00s)\n--- FAIL: TestB (0.00s)\nFAIL\n", true, false,
			finding{found: true, by: "TestA/one"}, "TestA/one after 0.0 s"},
		{"an input", "--- FAIL: FuzzX (2.1s)\n    --- FAIL: FuzzX (0.00s)\n    Failing input written to testdata/fuzz/FuzzX/0c11\n", true, false,
			finding{found: true, by: "FuzzX", input: "testdata/fuzz/FuzzX/0c11"}, "FuzzX after 0.0 s"},
		{"a panic", "panic: runtime error\n", true, false, finding{found: true}, "crashed after 0.0 s"},
		{"no end", "", true, true, finding{found: true, hung: true}, "did not end"},
	} {
		var f finding
		if f.read(tt.out, tt.failed, tt.hung); f != tt.want || f.String() != tt.text {
			t.Errorf("%s: %+v, %q", tt.name, f, f)
		}
	}
}

func TestReplaceTable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "testing.md")
	results := []result{{plants[0], finding{found: true, by: "TestX/a"}, finding{}}, {plants[1], finding{}, finding{}},
		{plants[2], finding{found: true, hung: true}, finding{found: true, hung: true}}}
	if err := replaceTable(file, results, time.Second); err == nil {
		t.Error("a file that is not there is taken")
	}
	for _, text := range []string{"", "front\n" + markBegin + "old\n" + markEnd + "back\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := replaceTable(file, results, time.Second); (err == nil) != (text != "") {
			t.Errorf("%q: %v", text, err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"front\n" + markBegin, "2 of 3 found", "| they do not end | `FuzzPlainFrame` does not end |", "| `TestX/a`, 0.0 s | not by `FuzzHeaderView` |", markEnd + "back\n"} {
		if !strings.Contains(string(got), want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}
