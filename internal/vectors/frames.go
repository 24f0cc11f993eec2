package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ttwire/ttwire/internal/testgen"
	"github.com/ttwire/ttwire/wire"
)

// frameVectors are the catalogue, appendix C.6, every cut of two frames, frames
// with one known fault, and what live peers sent.
func frameVectors(d *doc, l *live) []vector {
	return slices.Concat(hostileFrames(), docFrames(d), cutFrames(d), faultFrames(), l.frames)
}

func frameVector(id, comment string, in []byte, rules ...string) vector {
	o := octets(in)
	return vector{ID: id, Test: "frame", Comment: comment, Rules: slices.Clone(rules), In: &o}
}

var (
	// tooLong are inputs of 260 KB that no repetition makes shorter.
	tooLong = []string{"H15/65533-int-keys-raised", "H16/43000-str-keys-raised"}
	// cutShort are those that are judged long before their end.
	cutShort = []string{"H15/65533-int-keys", "H16/43000-str-keys", "H17/43000-on-a-trailer"}
)

func hostileFrames() (all []vector) {
	for _, c := range testgen.Hostile() {
		if slices.Contains(tooLong, c.ID) {
			continue
		}
		name, suffix, _ := strings.Cut(c.ID, "/")
		about := hostileRows[name]
		comment := about.what + ": " + strings.ReplaceAll(suffix, "-", " ")
		if slices.Contains(cutShort, c.ID) {
			c.In = c.In[:64]
			comment += ", of which the first 64 bytes are here"
		}
		v := frameVector(c.ID, comment, c.In, about.rules...)
		v.Hostile = name
		v.within(c.Limits)
		v.result = wanted(c)
		all = append(all, v)
	}
	return all
}

// wanted is what the catalogue asks for.
func wanted(c testgen.Case) *result {
	if c.Code == 0 {
		r := judged("frame", "", c.N)
		r.Fields = modelFields(c.Model.Report())
		return r
	}
	if c.Code == wire.ErrShort && len(c.In) < 4 {
		c.N = 0
	}
	return judged("frame", c.Code.Reason(), c.N)
}

func modelFields(m testgen.Report) frameFields {
	some := func(o testgen.Optional) *octets { return given(o.Value, o.OK) }
	f := frameFields{
		Type: "unknown", Flags: m.Flags, Stream: m.Stream, Protocol: m.Protocol, Transforms: octets(m.Transforms), Ints: []intPair{}, Strs: []strPair{},
		Method: some(m.Method), TokenBlock: some(m.Token), Token: some(m.TokenKey), Payload: octets(m.Payload),
	}
	if m.Type != 0 {
		f.Type = typeName[m.Type]
	}
	for _, p := range m.Ints {
		f.Ints = append(f.Ints, intPair{p.Int, octets(p.Value)})
	}
	for _, p := range m.Strs {
		f.Strs = append(f.Strs, strPair{octets(p.Key), octets(p.Value)})
	}
	return f
}

var typeName = map[byte]string{'1': "meta", '2': "header", '3': "data", '4': "trailer", '5': "rst"}

func docFrames(d *doc) (all []vector) {
	for _, f := range d.frames {
		v := frameVector("C.6/"+slug(f.what), f.what, f.in, "1.3")
		v.Strict = strings.HasPrefix(f.what, "strict")
		if f.reason == "legal" {
			f.reason, f.at = "", len(f.in)
		}
		v.result = judged("frame", f.reason, f.at)
		all = append(all, v)
	}
	return all
}

// slug is a text as part of an id.
func slug(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'z') })
	return strings.Join(words, "-")
}

// cutFrames are the first two frames of C.6 with only some of their bytes there.
func cutFrames(d *doc) (all []vector) {
	for i, name := range []string{"data", "every-block"} {
		in := d.frames[i].in
		for n := 1; n < len(in); n++ {
			v := frameVector(fmt.Sprintf("cut/%s/%02d", name, n), fmt.Sprintf("the first %d bytes of C.6, %s", n, d.frames[i].what), in[:n], "1.3")
			v.result = judged("frame", "short", 0)
			if n >= 4 {
				v.Need = len(in)
			}
			all = append(all, v)
		}
	}
	return all
}

// faultFrames are frames with one fault, at a place that is known from how they
// were made. Every other one ends with the byte by which it is judged, and is
// there without that byte as well.
func faultFrames() (all []vector) {
	faults := testgen.Faults()
	for seed := range 120 {
		f := faults.Example(seed)
		id := fmt.Sprintf("fault/%03d-%s", seed, f.Code.Reason())
		if seed%2 == 0 {
			v := frameVector(id, "one fault in a frame of odd blocks", f.In, "1.3")
			v.result = judged("frame", f.Code.Reason(), f.At)
			all = append(all, v)
			continue
		}
		v := frameVector(id+"-due", "one fault in a frame of odd blocks, up to the byte by which it shows", f.In[:f.Due], "1.3")
		v.result = judged("frame", f.Code.Reason(), f.At)
		before := frameVector(id+"-before", "the same without that byte", f.In[:f.Due-1], "1.3")
		before.result = judged("frame", "short", 0)
		all = append(all, v, before)
	}
	return all
}
