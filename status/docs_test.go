package status_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ttwire/ttwire/status"
)

var update = flag.Bool("update", false, "write docs/codes.md anew from the table")

const codesFile = "../docs/codes.md"

// docs/codes.md is the table in words. It is not written by hand.
func TestDocs(t *testing.T) {
	want := codesDoc()
	if *update {
		if err := os.WriteFile(codesFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(codesFile)
	if err != nil {
		t.Fatal(err)
	}
	// A checkout may have turned the line ends.
	if diff := cmp.Diff(want, strings.ReplaceAll(string(got), "\r\n", "\n")); diff != "" {
		t.Errorf("docs/codes.md is not what the table says; go test ./status -run TestDocs -update (-table +file):\n%s", diff)
	}
}

const codesIntro = `# Error codes

<!-- Written by go test ./status -run TestDocs -update from status/table.go. Do not edit. -->

Two families of codes meet here. TTHeader Streaming has 12001 to 12015; an error
of this family reads

    [ttstream error, code=12007] [server-side stream] [canceled path: ServiceA] <message>

tRPC has framework codes (its ret), which read

    type:framework, code:101, msg:xxx timeout
    type:callee framework, code:12, msg:rpcname:xxx invalid

where "framework" is this side's own finding and "callee framework" the peer's
word. Both families know business errors besides, whose codes (biz-status,
func_ret) are the business's own:

    type:business, code:10001, msg:insufficient user balance
    biz error: code=10001, msg=insufficient user balance

The number alone does not tell what it means: a business may use 12007 too. The
kind does, which is what the text begins with. "ttwire explain" takes a number
or a whole log and says all of this about it; status.Lookup does in Go.

## Ranges

| from | to | family | what |
|---|---|---|---|
`

// codesDoc is docs/codes.md as it should be.
func codesDoc() string {
	var b strings.Builder
	b.WriteString(codesIntro)
	for _, r := range []int32{12001, 0, 101, 201, 301, 10001} {
		for row := range status.Ranges(r) {
			if row.From == r {
				fmt.Fprintf(&b, "| %d | %d | %v | %s |\n", row.From, row.To, row.Family, row.Meaning)
			}
		}
	}
	titles := map[status.Family]string{status.FamilyStream: "TTHeader Streaming", status.FamilyTRPC: "tRPC"}
	for _, f := range []status.Family{status.FamilyStream, status.FamilyTRPC} {
		fmt.Fprintf(&b, "\n## %s\n\n| code | name | class | raised by | message |\n|---|---|---|---|---|\n", titles[f])
		for row := range status.Codes() {
			if row.Family == f {
				fmt.Fprintf(&b, "| [%d](#%d-%s) | %s | %s | %s | %s |\n",
					row.Code, row.Code, row.Name, row.Name, row.Class, row.RaisedBy(), row.Message)
			}
		}
		for row := range status.Codes() {
			if row.Family == f {
				writeCode(&b, row)
			}
		}
	}
	return b.String()
}

func writeCode(b *strings.Builder, row status.Info) {
	fmt.Fprintf(b, "\n### %d %s\n\n`status.%s`. %s\n", row.Code, row.Name, row.Const, row.Meaning)
	writeList(b, "Likely causes", row.Causes)
	writeList(b, "What to check", row.Checks)
}

func writeList(b *strings.Builder, title string, items []string) {
	if len(items) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s:\n\n", title)
	for _, s := range items {
		fmt.Fprintf(b, "- %s\n", s)
	}
}
