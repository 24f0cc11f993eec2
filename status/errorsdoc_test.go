package status_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	errorsFile       = "../docs/errors.md"
	errorsFileSource = "example_docs_test.go"
)

// codeBlock is Go code in a Markdown file, with the name of the example whose
// body it is in a comment on the line before.
var codeBlock = regexp.MustCompile("(?s)(?:<!-- (\\w+) -->\n)?```go\n(.*?)```\n")

// The code in docs/errors.md is the bodies of compiled examples, word for word
// and each of them once, so that it cannot rot.
func TestErrorsDoc(t *testing.T) {
	file, err := os.ReadFile(errorsFile)
	if err != nil {
		t.Fatal(err)
	}
	// A checkout may have turned the line ends.
	text := strings.ReplaceAll(string(file), "\r\n", "\n")
	bodies := exampleBodies(t)
	var quoted []string
	anew := codeBlock.ReplaceAllStringFunc(text, func(block string) string {
		m := codeBlock.FindStringSubmatch(block)
		body, ok := bodies[m[1]]
		if !ok {
			t.Errorf("no example has the code of this block (example %q):\n%s", m[1], m[2])
			return block
		}
		quoted = append(quoted, m[1])
		return "<!-- " + m[1] + " -->\n```go\n" + body + "```\n"
	})
	for name := range bodies {
		if n := len(slices.DeleteFunc(slices.Clone(quoted), func(s string) bool { return s != name })); n != 1 {
			t.Errorf("%s is there %d times, want once", name, n)
		}
	}
	if *update && !t.Failed() {
		if err := os.WriteFile(errorsFile, []byte(anew), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(strings.Split(anew, "\n"), strings.Split(text, "\n")); diff != "" {
		t.Errorf("docs/errors.md is not what the examples say; go test ./status -run TestErrorsDoc -update (-examples +file):\n%s", diff)
	}
}

// exampleBodies is the source between the braces of each example, without the
// indent that all its lines have.
func exampleBodies(t *testing.T) map[string]string {
	t.Helper()
	source, err := os.ReadFile(errorsFileSource)
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, errorsFileSource, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[string]string{}
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || !strings.HasPrefix(f.Name.Name, "Example") {
			continue
		}
		at := func(p token.Pos) int { return fset.Position(p).Offset }
		body := string(source[at(f.Body.Lbrace)+1 : at(f.Body.Rbrace)])
		body = strings.ReplaceAll(body, "\r\n", "\n")
		bodies[f.Name.Name] = strings.TrimPrefix(strings.ReplaceAll(body, "\n\t", "\n"), "\n")
	}
	if len(bodies) == 0 {
		t.Fatal("no examples in " + errorsFileSource)
	}
	return bodies
}
