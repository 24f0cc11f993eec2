package bench

import (
	"github.com/cloudwego/gopkg/protocol/ttheader"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
)

// lookupRows: one string pair is wanted out of a header info of six, the last
// one.
func lookupRows() []Row {
	b := pairsFrame(frame.Header, stream, method, headerPairs, nil)
	info := b[frame.FixedSize:]
	key := headerPairs[len(headerPairs)-1].key
	return []Row{{Name: "Lookup/last-of-6", Bytes: len(info), ours: lookupOurs(info, key), peers: []peer{
		{gopkg, lookupMap(info, key), gate{faster: 9}},
	}}}
}

// lookupOurs looks the key up in a view that has been parsed.
//
//go:noinline
func lookupOurs(info []byte, key string) body {
	v := new(header.View)
	must(v.Parse(info))
	return func(n int) {
		var (
			val []byte
			ok  bool
		)
		for ; n > 0; n-- {
			if val, ok = v.Str(key); !ok {
				panic("no such key")
			}
		}
		sink.b = val
	}
}

// lookupMap builds the map of copied strings, pair by pair with the peer's
// reader of them and without a size hint, as its decoder does; then it looks
// the key up.
//
//go:noinline
func lookupMap(info []byte, key string) body {
	const block = 2 // protocol id and no transforms go before the string block
	return func(n int) {
		var (
			val string
			ok  bool
		)
		for ; n > 0; n-- {
			if val, ok = readMap(info, block)[key]; !ok {
				panic("no such key")
			}
		}
		sink.s = val
	}
}

// readMap reads the block of string pairs at p.
func readMap(info []byte, p int) map[string]string {
	m := make(map[string]string)
	count := must(ttheader.Bytes2Uint16(info, p+1))
	for p += 3; count > 0; count-- {
		key, n, err := ttheader.ReadString2BLen(info, p)
		if err != nil {
			panic(err)
		}
		p += n
		val, n, err := ttheader.ReadString2BLen(info, p)
		if err != nil {
			panic(err)
		}
		p += n
		m[key] = val
	}
	return m
}
