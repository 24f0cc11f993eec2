package trailer

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/ttwire/ttwire/wire"
)

func nodesOf(p Path) []string {
	var nodes []string
	for n := range p.Nodes() {
		nodes = append(nodes, string(n))
	}
	return nodes
}

func TestPath(t *testing.T) {
	tests := []struct {
		name, path string
		nodes      []string
	}{
		{"P-1 none", "", nil},
		{"P-2 one", "A", []string{"A"}},
		{"P-2 three", "A,B,C", []string{"A", "B", "C"}},
		{"P-3 comma", ",", []string{"", ""}},
		{"P-3 commas all over", ",,A,,", []string{"", "", "A", "", ""}},
		{"P-3 comma behind", "A,", []string{"A", ""}},
		{"P-3 comma before", ",A", []string{"", "A"}},
		{"P-4 65,535 commas", strings.Repeat(",", 65535), make([]string, 65536)},
		{"P-5 newline, ESC, DEL, CSI", "a\nb,\x1b[2J,\x7f,\u009b", []string{"a\nb", "\x1b[2J", "\x7f", "\u009b"}},
		{"P-5 not UTF-8", "\xff\xc3,\u202e", []string{"\xff\xc3", "\u202e"}},
		{"P-5 UTF-8", "服务甲,ö\ufffd", []string{"服务甲", "ö\ufffd"}},
		{"P-7 cycle", "A,B,A,B", []string{"A", "B", "A", "B"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := Path(tt.path)
			if got := nodesOf(p); !slices.Equal(got, tt.nodes) {
				t.Errorf("nodes %q, want %q", got, tt.nodes)
			}
			if p.Len() != len(tt.nodes) {
				t.Errorf("Len %d, want %d", p.Len(), len(tt.nodes))
			}
			sum := 0
			wantNoAllocs(t, func() {
				for n := range p.Nodes() {
					sum += len(n) + cap(n) - len(n)
				}
				sum += p.Len()
			})
		})
	}
}

func TestPathNodesAreFenced(t *testing.T) {
	p := Path("A,B,C")
	for n := range p.Nodes() {
		_ = append(n, '!')
	}
	for n := range p[:1].Nodes() {
		_ = append(n, '!')
	}
	if string(p) != "A,B,C" {
		t.Errorf("appending to a node changed the path to %q", p)
	}
}

func TestPathNodesStop(t *testing.T) {
	var first []byte
	for first = range Path("A,B,C").Nodes() {
		break
	}
	if string(first) != "A" {
		t.Errorf("first node %q", first)
	}
}

func TestAppendHop(t *testing.T) {
	long := strings.Repeat("x", wire.MaxLen16)
	tests := []struct {
		name, path, hop, want string
		err                   error
	}{
		{"P-1 first hop", "", "A", "A", nil},
		{"P-2 second hop", "A", "B", "A,B", nil},
		{"P-3 empty nodes stay", ",,", "A", ",,,A", nil},
		{"P-5 empty", "A", "", "", wire.ErrNotPath},
		{"P-5 comma", "A", "B,C", "", wire.ErrNotPath},
		{"P-5 newline", "A", "B\n", "", wire.ErrNotPath},
		{"P-5 NUL", "A", "\x00", "", wire.ErrNotPath},
		{"P-5 ESC", "A", "\x1b[2J", "", wire.ErrNotPath},
		{"P-5 DEL", "A", "\x7f", "", wire.ErrNotPath},
		{"P-5 CSI", "A", "\u009b", "", wire.ErrNotPath},
		{"P-5 UTF-8", "A", "服务甲", "A,服务甲", nil},
		{"P-5 not UTF-8", "A", "\x9b", "A,\x9b", nil},
		{"P-5 what came before stays", "A\n\x1b", "B", "A\n\x1b,B", nil},
		{"P-6 65,535 bytes, first hop", "", long, long, nil},
		{"P-6 65,536 bytes, first hop", "", long + "x", "", wire.ErrTooLong},
		{"P-6 65,535 bytes", long[:65533], "B", long[:65533] + ",B", nil},
		{"P-6 65,536 bytes", long[:65534], "B", "", wire.ErrTooLong},
		{"P-6 65,535 bytes, long hop", "A", long[:65533], "A," + long[:65533], nil},
		{"P-6 65,536 bytes, long hop", "A", long[:65534], "", wire.ErrTooLong},
		{"P-7 cycle", "A,B", "A", "A,B,A", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dst, hop := append(make([]byte, 0, 70000), "dst:"...), []byte(tt.hop)
			got, err := AppendHop(dst, Path(tt.path), tt.hop)
			if err != tt.err || string(got) != "dst:"+tt.want {
				t.Errorf("AppendHop = %.40q, %v, want %.40q, %v", got, err, "dst:"+tt.want, tt.err)
			}
			p := Path(tt.path)
			wantNoAllocs(t, func() {
				_, _ = AppendHop(dst, p, tt.hop)
				_, _ = AppendHop(dst, p, hop)
			})
		})
	}
}

func TestPathProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-C,]{0,60}`)).Draw(t, "path")
		p := Path(in)
		want := strings.Split(in, ",")
		if in == "" {
			want = nil
		}
		if got := nodesOf(p); !slices.Equal(got, want) {
			t.Fatalf("nodes of %q: %q, want %q", in, got, want)
		}
		hop := rapid.String().Draw(t, "hop")
		got, err := AppendHop(nil, p, hop)
		refused := hop == "" || strings.ContainsRune(hop, ',') || hasControl(hop)
		if (err != nil) != refused {
			t.Fatalf("AppendHop(%q, %q): %v", in, hop, err)
		}
		if err == nil && (!bytes.HasPrefix(got, p) || !slices.Equal(nodesOf(got), append(want, hop))) {
			t.Fatalf("AppendHop(%q, %q) = %q", in, hop, got)
		}
	})
}

// hasControl reports whether s holds a character of the category Cc.
func hasControl(s string) bool {
	for _, r := range s {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return true
		}
	}
	return false
}
