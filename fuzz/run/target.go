package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"
)

// fuzzAll fuzzes the targets, some at a time, and gives their results in order.
func fuzzAll(ctx context.Context, b *binary, o options, names []string) []*result {
	results := make([]*result, len(names))
	var wg sync.WaitGroup
	slots := make(chan struct{}, o.parallel)
	show := &progress{total: len(names)}
	for i, name := range names {
		slots <- struct{}{}
		results[i] = &result{name: name}
		if ctx.Err() != nil {
			<-slots
			continue
		}
		wg.Go(func() {
			b.fuzz(ctx, o, results[i], show)
			<-slots
		})
	}
	wg.Wait()
	return results
}

// maxKnown is how long the inputs that are known already may take before a target
// is fuzzed. The engine runs them first and counts that as fuzzing, so that on a
// slow machine a short time would be over before anything new was tried: here the
// time begins behind them.
const maxKnown = 5 * time.Minute

// fuzz fuzzes one target to the end of its time, or its first failure.
func (b *binary) fuzz(ctx context.Context, o options, r *result, show *progress) {
	cmd := exec.CommandContext(ctx, b.path, "-test.run=^$", "-test.fuzz=^"+r.name+"$", "-test.fuzztime="+(maxKnown+o.time).String(),
		"-test.fuzzminimizetime="+o.minimize, "-test.parallel="+fmt.Sprint(o.workers), "-test.fuzzcachedir="+b.cache)
	cmd.Dir = b.dir
	// The engine ends in order when it is interrupted.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, in
	followed := make(chan struct{})
	var up atomic.Bool // the time is
	go func() {
		defer close(followed)
		var clock *time.Timer
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if r.line(lines.Text()); r.fuzzing && clock == nil {
				clock = time.AfterFunc(o.time, func() {
					up.Store(true)
					cmd.Cancel()
				})
				defer clock.Stop()
			}
			show.update(r)
		}
		io.Copy(io.Discard, out) // a line longer than the Scanner takes
	}()
	err := cmd.Run()
	in.Close()
	<-followed
	r.end(err, ctx.Err() != nil || up.Load())
	show.done(r)
}
