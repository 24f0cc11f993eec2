package main

import (
	"encoding/json"

	"github.com/cloudwego/gopkg/protocol/thrift"
)

// trailerRows: the body of an ending is read. These rows wait for package
// trailer: ours goes in where nil stands. To come with it: trailer.Parse of
// the business error and of the cancel, AppendTrailer and AppendRst.
func trailerRows() []row {
	return []row{
		extraRow("21B", `{"testKey":"testVal"}`, true, 40, 14),
		extraRow("21B-illegal", `{"testKey":"testVal"]`, false, 20, 20),
		{name: "Exception/cancel", bytes: len(exception()), ours: nil, peers: []peer{
			{gopkg, exceptionGopkg(exception()), gate{faster: 9}},
		}},
	}
}

// extraRow is one biz-extra, checked strictly and made ready for lookups: the
// peers do that by filling a map. It is legal or not, to the last byte.
func extraRow(name, text string, legal bool, fasterStd, fasterSonic float64) row {
	return row{name: "Extra/" + name, bytes: len(text), ours: nil, peers: []peer{
		{stdJSON, unmarshal([]byte(text), legal, json.Unmarshal), gate{faster: fasterStd}},
		{sonicJSON, unmarshal([]byte(text), legal, sonicUnmarshal), gate{faster: fasterSonic}},
	}}
}

// unmarshal fills a new map of strings from the text.
func unmarshal(text []byte, legal bool, into func([]byte, any) error) body {
	return func(n int) {
		for ; n > 0; n-- {
			var m map[string]string
			err := into(text, &m)
			if (err == nil) != legal {
				panic("judged wrongly")
			}
			sink.n, sink.err = len(m), err
		}
	}
}

// exceptionGopkg reads the message's begin and then the exception, as Kitex
// does.
func exceptionGopkg(b []byte) body {
	return func(n int) {
		for ; n > 0; n-- {
			_, typ, _, p, err := thrift.Binary.ReadMessageBegin(b)
			if err != nil || typ != thrift.EXCEPTION {
				panic("not an exception")
			}
			e := thrift.NewApplicationException(0, "")
			if _, err = e.FastRead(b[p:]); err != nil {
				panic(err)
			}
			sink.s = e.Msg()
		}
	}
}
