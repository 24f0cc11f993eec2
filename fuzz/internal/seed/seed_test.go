package seed

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// Every kind has inputs, the same ones whenever it is asked.
func TestKinds(t *testing.T) {
	for kind := range kinds {
		first, again := Of(kind), Of(kind)
		size, most := 0, 0
		for _, in := range first {
			size, most = size+len(in.In), max(most, len(in.In))
		}
		t.Logf("%-12s %4d inputs, %8d bytes, %6d at most", kind, len(first), size, most)
		if len(first) < 20 {
			t.Errorf("%s: %d inputs", kind, len(first))
		}
		if !slices.EqualFunc(first, again, func(a, b Input) bool { return a.Name == b.Name && bytes.Equal(a.In, b.In) }) {
			t.Errorf("%s: not the same twice", kind)
		}
	}
}

// Each source gets through to each kind that can take it.
func TestSources(t *testing.T) {
	for kind, sources := range map[string][]string{
		"frames":      {"kitex/bidi.c2s.bin/", "oracle/trailer/", "F7/", "H15/", "C5/", "frames/", "faults/"},
		"streams":     {"kitex/big.s2c.bin", "oracle/", "F2/"},
		"headers":     {"kitex/", "oracle/", "H14/", "frames/"},
		"exceptions":  {"X2/", "X7/", "kitex/end-err", "kitex/cancel", "oracle/rst/"},
		"extras":      {"B16/", "kitex/end-bizextra", "oracle/"},
		"biz-status":  {"B3/", "kitex/end-biz.", "oracle/"},
		"paths":       {"P-4/", "oracle/"},
		"endings":     {"kitex/", "oracle/", "trailer/B12/", "rst/X4/", "rst/P-5/"},
		"texts":       {"kitex/", "oracle/", "rst/P-5/"},
		"builder":     {"kitex/", "oracle/", "H21/", "frames/"},
		"statuses":    {"kitex/", "oracle/", "statuses/", "cancels/"},
		"errors":      {"kitex/", "oracle/", "foreign"},
		"conn":        {"kitex/bidi.c2s.bin", "kitex/bidi.s2c.bin", "F14/", "conversations/server/", "conversations/client/"},
		"read-script": {"kitex/big.s2c.bin", "oracle/", "F2/"},
	} {
		all := Of(kind)
		for _, source := range sources {
			if !slices.ContainsFunc(all, func(in Input) bool { return strings.HasPrefix(in.Name, source) }) {
				t.Errorf("%s: none of %s", kind, source)
			}
		}
	}
}
