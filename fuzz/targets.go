package fuzz

// T is what a target needs of a *testing.T.
type T interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Target is a property and the inputs that it is put to.
type Target struct {
	Name string // of its FuzzXxx
	Kind string // of its seeds: see package seed
	Run  func(t T, in []byte)
}

// Seeds are the generated inputs that a target starts from, for tools that hand
// them to another engine.
func (t *Target) Seeds() [][]byte { return seeds(t.Kind) }

// Targets are all of them, bytes first, then scripts (inputs that are read as a
// list of choices), then the comparisons with other decoders.
var Targets = []Target{
	{"FuzzFrame", "frames", Frame},
	{"FuzzHeaderView", "headers", HeaderView},
	{"FuzzException", "exceptions", Exception},
	{"FuzzExtra", "extras", Extra},
	{"FuzzBizStatus", "biz-status", BizStatus},
	{"FuzzPath", "paths", Path},
	{"FuzzTrailer", "endings", Trailer},
	{"FuzzParseText", "texts", ParseText},

	{"FuzzBuilder", "builder", Builder},
	{"FuzzStatus", "statuses", Status},
	{"FuzzErrorText", "errors", ErrorText},
	{"FuzzReader", "read-script", Reader},
	{"FuzzFeeder", "read-script", Feeder},
	{"FuzzWriter", "writer", Writer},
	{"FuzzConn", "conn", Conn},
	{"FuzzPair", "pair", Pair},

	{"FuzzPlainFrame", "frames", PlainFrame},
	{"FuzzPlainEnding", "endings", PlainEnding},
	{"FuzzPlainConn", "conn", PlainConn},
	{"FuzzGopkgDecode", "frames", GopkgDecode},
	{"FuzzGopkgEncode", "builder", GopkgEncode},
	{"FuzzGopkgException", "exceptions", GopkgException},
}
