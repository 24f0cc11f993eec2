package fuzz

import "testing"

func FuzzFrame(f *testing.F)      { start(f, "FuzzFrame") }
func FuzzHeaderView(f *testing.F) { start(f, "FuzzHeaderView") }
func FuzzException(f *testing.F)  { start(f, "FuzzException") }
func FuzzExtra(f *testing.F)      { start(f, "FuzzExtra") }
func FuzzBizStatus(f *testing.F)  { start(f, "FuzzBizStatus") }
func FuzzPath(f *testing.F)       { start(f, "FuzzPath") }
func FuzzTrailer(f *testing.F)    { start(f, "FuzzTrailer") }
func FuzzParseText(f *testing.F)  { start(f, "FuzzParseText") }

func FuzzBuilder(f *testing.F)   { start(f, "FuzzBuilder") }
func FuzzStatus(f *testing.F)    { start(f, "FuzzStatus") }
func FuzzErrorText(f *testing.F) { start(f, "FuzzErrorText") }
func FuzzReader(f *testing.F)    { start(f, "FuzzReader") }
func FuzzFeeder(f *testing.F)    { start(f, "FuzzFeeder") }
func FuzzWriter(f *testing.F)    { start(f, "FuzzWriter") }
func FuzzConn(f *testing.F)      { start(f, "FuzzConn") }
func FuzzPair(f *testing.F)      { start(f, "FuzzPair") }

func FuzzPlainFrame(f *testing.F)     { start(f, "FuzzPlainFrame") }
func FuzzPlainEnding(f *testing.F)    { start(f, "FuzzPlainEnding") }
func FuzzPlainConn(f *testing.F)      { start(f, "FuzzPlainConn") }
func FuzzGopkgDecode(f *testing.F)    { start(f, "FuzzGopkgDecode") }
func FuzzGopkgEncode(f *testing.F)    { start(f, "FuzzGopkgEncode") }
func FuzzGopkgException(f *testing.F) { start(f, "FuzzGopkgException") }

// start fuzzes a target, from its seeds.
func start(f *testing.F, name string) {
	for _, target := range Targets {
		if target.Name == name {
			for _, in := range seeds(target.Kind) {
				f.Add(in)
			}
			f.Fuzz(func(t *testing.T, in []byte) { target.Run(t, in) })
		}
	}
}
