package bench

import "fmt"

// The verdicts.
const (
	Holds      = "holds"
	FallsShort = "falls short"
	NoGate     = "no gate"
)

// A Result is one line of the table: a row against one peer, or a row that has
// none.
type Result struct {
	Row         string  `json:"row"`
	WireBytes   int     `json:"wire_bytes"`
	Unit        string  `json:"unit"`
	Value       float64 `json:"value"` // ours, median
	BytesPerOp  uint64  `json:"bytes_per_op"`
	AllocsPerOp uint64  `json:"allocs_per_op"`
	Peer        string  `json:"peer,omitempty"`
	PeerValue   float64 `json:"peer_value,omitempty"`
	PeerBytes   uint64  `json:"peer_bytes_per_op"`
	PeerAllocs  uint64  `json:"peer_allocs_per_op"`
	Ratio       float64 `json:"ratio,omitempty"` // of the medians; which way round, the gate says
	RatioMin    float64 `json:"ratio_min,omitempty"`
	RatioMax    float64 `json:"ratio_max,omitempty"` // of single rounds
	Gate        string  `json:"gate,omitempty"`
	Limit       float64 `json:"limit,omitempty"`   // the number in Gate
	AtMost      bool    `json:"at_most,omitempty"` // Limit is an upper one, and Ratio is ours / peer
	Verdict     string  `json:"verdict"`
	Note        string  `json:"note,omitempty"`
}

// Judge turns what Measure gave, or what was read back, into the row's lines,
// one a peer that is there.
func (r *Row) Judge(all []Series) []Result {
	base := Result{Row: r.Name, WireBytes: r.Bytes, Unit: r.Unit(), Verdict: NoGate, Note: r.Note}
	byImpl := make(map[string]*Series)
	for i := range all {
		byImpl[all[i].Impl] = &all[i]
	}
	mine := byImpl[Ours]
	if mine == nil {
		return nil
	}
	base.Value, base.BytesPerOp, base.AllocsPerOp = mine.median(), mine.bytesPerOp(), mine.allocsPerOp()
	var lines []Result
	for _, p := range r.peers {
		if s := byImpl[p.name]; s != nil {
			lines = append(lines, against(base, p.gate, mine, s))
		}
	}
	if lines == nil {
		return []Result{base}
	}
	return lines
}

// against adds a peer and the gate to what is known of ours.
func against(line Result, g gate, mine, peer *Series) Result {
	line.Peer, line.PeerValue = peer.Impl, peer.median()
	line.PeerBytes, line.PeerAllocs = peer.bytesPerOp(), peer.allocsPerOp()
	line.Gate, line.Limit, line.AtMost = g.String(), g.faster+g.within, g.within != 0
	line.Ratio = g.ratio(line.Value, line.PeerValue)
	for i := range min(len(mine.Samples), len(peer.Samples)) {
		r := g.ratio(mine.Samples[i].Value, peer.Samples[i].Value)
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
		return NoGate
	case g.within != 0 && ratio <= g.within, g.within == 0 && ratio >= g.faster:
		return Holds
	}
	return FallsShort
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

// Passes reports whether the lines are good enough: ours allocates nothing
// and, if strict, every ratio gate holds.
func Passes(lines []Result, strict bool) bool {
	for _, l := range lines {
		if l.AllocsPerOp != 0 || strict && l.Verdict == FallsShort {
			return false
		}
	}
	return true
}
