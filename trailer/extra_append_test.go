package trailer

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ttwire/ttwire/status"
)

func TestAppendExtra(t *testing.T) {
	tests := []struct {
		name  string
		pairs []status.Pair
		want  string
	}{
		{"B11 nil", nil, `{}`},
		{"B11 empty", []status.Pair{}, `{}`},
		{"live", []status.Pair{{Key: "testKey", Value: "testVal"}}, `{"testKey":"testVal"}`},
		{"given order", []status.Pair{{Key: "b", Value: "1"}, {Key: "a", Value: "2"}}, `{"b":"1","a":"2"}`},
		{"B14 twice", []status.Pair{{Key: "a", Value: "1"}, {Key: "a", Value: "2"}}, `{"a":"1","a":"2"}`},
		{"B15 not UTF-8", []status.Pair{{Key: "\xff", Value: "a\xc3(\xed\xa0\x80"}}, `{"\ufffd":"a\ufffd(\ufffd\ufffd\ufffd"}`},
		{"B15 NUL", []status.Pair{{Key: "\x00", Value: "\x1f\x7f"}}, "{\"\\u0000\":\"\\u001f\x7f\"}"},
		{"HTML", []status.Pair{{Key: "<a>", Value: "b&c'"}}, `{"\u003ca\u003e":"b\u0026c'"}`},
		{"JavaScript", []status.Pair{{Key: "\u2028", Value: "\u2029\u202a"}}, "{\"\\u2028\":\"\\u2029\u202a\"}"},
		{"short escapes", []status.Pair{{Key: `"`, Value: "\\/\b\f\n\r\t"}}, `{"\"":"\\/\b\f\n\r\t"}`},
		{"not ASCII", []status.Pair{{Key: "é", Value: "余额不足😀\ufffd"}}, "{\"é\":\"余额不足😀\ufffd\"}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := AppendExtra([]byte("dst"), tt.pairs); string(got) != "dst"+tt.want {
				t.Errorf("AppendExtra = %q, want %q", got, "dst"+tt.want)
			}
			buf := make([]byte, 0, 256)
			wantNoAllocs(t, func() { AppendExtra(buf, tt.pairs) })
		})
	}
}

// Every ASCII character, alone and between others, as encoding/json writes it.
func TestAppendExtraASCII(t *testing.T) {
	for c := range byte(0x80) {
		wantJSON(t, string([]byte{c}), "a"+string([]byte{c})+"b")
	}
}

func wantJSON(t rapid.TB, key, value string) {
	t.Helper()
	want, err := json.Marshal(map[string]string{key: value})
	if err != nil {
		t.Fatal(err)
	}
	if got := AppendExtra(nil, []status.Pair{{Key: key, Value: value}}); string(got) != string(want) {
		t.Fatalf("%q, %q: %s, want %s", key, value, got, want)
	}
}

// What is written is what encoding/json writes, and both readers read it back,
// strict: only what was not UTF-8 to begin with comes back as U+FFFD.
func TestAppendExtraProperty(t *testing.T) {
	raw := rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 12), func(b []byte) string { return string(b) })
	text := rapid.OneOf(rapid.String(), raw, rapid.StringMatching("[a-z<>&\"\\\\\u2027-\u202a]{0,9}"))
	rapid.Check(t, func(t *rapid.T) {
		pairs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) status.Pair {
			return status.Pair{Key: text.Draw(t, "key"), Value: text.Draw(t, "value")}
		}), 0, 12).Draw(t, "pairs")
		want, keys := []status.Pair{}, map[string]string{}
		for _, p := range pairs {
			wantJSON(t, p.Key, p.Value)
			k, v := repaired(p.Key), repaired(p.Value)
			want, keys[k] = append(want, status.Pair{Key: k, Value: v}), v
		}
		b := AppendExtra(nil, pairs)
		var x Extra
		if n, err := x.Parse(b, len(keys) == len(pairs)); err != nil {
			t.Fatalf("Parse(%q) = %d, %v", b, n, err)
		}
		got := []status.Pair{}
		for k, v := range x.All(nil) {
			got = append(got, status.Pair{Key: string(k), Value: string(v)})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
		var m map[string]string
		if err := json.Unmarshal(b, &m); err != nil || !cmp.Equal(m, keys) {
			t.Fatalf("encoding/json reads %q as %v, %v", b, m, err)
		}
	})
}

// repaired is s with U+FFFD for each byte that is not UTF-8.
func repaired(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteRune(r)
	}
	return b.String()
}

func BenchmarkExtraAppend(b *testing.B) {
	pairs := []status.Pair{{Key: "testKey", Value: "testVal"}}
	m := map[string]string{"testKey": "testVal"}
	buf := make([]byte, 0, 64)
	b.Run("21B", func(b *testing.B) {
		for b.Loop() {
			AppendExtra(buf, pairs)
		}
	})
	b.Run("json/21B", func(b *testing.B) {
		for b.Loop() {
			_, _ = json.Marshal(m)
		}
	})
}
