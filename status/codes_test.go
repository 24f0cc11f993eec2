package status_test

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/ttwire/ttwire/status"
)

// constants is every code constant of codes.go by name, read from the source.
func constants(t *testing.T) map[string]status.Info {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]status.Info{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		family := map[string]status.Family{"StreamCode": status.FamilyStream, "RetCode": status.FamilyTRPC}
		name, _ := spec.Type.(*ast.Ident)
		value, _ := spec.Values[0].(*ast.BasicLit)
		if name == nil || value == nil || family[name.Name] == 0 {
			return true
		}
		code, err := strconv.ParseInt(value.Value, 10, 32)
		if err != nil {
			t.Fatal(err)
		}
		found[spec.Names[0].Name] = status.Info{Family: family[name.Name], Code: int32(code)}
		return true
	})
	return found
}

// kebab is a constant's name in lower case with hyphens.
func kebab(name string) string {
	var b strings.Builder
	lower := false
	for _, r := range strings.TrimPrefix(name, "Ret") {
		if unicode.IsUpper(r) && lower {
			b.WriteByte('-')
		}
		lower = unicode.IsLower(r)
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

func TestTable(t *testing.T) {
	consts := constants(t)
	var last status.Info
	for row := range status.Codes() {
		c, ok := consts[row.Const]
		if !ok || c.Family != row.Family || c.Code != row.Code {
			t.Errorf("%v %d: constant %s is %v", row.Family, row.Code, row.Const, c)
		}
		delete(consts, row.Const)
		if want := kebab(row.Const); row.Name != want {
			t.Errorf("%s: name is %q, want %q", row.Const, row.Name, want)
		}
		if c := cmp.Or(cmp.Compare(last.Family, row.Family), cmp.Compare(last.Code, row.Code)); c >= 0 && last.Const != "" {
			t.Errorf("%s stands before %s", last.Const, row.Const)
		}
		if row.Message == "" || row.Meaning == "" || len(row.Causes) == 0 && row.Code != 0 || len(row.Checks) == 0 {
			t.Errorf("%s: the row is not complete", row.Const)
		}
		if got, ok := status.Lookup(row.Family, row.Code); !ok || gocmp.Diff(row, got) != "" {
			t.Errorf("%s: Lookup finds %v", row.Const, got)
		}
		last = row
	}
	for name := range consts {
		t.Errorf("%s has no row", name)
	}
}

// The codes that the protocols have, by hand: a row that is lost is missed.
func TestTableIsComplete(t *testing.T) {
	want := map[status.Family][]int32{
		status.FamilyStream: {12001, 12002, 12003, 12004, 12005, 12006, 12007, 12008, 12009, 12010, 12011, 12012, 12013, 12014, 12015},
		status.FamilyTRPC: {
			0, 1, 2, 11, 12, 21, 22, 23, 24, 31, 41, 51,
			101, 102, 111, 121, 122, 123, 124, 131, 141, 151, 161, 171,
			201, 211, 221, 222, 231, 232, 233, 234, 251, 252, 253, 254, 255,
			301, 311, 321, 322, 331, 332, 333, 334, 351, 352, 353, 354, 355,
			999, 1000,
		},
	}
	got := map[status.Family][]int32{}
	for row := range status.Codes() {
		got[row.Family] = append(got[row.Family], row.Code)
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTableClasses(t *testing.T) {
	for row := range status.Codes() {
		var want status.Class
		switch c := row.Code; {
		case c == 0:
			want = status.ClassSuccess
		case c == 999, c == 1000:
			want = status.ClassUnknown
		case c == 12001:
			want = status.ClassApplication
		case 12002 <= c && c <= 12006:
			want = status.ClassProtocol
		case 12007 <= c && c <= 12013:
			want = status.ClassCancel
		case 12014 <= c && c <= 12015:
			want = status.ClassTimeout
		default:
			want = slices.Collect(status.Ranges(c))[0].Class
		}
		if row.Class != want {
			t.Errorf("%s: class is %v, want %v", row.Const, row.Class, want)
		}
		if wantTimeout := strings.Contains(row.Name, "timeout"); row.Timeout != wantTimeout {
			t.Errorf("%s: Timeout is %v", row.Const, row.Timeout)
		}
		if wantCanceled := strings.Contains(row.Name, "canceled"); row.Canceled != wantCanceled {
			t.Errorf("%s: Canceled is %v", row.Const, row.Canceled)
		}
		side := map[bool]status.Side{true: status.SideServer, false: status.SideClient}[strings.HasPrefix(row.Name, "server")]
		if row.Family == status.FamilyTRPC && row.Side != status.SideUnknown && row.Side != side {
			t.Errorf("%s: raised by the %v", row.Const, row.Side)
		}
	}
}

func TestRaisedBy(t *testing.T) {
	for code, want := range map[int32]string{0: "neither side", 21: "server", 101: "client", 201: "either side", 999: "either side"} {
		info, _ := status.Lookup(status.FamilyTRPC, code)
		if got := info.RaisedBy(); got != want {
			t.Errorf("%d is raised by %q, want %q", code, got, want)
		}
	}
}

func TestLookupUnknown(t *testing.T) {
	for _, code := range []int32{math.MinInt32, -1, 3, 12000, 12016, math.MaxInt32} {
		for _, f := range []status.Family{0, status.FamilyStream, status.FamilyTRPC, 3} {
			if info, ok := status.Lookup(f, code); ok || info.Const != "" {
				t.Errorf("Lookup(%v, %d) finds %s", f, code, info.Const)
			}
		}
	}
	if _, ok := status.Lookup(status.FamilyTRPC, 12001); ok {
		t.Error("12001 is found in tRPC's family")
	}
}

func TestRanges(t *testing.T) {
	for code, want := range map[int32]string{
		math.MinInt32: "", -1: "", 401: "", 998: "", 10000: "",
		0: "trpc server", 100: "trpc server", 101: "trpc client", 200: "trpc client",
		201: "trpc server stream", 300: "trpc server stream", 301: "trpc client stream", 400: "trpc client stream",
		10001: "trpc business", 12000: "trpc business", 13000: "trpc business", math.MaxInt32: "trpc business",
		12001: "ttstream none, trpc business", 12999: "ttstream none, trpc business",
	} {
		var got []string
		for r := range status.Ranges(code) {
			got = append(got, r.Family.String()+" "+r.Class.String())
		}
		if got := strings.Join(got, ", "); got != want {
			t.Errorf("%d is in %q, want %q", code, got, want)
		}
	}
	for range status.Ranges(12001) {
		break // must stop, not panic
	}
	if got := status.Family(9).String(); got != "family 9" {
		t.Errorf("an unknown family is %q", got)
	}
}
