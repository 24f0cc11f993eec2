package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// doc is what docs/wire.md says in tables.
type doc struct {
	reasons map[string]docReason // appendix D
	frames  []docFrame           // appendix C.6
	states  map[string][]docRow  // rule 9.1, by role
}

type docReason struct {
	code  int32 // 0: none
	rules []string
}

type docFrame struct {
	what   string
	in     []byte
	reason string
	at     int
}

// docRow is what happens in the states none, open, half and ended.
type docRow struct {
	what  string
	cells [4]string
}

func readDoc(root string) (*doc, error) {
	text, err := os.ReadFile(filepath.Join(root, "docs", "wire.md"))
	if err != nil {
		return nil, err
	}
	d := &doc{reasons: map[string]docReason{}, states: map[string][]docRow{}}
	for _, row := range table(string(text), "| reason | code | rule | meaning |", 4) {
		code, _ := strconv.Atoi(row[1]) // or "none"
		d.reasons[strings.Trim(row[0], "`")] = docReason{int32(code), strings.Split(row[2], ", ")}
	}
	for _, row := range table(string(text), "| frame | bytes | verdict | at |", 4) {
		in, err := hex.DecodeString(strings.ReplaceAll(strings.Trim(row[1], "`"), " ", ""))
		if err != nil {
			return nil, fmt.Errorf("C.6, %s: %w", row[0], err)
		}
		at, _ := strconv.Atoi(row[3])
		d.frames = append(d.frames, docFrame{row[0], in, strings.Trim(row[2], "`"), at})
	}
	for role, mark := range map[string]string{"client": "**Client.**", "server": "**Server.**"} {
		_, part, _ := strings.Cut(string(text), mark)
		for _, row := range table(part, "| | none | open | half | ended |", 5) {
			d.states[role] = append(d.states[role], docRow{row[0], [4]string(row[1:])})
		}
	}
	if len(d.reasons) < 80 || len(d.frames) < 35 || len(d.states["client"]) < 10 || len(d.states["server"]) < 9 {
		return nil, fmt.Errorf("docs/wire.md: a table is not where it was")
	}
	return d, nil
}

// table is the rows of the table with this head, as cells.
func table(text, head string, cells int) (rows [][]string) {
	_, text, _ = strings.Cut(text, "\n"+head+"\n")
	text, _, _ = strings.Cut(text, "\n\n")
	for line := range strings.Lines(text) {
		row := strings.Split(strings.Trim(line, "|\n"), "|")
		if len(row) != cells || strings.HasPrefix(row[0], "---") {
			continue
		}
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		rows = append(rows, row)
	}
	return rows
}
