package main

import (
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ttwire": main})
}

// TestScripts runs the command from outside. In the scripts $DATA is the
// folder of the recordings, and $CAPTURE a capture of some of them.
func TestScripts(t *testing.T) {
	data, err := filepath.Abs(recordings)
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("DATA", data)
			env.Setenv("CAPTURE", filepath.Join(filepath.Dir(data), "kitex.pcapng"))
			env.Setenv("GORACE", "atexit_sleep_ms=0") // else each command sleeps a second at its end
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"head":    cmdHead,
			"pick":    cmdPick,
			"poke":    cmdPoke,
			"status":  cmdStatus,
			"tail":    cmdTail,
			"tapped":  cmdTapped,
			"uncolor": cmdUncolor,
			"unhex":   cmdUnhex,
		},
	})
}

// cmdPick is "pick PATTERN FILE OUT": OUT is what of FILE matches, a line each.
func cmdPick(ts *testscript.TestScript, _ bool, args []string) {
	pattern, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	found := strings.Join(pattern.FindAllString(ts.ReadFile(args[1]), -1), "\n") + "\n"
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(found), 0o666))
}

// cmdHead is "head FILE N OUT": OUT is the first N bytes of FILE.
func cmdHead(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	b := ts.ReadFile(args[0])
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(b[:n]), 0o666))
}

// cmdTail is "tail FILE N OUT": OUT is FILE without its first N bytes.
func cmdTail(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(ts.ReadFile(args[0])[n:]), 0o666))
}

// cmdPoke is "poke FILE AT HEX OUT": OUT is FILE with other bytes at AT.
func cmdPoke(ts *testscript.TestScript, _ bool, args []string) {
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	with, err := hex.DecodeString(args[2])
	ts.Check(err)
	b := []byte(ts.ReadFile(args[0]))
	copy(b[at:], with)
	ts.Check(os.WriteFile(ts.MkAbs(args[3]), b, 0o666))
}

// cmdStatus is "status N COMMAND ...": COMMAND must exit with status N.
func cmdStatus(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

var escapes = regexp.MustCompile("\x1b\\[[0-9;]*m")

// cmdUncolor is "uncolor FILE OUT": OUT is FILE without colours.
func cmdUncolor(ts *testscript.TestScript, _ bool, args []string) {
	plain := escapes.ReplaceAllString(ts.ReadFile(args[0]), "")
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(plain), 0o666))
}

// cmdUnhex is "unhex FILE OUT": OUT is the bytes that the hex digits in FILE
// stand for.
func cmdUnhex(ts *testscript.TestScript, _ bool, args []string) {
	b, err := hex.DecodeString(strings.Join(strings.Fields(ts.ReadFile(args[0])), ""))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b, 0o666))
}

// recordings is the folder of the recordings.
const recordings = "../../testdata/kitex"
