package main

import (
	"strings"
	"testing"
)

// benchmarks has the Benchmark function of each topic.
var benchmarks = map[string]func(*testing.B){
	"Parse":     BenchmarkParse,
	"Build":     BenchmarkBuild,
	"Template":  BenchmarkTemplate,
	"Reject":    BenchmarkReject,
	"Lookup":    BenchmarkLookup,
	"Extra":     BenchmarkExtra,
	"Exception": BenchmarkException,
	"Ending":    BenchmarkEnding,
	"Reader":    BenchmarkReader,
	"Conn":      BenchmarkConn,
	"TCP":       BenchmarkTCP,
}

func BenchmarkParse(b *testing.B)     { topic(b, "Parse") }
func BenchmarkBuild(b *testing.B)     { topic(b, "Build") }
func BenchmarkTemplate(b *testing.B)  { topic(b, "Template") }
func BenchmarkReject(b *testing.B)    { topic(b, "Reject") }
func BenchmarkLookup(b *testing.B)    { topic(b, "Lookup") }
func BenchmarkExtra(b *testing.B)     { topic(b, "Extra") }
func BenchmarkException(b *testing.B) { topic(b, "Exception") }
func BenchmarkEnding(b *testing.B)    { topic(b, "Ending") }
func BenchmarkConn(b *testing.B)      { topic(b, "Conn") }
func BenchmarkReader(b *testing.B)    { topic(b, "Reader") }
func BenchmarkTCP(b *testing.B)       { topic(b, "TCP") }

// topic runs the rows of a topic, variant by variant, under names that
// benchstat can pivot: BenchmarkParse/data-64B/impl=gopkg.
func topic(b *testing.B, name string) {
	for _, r := range rows() {
		if r.topic() != name {
			continue
		}
		for _, v := range r.variants() {
			b.Run(strings.TrimPrefix(r.name, name+"/")+"/impl="+v.impl, func(b *testing.B) {
				b.ReportAllocs()
				v.body(b.N)
			})
		}
	}
}
