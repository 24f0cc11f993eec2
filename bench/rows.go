package bench

// To add a row: write its bodies in the file of its topic, list it there with
// the gate of its line in the gates table, and give a new topic its Benchmark
// function in bench_test.go. TestTable fails until the three agree.

// Rows is the table: every row, topic by topic, the series last. What a row
// needs in memory is made when it is measured, and is free again when the Row
// is.
func Rows() []Row {
	var all []Row
	for _, topic := range []func() []Row{
		parseRows,
		buildRows,
		rejectRows,
		lookupRows,
		trailerRows,
		refusalRows,
		readerRows,
		connRows,
		tcpRows,
		pairsRows,
		payloadRows,
		readSizeRows,
		streamsRows,
		heapRows,
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
