package main

import "fmt"

// The verdicts.
const (
	holds      = "holds"
	fallsShort = "falls short"
	noGate     = "no gate"
	waits      = "waits" // there is nothing of ours to measure yet
)

// A result is one line of the table: a row against one peer.
type result struct {
	Row         string  `json:"row"`
	WireBytes   int     `json:"wire_bytes"`
	Ns          float64 `json:"ns"` // ours, per operation, median
	BytesPerOp  uint64  `json:"bytes_per_op"`
	AllocsPerOp uint64  `json:"allocs_per_op"`
	Peer        string  `json:"peer,omitempty"`
	PeerNs      float64 `json:"peer_ns,omitempty"`
	PeerBytes   uint64  `json:"peer_bytes_per_op"`
	PeerAllocs  uint64  `json:"peer_allocs_per_op"`
	Ratio       float64 `json:"ratio,omitempty"` // of the medians; which way round, the gate says
	RatioMin    float64 `json:"ratio_min,omitempty"`
	RatioMax    float64 `json:"ratio_max,omitempty"` // of single rounds
	Gate        string  `json:"gate,omitempty"`
	Verdict     string  `json:"verdict"`
	Note        string  `json:"note,omitempty"`
}

// judge turns a measured row into its lines, one a peer.
func judge(r *row, all []series) []result {
	base := result{Row: r.name, WireBytes: r.bytes, Verdict: noGate, Note: r.note}
	var mine *series
	if r.ours == nil {
		base.Verdict = waits
	} else {
		mine, all = &all[0], all[1:]
		base.Ns, base.BytesPerOp, base.AllocsPerOp = mine.median(), mine.bytesPerOp(), mine.allocsPerOp()
	}
	if len(r.peers) == 0 {
		return []result{base}
	}
	var lines []result
	for i, p := range r.peers {
		lines = append(lines, against(base, p.gate, mine, &all[i]))
	}
	return lines
}

// against adds a peer and the gate to what is known of ours; mine is nil where
// there is nothing of ours.
func against(line result, g gate, mine, peer *series) result {
	line.Peer, line.PeerNs = peer.impl, peer.median()
	line.PeerBytes, line.PeerAllocs = peer.bytesPerOp(), peer.allocsPerOp()
	line.Gate = g.String()
	if mine == nil {
		return line
	}
	line.Ratio = g.ratio(line.Ns, line.PeerNs)
	for i := range min(len(mine.ns), len(peer.ns)) {
		r := g.ratio(mine.ns[i], peer.ns[i])
		if i == 0 || r < line.RatioMin {
			line.RatioMin = r
		}
		line.RatioMax = max(line.RatioMax, r)
	}
	line.Verdict = g.verdict(line.Ratio)
	return line
}

// ratio is how many times faster ours is; under a gate that says within, how
// many times slower.
func (g gate) ratio(ours, peer float64) float64 {
	if g.within != 0 {
		return ours / peer
	}
	return peer / ours
}

// verdict says whether a ratio is good enough.
func (g gate) verdict(ratio float64) string {
	switch {
	case g == gate{}:
		return noGate
	case g.within != 0 && ratio <= g.within, g.within == 0 && ratio >= g.faster:
		return holds
	}
	return fallsShort
}

// String is the gate as the table shows it.
func (g gate) String() string {
	switch {
	case g.faster != 0:
		return fmt.Sprintf(">= %gx", g.faster)
	case g.within != 0:
		return fmt.Sprintf("<= %gx", g.within)
	}
	return ""
}

// passes reports whether the lines are good enough: ours allocates nothing
// and, if strict, every ratio gate holds.
func passes(lines []result, strict bool) bool {
	for _, l := range lines {
		if l.AllocsPerOp != 0 || strict && l.Verdict == fallsShort {
			return false
		}
	}
	return true
}
