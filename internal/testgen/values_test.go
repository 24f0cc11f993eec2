package testgen

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// Every row has a name of its own, so that a failure can be told from its name.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	see := func(id string) {
		if seen[id] {
			t.Errorf("%s twice", id)
		}
		seen[id] = true
	}
	for _, c := range Hostile() {
		see(c.ID)
	}
	for name, all := range map[string][]Value{"status": BizStatuses(), "extra": BizExtras(), "path": CancelPaths(), "exception": Exceptions()} {
		for _, v := range all {
			see(name + " " + v.ID)
		}
	}
	if len(seen) < 300 {
		t.Errorf("only %d rows", len(seen))
	}
}

// What arrives in a conversation is in order: a header first, and nothing but a
// trailer behind an rst.
func TestConversations(t *testing.T) {
	for _, server := range []bool{false, true} {
		t.Run(fmt.Sprint("server=", server), rapid.MakeCheck(func(t *rapid.T) {
			began := map[int32]bool{}
			for _, e := range Conversations(server).Draw(t, "events") {
				first := !began[e.Stream]
				began[e.Stream] = true
				if opens := e.What == Open || server && e.What == Recv; first && !opens && e.What != Lost {
					t.Fatalf("stream %d begins with %d", e.Stream, e.What)
				}
			}
		}))
	}
}
