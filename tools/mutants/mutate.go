package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
)

// A mutant is one small change of one source file. What says which one it is in
// docs/testing.md is the file, the function, the text of the line and the mutator,
// so that it is still found when lines elsewhere come and go.
type mutant struct {
	File    string `json:"file"` // as seen from the module's root
	Func    string `json:"func,omitempty"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Mutator string `json:"mutator"`
	Nth     int    `json:"nth"`  // which of this mutator's in this line, from 1
	Text    string `json:"text"` // the line without its indent
	Same    int    `json:"same"` // how many lines above have the same text
	Change  string `json:"change"`

	// An edit puts text in place of src[from:to].
	edits []edit
}

type edit struct {
	from, to int
	text     string
}

// apply is the file with the change made; no line of it moves.
func (m *mutant) apply(src []byte) []byte {
	var b bytes.Buffer
	end := 0
	for _, e := range m.edits {
		b.Write(src[end:e.from])
		b.WriteString(e.text)
		end = e.to
	}
	b.Write(src[end:])
	return b.Bytes()
}

// finder walks a file and collects its mutants.
type finder struct {
	file  *token.File
	name  string
	in    *ast.FuncDecl // the function that the walk was in last
	lines []string
	same  []int
	found []*mutant
}

// mutants is every change that is tried in a file.
func mutants(path, name string) ([]*mutant, []byte, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	set := token.NewFileSet()
	tree, err := parser.ParseFile(set, path, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, err
	}
	f := &finder{file: set.File(tree.FileStart), name: name}
	seen := map[string]int{}
	for _, line := range strings.Split(string(src), "\n") {
		line = strings.TrimSpace(line)
		f.lines = append(f.lines, line)
		f.same = append(f.same, seen[line])
		seen[line]++
	}
	ast.Inspect(tree, f.node)
	f.order()
	return f.found, src, nil
}

// order puts the mutants in the order of the text and counts those of a line.
func (f *finder) order() {
	slices.SortStableFunc(f.found, func(a, b *mutant) int { return cmp.Or(a.Line-b.Line, a.Column-b.Column) })
	nth := map[string]int{}
	for _, m := range f.found {
		id := fmt.Sprint(m.Line, m.Mutator)
		nth[id]++
		m.Nth = nth[id]
	}
}

// wrap puts text before and after a node.
func (f *finder) wrap(mutator string, n ast.Node, front, back string) {
	from, to := f.file.Offset(n.Pos()), f.file.Offset(n.End())
	f.add(mutator, n.Pos(), fmt.Sprintf("%s…%s", front, back), edit{from, from, front}, edit{to, to, back})
}

func (f *finder) add(mutator string, pos token.Pos, change string, edits ...edit) {
	at := f.file.Position(pos)
	f.found = append(f.found, &mutant{File: f.name, Func: f.function(pos), Line: at.Line, Column: at.Column, Mutator: mutator,
		Text: f.lines[at.Line-1], Same: f.same[at.Line-1], Change: change, edits: edits})
}

// function is the function at pos as a stack trace would name it, without
// package and star, or nothing.
func (f *finder) function(pos token.Pos) string {
	switch {
	case f.in == nil || pos > f.in.End():
		return ""
	case f.in.Recv == nil:
		return f.in.Name.Name
	}
	typ := f.in.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	return fmt.Sprint(typ, ".", f.in.Name.Name)
}
