package seed

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/ttwire/ttwire/codec"
	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/trailer"
	"pgregory.net/rapid"
)

// examples are how many examples are taken of each generator.
const examples = 24

// exampled gives examples of a generator as inputs.
func exampled[T any](name string, g *rapid.Generator[T], in func(T) []byte) []Input {
	var all []Input
	for i := range examples {
		all = append(all, Input{fmt.Sprintf("%s/%d", name, i), in(g.Example(i))})
	}
	return all
}

// frames: bytes that begin with a frame, or should.
func frames() []Input {
	all := wholeFrames()
	for _, c := range testgen.Hostile() {
		all = append(all, Input{c.ID, c.In})
	}
	return slices.Concat(all, vectorInputs("frame"),
		exampled("faults", testgen.Faults(), func(f testgen.Fault) []byte { return f.In }),
		exampled("inputs", testgen.Inputs(), func(b []byte) []byte { return b }))
}

// wholeFrames are the frames of recordings, oracle and generators.
func wholeFrames() []Input {
	var all []Input
	for _, r := range recordings() {
		all = append(all, cut(r.name, r.bytes)...)
	}
	for _, c := range oracle() {
		all = append(all, cut("oracle/"+c.Name, c.in)...)
	}
	return append(all, exampled("frames", testgen.Frames(), testgen.Frame.Bytes)...)
}

// streams: bytes that are frames one behind the other, up to something else.
func streams() []Input {
	var all []Input
	for _, r := range recordings() {
		all = append(all, Input{r.name, r.bytes})
	}
	for _, c := range oracle() {
		all = append(all, Input{"oracle/" + c.Name, c.in})
	}
	for _, come := range []int{20, 600, 9000, 100_000, 300_000} {
		// F7: most of 16 MiB does not come.
		claim := make([]byte, come)
		copy(claim, testgen.Cat(testgen.U32(16<<20), "\x10\x00\x00\x02", testgen.U32(1), testgen.U16(3), "\x10\x00\x10\x00\x01\x00\x1b\x00\x013\x00\x00"))
		all = append(all, Input{fmt.Sprintf("F7/claims-16MiB-%d-come", come), claim})
	}
	all = append(all, churn(512, 20), churn(codec.DefaultBufferSize, 3))
	first := testgen.Frames().Example(0).Bytes()
	for _, c := range testgen.Hostile() {
		all = append(all, Input{c.ID + "/second", slices.Concat(first, c.In, first)})
	}
	return all
}

// churn is what costs a Reader with a buffer of this size the most memory, in small
// pieces: frames for which it grows, and behind each as many small ones as let it
// shrink.
func churn(size, times int) Input {
	data, err := frame.NewTemplate(1, "", header.ThriftStruct)
	must(err)
	b, err := data.Append(nil, make([]byte, size+10))
	must(err)
	for range 5 {
		b, err = data.Append(b, nil)
		must(err)
	}
	return Input{fmt.Sprintf("churn/%d", size), bytes.Repeat(b, times)}
}

// headers: header info.
func headers() []Input {
	var all []Input
	for _, in := range frames() {
		if len(in.In) > frame.FixedSize {
			info := in.In[frame.FixedSize:]
			if f := parsed(in.In); f != nil {
				info = f.Header.Bytes()
			}
			all = append(all, Input{in.Name, info})
		}
	}
	return all
}

// endings: trailer and rst frames.
func endings() []Input {
	var all []Input
	for _, in := range wholeFrames() {
		if f := parsed(in.In); f != nil && (f.Type == frame.Trailer || f.Type == frame.Rst) {
			all = append(all, in)
		}
	}
	for _, v := range testgen.BizStatuses() {
		all = append(all, ending(frame.Trailer, v.ID, nil, header.KeyBizStatus, string(v.In), header.KeyBizMessage, "m"),
			ending(frame.Trailer, "trpc/"+v.ID, nil, header.KeyBizStatus, "5", header.KeyTRPCRet, "0", header.KeyTRPCFuncRet, string(v.In), header.KeyTRPCErrorMsg, "m"))
	}
	for _, v := range testgen.BizExtras() {
		all = append(all, ending(frame.Trailer, v.ID, nil, header.KeyBizStatus, "9", header.KeyBizExtra, string(v.In)))
	}
	for _, v := range testgen.Exceptions() {
		all = append(all, ending(frame.Trailer, v.ID, v.In, header.KeyTRPCRet, "6", header.KeyTRPCErrorMsg, "m"),
			ending(frame.Rst, v.ID, v.In, header.KeyCancelPath, "A,B"))
	}
	for _, v := range testgen.CancelPaths() {
		all = append(all, ending(frame.Rst, v.ID, testgen.Exception("Bidi", 1, 12007, "m"), header.KeyCancelPath, string(v.In)))
	}
	return slices.Concat(all, repeated(), exampled("endings", testgen.Endings(), testgen.Frame.Bytes), vectorInputs("trailer", "rst"))
}

