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

// tree is a module of one package with a test and a target.
func tree(t *testing.T, code, test, fuzz string) *bed {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":            "module tree\n\ngo 1.25\n",
		"one/one.go":        "package one\n\nfunc Same(n int) int { return " + code + " }\n",
		"one/one_test.go":   "package one\n\nimport \"testing\"\n\nfunc TestSame(t *testing.T) { " + test + " }\n",
		"fuzz/fuzz_test.go": "package fuzz\n\nimport (\n\t\"testing\"\n\n\t\"tree/one\"\n)\n\nfunc FuzzSame(f *testing.F) {\n\tf.Add(7)\n\tf.Fuzz(func(t *testing.T, n int) { " + fuzz + " })\n}\n",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b, err := newBed(root, 2*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.remove)
	return b
}

const (
	goodTest = `if Same(7) != 7 { t.Error("7") }`
	goodFuzz = `if one.Same(n) != n { t.Error(n) }`
)

// What fails, or does not compile, without a bug is refused, by its name.
func TestBaseline(t *testing.T) {
	p := plant{kind: bound, name: "one more", file: "one/one.go", right: "return n", wrong: "return n + 1", target: "FuzzSame"}
	for _, tt := range []struct{ name, code, test, fuzz, want string }{
		{"clean", "n", goodTest, goodFuzz, ""},
		{"a test fails", "n", `t.Error("always")`, goodFuzz, "the tests of one, without a bug: TestSame"},
		{"a seed fails", "n", goodTest, `if one.Same(n) == 7 { t.Error("7") }`, "FuzzSame, without a bug: FuzzSame"},
		{"no test compiles", "m", goodTest, goodFuzz, "the tests of one, without a bug: go test -c"},
		{"no target compiles", "n", goodTest, `one.Other()`, "FuzzSame, without a bug: go test -c"},
	} {
		err := tree(t, tt.code, tt.test, tt.fuzz).baseline(t.Context(), []plant{p, p})
		if (err == nil) != (tt.want == "") || err != nil && !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// A bug is found by both, and what does not compile by neither.
func TestTry(t *testing.T) {
	b := tree(t, "n", goodTest, goodFuzz)
	p := plant{kind: bound, name: "one more", file: "one/one.go", right: "return n", wrong: "return n + 1", target: "FuzzSame"}
	if r, err := b.try(t.Context(), p); err != nil || r.tests.by != "TestSame" || !r.fuzzing.found {
		t.Errorf("%+v, %v, want it found by TestSame and FuzzSame", r, err)
	}
	p.wrong = "return m"
	if r, err := b.try(t.Context(), p); err == nil || r.found() {
		t.Errorf("a bug that does not compile: %+v, %v, want an error", r, err)
	}
	if err := b.baseline(t.Context(), []plant{p}); err != nil {
		t.Errorf("a bug is left: %v", err)
	}
	if f, err := b.run(t.Context(), "one", filepath.Join(b.dir, "none")); err == nil || f.found {
		t.Errorf("tests that are not there: %+v, %v, want an error", f, err)
	}
}
