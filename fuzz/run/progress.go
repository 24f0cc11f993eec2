package main

import (
	"fmt"
	"sync"
	"time"
)

// progress prints a line for a target now and then, and one when it is done.
type progress struct {
	mu       sync.Mutex
	total    int
	finished int
	last     time.Time
}

// update prints how far r is, unless something has just been printed.
func (p *progress) update(r *result) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.last) < 5*time.Second {
		return
	}
	p.last = time.Now()
	if r.execs == 0 {
		fmt.Printf("%2d/%d  %-20s %s known inputs run\n", p.finished, p.total, r.name, r.base)
		return
	}
	fmt.Printf("%2d/%d  %-20s %5v  %10d executions, %d new inputs\n", p.finished, p.total, r.name, r.elapsed, r.execs, r.fresh)
}

func (p *progress) done(r *result) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.finished++
	how := "done"
	if r.failure != "" {
		how = "FAILED"
	}
	fmt.Printf("%2d/%d  %-20s %s: %d executions, %d new inputs\n", p.finished, p.total, r.name, how, r.execs, r.fresh)
}
