package main

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Each mutant of a file, as the one line of it that changes.
func TestMutants(t *testing.T) {
	ms, src, err := mutants("testdata/sample.go.txt", "sample/sample.go")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range ms {
		b := m.apply(src)
		if _, err := parser.ParseFile(token.NewFileSet(), "", b, 0); err != nil {
			t.Errorf("%s of %q: %v", m.Mutator, m.Text, err)
		}
		before, after := strings.Split(string(src), "\n"), strings.Split(string(b), "\n")
		if len(before) != len(after) {
			t.Errorf("%s of %q moves lines", m.Mutator, m.Text)
		}
		for i, line := range before {
			if line != after[i] && m.Mutator != "REMOVE_STATEMENT" {
				got = append(got, strings.TrimSpace(after[i]))
			}
		}
	}
	want := []string{
		"if false && (p < 0 || p > len(b)-2) {",
		"if p <= 0 || p > len(b)-2 {", "if p >= 0 || p > len(b)-2 {",
		"if p < 1 || p > len(b)-2 {",
		"if p < 0 && p > len(b)-2 {",
		"if p < 0 || p >= len(b)-2 {", "if p < 0 || p <= len(b)-2 {",
		"if p < 0 || p > len(b)+2 {", "if p < 0 || p > len(b)-3 {",
		"return nil, true",
		"for p <= n {", "for p >= n {",
		"p--",
		"if false && (b[p] == 0x2C) {", "if b[p] != 0x2C {", "if b[p] == 45 {",
		"continue",
		"case false && (!ok && n >= 4):",
		"case ok && n >= 4:", "case !ok || n >= 4:",
		"case !ok && n > 4:", "case !ok && n < 4:", "case !ok && n >= 5:",
		"p += n", "p = n",
		"take(&b, +1)", "take(&b, -2)",
		"return b[p&1:], true", "return b[p&^2:], true",
		"return b[p&^1:], false",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A line is in the function that is around it.
func TestFunctions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.go")
	src := "package a\n\nvar a = 1\n\nconst _ = uint(9 - a)\n\nfunc f() { _ = 2 }\n\nfunc (s *s) g() { _ = 3 }\n\nfunc (s s) h() { _ = 4 }\n\nvar b = 5\n"
	if err := os.WriteFile(path, []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	ms, _, err := mutants(path, "a/a.go")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, m := range ms {
		if m.Mutator == "OFF_BY_ONE" {
			got[m.Change[:1]] = m.Func
		}
	}
	if len(got) != 5 {
		t.Errorf("mutants of %v, want 1 to 5: what has no name is none", got)
	}
	for n, want := range map[string]string{"1": "", "2": "f", "3": "s.g", "4": "s.h", "5": ""} {
		if got[n] != want {
			t.Errorf("%s is in %q, want %q", n, got[n], want)
		}
	}
}

// What is removed is still compiled.
func TestRemoveStatement(t *testing.T) {
	ms, src, err := mutants("testdata/sample.go.txt", "sample/sample.go")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"if false { p -= n }", "if false { take(&b, -1) }"}
	ms = slices.DeleteFunc(ms, func(m *mutant) bool { return m.Mutator != "REMOVE_STATEMENT" })
	if len(ms) != len(want) {
		t.Fatalf("%d mutants, want %d", len(ms), len(want))
	}
	for i, m := range ms {
		if !bytes.Contains(m.apply(src), []byte("\t"+want[i]+"\n")) {
			t.Errorf("%s is not in\n%s", want[i], m.apply(src))
		}
	}
}

// testdata/results.jsonl is from a run over package wire, trimmed.
func recorded(t *testing.T) []*result {
	t.Helper()
	known, err := readResults("testdata/results.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var all []*result
	for _, r := range known {
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *result) int { return strings.Compare(a.key(), b.key()) })
	return all
}

const doc = "# Explained\n\n" +
	"| file | function | line | mutator | why |\n|---|---|---|---|---|\n" +
	"| wire/error.go | Error.Error | `b := make([]byte, 0, 160)` | OFF_BY_ONE 2 | room |\n" +
	"| wire/limits.go | Limits.Header | `if n := l.MaxHeader; n > 0 \\|\\| n < MaxHeader {` | CONDITIONALS_BOUNDARY | borders \\| are escaped |\n" +
	"| wire/limits.go | Limits.Payload | `case n > MaxPayload:` | CONDITIONALS_BOUNDARY, REMOVE_CHECK | the same value |\n"

func TestJudge(t *testing.T) {
	why, err := explanations(doc)
	if err != nil {
		t.Fatal(err)
	}
	if got := why[1].text; got != "if n := l.MaxHeader; n > 0 || n < MaxHeader {" {
		t.Errorf("read as %q", got)
	}
	scores, unexplained := judge(recorded(t), why)
	if len(scores) != 1 || *scores[0] != (score{name: "wire", killed: 3, hung: 1, lived: 3, explained: 2, notViable: 1}) {
		t.Errorf("%+v", scores[0])
	}
	if got := scores[0].percent(); got < 57.1 || got > 57.2 {
		t.Errorf("%v percent of 7 are 4", got)
	}
	if len(unexplained) != 1 || unexplained[0].Line != 35 {
		t.Errorf("unexplained: %v", unexplained)
	}
	if got := stale(why); len(got) != 2 || !strings.HasPrefix(got[0], "line 6: ") || !strings.Contains(got[1], "REMOVE_CHECK") {
		t.Errorf("stale: %q", got)
	}
}

func TestBadExplanations(t *testing.T) {
	for _, row := range []string{"| a.go | F | `x` | OFF_BY_ONE |", "| a.go | F | `x` | OFF_BY_ONE | |", "| a.go | F | `x` | OFF_BY_ONE two | why |"} {
		if _, err := explanations("\n" + row); err == nil || !strings.HasPrefix(err.Error(), "line 2") {
			t.Errorf("%s: %v", row, err)
		}
	}
}

// A run that judges what an earlier one has left fails for what is unexplained,
// and for a package under 90%; the table goes where it stands.
func TestRun(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("wire/a.go", "package wire\n\nvar a = b < c\n")
	line := `{"package":"wire","file":"wire/a.go","text":"var a = b < c","nth":1,"line":9,"verdict":"killed","mutator":"CONDITIONALS_`
	every := regexp.MustCompile("")
	o := options{packages: every, files: every, mutators: every, root: root, results: filepath.Join(root, "r"), judge: true, markdown: true}
	for _, c := range []struct{ verdict, why, row string }{
		{"killed", "", "| wire | 2 | 2 | 0 | 0 | 0 | 100.0% | 0 |"},
		{"not viable", "", "| wire | 1 | 1 | 0 | 0 | 0 | 100.0% | 1 |"},
		{"lived", "", "| wire | 2 | 1 | 0 | 1 | 0 | 50.0% | 0 |"},
		{"lived", "| wire/a.go | | `var a = b < c` | CONDITIONALS_BOUNDARY | why |\n", "| wire | 2 | 1 | 0 | 1 | 1 | 50.0% | 0 |"},
	} {
		write("docs/testing.md", c.why+markBegin+"old\n"+markEnd+"rest")
		write("r", line+"NEGATION\"}\n"+strings.Replace(line, "killed", c.verdict, 1)+"BOUNDARY\"}\n")
		if c.verdict == lived { // what is not known is not good enough
			if ok, err := run(new(bytes.Buffer), options{packages: every, files: every, mutators: every, root: root, judge: true}); ok || err != nil {
				t.Errorf("without results: %v, %v", ok, err)
			}
		}
		ok, err := run(new(bytes.Buffer), o)
		if err != nil || ok != (c.verdict != lived) {
			t.Errorf("%s: %v, %v", c.verdict, ok, err)
		}
		b, _ := os.ReadFile(filepath.Join(root, "docs/testing.md"))
		if !strings.Contains(string(b), c.row) || strings.Contains(string(b), "old") || !strings.HasSuffix(string(b), markEnd+"rest") {
			t.Errorf("%s: the table is\n%s", c.verdict, b)
		}
	}
}
