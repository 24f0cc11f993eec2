package fuzz

import (
	"bytes"
	"encoding/json"
	"maps"

	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"github.com/ttwire/ttwire/wire"
)

// Extra: trailer.Extra against encoding/json, both ways. They accept the same
// texts as a map of strings, but for "", which is no JSON and means no pairs
// (rule 7.2), and they write the same bytes. The second decoder reads the same,
// and in strict mode too.
func Extra(t T, in []byte) {
	var x trailer.Extra
	n, err := x.Parse(in, false)
	var want map[string]string
	wantErr := json.Unmarshal(in, &want)
	if len(in) == 0 {
		wantErr = nil
	}
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%q: %v at %d; encoding/json: %v", in, err, n, wantErr)
	}
	if err == nil {
		extraLegal(t, in, n, &x, want)
	} else if err != wire.ErrBizExtra || n < 0 || n > len(in) || x.Len() != 0 {
		t.Fatalf("%v at %d of %d bytes, %d members", err, n, len(in), x.Len())
	}
	extraStrict(t, in, n, err)
	extraWritten(t, in)
	plainExtra(t, in, false)
	if len(in) <= wire.MaxLen16 { // by the document no value is longer
		plainExtra(t, in, true)
	}
	allocates(t, in, 0, 0, func() { x.Parse(in, true) })
	linear(t, in, func(in []byte) { x.Parse(in, true) })
}

// extraLegal: all ways to read the members give what encoding/json gives.
func extraLegal(t T, in []byte, n int, x *trailer.Extra, want map[string]string) {
	t.Helper()
	got := x.Map()
	if n != len(in) || x.Null() != (want == nil) || (got == nil) != (want == nil) || !maps.Equal(got, want) {
		t.Fatalf("%d of %d bytes, %q; encoding/json: %q", n, len(in), got, want)
	}
	members, all := 0, map[string]string{}
	for k, v := range x.All(nil) {
		all[string(k)] = string(v)
		members++
	}
	if members != x.Len() || !maps.Equal(all, want) {
		t.Fatalf("All gives %d members, %q; Len is %d", members, all, x.Len())
	}
	for k, v := range want {
		if got, ok := x.Get(nil, k); !ok || string(got) != v {
			t.Fatalf("Get(%q) = %q, %v; want %q", k, got, ok, v)
		}
		if members > 50 {
			break // Get is linear, and this is not about time
		}
	}
	if _, ok := x.Get(nil, "\x00 no such key"); ok != hasKey(want, "\x00 no such key") {
		t.Fatalf("a key that is not there is")
	}
}

func hasKey(m map[string]string, k string) bool {
	_, ok := m[k]
	return ok
}

// extraStrict: strict refuses the same at the same place, and of what is
// accepted otherwise what implementations disagree on.
func extraStrict(t T, in []byte, n int, err error) {
	t.Helper()
	var x trailer.Extra
	m, strict := x.Parse(in, true)
	switch strict {
	case nil:
		if err != nil || len(in) > wire.MaxLen16 {
			t.Fatalf("strict accepts %d bytes: %v otherwise", len(in), err)
		}
		if len(x.Map()) != x.Len() {
			t.Fatalf("strict accepts a member twice: %q", in)
		}
	case wire.ErrBizUTF8, wire.ErrBizDuplicate:
		if err != nil || m >= len(in) {
			t.Fatalf("strict: %v at %d of %d bytes; otherwise: %v", strict, m, len(in), err)
		}
	default:
		if strict != wire.ErrBizExtra || err != nil && m != n || err == nil && len(in) <= wire.MaxLen16 {
			t.Fatalf("strict: %v at %d; otherwise: %v at %d", strict, m, err, n)
		}
	}
}

// extraWritten: the input, cut into pairs, is written byte for byte as
// encoding/json writes it.
func extraWritten(t T, in []byte) {
	t.Helper()
	var pairs []status.Pair
	want := []byte("{")
	for i, field := range bytes.Split(in, []byte("\"")) {
		if i == 8 {
			break
		}
		p := status.Pair{Key: string(field), Value: string(in[:min(len(in), 100*i)])}
		pairs = append(pairs, p)
		if i > 0 {
			want = append(want, ',')
		}
		want = append(append(append(want, quoted(t, p.Key)...), ':'), quoted(t, p.Value)...)
	}
	want = append(want, '}')
	got := trailer.AppendExtra([]byte("there"), pairs)
	if !bytes.Equal(got[5:], want) {
		t.Fatalf("%q is written as\n%s; encoding/json:\n%s", pairs, got[5:], want)
	}
	var x trailer.Extra
	if _, err := x.Parse(got[5:], false); err != nil || x.Len() != len(pairs) {
		t.Fatalf("%s: %v, %d members", got[5:], err, x.Len())
	}
}

func quoted(t T, s string) []byte {
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return b
}
