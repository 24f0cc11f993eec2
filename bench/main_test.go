package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestRunTable(t *testing.T) {
	var out, errs bytes.Buffer
	if status := run([]string{"-run", "^Template/data", "-time", "1ms"}, &out, &errs); status != 0 {
		t.Fatalf("exit status %d: %s", status, errs.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	peers := []string{gopkg, gopkgBatch, plainCopy}
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
	var l result
	if err := json.Unmarshal(out.Bytes(), &l); err != nil {
		t.Fatal(err)
	}
	if l.Row != "Lookup/last-of-6" || l.Peer != gopkg || l.Ns <= 0 || l.PeerNs <= 0 || l.PeerAllocs == 0 || l.Gate == "" {
		t.Errorf("%+v", l)
	}
}

func TestFlags(t *testing.T) {
	c, err := parseFlags([]string{"-rounds", "1", "-strict"}, io.Discard)
	if err != nil || c.rounds != minRounds || !c.strict || c.json {
		t.Errorf("%+v, %v: want %d rounds at least", c, err, minRounds)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestRunFails(t *testing.T) {
	for name, args := range map[string][]string{
		"no such row":  {"-run", "nonsense"},
		"bad regexp":   {"-run", "("},
		"unknown flag": {"-nonsense"},
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
