package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

func TestHexReader(t *testing.T) {
	star := "00000000  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  |................|\n*\n" +
		"00000030  41 42                                             |AB|\n00000032\n"
	tests := []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"blank lines", "\n \r\n\t\n", ""},
		{"digits", "00010a0B", "00010a0b"},
		{"groups", "00 01\t0a,0b: 0c\r\n0d", "00010a0b0c0d"},
		{"0x and \\x", `0x00, 0X01 \x0a\x0B 0x0c0d`, "00010a0b0c0d"},
		{"colons", "00:01:0a", "00010a"},
		{"a group with a colon behind it", "0001:0a0b", "00010a0b"},
		{"byte order mark", "\xef\xbb\xbf0001", "0001"},
		{"a length of zero is no offset", "0000 0001 10", "0000000110"},
		{"a long first group is no offset", "00000032 10 00", "000000321000"},
		{"xxd", "00000000: 0001 0a0b 0c                             .....", "00010a0b0c"},
		{"xxd of two lines", "00000000: 0001 0a0b  ....\n00000004: 0c\n", "00010a0b0c"},
		{"xxd from the middle of a file", "00000136: 0001 0a0b  ....\n0000013a: 0c  .\n", "00010a0b0c"},
		{"xxd with hex digits for text", "00000000: 6161 6262  aabb\n00000004: 63  c", "6161626263"},
		{"xxd with blanks for text", "00000000: 2020 2020 20      \n", "2020202020"},
		{"xxd in upper case", "0000000A: 0A0B  ..", "0a0b"},
		{"old xxd, offsets of 7 digits", "0000000: 0001  ..", "0001"},
		{"xxd -g 4", "00000000: 00000034 10000002 42696469  ...4....Bidi", "000000341000000242696469"},
		{"xxd -g 4 of zeros", "00000000: 00000000 00000000  ........", "0000000000000000"},
		{"text that tells nothing", "00000000: 61626364  x", "61626364"},
		{"tcpdump", "\t0x0000:  4500 003c  E..<", "4500003c"},
		{"xxd with nothing behind the offset", "00000000:\n", ""},
		{"hexdump -C", "00000000  00 01 0a 0b 0c 0d 0e 0f  7c 7c  |........|||\n0000000a\n", "00010a0b0c0d0e0f7c7c"},
		{"hexdump -C from the middle of a file", "00000136  00 01  |..|\n", "0001"},
		{"hexdump -C with a repeated line", star, strings.Repeat("00", 48) + "4142"},
		{"repeated to the end", "00000000  61  |a|\n*\n00000004\n", "61616161"},
		{"od -A x -t x1z", "000000 00 01 0a  >...<\n000003\n", "00010a"},
		{"Wireshark", "0000   47 45 54 20 2f 20 48 54 54 50   GET / HTTP\n000a   2f   /", "474554202f20485454502f"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for name, src := range map[string]io.Reader{
				"at once":     strings.NewReader(tt.in),
				"by the byte": iotest.OneByteReader(strings.NewReader(tt.in)),
			} {
				got, err := io.ReadAll(newHexReader(src))
				if fmt.Sprintf("%x", got) != tt.want || err != nil {
					t.Errorf("%s: %x, %v, want %s", name, got, err, tt.want)
				}
			}
		})
	}
}

