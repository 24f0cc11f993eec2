package main

import "strconv"

// table lines up rows of a name, numbers and perhaps a note.
type table struct {
	rows []tableRow // the first one is the titles
}

type tableRow struct {
	cells []string
	note  string
}

func newTable(titles ...string) *table { return &table{rows: []tableRow{{cells: titles}}} }

func (t *table) row(name string, numbers ...int64) {
	cells := append(make([]string, 0, 1+len(numbers)), name)
	for _, n := range numbers {
		cells = append(cells, strconv.FormatInt(n, 10))
	}
	t.rows = append(t.rows, tableRow{cells: cells})
}

// note puts text behind the numbers of the last row.
func (t *table) note(text string) { t.rows[len(t.rows)-1].note = text }

// append appends the rows: names to the left, numbers to the right of their
// columns, notes as they are.
func (t *table) append(l []byte, title style) []byte {
	wide := make([]int, len(t.rows[0].cells))
	for _, row := range t.rows {
		for i, cell := range row.cells {
			wide[i] = max(wide[i], len(cell))
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
	if r.note != "" {
		l = append(append(l, "  "...), r.note...)
	}
	return l
}
