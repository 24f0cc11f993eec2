// Package check tests what is said about the fuzz targets. It is apart from
// them because the tools of OSS-Fuzz rewrite every test file beside a target.
package check

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cloudwego/gopkg/protocol/thrift"
	"github.com/cloudwego/gopkg/protocol/ttheader"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/fuzz"
	"github.com/ttwire/ttwire/fuzz/internal/corpus"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/trailer"
)

// The folders that are looked at.
const (
	fuzzDir = "../.."
	docs    = "../../../docs/fuzzing.md"
)

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// names are the first groups of all matches.
func names(re, text string) []string {
	var all []string
	for _, m := range regexp.MustCompile(re).FindAllStringSubmatch(text, -1) {
		all = append(all, m[1])
	}
	return all
}

// No target's name is part of another one's. go test -fuzz=FuzzX takes the name as
// a regular expression and fuzzes nothing if two match, and OSS-Fuzz's build looks
// for "func FuzzX" and builds nothing if there are two.
func TestNamesApart(t *testing.T) {
	for _, a := range fuzz.Targets {
		for _, b := range fuzz.Targets {
			if a.Name != b.Name && strings.Contains(b.Name, a.Name) {
				t.Errorf("-fuzz=%s matches %s as well", a.Name, b.Name)
			}
		}
	}
}

// Each row of Targets is a FuzzXxx, a row of the table in docs/fuzzing.md and a
// file that ends in its function, and the other way about.
func TestTargets(t *testing.T) {
	var want []string
	for _, target := range fuzz.Targets {
		want = append(want, target.Name)
	}
	tests := names(`(?m)^func (Fuzz\w+)\(f \*testing\.F\) +\{ start\(f, "Fuzz\w+"\) \}$`, read(t, fuzzDir+"/fuzz_test.go"))
	if !slices.Equal(tests, want) {
		t.Errorf("fuzz_test.go has %q\nTargets %q", tests, want)
	}
	starts := names(`start\(f, "(Fuzz\w+)"\)`, read(t, fuzzDir+"/fuzz_test.go"))
	if !slices.Equal(starts, want) {
		t.Errorf("fuzz_test.go starts %q\nTargets %q", starts, want)
	}
	rows := names("(?m)^\\| `(Fuzz\\w+)` \\|", read(t, docs))
	if !slices.Equal(rows, want) {
		t.Errorf("docs/fuzzing.md has %q\nTargets %q", rows, want)
	}
}

// The table in docs/fuzzing.md leads from each target to its properties, and the
// list of properties back.
func TestProperties(t *testing.T) {
	text := read(t, docs)
	_, list, ok := strings.Cut(text, "\n## The properties\n")
	if !ok {
		t.Fatal("docs/fuzzing.md has no properties")
	}
	back := map[string][]string{} // properties by target, as the list has them
	count := 0
	for _, m := range regexp.MustCompile(`(?m)^(\d+)\. ((?:.*\n)(?:   .*\n)*)`).FindAllStringSubmatch(list, -1) {
		if count++; m[1] != strconv.Itoa(count) {
			t.Errorf("property %s is the %d-th", m[1], count)
		}
		targets := names("`(Fuzz\\w+)`", m[2])
		for _, name := range targets {
			back[name] = append(back[name], m[1])
		}
		if len(targets) == 0 && !strings.Contains(m[2], "(all targets)") {
			t.Errorf("property %s has no target", m[1])
		}
	}
	if count < 10 {
		t.Errorf("%d properties", count)
	}
	for _, target := range fuzz.Targets {
		row := names("(?m)^\\| `"+target.Name+"` \\| [^|]* \\| ([0-9, ]+) \\|", text)
		if len(row) != 1 || row[0] != strings.Join(back[target.Name], ", ") {
			t.Errorf("%s: the table has %q, the list %q", target.Name, row, back[target.Name])
		}
	}
}

// The stored corpus is small, of targets that exist, and in the form that go
// test reads.
func TestCorpus(t *testing.T) {
	const most, mostEach = 4 << 20, 64 << 10
	dirs, err := filepath.Glob(fuzzDir + "/testdata/fuzz/*")
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, dir := range dirs {
		name := filepath.Base(dir)
		if !slices.ContainsFunc(fuzz.Targets, func(t fuzz.Target) bool { return t.Name == name }) {
			t.Errorf("%s is no target", name)
		}
		inputs, err := corpus.Read(dir)
		if err != nil {
			t.Error(err)
		}
		for _, in := range inputs {
			total += len(corpus.Encode(in.In))
			if len(in.In) > mostEach {
				t.Errorf("%s/%s has %d bytes", name, in.Name, len(in.In))
			}
		}
	}
	if total == 0 || total > most {
		t.Errorf("%d bytes in all", total)
	}
}

