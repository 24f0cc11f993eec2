package main

import "strconv"

// table lines up rows of a name, numbers and perhaps words.
type table struct {
	rows []tableRow // the first one is the titles
}

type tableRow struct {
	cells []string
	words []string // behind the cells
}

func newTable(titles ...string) *table { return &table{rows: []tableRow{{cells: titles}}} }

func (t *table) row(name string, numbers ...int64) {
	cells := append(make([]string, 0, 1+len(numbers)), name)
	for _, n := range numbers {
		cells = append(cells, strconv.FormatInt(n, 10))
	}
	t.rows = append(t.rows, tableRow{cells: cells})
}

// words puts words behind the numbers of the last row.
func (t *table) words(words ...string) { t.rows[len(t.rows)-1].words = words }

// append appends the rows: names and words to the left, numbers to the right of
// their columns.
func (t *table) append(l []byte, title style) []byte {
	wide := make([]int, len(t.rows[0].cells)+len(t.rows[0].words))
	for _, row := range t.rows {
		for i, cell := range row.cells {
			wide[i] = max(wide[i], len(cell))
		}
		for i, word := range row.words {
			i += len(row.cells)
			wide[i] = max(wide[i], len(word))
		}
	}
	for i, row := range t.rows {
		if i == 0 {
			l = append(row.append(append(l, title.on...), wide), title.off...)
		} else {
			l = row.append(l, wide)
		}
		l = append(l, '\n')
	}
	return l
}

func (r *tableRow) append(l []byte, wide []int) []byte {
	for i, cell := range r.cells {
		if i == 0 {
			l = pad(append(l, cell...), wide[0]-len(cell))
		} else {
			l = append(pad(l, wide[i]-len(cell)+2), cell...)
		}
	}
	blank := 0 // what is owed before the next word
	for i, word := range r.words {
		if blank += 2; word != "" {
			l, blank = append(pad(l, blank), word...), 0
		}
		blank += wide[len(r.cells)+i] - len(word)
	}
	return l
}
