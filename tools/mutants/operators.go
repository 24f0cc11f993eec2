package main

import (
	"go/ast"
	"go/token"
	"strconv"
)

// binaries is what becomes of an operator between two operands, of an assignment
// and of a branch.
var binaries = map[token.Token][]struct {
	mutator string
	tok     token.Token
}{
	token.LSS:  {{"CONDITIONALS_BOUNDARY", token.LEQ}, {"CONDITIONALS_NEGATION", token.GEQ}},
	token.LEQ:  {{"CONDITIONALS_BOUNDARY", token.LSS}, {"CONDITIONALS_NEGATION", token.GTR}},
	token.GTR:  {{"CONDITIONALS_BOUNDARY", token.GEQ}, {"CONDITIONALS_NEGATION", token.LEQ}},
	token.GEQ:  {{"CONDITIONALS_BOUNDARY", token.GTR}, {"CONDITIONALS_NEGATION", token.LSS}},
	token.EQL:  {{"CONDITIONALS_NEGATION", token.NEQ}},
	token.NEQ:  {{"CONDITIONALS_NEGATION", token.EQL}},
	token.LAND: {{"INVERT_LOGICAL", token.LOR}},
	token.LOR:  {{"INVERT_LOGICAL", token.LAND}},

	token.ADD: {{"ARITHMETIC_BASE", token.SUB}},
	token.SUB: {{"ARITHMETIC_BASE", token.ADD}},
	token.MUL: {{"ARITHMETIC_BASE", token.QUO}},
	token.QUO: {{"ARITHMETIC_BASE", token.MUL}},
	token.REM: {{"ARITHMETIC_BASE", token.MUL}},

	token.AND:     {{"INVERT_BITWISE", token.OR}},
	token.OR:      {{"INVERT_BITWISE", token.AND}},
	token.XOR:     {{"INVERT_BITWISE", token.AND}},
	token.AND_NOT: {{"INVERT_BITWISE", token.AND}},
	token.SHL:     {{"INVERT_BITWISE", token.SHR}},
	token.SHR:     {{"INVERT_BITWISE", token.SHL}},

	token.ADD_ASSIGN:     {{"INVERT_ASSIGNMENTS", token.SUB_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.SUB_ASSIGN:     {{"INVERT_ASSIGNMENTS", token.ADD_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.MUL_ASSIGN:     {{"INVERT_ASSIGNMENTS", token.QUO_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.QUO_ASSIGN:     {{"INVERT_ASSIGNMENTS", token.MUL_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.AND_ASSIGN:     {{"INVERT_BWASSIGN", token.OR_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.OR_ASSIGN:      {{"INVERT_BWASSIGN", token.AND_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.XOR_ASSIGN:     {{"INVERT_BWASSIGN", token.AND_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.AND_NOT_ASSIGN: {{"INVERT_BWASSIGN", token.AND_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.SHL_ASSIGN:     {{"INVERT_BWASSIGN", token.SHR_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},
	token.SHR_ASSIGN:     {{"INVERT_BWASSIGN", token.SHL_ASSIGN}, {"REMOVE_SELF_ASSIGNMENTS", token.ASSIGN}},

	token.INC:      {{"INCREMENT_DECREMENT", token.DEC}},
	token.DEC:      {{"INCREMENT_DECREMENT", token.INC}},
	token.BREAK:    {{"INVERT_LOOPCTRL", token.CONTINUE}},
	token.CONTINUE: {{"INVERT_LOOPCTRL", token.BREAK}},
}

// node tries what can be done to one node, and says whether to look into it.
func (f *finder) node(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ValueSpec:
		// What has no name is an assertion to the compiler, which runs nothing.
		return n.Names[0].Name != "_"
	case *ast.FuncDecl:
		f.in = n
	case *ast.BinaryExpr:
		f.operator(n.OpPos, n.Op)
	case *ast.AssignStmt:
		f.operator(n.TokPos, n.Tok)
		if n.Tok != token.DEFINE {
			f.wrap("REMOVE_STATEMENT", n, "if false { ", " }")
		}
	case *ast.IncDecStmt:
		f.operator(n.TokPos, n.Tok)
	case *ast.BranchStmt:
		f.operator(n.TokPos, n.Tok)
	case *ast.UnaryExpr:
		f.unary(n)
	case *ast.ExprStmt:
		f.wrap("REMOVE_STATEMENT", n, "if false { ", " }")
	case *ast.IfStmt:
		f.wrap("REMOVE_CHECK", n.Cond, "false && (", ")")
	case *ast.SwitchStmt:
		f.cases(n)
	case *ast.Ident:
		f.boolean(n)
	case *ast.BasicLit:
		f.number(n)
	}
	return true
}

// operator tries what binaries has for one.
func (f *finder) operator(pos token.Pos, tok token.Token) {
	for _, b := range binaries[tok] {
		from := f.file.Offset(pos)
		f.add(b.mutator, pos, tok.String()+" → "+b.tok.String(), edit{from, from + len(tok.String()), b.tok.String()})
	}
}

// unary takes the sign or the negation away. The address of something is left
// alone, and so is a receive.
func (f *finder) unary(n *ast.UnaryExpr) {
	from := f.file.Offset(n.OpPos)
	switch n.Op {
	case token.SUB:
		f.add("INVERT_NEGATIVES", n.OpPos, "- → +", edit{from, from + 1, "+"})
	case token.NOT:
		f.add("CONDITIONALS_NEGATION", n.OpPos, "! → nothing", edit{from, from + 1, ""})
	}
}

// cases are the conditions of a switch that has no tag.
func (f *finder) cases(n *ast.SwitchStmt) {
	if n.Tag != nil {
		return
	}
	for _, s := range n.Body.List {
		for _, cond := range s.(*ast.CaseClause).List {
			f.wrap("REMOVE_CHECK", cond, "false && (", ")")
		}
	}
}

func (f *finder) boolean(n *ast.Ident) {
	other := map[string]string{"true": "false", "false": "true"}[n.Name]
	if other == "" {
		return
	}
	from := f.file.Offset(n.Pos())
	f.add("INVERT_BOOL", n.Pos(), n.Name+" → "+other, edit{from, from + len(n.Name), other})
}

func (f *finder) number(n *ast.BasicLit) {
	if n.Kind != token.INT {
		return
	}
	v, err := strconv.ParseInt(n.Value, 0, 64)
	if err != nil {
		return
	}
	from, text := f.file.Offset(n.Pos()), strconv.FormatInt(v+1, 10)
	f.add("OFF_BY_ONE", n.Pos(), n.Value+" → "+text, edit{from, from + len(n.Value), text})
}
