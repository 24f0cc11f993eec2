// Command ttwire shows what is in recorded TTHeader Streaming traffic.
//
// To add a command: a file of its own with one constructor newXCommand, and a
// line in newRoot.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// Exit statuses; the higher one is the worse.
const (
	statusOK      = 0 // all was whole and legal
	statusIllegal = 1 // an illegal or cut frame, and it has been shown
	statusFailed  = 2 // usage or I/O
)

// exitStatus is the error of a command that has said all there is to say and
// only wants this exit status.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// run is the command line as a function of its arguments and streams.
func run(args []string, in io.Reader, out, errOut io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	cmd, err := root.ExecuteC()
	var status exitStatus
	switch {
	case err == nil:
		return statusOK
	case errors.As(err, &status):
		return int(status)
	}
	// What a command returns besides is about its flags and arguments.
	fmt.Fprintf(errOut, "ttwire: %v\nTry '%s --help'.\n", err, cmd.CommandPath())
	return statusFailed
}

// firstOf is the first error, for calls that must all be made.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
