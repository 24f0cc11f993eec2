package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/ttwire/ttwire/status"
)

// query is one thing that explain was asked.
type query struct {
	kind askKind
	text string // the argument, or several as one text
	code int32  // of askCode and askName
	name string // of askName
}

type askKind int

const (
	askUnknown askKind = iota
	askCode
	askName
	askText
	askFile
)

// queries tells what each argument is. If there are some that are nothing, and
// all together are a text that holds an error, they are that: a text that was
// pasted without quotes.
func queries(args []string) (all []query) {
	unknown := false
	for _, arg := range args {
		q := newQuery(arg)
		unknown = unknown || q.kind == askUnknown
		all = append(all, q)
	}
	if joined := strings.Join(args, " "); unknown && len(args) > 1 && holdsError(joined) {
		return []query{{kind: askText, text: joined}}
	}
	return all
}

func newQuery(arg string) query {
	q := query{text: arg}
	if arg == "-" {
		q.kind = askFile
		return q
	}
	word := strings.TrimSpace(arg) // blanks come with what is pasted
	if code, err := strconv.ParseInt(cutLabel(word), 10, 32); err == nil {
		q.kind, q.code = askCode, int32(code)
		return q
	}
	if row, ok := lookupName(word); ok {
		q.kind, q.code, q.name = askName, row.Code, row.Name
		return q
	}
	switch _, err := os.Stat(arg); {
	case holdsError(arg):
		q.kind = askText
	case err == nil, errors.Is(err, fs.ErrPermission), looksLikePath(arg):
		q.kind = askFile
	}
	return q
}

// cutLabel takes off what stands before a number in error texts.
func cutLabel(arg string) string {
	for _, label := range []string{"code=", "code:"} {
		if number, ok := strings.CutPrefix(arg, label); ok {
			return number
		}
	}
	return arg
}

func holdsError(text string) bool {
	_, ok := status.ParseText(text)
	return ok
}

// looksLikePath reports whether an argument that is no file was meant as one,
// so that it is an error of input if there is none. 12001.0 was not.
func looksLikePath(arg string) bool {
	return strings.ContainsAny(arg, "./\\") && !strings.ContainsAny(arg, " \t\n") && strings.Trim(arg, "-+.0123456789") != ""
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// lookupName is the row of a code by its name or constant.
func lookupName(name string) (status.Info, bool) {
	name = strings.ReplaceAll(strings.TrimPrefix(name, "status."), "_", "-")
	for row := range status.Codes() {
		if strings.EqualFold(row.Name, name) || strings.EqualFold(row.Const, name) {
			return row, true
		}
	}
	return status.Info{}, false
}

// maxHints is how many codes a hint names.
const maxHints = 6

// unknown is what to tell of an argument that is nothing.
func (q query) unknown() string {
	arg := string(appendCut(nil, []byte(q.text), maxKeyShown))
	if isDigits(strings.TrimLeft(cutLabel(strings.TrimSpace(q.text)), "-+")) {
		return arg + ": no code: they are numbers of 32 bits"
	}
	said := arg + ": no code, no name of one, no file, and no error text in it"
	if near := namesLike(q.text); len(near) > 0 {
		return said + "\nDid you mean " + strings.Join(near[:min(len(near), maxHints)], ", ") + "?"
	}
	if code, ok := codeIn(q.text); ok {
		return fmt.Sprintf("%s\n%d may be a code: try 'ttwire explain %d'.", said, code, code)
	}
	return said + "\n" + knownTexts
}

// knownTexts says what is looked for.
const knownTexts = `Error texts are "[ttstream error, code=...] ...", "type:..., code:..., msg:..." and "biz error: code=..., msg=...".`

// namesLike is the names of codes that a word is part of, or that are a typing
// error away from it.
func namesLike(word string) (names []string) {
	word = strings.ReplaceAll(strings.ToLower(word), "_", "-")
	if len(word) < 3 || len(word) > maxKeyShown {
		return nil
	}
	for row := range status.Codes() {
		if strings.Contains(row.Name, word) || distance(word, row.Name) <= 2 {
			names = append(names, fmt.Sprintf("%s (%d)", row.Name, row.Code))
		}
	}
	return names
}

// distance is how many bytes have to be put in, taken out or changed to make b
// of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, corner+1)
		}
	}
	return row[len(b)]
}

// codeIn is the first number in a text that is a code of TTHeader Streaming.
func codeIn(text string) (int32, bool) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		code, err := strconv.ParseInt(word, 10, 32)
		if _, ok := status.Lookup(status.FamilyStream, int32(code)); ok && err == nil {
			return int32(code), true
		}
	}
	return 0, false
}

// nothing is what to tell of an input without errors.
func (s *finder) nothing() string {
	switch {
	case s.in.off == 0:
		return "empty"
	case strings.HasPrefix(s.begins, "\x1f\x8b"):
		return "no error texts in it: it is compressed; try 'gzip -dc FILE | ttwire explain -'"
	case strings.Contains(s.begins, "\x00"):
		return "no error texts in it: it is not text; for recorded traffic there is 'ttwire dump'"
	}
	return "no error texts in it\n" + knownTexts
}