func TestHexReaderErrors(t *testing.T) {
	tests := []struct {
		name, in, want string
		line, col      int
		text           string
	}{
		{"no digit", "00 01\n0a g", "00010a", 2, 4, `"g" is not a hex digit`},
		{"terminal escape", "00\x1b", "00", 1, 3, `"\x1b" is not a hex digit`},
		{"half a byte", "00 1 02", "00", 1, 4, "1 hex digits are no"},
		{"half a byte at the end", "00 102", "0010", 1, 4, "3 hex digits are no"},
		{"half a byte at the end of a line", "0\n0", "", 1, 1, "1 hex digits are no"},
		{"0x alone", "00 0x 01", "00", 1, 6, "0 hex digits are no"},
		{"1x", "1x00", "", 1, 2, `"x" is not`},
		{"\\ without x", `\00`, "", 1, 2, `x should follow \`},
		{"\\ twice", `\\x00`, "", 1, 2, `"\\" is not`},
		{"hexdump without -C", "0000000 0000 3200 0010\n", "000000", 1, 1, "7 hex digits are no"},
		{"octal offsets", "0000000 00 01 02\n0000003\n", "", 1, 1, "octal"},
		{"xxd -b", "00000000: 00000000 00000000  ..\n00000002: 00110010  2", "", 1, 11, "xxd -b"},
		{"xxd -e", "00000000: 34000000  ...4\n00000004: 02000010  ....\n", "", 1, 11, "xxd -e"},
		{"xxd -e, seen on its second line", "00000000: 2e000000 02000010  ........\n00000008: 01000000 69694204    .....Bii\n", "", 2, 11, "xxd -e"},
		{"a line lost", "00000000: 0001  ..\n00000004: 0a0b  ..", "0001", 2, 1, "the offset is 0x4, but the lines above end at 0x2"},
		{"a line twice", "00000000: 0001  ..\n00000000: 0001  ..", "0001", 2, 1, "the offset is 0x0, but"},
		{"no offset", "00000000: 0001  ..\n0a0b  ..", "0001", 2, 1, "an offset should stand here"},
		{"offset too long", "00000000: 0001  ..\n10000000000000002: 0a", "0001", 2, 1, "an offset should stand here"},
		{"text instead of an offset", "00000000: 0001  ..\n  x", "0001", 2, 3, "an offset should stand here"},
		{"half a byte in a dump", "00000000: 0001 0  ..", "", 1, 16, "1 hex digits are no"},
		{"no digit in a dump", "00000000: 0001 0g  ..", "", 1, 16, "1 hex digits are no"},
		{"text column too long", "0000: 00 01 02 03  04 05 06 07  ........", "", 1, 20, "longer than the text"},
		{"* without a line", "00000000:\n*\n", "", 2, 1, `no line above "*"`},
		{"* at the end", "00000000  61  |a|\n *\n", "61", 2, 1, `an offset must follow "*"`},
		{"* of part of a line", "00000000  61 62  |ab|\n*\n00000005\n", "6162", 3, 1, "the offset is 0x5, but the lines above end at 0x2"},
		{"* backwards", "00000004  61 62  |ab|\n*\n00000002\n", "6162", 3, 1, "the offset is 0x2, but the lines above end at 0x6"},
		{"a line too long", "00000000: 0001  ..\n00000002: " + strings.Repeat("00 ", maxHexLine/3), "0001", 2, 1, "this long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newHexReader(strings.NewReader(tt.in))
			got, err := io.ReadAll(r)
			if fmt.Sprintf("%x", got) != tt.want {
				t.Errorf("read %x before the error, want %s", got, tt.want)
			}
			var e *hexError
			if !errors.As(err, &e) {
				t.Fatalf("error %v", err)
			}
			if e.line != tt.line || e.col != tt.col || !strings.Contains(e.what, tt.text) {
				t.Errorf("%v, want line %d, column %d, ...%s", e, tt.line, tt.col, tt.text)
			}
			if !harmless(e.Error()) {
				t.Errorf("%q holds bytes of the input", e)
			}
			if _, again := r.Read(make([]byte, 1)); again != err {
				t.Errorf("the next read gives %v", again)
			}
		})
	}
}

func TestHexReaderPassesReadErrorsOn(t *testing.T) {
	src := io.MultiReader(strings.NewReader("0001"), iotest.ErrReader(errTest))
	got, err := io.ReadAll(newHexReader(src))
	if !bytes.Equal(got, []byte{0, 1}) || err != errTest {
		t.Errorf("%x, %v", got, err)
	}
}

// "*" repeats in constant memory: this one stands for 2^64-16 bytes.
func TestHexReaderLongRepeat(t *testing.T) {
	r := newHexReader(strings.NewReader("00000000  61 62  |ab|\n*\nfffffffffffffff0\n"))
	n, err := io.Copy(io.Discard, io.LimitReader(r, 1<<20+1))
	if n != 1<<20+1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

// Whatever layout bytes are written in, they come back.
func TestHexReaderIsInverse(t *testing.T) {
	layouts := map[string]func(b []byte) string{
		"hexdump -C": hex.Dump,
		"plain":      func(b []byte) string { return fmt.Sprintf("%x", b) },
		"upper case": func(b []byte) string { return fmt.Sprintf("% X\n", b) },
		"0x":         func(b []byte) string { return fmt.Sprintf("%# x", b) },
		"xxd":        xxd,
	}
	for name, layout := range layouts {
		t.Run(name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				b := rapid.SliceOfN(rapid.Byte(), 0, 100).Draw(t, "bytes")
				text := layout(b)
				got, err := io.ReadAll(newHexReader(strings.NewReader(text)))
				if !bytes.Equal(got, b) || err != nil {
					t.Fatalf("%s\n%x, %v, want %x", text, got, err, b)
				}
			})
		})
	}
}

// xxd writes b as xxd does.
func xxd(b []byte) string {
	var s strings.Builder
	for off := 0; off < len(b); off += 16 {
		row := b[off:min(off+16, len(b))]
		var data strings.Builder
		for i, c := range row {
			fmt.Fprintf(&data, "%02x", c)
			if i%2 == 1 {
				data.WriteByte(' ')
			}
		}
		text := strings.Map(func(r rune) rune {
			if r < ' ' || r > '~' {
				return '.'
			}
			return r
		}, latin1(row))
		fmt.Fprintf(&s, "%08x: %-40s %s\n", off, data.String(), text)
	}
	return s.String()
}

// latin1 is one character for each byte.
func latin1(b []byte) string {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

// Arbitrary text never makes the reader panic or stand still.
func TestHexReaderAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("0012aF: \n\t|>*x\\g,"))).Draw(t, "text")
		got, err := io.ReadAll(io.LimitReader(newHexReader(strings.NewReader(text)), 1<<16))
		var e *hexError
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("%v", err)
		}
		if digits := strings.Count(text, "*") == 0; digits && len(got) > len(text)/2 {
			t.Fatalf("%d bytes out of %d characters", len(got), len(text))
		}
	})
}

func TestLooksLikeHex(t *testing.T) {
	for in, want := range map[string]bool{
		"00000032 1000 0002":                  true,
		"00000000: 0000 0032 1000 0002  ...2": true,
		"000000":                              false,
		"":                                    false,
		"GET / HTTP/1.1":                      false,
		"\x00\x00\x00\x32\x10\x00":            false,
	} {
		if got := looksLikeHex([]byte(in)); got != want {
			t.Errorf("%q: %v", in, got)
		}
	}
}

var errTest = errors.New("test")