// repeated: each pair of an ending twice, with values that say something else, of
// which the last one counts (rule 3.9).
func repeated() []Input {
	exception := testgen.Exception("Bidi", 1, 12007, "m")
	all := []Input{ending(frame.Rst, "H24/ttscp", exception, header.KeyCancelPath, "A,B", header.KeyCancelPath, "C")}
	for _, twice := range [][3]string{
		{header.KeyBizStatus, "8", "9"}, {header.KeyBizMessage, "m", "n"},
		{header.KeyBizExtra, `{"a":"b"}`, `{"c":"d"}`}, {header.KeyBizExtra, `[]`, `{}`}, {header.KeyBizExtra, `{}`, `[]`},
		{header.KeyTRPCRet, "6", "0"}, {header.KeyTRPCFuncRet, "8", "9"}, {header.KeyTRPCErrorMsg, "m", "n"},
	} {
		key, first, last := twice[0], twice[1], twice[2]
		all = append(all, ending(frame.Trailer, "H24/"+key+"/"+first, nil, header.KeyBizStatus, "9", key, first, key, last))
	}
	return all
}

// ending is a trailer or rst frame with these pairs.
func ending(typ frame.Type, name string, payload []byte, pairs ...string) Input {
	b := frame.Begin(nil, typ, 1, header.ThriftStruct)
	for i := 0; i < len(pairs); i += 2 {
		b.Str(pairs[i], pairs[i+1])
	}
	b.Method("Bidi")
	in, err := b.Finish(payload)
	must(err)
	return Input{typ.String() + "/" + name, in}
}

// exceptions: payloads of trailer and rst frames.
func exceptions() []Input {
	all := append(valued(testgen.Exceptions()), vectorInputs("exception")...)
	for _, in := range endings() {
		if f := parsed(in.In); f != nil && len(f.Payload) > 0 {
			all = append(all, Input{in.Name, f.Payload})
		}
	}
	return all
}

func extras() []Input {
	return slices.Concat(valued(testgen.BizExtras()), strs(header.KeyBizExtra), vectorInputs("extra"))
}
func bizStatuses() []Input {
	return append(valued(testgen.BizStatuses()), strs(header.KeyBizStatus)...)
}
func paths() []Input {
	return slices.Concat(valued(testgen.CancelPaths()), strs(header.KeyCancelPath), vectorInputs("path"))
}

func valued(values []testgen.Value) []Input {
	all := make([]Input, len(values))
	for i, v := range values {
		all[i] = Input{v.ID, v.In}
	}
	return all
}

// strs are the values of a string key in all the frames.
func strs(key string) []Input {
	var all []Input
	for _, in := range wholeFrames() {
		if f := parsed(in.In); f != nil {
			if v, ok := f.Header.Str(key); ok {
				all = append(all, Input{in.Name, v})
			}
		}
	}
	return all
}

// texts: error texts, as they stand in logs, and those that cost the most memory.
func texts() []Input {
	all := recordedTexts()
	for i, below := range []string{
		"type:business, code:1, msg:, caused by ", "[ttstream error, code=1] ", "[ttstream error, code=1] biz error: ", "biz error: code=1, msg=\n",
		"[ttstream error, code=1] [canceled path: " + strings.Repeat(" -> ", 16) + "] ",
		"[ttstream error, code=1] [canceled path: " + strings.Repeat(`\x41 -> `, 40) + "] ",
	} {
		// More than the 16 that are taken apart.
		all = append(all, Input{fmt.Sprintf("nested/%d", i), []byte(strings.Repeat(below, 32))})
	}
	for _, c := range oracle() {
		for i, text := range c.Client {
			all = append(all, Input{fmt.Sprintf("oracle/%s/%d", c.Name, i), []byte(text)})
		}
	}
	for _, in := range endings() {
		f := parsed(in.In)
		if f == nil {
			continue
		}
		s, _ := trailer.Parse(f)
		if err := trailer.Err(&s, status.SideClient); err != nil {
			all = append(all, Input{in.Name, []byte(err.Error())})
		}
	}
	return all
}
