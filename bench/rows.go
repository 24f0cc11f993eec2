package main

// To add a row: write its bodies in the file of its topic, list it there with
// the gate of its line in the gates table, and give a new topic its Benchmark
// function in bench_test.go. TestTable fails until the three agree.

// rows is the table: every row, topic by topic.
func rows() []row {
	var all []row
	for _, topic := range []func() []row{
		parseRows,
		buildRows,
		rejectRows,
		lookupRows,
		trailerRows,
		readerRows,
		connRows,
		tcpRows,
	} {
		all = append(all, topic()...)
	}
	return all
}

// sink is what the bodies leave behind, so that the compiler cannot drop their
// work.
var sink struct {
	n   int
	b   []byte
	s   string
	err error
}
