package main

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
)

// titles are the first line of text.
const titles = "  OFFSET  TYPE     STREAM     SIZE  PAYLOAD  METHOD\n"

func TestText(t *testing.T) {
	long := strings.Repeat("x", maxValueShown+1)
	tests := []struct {
		name string
		full bool
		typ  frame.Type
		with func(*frame.Builder)
		want string
	}{
		{"no method", false, frame.Data, func(b *frame.Builder) {},
			"       0  data          1       26        0  -\n"},
		{"flags, transforms", false, frame.Data, func(b *frame.Builder) {
			b.Flags(frame.FlagStreaming | frame.FlagSASL)
			b.Transforms([]byte{1, 0xab})
			b.Method("M")
		}, "       0  data          1       34        0  M  flags=0x0012  transforms=01ab\n"},
		{"many transforms", false, frame.Data, func(b *frame.Builder) { b.Transforms(make([]byte, 40)) },
			"       0  data          1       66        0  -  transforms=" + strings.Repeat("0", 64) + "...\n"},
		{"pairs", false, frame.Header, func(b *frame.Builder) {
			b.Token("t")
			b.Str("isn", "S")
			b.Int(header.KeyLogID, "id")
			b.Int(1234, "")
			b.Method("M")
		}, "       0  header        1       54        0  M\n" +
			"            int 2 log-id  id\n" +
			"            int 1234      \"\"\n" +
			"            isn           S\n" +
			"            acl token     t\n"},
		{"H22 frame type twice", false, frame.Data, func(b *frame.Builder) {
			b.Int(header.KeyFrameType, "5")
			b.Int(header.KeyFrameType, "3")
			b.Method("M")
		}, "       0  data          1       34        0  M\n" +
			"            int 27 frame-type  5\n" +
			"            int 27 frame-type  3\n" +
			"            int 9 method       M\n"},
		{"H14 tokens", false, frame.Data, func(b *frame.Builder) { b.Token("a"); b.Token("\x1b") },
			"       0  data          1       34        0  -\n" +
				"            acl token  a\n" +
				"            acl token  \"\\x1b\"\n"},
		{"P7 long and hostile", false, frame.Data, func(b *frame.Builder) {
			b.Str("k\n", long)
			b.Str(strings.Repeat("k", maxKeyShown+1), "v\x1b[2J")
			b.Method("a\u202eb")
		}, "       0  data          1      278        0  \"a\\u202eb\"\n" +
			"            \"k\\n\"                             \"" + long[1:] + "\"... of 161 bytes\n" +
			"            \"" + strings.Repeat("k", maxKeyShown) + "\"... of 65 bytes  \"v\\x1b[2J\"\n"},
		{"P7 in full", true, frame.Data, func(b *frame.Builder) { b.Str("k", long) },
			"       0  data          1      194        0  -\n" +
				"            int 27 frame-type  3\n" +
				"            k                  " + long + "\n"},
		{"other alphabets line up", false, frame.Data, func(b *frame.Builder) { b.Str("é", "1"); b.Str("ab", "2") },
			"       0  data          1       42        0  -\n" +
				"            é   1\n" +
				"            ab  2\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			args := []string{"dump"}
			if tt.full {
				args = append(args, "--full")
			}
			in := buildFrame(t, tt.typ, 1, tt.with, nil)
			status, out, errOut := ttwire(bytes.NewReader(in), args...)
			if diff := cmp.Diff(titles+tt.want, out); diff != "" || status != statusOK || errOut != "" {
				t.Errorf("exit status %d, %s\n%s", status, errOut, diff)
			}
		})
	}
}

