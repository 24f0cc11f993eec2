package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ttwire/ttwire/bench"
)

func TestRunTable(t *testing.T) {
	var out, errs bytes.Buffer
	if status := run([]string{"-run", "^Template/data", "-time", "1ms"}, &out, &errs); status != 0 {
		t.Fatalf("exit status %d: %s", status, errs.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	peers := []string{"gopkg", "gopkg-batch", "copy"}
	if len(lines) != 3+len(peers) {
		t.Fatalf("%d lines, want heading, blank, titles and %d peers:\n%s", len(lines), len(peers), out.String())
	}
	if !strings.Contains(lines[0], "10 interleaved rounds") {
		t.Errorf("heading: %s", lines[0])
	}
	for i, p := range peers {
		if line := lines[3+i]; !strings.Contains(line, " "+p+" ") || strings.HasPrefix(line, "Template/data-64B ") != (i == 0) {
			t.Errorf("line of %s: %s", p, line)
		}
	}
}

func TestRunJSON(t *testing.T) {
	var out, errs bytes.Buffer
	if status := run([]string{"-run", "^Lookup/", "-time", "1ms", "-rounds", "1", "-json"}, &out, &errs); status != 0 {
		t.Fatalf("exit status %d: %s", status, errs.String())
	}
	var l bench.Result
	if err := json.Unmarshal(out.Bytes(), &l); err != nil {
		t.Fatal(err)
	}
	if l.Row != "Lookup/last-of-6" || l.Peer != "gopkg" || l.Value <= 0 || l.PeerValue <= 0 || l.PeerAllocs == 0 || l.Gate == "" {
		t.Errorf("%+v", l)
	}
}

// A run writes samples, tables and pictures, and the samples give the same
// tables and pictures again.
func TestDocs(t *testing.T) {
	dir, again := t.TempDir(), t.TempDir()
	marks := "# Bench\n<!-- bench/run writes gates from here -->\nSTALE\n<!-- to here -->\nbetween\n" +
		"<!-- bench/run writes reads from here -->\n<!-- to here -->\nend\n"
	for _, d := range []string{dir, again} {
		if err := os.WriteFile(filepath.Join(d, "README.md"), []byte(marks), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var first, second, errs bytes.Buffer
	rows := "^(Lookup|Template|ReadSize|Heap/streams=[13]000$)"
	if status := run([]string{"-run", rows, "-time", "100us", "-docs", dir}, &first, &errs); status != 0 {
		t.Fatalf("exit status %d: %s", status, errs.String())
	}
	samples := filepath.Join(dir, "bench.txt")
	if status := run([]string{"-run", rows, "-from", samples, "-docs", again}, &second, &errs); status != 0 {
		t.Fatalf("-from: exit status %d: %s", status, errs.String())
	}
	if first.String() != second.String() {
		t.Errorf("measured\n%s\nread back\n%s", &first, &second)
	}
	for _, name := range []string{"README.md", "gates.svg", "reads.svg", "heap.svg"} {
		a, b := contents(t, dir, name), contents(t, again, name)
		if a != b {
			t.Errorf("%s is another one when it is made from the samples", name)
		}
		if strings.HasSuffix(name, ".svg") && (!strings.HasPrefix(a, "<?xml") || !strings.Contains(a, "10 interleaved rounds")) {
			t.Errorf("%s: %.80s", name, a)
		}
	}
	md := contents(t, dir, "README.md")
	for _, want := range []string{"# Bench\n", "\nbetween\n", "\nend\n", "| Template/data-64B | gopkg | ", " gates hold.", "| 1,024 | "} {
		if !strings.Contains(md, want) {
			t.Errorf("no %q in\n%s", want, md)
		}
	}
	if strings.Contains(md, "STALE") {
		t.Errorf("the old table is still there:\n%s", md)
	}
}

func contents(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFlags(t *testing.T) {
	c, err := parseFlags([]string{"-rounds", "1", "-strict", "-docs", "d"}, io.Discard)
	if err != nil || c.rounds != minRounds || !c.strict || c.json {
		t.Errorf("%+v, %v: want %d rounds at least", c, err, minRounds)
	}
	if c.out != filepath.Join("d", "bench.txt") || c.plots != "d" || c.markdown != filepath.Join("d", "README.md") {
		t.Errorf("-docs d: %+v", c)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestRunFails(t *testing.T) {
	for name, args := range map[string][]string{
		"no such row":    {"-run", "nonsense"},
		"bad regexp":     {"-run", "("},
		"unknown flag":   {"-nonsense"},
		"what is that":   {"Parse"},
		"no such file":   {"-from", filepath.Join(t.TempDir(), "none.txt")},
		"no such folder": {"-run", "^Lookup/", "-o", filepath.Join(t.TempDir(), "none", "new.txt")},
		"no marks":       {"-run", "^Lookup/", "-time", "1us", "-markdown", "main_test.go"},
	} {
		var errs bytes.Buffer
		if status := run(args, io.Discard, &errs); status != 2 || errs.Len() == 0 {
			t.Errorf("%s: exit status %d, %q on standard error", name, status, errs.String())
		}
	}
	for _, args := range [][]string{{"-run", "^Lookup/", "-time", "1ms"}, {"-run", "^Lookup/", "-time", "1ms", "-json"}} {
		if status := run(args, failing{}, io.Discard); status != 2 {
			t.Errorf("%v into a full disk: exit status %d, want 2", args, status)
		}
	}
}

// A gate that falls short is an error only if that is asked for; an allocation
// of ours always is.
func TestStatus(t *testing.T) {
	file := filepath.Join(t.TempDir(), "old.txt")
	for _, tt := range []struct {
		name, ours, peer string
		normal, strict   int
	}{
		{"holds", "10 ns/op 0 B/op 0 allocs/op", "1000 ns/op", 0, 0},
		{"falls short", "10 ns/op 0 B/op 0 allocs/op", "11 ns/op", 0, 1},
		{"allocates", "10 ns/op 16 B/op 1 allocs/op", "1000 ns/op", 1, 1},
	} {
		text := "BenchmarkLookup/last-of-6/impl=ttwire-2 1000 " + tt.ours + "\nBenchmarkLookup/last-of-6/impl=gopkg-2 1000 " + tt.peer + "\n"
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		args := []string{"-from", file}
		if status := run(args, io.Discard, io.Discard); status != tt.normal {
			t.Errorf("%s: exit status %d, want %d", tt.name, status, tt.normal)
		}
		if status := run(append(args, "-strict"), io.Discard, io.Discard); status != tt.strict {
			t.Errorf("%s, strict: exit status %d, want %d", tt.name, status, tt.strict)
		}
	}
}
