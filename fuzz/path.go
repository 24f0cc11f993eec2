package fuzz

import (
	"bytes"
	"strings"

	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// Path: trailer.Path over any bytes. The nodes joined by commas are the path,
// its text can be printed and does not grow with it, and a hop is appended as a
// node of its own or refused.
func Path(t T, in []byte) {
	p := trailer.Path(in)
	count := 0
	var joined []byte
	for node := range p.Nodes() {
		isWindow(t, in, node)
		if count++; count > 1 {
			joined = append(joined, ',')
		}
		joined = append(joined, node...)
	}
	if count != p.Len() || !bytes.Equal(joined, in) {
		t.Fatalf("%q: %d nodes, Len %d, joined %q", in, count, p.Len(), joined)
	}
	pathShown(t, p)
	pathHop(t, p)
	allocates(t, in, 0, 0, func() {
		for range p.Nodes() {
		}
		p.Len()
	})
	linear(t, in, func(in []byte) {
		for range trailer.Path(in).Nodes() {
		}
	})
}

// pathShown: an error shows every node of a path of up to 17, and of a longer
// one 16 and how many it leaves out.
func pathShown(t T, p trailer.Path) {
	t.Helper()
	s := status.Status{Ending: status.EndCanceled, Ret: 12007, Message: []byte("m"), CancelPath: p}
	err := trailer.Err(&s, status.SideClient)
	text := err.Error()
	if got := status.FromError(err).CancelPath; strings.Join(got, ",") != string(p) || len(got) != p.Len() {
		t.Fatalf("the path of the error is %q, want %q", got, p)
	}
	want := min(p.Len(), 17)
	if shown := strings.Count(text, " -> ") + 1; !printable(text) || want > 0 && shown != want {
		t.Fatalf("%d nodes, of which %d are shown: %q", p.Len(), shown, text)
	}
	if len(p) > 0 == !strings.Contains(text, "[canceled path: ") {
		t.Fatalf("%q is shown as %q", p, text)
	}
}

// pathHop: the end of the input as a hop behind its start.
func pathHop(t T, in trailer.Path) {
	t.Helper()
	p, hop := in[:len(in)/2:len(in)/2], []byte(in[len(in)/2:])
	out, err := appended(t, func(dst []byte) ([]byte, error) { return trailer.AppendHop(dst, p, hop) })
	bad := len(hop) == 0 || bytes.IndexByte(hop, ',') >= 0 || bytes.IndexFunc(hop, isControl) >= 0
	switch {
	case bad:
		if err != wire.ErrNotPath {
			t.Fatalf("hop %q: %v", hop, err)
		}
	case err != nil:
		if err != wire.ErrTooLong || len(p)+1+len(hop) <= wire.MaxLen16 {
			t.Fatalf("hop %q behind %d bytes: %v", hop, len(p), err)
		}
	default:
		var last []byte
		for node := range trailer.Path(out).Nodes() {
			last = node
		}
		if !bytes.HasPrefix(out, p) || !bytes.Equal(last, hop) || trailer.Path(out).Len() != p.Len()+1 || len(out) > wire.MaxLen16 {
			t.Fatalf("hop %q behind %q: %q", hop, p, out)
		}
	}
}

// isControl reports whether a hop cannot have the character (rule 8.4).
func isControl(r rune) bool { return r < ' ' || 0x7F <= r && r < 0xA0 }
