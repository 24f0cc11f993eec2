package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/cpuid/v2"

	"github.com/ttwire/ttwire/bench"
)

// The samples go to a file in the format of go test -bench, a line for each
// turn of each variant, so that benchstat takes them as they are. The first
// line, which is none of that format's, says how they came about: a "key: value"
// line for that would make benchstat keep two files apart for their dates.

const machineMark = "# "

// meter is the source that measures.
type meter struct {
	rounds int
	turn   time.Duration
	about  string
	out    io.WriteCloser
}

// newMeter writes what it measures to the file, if there is a name.
func newMeter(rounds int, turn time.Duration, file string) (*meter, error) {
	m := &meter{rounds: rounds, turn: turn, out: discard{io.Discard}}
	m.about = fmt.Sprintf("%s, %s %s/%s, %s, %d CPUs, %d interleaved rounds of %v a variant",
		time.Now().UTC().Format(time.DateOnly), runtime.Version(), runtime.GOOS, runtime.GOARCH, cpu(), runtime.GOMAXPROCS(0), rounds, turn)
	if file != "" {
		f, err := os.Create(file)
		if err != nil {
			return nil, err
		}
		m.out = f
	}
	_, err := fmt.Fprintf(m.out, "%s%s\ngoos: %s\ngoarch: %s\npkg: github.com/ttwire/ttwire/bench\ncpu: %s\n",
		machineMark, m.about, runtime.GOOS, runtime.GOARCH, cpu())
	return m, err
}

// discard is a writer that can be closed.
type discard struct{ io.Writer }

func (discard) Close() error { return nil }

// cpu is the processor's name.
func cpu() string {
	if name := strings.TrimSpace(cpuid.CPU.BrandName); name != "" {
		return name
	}
	return "unknown CPU"
}

func (m *meter) machine() string { return m.about }
func (m *meter) Close() error    { return m.out.Close() }

func (m *meter) samples(r *bench.Row) ([]bench.Series, error) {
	all := r.Measure(m.rounds, m.turn)
	for i := range all {
		for k := range all[i].Samples {
			v := &all[i].Samples[k].Value
			*v = rounded(*v)
		}
	}
	return all, writeSamples(m.out, r, all)
}

// rounded is v as the file has it, so that whoever reads the file comes to the
// same ratios.
func rounded(v float64) float64 {
	short, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 5, 64), 64)
	return short
}

// text is v without an exponent.
func text(v float64) string { return strconv.FormatFloat(rounded(v), 'f', -1, 64) }

// writeSamples writes the rounds in the order in which they were.
func writeSamples(w io.Writer, r *bench.Row, all []bench.Series) error {
	var b strings.Builder
	for i := range all[0].Samples {
		for _, s := range all {
			writeSample(&b, r, s.Impl, &s.Samples[i])
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeSample(b *strings.Builder, r *bench.Row, impl string, m *bench.Sample) {
	fmt.Fprintf(b, "Benchmark%s/impl=%s", r.Name, impl)
	if n := runtime.GOMAXPROCS(0); n > 1 {
		fmt.Fprintf(b, "-%d", n)
	}
	fmt.Fprintf(b, "\t%d\t%s %s", m.Ops, text(m.Value), r.Unit())
	if r.Moves() {
		fmt.Fprintf(b, "\t%s MB/s", text(float64(r.Bytes)/m.Value*1e3))
	}
	if r.Unit() == nsPerOp {
		fmt.Fprintf(b, "\t%d B/op\t%d allocs/op", m.Bytes/uint64(m.Ops), m.Allocs/uint64(m.Ops))
	}
	b.WriteByte('\n')
}

const nsPerOp = "ns/op"

// recorded is the source that was measured earlier.
type recorded struct {
	about string
	rows  map[string][]bench.Series // by the row's name
}

// readFile reads what a meter wrote.
func readFile(name string) (*recorded, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

func read(in io.Reader) (*recorded, error) {
	r := &recorded{about: "unknown machine", rows: make(map[string][]bench.Series)}
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if about, ok := strings.CutPrefix(line, machineMark); ok {
			r.about = about
		}
		if rest, ok := strings.CutPrefix(line, "Benchmark"); ok {
			if err := r.line(strings.Fields(rest)); err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
		}
	}
	return r, lines.Err()
}

// line takes a sample.
func (r *recorded) line(fields []string) error {
	row, impl, ok := cutName(fields)
	if !ok {
		return errors.New("it is not name, count and pairs of value and unit")
	}
	var m bench.Sample
	var err error
	if m.Ops, err = strconv.Atoi(fields[1]); err != nil {
		return err
	}
	for i := 2; i < len(fields); i += 2 {
		v, err := strconv.ParseFloat(fields[i], 64)
		if err != nil {
			return err
		}
		switch fields[i+1] {
		case nsPerOp, "B/stream":
			m.Value = v
		case "B/op":
			m.Bytes = uint64(v) * uint64(m.Ops)
		case "allocs/op":
			m.Allocs = uint64(v) * uint64(m.Ops)
		}
	}
	r.add(row, impl, m)
	return nil
}

// cutName takes the name apart. The number of processors at its end is dropped.
func cutName(fields []string) (row, impl string, ok bool) {
	if len(fields) < 4 || len(fields)%2 != 0 {
		return "", "", false
	}
	row, impl, ok = strings.Cut(fields[0], "/impl=")
	if i := strings.LastIndexByte(impl, '-'); i >= 0 {
		if _, err := strconv.Atoi(impl[i+1:]); err == nil {
			impl = impl[:i]
		}
	}
	return row, impl, ok
}

// add adds a sample to its series.
func (r *recorded) add(row, impl string, m bench.Sample) {
	all := r.rows[row]
	for i := range all {
		if all[i].Impl == impl {
			all[i].Samples = append(all[i].Samples, m)
			return
		}
	}
	r.rows[row] = append(all, bench.Series{Impl: impl, Samples: []bench.Sample{m}})
}

func (r *recorded) machine() string { return r.about }
func (r *recorded) Close() error    { return nil }

func (r *recorded) samples(row *bench.Row) ([]bench.Series, error) { return r.rows[row.Name], nil }
