package ossfuzz

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ttwire/ttwire/fuzz"
)

// scripts are all the shell scripts.
var scripts = []string{"build.sh", "../.clusterfuzzlite/build.sh"}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The scripts are bash as bash reads it.
func TestScripts(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash here")
	}
	for _, name := range scripts {
		if out, err := exec.Command("bash", "-n", name).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		info, err := os.Stat(name)
		if err != nil || info.Mode()&0o111 == 0 {
			t.Errorf("%s cannot be run: %v", name, err)
		}
	}
}

// The presubmit of OSS-Fuzz looks for these words in what is submitted.
func TestLicence(t *testing.T) {
	for _, name := range []string{"Dockerfile", "build.sh"} {
		if !strings.Contains(read(t, name), "http://www.apache.org/licenses/LICENSE-2.0") {
			t.Errorf("%s has no licence", name)
		}
	}
}

// What is fuzzed anew for a pull request is all that the targets are made of:
// code, and the seeds.
func TestPullRequests(t *testing.T) {
	text := read(t, "../.github/workflows/cflite_pr.yml")
	for _, path := range []string{"**.go", "go.mod", "go.sum", "testdata/**", "fuzz/testdata/**", "oss-fuzz/**", ".clusterfuzzlite/**"} {
		if !strings.Contains(text, "\n      - '"+path+"'\n") {
			t.Errorf("a change of %s is not fuzzed", path)
		}
	}
}

var targetRow = regexp.MustCompile(`(?m)^\t"(Fuzz\w+) (\w+)"$`)

// Every target is built, once, with a dictionary that is there.
func TestTargetsBuilt(t *testing.T) {
	built := map[string]string{}
	for _, row := range targetRow.FindAllStringSubmatch(read(t, "build.sh"), -1) {
		if built[row[1]] != "" {
			t.Errorf("%s twice", row[1])
		}
		built[row[1]] = row[2]
	}
	for _, target := range fuzz.Targets {
		dict := built[target.Name]
		delete(built, target.Name)
		if dict == "" {
			t.Errorf("%s is not built", target.Name)
		} else if _, err := os.Stat(dict + ".dict"); err != nil {
			t.Errorf("%s: %v", target.Name, err)
		}
	}
	for name := range built {
		t.Errorf("%s is built, and is no target", name)
	}
}

// What the build script does, with stand-ins for the tools of the image: a
// program, a corpus and a dictionary for each target.
func TestBuild(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash here")
	}
	out, bin := t.TempDir(), t.TempDir()
	for name, script := range map[string]string{
		"compile_native_go_fuzzer_v2": "#!/bin/bash\n[ \"$1\" = github.com/ttwire/ttwire/fuzz ] && touch \"$OUT/$3\"\n",
		// The corpora have a test of their own.
		"go": "#!/bin/bash\n[ \"$1 $2 $3\" = 'run ./fuzz/seedzip -out' ] && touch \"$4/corpora\"\n",
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("bash", "oss-fuzz/build.sh")
	cmd.Dir = ".."
	cmd.Env = append(os.Environ(), "OUT="+out, "PATH="+bin+":"+os.Getenv("PATH"))
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	want := []string{"corpora"}
	for _, target := range fuzz.Targets {
		want = append(want, target.Name, target.Name+".dict")
	}
	for _, name := range want {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Error(err)
		}
	}
}

// The dictionaries are in the form that libFuzzer reads: it refuses a file with
// one wrong line.
func TestDictionaries(t *testing.T) {
	files, err := filepath.Glob("*.dict")
	if err != nil || len(files) < 4 {
		t.Fatalf("%q, %v", files, err)
	}
	for _, name := range files {
		entries, err := parseDictionary(read(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		seen := map[string]bool{}
		for _, e := range entries {
			if seen[e] {
				t.Errorf("%s: %q twice", name, e)
			}
			seen[e] = true
		}
		if len(seen) < 10 {
			t.Errorf("%s: %d entries", name, len(seen))
		}
	}
	for _, bad := range []string{`"a`, `a"`, `a`, `=`, `x="\q"`, `x="\x1"`, `x="\x1g"`, "x=\"\xff\"", `x=""`, `x=""" `} {
		if got, err := parseDictionary(bad); err == nil {
			t.Errorf("%s reads as %q", bad, got)
		}
	}
}

// What the dictionary of frames has is what frames have.
func TestDictionaryOfFrames(t *testing.T) {
	entries, err := parseDictionary(read(t, "ttheader.dict"))
	if err != nil {
		t.Fatal(err)
	}
	var seeds []byte
	for i := range fuzz.Targets {
		if fuzz.Targets[i].Name == "FuzzFrame" || fuzz.Targets[i].Name == "FuzzTrailer" {
			seeds = append(seeds, bytes.Join(fuzz.Targets[i].Seeds(), nil)...)
		}
	}
	for _, e := range entries {
		if !bytes.Contains(seeds, []byte(e)) {
			t.Errorf("%q is in no frame", e)
		}
	}
}

var errEntry = errors.New("not name=\"value\"")

// parseDictionary reads a dictionary: lines of name="value" or "value", with \\,
// \" and \xHH in it, and comments.
func parseDictionary(text string) ([]string, error) {
	var all []string
	for lines, n := bufio.NewScanner(strings.NewReader(text)), 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		_, value, ok := strings.Cut(line, `"`)
		value, ok2 := strings.CutSuffix(value, `"`)
		if !ok || !ok2 {
			return nil, fmt.Errorf("line %d: %w", n, errEntry)
		}
		entry, err := unescape(value)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		all = append(all, entry)
	}
	return all, nil
}

// unescape reads the value of an entry.
func unescape(s string) (string, error) {
	var b []byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < ' ' || c > '~' || c == '"':
			return "", errEntry
		case c != '\\':
			b = append(b, c)
		case i+1 < len(s) && (s[i+1] == '\\' || s[i+1] == '"'):
			b = append(b, s[i+1])
			i++
		case i+3 < len(s) && s[i+1] == 'x':
			var v byte
			if _, err := fmt.Sscanf(s[i+2:i+4], "%02x", &v); err != nil || !isHex(s[i+2]) || !isHex(s[i+3]) {
				return "", errEntry
			}
			b = append(b, v)
			i += 3
		default:
			return "", errEntry
		}
	}
	if len(b) == 0 {
		return "", errEntry
	}
	return string(b), nil
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F' }