// decodeCases have an input for each difference in reading.
var decodeCases = map[string][]byte{
	"length":              with(plainFrame, 0, 0, 0, 0, 21),
	"payload-limit":       with(plainFrame, 0, 0x3F, 0xFF, 0xFF, 0xFF),
	"flags":               with(plainFrame, 6, 0, 0),
	"header-wrap":         wrapping(1<<16+8, false),
	"header-wrap-refused": wrapping(1<<16, true),
	"pair-limit":          hostile("H18/1025-entries"),
	"no-frame-type":       hostile("C1/missing"),
	"frame-type":          with(plainFrame, 23, '6'),
	"stream-id":           with(plainFrame, 8, 0, 0, 0, 0),
}

var plainFrame = testgen.Frame{Type: '3', Flags: 2, Stream: 1, Protocol: 0x10, Blocks: []testgen.Block{
	{ID: testgen.Ints, Pairs: []testgen.Pair{{Int: testgen.KeyFrameType, Value: "3"}}},
}}.Bytes()

// with is b with other bytes at a place.
func with(b []byte, at int, v ...byte) []byte {
	b = slices.Clone(b)
	copy(b[at:], v)
	return b
}

func hostile(id string) []byte {
	for _, c := range testgen.Hostile() {
		if c.ID == id {
			return c.In
		}
	}
	panic("no such row: " + id)
}

// wrapping is a frame of more header info than 16 bits can count: padding behind
// a frame type, or alone.
func wrapping(size int, typed bool) []byte {
	info := make([]byte, size)
	if info[0] = 0x10; typed {
		copy(info, plainFrame[14:])
	}
	b := slices.Concat(plainFrame[:14], info)
	binary.BigEndian.PutUint32(b, uint32(len(b)-4))
	binary.BigEndian.PutUint16(b[12:], uint16(size/4))
	return b
}

// Every difference that is listed is one, and no two reasons are given for it:
// what one side accepts the other refuses.
func TestDecodeDifferences(t *testing.T) {
	for _, d := range fuzz.Differences {
		in, ok := decodeCases[d.Name]
		if !ok {
			if d.Who != "gopkg writes" {
				t.Errorf("%s has no case", d.Name)
			}
			continue
		}
		_, _, err := new(frame.Frame).ParseHeader(in)
		_, theirs := ttheader.DecodeFromBytes(context.Background(), in)
		if who := who(err, theirs); who != d.Who {
			t.Errorf("%s: %q (here: %v; gopkg: %v), want %q", d.Name, who, err, theirs, d.Who)
		}
		if d.Who == "gopkg accepts" && fuzz.DecodeDifference(in, err) != d.Name {
			t.Errorf("%s is known as %q", d.Name, fuzz.DecodeDifference(in, err))
		}
	}
}

func who(ours, theirs error) string {
	switch {
	case ours == nil && theirs != nil:
		return "we accept"
	case ours != nil && theirs == nil:
		return "gopkg accepts"
	}
	return "both the same"
}

// What gopkg writes and we refuse.
func TestEncodeDifferences(t *testing.T) {
	p := ttheader.EncodeParam{Flags: 2, SeqID: 1, ProtocolID: 0x02, IntInfo: map[uint16]string{27: "3"}}
	out, err := ttheader.EncodeToBytes(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	binary.BigEndian.PutUint32(out, uint32(len(out)-4))
	_, err = new(frame.Frame).Parse(out)
	if why := fuzz.EncodeDifference(err); err == nil || why != "not-protocol" {
		t.Errorf("%v, known as %q", err, why)
	}
	for _, d := range fuzz.Differences {
		if d.Who == "gopkg writes" && d.Name != "not-protocol" {
			t.Errorf("%s has no case", d.Name)
		}
	}
}

// An exception with a field that gopkg measures wrongly, or a type of which it
// sees half.
func TestExceptionDifferences(t *testing.T) {
	cases := map[string][]byte{
		"unknown-field":  exceptionRow("X7/every-type"),
		"length-32-bit":  exceptionRow("X4/name-2147483647"),
		"exception-type": with(testgen.Exception("M", 1, 6, "m"), 2, 1),
	}
	for _, d := range fuzz.ExceptionDifferences {
		in, ok := cases[d.Name]
		if !ok {
			t.Errorf("%s has no case", d.Name)
			continue
		}
		var e trailer.Exception
		_, ours := e.Parse(in, false)
		theirs := gopkgReads(in)
		if d.Who == "gopkg panics" {
			if ours == nil || strconv.IntSize == 32 && !errors.Is(theirs, errPanic) {
				t.Errorf("%s: here %v, gopkg %v", d.Name, ours, theirs)
			}
		} else if (ours == nil) == (theirs == nil) {
			t.Errorf("%s: here %v, gopkg %v", d.Name, ours, theirs)
		}
	}
}

func exceptionRow(id string) []byte {
	for _, v := range testgen.Exceptions() {
		if v.ID == id {
			return v.In
		}
	}
	panic("no such row: " + id)
}

var errPanic = errors.New("panic")

// gopkgReads reads an exception with gopkg, which may panic.
func gopkgReads(in []byte) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errPanic, r)
		}
	}()
	_, _, _, n, err := thrift.Binary.ReadMessageBegin(in)
	if err == nil {
		_, err = thrift.NewApplicationException(0, "").FastRead(in[n:])
	}
	return err
}