// Another protocol than streaming's usual one is named.
func TestTextProtocol(t *testing.T) {
	b := frame.Begin(nil, frame.Data, 1, header.KitexProtobuf)
	in, err := b.Finish(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, out, _ := ttwire(bytes.NewReader(in), "dump"); !strings.HasSuffix(out, "  -  protocol=kitex-protobuf\n") {
		t.Errorf("%q", out)
	}
}

// A column that needs more room keeps it, so that lines go on lining up.
func TestTextWidths(t *testing.T) {
	in := append(dataFrame(t, -2147483648, 0), dataFrame(t, 1, 0)...)
	_, out, _ := ttwire(bytes.NewReader(in), "dump")
	want := titles +
		"       0  data     -2147483648       34        0  Bidi\n" +
		"      34  data               1       34        0  Bidi\n"
	if diff := cmp.Diff(want, out); diff != "" {
		t.Error(diff)
	}
}

// The mark stands below the illegal byte wherever that is.
func TestTextWindow(t *testing.T) {
	good := buildFrame(t, frame.Data, 1, func(b *frame.Builder) { b.Str("key", strings.Repeat("v", 64)) }, nil)
	for before := range 3 {
		for at := frame.FixedSize; at < len(good); at++ {
			in := bytes.Clone(good)
			in[at] ^= 0xff
			_, out, _ := ttwire(bytes.NewReader(append(bytes.Repeat(good, before), in...)), "dump")
			_, js, _ := ttwire(bytes.NewReader(append(bytes.Repeat(good, before), in...)), "dump", "--json")
			lines := parseLines(t, js)
			illegal := lines[len(lines)-1].Illegal
			if illegal == nil {
				continue // a value that may be so
			}
			text := strings.Split(out, "\n")
			for i, l := range text {
				if mark := strings.Index(l, "^^"); mark >= 0 {
					want := in[illegal.At]
					if got := text[i-1][mark : mark+2]; got != string(appendHex(nil, want)) {
						t.Errorf("%d bytes before, byte %d: the mark is below %s, want %02x\n%s", before*len(good), illegal.At, got, want, out)
					}
					if strings.TrimSpace(l) != "^^" {
						t.Errorf("%q", l)
					}
				}
			}
			if strings.Count(out, "^^") != 1 {
				t.Errorf("no mark or several:\n%s", out)
			}
		}
	}
}

// It does so too behind 4 GiB, where offsets take more digits.
func TestTextWindowFarIn(t *testing.T) {
	var out bytes.Buffer
	in := newInput(strings.NewReader("\x00\x00\x00\x32\x10\x01"), nil)
	in.off = 1<<32 + 5
	d := dump{out: bufio.NewWriter(&out)}
	d.printer = d.newPrinter(false)
	if status, err := d.newReading("", in, d.printer).run(); status != statusIllegal || err != nil {
		t.Fatal(status, err)
	}
	if err := d.out.Flush(); err != nil {
		t.Fatal(err)
	}
	want := "4294967301  illegal frame: MAGIC is not 0x1000: this is not TTHeader\n" +
		"              12004 magic, at byte 4 of the frame, byte 4294967305 (0x100000009) of the input\n" +
		"              100000000                 00 00 00  32 10 01                 |     ...2..|\n" +
		"                                                     ^^\n" +
		"              Nothing after an illegal frame can be trusted: the rest is not read (--resync would search it).\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

// Nothing that a peer sends reaches the terminal as it is.
func TestTextIsHarmless(t *testing.T) {
	for _, s := range hostileTexts {
		in := buildFrame(t, frame.Header, 1, func(b *frame.Builder) {
			b.Token(s)
			b.Str(s, s)
			b.Int(header.KeyEnv, s)
			b.Method(s)
		}, []byte(s))
		for _, args := range [][]string{{}, {"--full"}, {"--payload"}, {"--json"}, {"--summary"}, {"--json", "--summary"}} {
			status, out, _ := ttwire(bytes.NewReader(in), append([]string{"dump"}, args...)...)
			for line := range strings.Lines(out) {
				if line = strings.TrimSuffix(line, "\n"); !harmless(line) || status != statusOK {
					t.Errorf("%v: exit status %d, %q", args, status, line)
				}
			}
		}
	}
}
