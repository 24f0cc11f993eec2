package bench

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
	"Refuse":    BenchmarkRefuse,
	"TCP":       BenchmarkTCP,
	"Pairs":     BenchmarkPairs,
	"Payload":   BenchmarkPayload,
	"ReadSize":  BenchmarkReadSize,
	"Streams":   BenchmarkStreams,
	"Heap":      BenchmarkHeap,
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
func BenchmarkRefuse(b *testing.B)    { topic(b, "Refuse") }
func BenchmarkTCP(b *testing.B)       { topic(b, "TCP") }
func BenchmarkPairs(b *testing.B)     { topic(b, "Pairs") }
func BenchmarkPayload(b *testing.B)   { topic(b, "Payload") }
func BenchmarkReadSize(b *testing.B)  { topic(b, "ReadSize") }
func BenchmarkStreams(b *testing.B)   { topic(b, "Streams") }
func BenchmarkHeap(b *testing.B)      { topic(b, "Heap") }

// topic runs the rows of a topic, variant by variant, under names that
// benchstat can pivot: BenchmarkParse/data-64B/impl=gopkg.
func topic(b *testing.B, name string) {
	rows := Rows()
	for i := range rows {
		r := rows[i]
		rows[i] = Row{}
		if r.Topic() != name {
			continue
		}
		for _, v := range r.variants() {
			b.Run(strings.TrimPrefix(r.Name, name+"/")+"/impl="+v.impl, func(b *testing.B) {
				if r.gauge != nil {
					b.ReportMetric(r.gauge(), r.Unit())
					return
				}
				b.ReportAllocs()
				v.body(b.N)
			})
		}
	}
}
