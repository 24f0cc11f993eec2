package frame_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/wire"
)

var update = flag.Bool("update", false, "write testdata/expected anew from what is decoded now")

const (
	recordings = "../testdata/kitex"
	expected   = "../testdata/expected/kitex"
)

// TestRecordings compares every frame that live Kitex peers sent with the
// readable files in testdata/expected/kitex.
func TestRecordings(t *testing.T) {
	names := stems(t, recordings, ".bin")
	if *update {
		writeExpected(t, names)
	}
	if diff := cmp.Diff(names, stems(t, expected, ".txt")); diff != "" {
		t.Errorf("recordings and expected files do not pair up (-recordings +expected):\n%s", diff)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			want, err := os.ReadFile(filepath.Join(expected, name+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), describe(recording(t, name))); diff != "" {
				t.Errorf("decoded otherwise (-want +got; -update accepts it):\n%s", diff)
			}
		})
	}
}

// TestRecordingsRoundTrip: re-appending each frame gives the same bytes, and so
// does building it anew from its parts.
func TestRecordingsRoundTrip(t *testing.T) {
	for _, name := range stems(t, recordings, ".bin") {
		for i, b := range split(t, name) {
			f := mustParse(t, b)
			if out, err := f.AppendTo(nil); err != nil || !slices.Equal(out, b) {
				t.Errorf("%s, frame %d: appended again: % x, %v\nwant % x", name, i, out, err, b)
			}
			if out, err := anew(f); err != nil || !slices.Equal(out, b) {
				t.Errorf("%s, frame %d: built anew: % x, %v\nwant % x", name, i, out, err, b)
			}
		}
	}
}

// anew builds a frame from its parts in the order in which Kitex writes them:
// token, strings, ints.
func anew(f *frame.Frame) ([]byte, error) {
	b := frame.Begin(nil, f.Type, f.StreamID, f.Header.Protocol())
	b.Flags(f.Flags)
	if v, ok := f.Header.Token(); ok {
		b.TokenBytes(v)
	}
	for k, v := range f.Header.Strs() {
		b.StrBytes(k, v)
	}
	for k, v := range f.Header.Ints() {
		b.IntBytes(k, v)
	}
	return b.Finish(f.Payload)
}

// TestRecordingsUnary: a unary call is framed Thrift, which is named.
func TestRecordingsUnary(t *testing.T) {
	for _, name := range []string{"unary.c2s", "unary.s2c"} {
		if n, err := new(frame.Frame).Parse(recording(t, name)); n != 4 || err != wire.ErrFramedThrift {
			t.Errorf("%s: Parse = %d, %v; want 4, ErrFramedThrift", name, n, err)
		}
	}
}

// TestRecordingsAsSeen compares the pairs of the server's header frame and
// trailer with those that the client program was given.
func TestRecordingsAsSeen(t *testing.T) {
	compared := 0
	for _, name := range stems(t, recordings, ".json") {
		if name == "unary" {
			continue
		}
		var seen struct{ Header, Trailer map[string]string }
		data, err := os.ReadFile(filepath.Join(recordings, name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &seen); err != nil {
			t.Fatal(err)
		}
		for _, b := range split(t, name+".s2c") {
			f := mustParse(t, b)
			want := map[frame.Type]map[string]string{frame.Header: seen.Header, frame.Trailer: seen.Trailer}[f.Type]
			if want == nil {
				continue // another type, or a frame that came after the client's end
			}
			got := map[string]string{}
			for k, v := range f.Header.Strs() {
				got[string(k)] = string(v)
			}
			compared++
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s, %v frame (-client +decoded):\n%s", name, f.Type, diff)
			}
		}
	}
	if compared < 20 {
		t.Errorf("only %d frames compared", compared)
	}
}

// stems are the names of the files in dir with this ending, without it.
func stems(t *testing.T, dir, ending string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*"+ending))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range paths {
		names = append(names, strings.TrimSuffix(filepath.Base(p), ending))
	}
	return names
}

func recording(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(recordings, name+".bin"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// split is the frames of a recording; none if it is foreign.
func split(t testing.TB, name string) [][]byte {
	t.Helper()
	var frames [][]byte
	for b := recording(t, name); len(b) > 0; {
		n, err := new(frame.Frame).Parse(b)
		if err == wire.ErrFramedThrift && strings.HasPrefix(name, "unary.") {
			return nil
		}
		if err != nil {
			t.Fatalf("%s, frame %d: Parse = %d, %v", name, len(frames), n, err)
		}
		frames, b = append(frames, b[:n:n]), b[n:]
	}
	return frames
}

func writeExpected(t *testing.T, names []string) {
	t.Helper()
	if err := os.MkdirAll(expected, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		path := filepath.Join(expected, name+".txt")
		if err := os.WriteFile(path, []byte(describe(recording(t, name))), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// describe writes a recording for people: a line a frame, and below it its
// transforms, token and pairs in wire order, and its payload, cut.
func describe(b []byte) string {
	var s strings.Builder
	for at := 0; at < len(b); {
		f := new(frame.Frame)
		n, err := f.Parse(b[at:])
		if err != nil {
			fmt.Fprintf(&s, "offset %d: illegal at %d: %s\n", at, n, codeOf(err).Reason())
			break
		}
		fmt.Fprintf(&s, "offset %d: %v, %d bytes, stream %d, flags %#04x, %v, %d bytes of header info, %d of payload\n",
			at, f.Type, n, f.StreamID, uint16(f.Flags), f.Header.Protocol(), len(f.Header.Bytes()), len(f.Payload))
		describePairs(&s, &f.Header)
		if p := f.Payload; len(p) > 0 {
			fmt.Fprintf(&s, "    payload %q%s\n", p[:min(len(p), 64)], map[bool]string{true: "..."}[len(p) > 64])
		}
		at += n
	}
	return s.String()
}

func describePairs(s *strings.Builder, v *header.View) {
	if ids := v.Transforms(); len(ids) > 0 {
		fmt.Fprintf(s, "    transforms % x\n", ids)
	}
	if token, ok := v.Token(); ok {
		fmt.Fprintf(s, "    token %q\n", token)
	}
	for k, val := range v.Strs() {
		fmt.Fprintf(s, "    str %q = %q\n", k, val)
	}
	for k, val := range v.Ints() {
		fmt.Fprintf(s, "    int %v (%d) = %q\n", k, uint16(k), val)
	}
}
