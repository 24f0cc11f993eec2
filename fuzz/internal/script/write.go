package script

// Writes is what is written through a codec.Writer.
type Writes struct {
	Limits  byte // an index of Limits, those of WriteFrame
	Size    int  // of the Writer's buffer, in bytes
	FailAt  int  // the sink takes so many bytes and then fails; negative: it does not
	Partial bool // it then takes what fits, instead of nothing
	Short   bool // it then takes what fits, and gives no error
	Calls   []Write
}

// Write is one call. Of a Flush, Value does not count.
type Write struct {
	How   How
	Value []byte // a payload, or of WriteFrame a whole frame
}

// How is a way to write.
type How byte

const (
	WriteData How = iota
	WriteFrame
	Commit
	CommitPrefix
	CommitRefused // what an encoder refused
	Flush
	hows
)

// Writes reads what is written, to the end of the script.
func (r *Reader) Writes() Writes {
	w := Writes{Limits: byte(r.Pick(len(Limits))), Size: int(r.Uint16()), FailAt: -1}
	flags := r.Byte()
	w.Partial, w.Short = flags&1 != 0, flags&4 != 0
	if flags&2 != 0 {
		w.FailAt = int(r.Uint16())
	}
	for r.More() {
		c := Write{How: How(r.Pick(int(hows)))}
		if c.How != Flush {
			c.Value = r.Bytes()
		}
		w.Calls = append(w.Calls, c)
	}
	return w
}

// Writes writes it.
func (w *Writer) Writes(all Writes) {
	w.Byte(all.Limits)
	w.Uint16(uint16(all.Size))
	var flags byte
	if all.Partial {
		flags = 1
	}
	if all.FailAt >= 0 {
		flags |= 2
	}
	if all.Short {
		flags |= 4
	}
	w.Byte(flags)
	if all.FailAt >= 0 {
		w.Uint16(uint16(all.FailAt))
	}
	for _, c := range all.Calls {
		w.Byte(byte(c.How))
		if c.How != Flush {
			w.Bytes(c.Value)
		}
	}
}
