package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"
)

// collector takes the results as they come.
type collector struct {
	mu      sync.Mutex
	w       io.Writer
	file    string
	todo    int
	start   time.Time
	results []*result
	err     error
}

func (c *collector) take(r *result, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.results = append(c.results, r)
		err = appendResult(c.file, r)
	}
	c.err = errors.Join(c.err, err)
	if n := len(c.results); err == nil && (r.Verdict == lived || r.Verdict == timedOut || n%50 == 0) {
		fmt.Fprintf(c.w, "%5d/%d %v %s\n", n, c.todo, time.Since(c.start).Round(time.Second), r)
	}
}

func (r *result) String() string {
	return fmt.Sprintf("%s: %s:%d:%d %s, %s: %s", r.Verdict, r.File, r.Line, r.Column, r.Mutator, r.Change, r.Text)
}

// key is the same for a mutant whose line has moved.
func (m *mutant) key() string {
	return fmt.Sprintf("%s\x00%s\x00%d\x00%s\x00%d", m.File, m.Text, m.Same, m.Mutator, m.Nth)
}

// at is an earlier result of a mutant, at the line where it is now.
func (r *result) at(m *mutant) *result {
	moved := *r
	moved.mutant = *m
	return &moved
}

// appendResult adds a line to the file; a run that is broken off keeps what it has.
func appendResult(file string, r *result) error {
	if file == "" {
		return nil
	}
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	return errors.Join(err, f.Close())
}

// readResults is what a file holds, the last line of each mutant.
func readResults(file string) (map[string]*result, error) {
	known := map[string]*result{}
	if file == "" {
		return known, nil
	}
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return known, nil
	} else if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		r := new(result)
		if err := json.Unmarshal(lines.Bytes(), r); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		known[r.key()] = r
	}
	return known, lines.Err()
}
