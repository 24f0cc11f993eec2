package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/ttwire/ttwire/bench"
)

const tableFormat = "%-30s %9s  %-13s %9s  %8s  %-15s  %-8s %-12s %6s %6s  %s\n"

// printHead prints the column titles.
func printHead(w io.Writer) error {
	_, err := fmt.Fprintf(w, tableFormat, "row", "ours", "peer", "peer", "ratio", "min .. max", "gate", "verdict", "B/op", "allocs", "")
	return err
}

// printLine prints one line for people. What stands in the row's line above is
// not said again.
func printLine(w io.Writer, l *bench.Result, first bool) error {
	name, mine, b, a := l.Row, value(l.Value, l.Unit), fmt.Sprint(l.BytesPerOp), fmt.Sprint(l.AllocsPerOp)
	if !first {
		name, mine, b, a = "", "", "", ""
	}
	line := fmt.Sprintf(tableFormat, name, mine, l.Peer, value(l.PeerValue, l.Unit), times(l.Ratio), spread(l), l.Gate, l.Verdict, b, a, l.Note)
	_, err := fmt.Fprintln(w, strings.TrimRight(line, " \n"))
	return err
}

// printJSON prints one line for machines.
func printJSON(w io.Writer, l *bench.Result) error { return json.NewEncoder(w).Encode(l) }

// spread is the ratio in single rounds.
func spread(l *bench.Result) string {
	if l.Ratio == 0 {
		return ""
	}
	return number(l.RatioMin) + " .. " + number(l.RatioMax)
}

// value is a time or a size in the unit that suits it.
func value(x float64, unit string) string {
	switch {
	case x == 0:
		return ""
	case unit != "ns/op":
		return number(x) + " B"
	case x < 1e3:
		return number(x) + " ns"
	case x < 1e6:
		return number(x/1e3) + " µs"
	}
	return number(x/1e6) + " ms"
}

// number has three digits that matter; 0 is nothing.
func number(x float64) string {
	switch {
	case x == 0:
		return ""
	case x < 9.995:
		return fmt.Sprintf("%.2f", x)
	case x < 99.95:
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
