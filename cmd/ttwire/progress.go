package main

import (
	"fmt"
	"io"
	"time"
)

const (
	// progressFrom is the size of a file that is worth a progress line.
	progressFrom = 64 << 20

	progressEvery = 200 * time.Millisecond
)

// progress is a reader that keeps a line on a terminal about how far it is.
type progress struct {
	src   io.Reader
	out   io.Writer
	name  string
	size  int64
	done  int64
	now   func() time.Time
	began time.Time
	shown time.Time // when the line was last written

	visible bool
}

func newProgress(src io.Reader, out io.Writer, name string, size int64) *progress {
	began := time.Now()
	return &progress{src: src, out: out, name: name, size: size, now: time.Now, began: began, shown: began}
}

// Read reads, and shows the line anew if it has become old.
func (p *progress) Read(b []byte) (int, error) {
	n, err := p.src.Read(b)
	p.done += int64(n)
	if now := p.now(); now.Sub(p.shown) >= progressEvery {
		p.shown, p.visible = now, true
		rate := float64(p.done) / now.Sub(p.began).Seconds()
		fmt.Fprintf(p.out, "\r%s: %d%% of %s, %s/s\x1b[K", p.name,
			100*min(p.done, p.size)/p.size, bytesText(float64(p.size)), bytesText(rate))
	}
	return n, err
}

// clear takes the line away, if there is one, so that something else may be
// said. A nil progress has none.
func (p *progress) clear() {
	if p != nil && p.visible {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.visible = false
	}
}

// bytesText is a number of bytes in the unit that suits it.
func bytesText(n float64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", n/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.0f MiB", n/(1<<20))
	}
	return fmt.Sprintf("%.0f KiB", n/(1<<10))
}
