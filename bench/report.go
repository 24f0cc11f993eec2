package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

const tableFormat = "%-28s %10s  %-13s %10s  %8s  %-15s  %-8s %-12s %6s %6s  %s\n"

// printHead prints the column titles.
func printHead(w io.Writer) error {
	_, err := fmt.Fprintf(w, tableFormat, "row", "ours ns", "peer", "peer ns", "ratio", "min .. max", "gate", "verdict", "B/op", "allocs", "")
	return err
}

// printLine prints one line for people. What stands in the row's line above is
// not said again.
func printLine(w io.Writer, l *result, first bool) error {
	name, mine, b, a := l.Row, number(l.Ns), fmt.Sprint(l.BytesPerOp), fmt.Sprint(l.AllocsPerOp)
	if l.Verdict == waits {
		mine, b, a = "-", "-", "-"
	}
	if !first {
		name, mine, b, a = "", "", "", ""
	}
	spread := ""
	if l.Ratio != 0 {
		spread = number(l.RatioMin) + " .. " + number(l.RatioMax)
	}
	line := fmt.Sprintf(tableFormat, name, mine, l.Peer, number(l.PeerNs), times(l.Ratio), spread, l.Gate, l.Verdict, b, a, l.Note)
	_, err := fmt.Fprintln(w, strings.TrimRight(line, " \n"))
	return err
}

// printJSON prints one line for machines.
func printJSON(w io.Writer, l *result) error { return json.NewEncoder(w).Encode(l) }

// number has three digits that matter; 0 is nothing.
func number(x float64) string {
	switch {
	case x == 0:
		return ""
	case x < 10:
		return fmt.Sprintf("%.2f", x)
	case x < 100:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.0f", x)
}

// times is a ratio.
func times(x float64) string {
	if x == 0 {
		return ""
	}
	return number(x) + "x"
}
