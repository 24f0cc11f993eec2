package main

import (
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSizeFlag(t *testing.T) {
	tests := []struct {
		in   string
		want int // 0: refused
	}{
		{"1", 1}, {"100", 100}, {"1KiB", 1 << 10}, {"2 MiB", 2 << 20}, {"1GiB", 1<<30 - 1},
		{"1073741823", 1<<30 - 1}, {"1073741824", 1<<30 - 1}, {"9223372036854775807GiB", 1<<30 - 1},
		{"0", 0}, {"-1", 0}, {"", 0}, {"KiB", 0}, {"1kb", 0}, {"1.5MiB", 0}, {"0x10", 0}, {"9223372036854775808", 0},
	}
	for _, tt := range tests {
		n := 0
		f := sizeFlag{n: &n, least: 1, most: 1<<30 - 1, units: true}
		if err := f.Set(tt.in); n != tt.want || err == nil != (tt.want != 0) {
			t.Errorf("%q: %d, %v, want %d", tt.in, n, err, tt.want)
		}
	}
	n := 0
	count := sizeFlag{n: &n, least: 1, most: math.MaxInt32}
	if err := count.Set("1KiB"); err == nil {
		t.Error("a count has taken a unit")
	}
}

func TestWantColor(t *testing.T) {
	tests := []struct {
		word, noColor, term string
		onScreen, want      bool
	}{
		{"auto", "", "xterm", true, true},
		{"auto", "", "xterm", false, false},
		{"auto", "1", "xterm", true, false},
		{"auto", "", "dumb", true, false},
		{"always", "1", "dumb", false, true},
		{"never", "", "xterm", true, false},
	}
	for _, tt := range tests {
		t.Setenv("NO_COLOR", tt.noColor)
		t.Setenv("TERM", tt.term)
		if got := wantColor(tt.word, tt.onScreen); got != tt.want {
			t.Errorf("%+v: %v", tt, got)
		}
	}
}

func TestProgress(t *testing.T) {
	var out strings.Builder
	p := newProgress(readerFunc(func(b []byte) (int, error) { return len(b), nil }), &out, "a.bin", 8<<20)
	now := p.began
	p.now = func() time.Time { return now }
	read := func(after time.Duration) {
		now = now.Add(after)
		if n, err := p.Read(make([]byte, 1<<20)); n != 1<<20 || err != nil {
			t.Fatal(n, err)
		}
	}
	read(progressEvery / 2)
	p.clear()
	if out.String() != "" {
		t.Errorf("too early: %q", out.String())
	}
	read(progressEvery/2 + 800*time.Millisecond)
	read(progressEvery / 2)
	p.clear()
	p.clear()
	if want := "\ra.bin: 25% of 8 MiB, 2 MiB/s\x1b[K\r\x1b[K"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	for range 10 { // a file that grows while it is read
		read(progressEvery)
	}
	if !strings.Contains(out.String(), " 100% ") || strings.Contains(out.String(), " 112% ") {
		t.Errorf("%q", out.String())
	}
}

// A file over 64 MiB gets a progress line, where there is a terminal for it.
func TestProgressIsShown(t *testing.T) {
	tests := []struct {
		name                         string
		size                         int64
		errScreen, outScreen, counts bool
		want                         bool
	}{
		{"large", progressFrom + 1, true, false, false, true},
		{"not large", progressFrom, true, false, false, false},
		{"no terminal", progressFrom + 1, false, false, false, false},
		{"frames on the same terminal", progressFrom + 1, true, true, false, false},
		{"summary on the same terminal", progressFrom + 1, true, true, true, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "f")
			if err := os.WriteFile(name, []byte("GET "), 0o666); err != nil {
				t.Fatal(err)
			}
			if err := os.Truncate(name, tt.size); err != nil {
				t.Fatal(err)
			}
			d := dump{errScreen: tt.errScreen, outScreen: tt.outScreen, summary: tt.counts, errOut: io.Discard}
			if err := d.run(io.Discard, []string{name}); err != exitStatus(statusIllegal) {
				t.Fatal(err)
			}
			if got := d.progress != nil; got != tt.want {
				t.Errorf("a progress line: %v", got)
			}
			d.note("a", "b") // does not trip over the line
		})
	}
}

func TestBytesText(t *testing.T) {
	for n, want := range map[float64]string{1 << 9: "0 KiB", 100 << 10: "100 KiB", 64 << 20: "64 MiB", 3 << 29: "1.5 GiB"} {
		if got := bytesText(n); got != want {
			t.Errorf("%v: %s, want %s", n, got, want)
		}
	}
}

// The size of what is left to read is known of regular files only.
func TestSizeLeft(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(name, make([]byte, 10), 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Read(make([]byte, 4)); err != nil {
		t.Fatal(err)
	}
	in, err := open("-", f)
	if err != nil || in.size != 6 {
		t.Errorf("%d, %v, want 6", in.size, err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if got := sizeLeft(r); got != -1 {
		t.Errorf("a pipe has %d left", got)
	}
}
