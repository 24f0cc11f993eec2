package testgen

import "pgregory.net/rapid"

// sayings are the string pairs that an ending is read from, with values that
// differ in what they say, and two that mean nothing.
var sayings = saying(nil).and("biz-status", "9", "10", "0", "-1", "", "x").
	and("biz-message", "m", "n", "").
	and("biz-extra", `{"a":"b"}`, `{"c":"d","c":"e"}`, `{"a":"b","c":"d"}`, `{}`, `null`, ``, `[]`).
	and("trpc-ret", "0", "6", "x").
	and("trpc-func-ret", "9", "10", "0", "x").
	and("trpc-error-msg", "m", "n", "").
	and("ttscp", "A", "A,B", "C", "").
	and("Biz-Status", "7").
	and("isn", "S")

type saying []Pair

func (s saying) and(key string, values ...string) saying {
	for _, v := range values {
		s = append(s, str(key, v))
	}
	return s
}

// endPayloads are those of an ending: exceptions, and some that are cut or have
// bytes behind them.
var endPayloads = []string{
	"", string(Exception("Bidi", 1, 6, "m")), string(Exception("Bidi", 1, 0, "")), string(Exception("Bidi", -1, 12007, "n")),
	string(Exception("Bidi", 1, 6, "m")[:20]), string(Exception("Bidi", 1, 6, "m")) + "tail",
}

// Endings generates trailer and rst frames of the pairs and exceptions that an
// ending is read from, in any order, most of them with a key that comes more than
// once and says something else each time (rule 3.9). Not all can be read.
func Endings() *rapid.Generator[Frame] {
	return rapid.Custom(func(t *rapid.T) Frame {
		f := plain(rapid.SampledFrom([]byte("4445")).Draw(t, "type"))
		pairs := rapid.SliceOfN(rapid.SampledFrom(sayings), 0, 8).Draw(t, "pairs")
		if rapid.Bool().Draw(t, "business") {
			pairs = append([]Pair{str("biz-status", "9")}, pairs...)
		}
		f.Blocks = append(f.Blocks, strs(pairs...))
		if f.Type == '5' || rapid.IntRange(0, 3).Draw(t, "with payload") == 0 {
			f.Payload = rapid.SampledFrom(endPayloads).Draw(t, "payload")
		}
		return f
	})
}
