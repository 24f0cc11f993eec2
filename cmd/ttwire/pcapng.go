package main

import (
	"encoding/binary"
	"fmt"
	"io"
)

// Block types of pcapng that say what packets there are.
const (
	blockSection   = 0x0A0D0D0A
	blockInterface = 1
	blockPacket    = 2 // obsolete
	blockSimple    = 3
	blockEnhanced  = 6
)

const (
	// maxBlock is the longest block of these that is read: a packet and more
	// options than anyone writes.
	maxBlock = maxPacket + 1<<20

	// maxInterfaces is how many interfaces a section may have.
	maxInterfaces = 4096
)

// blockFixed is how long the part of a block is that its type lays down, from
// its type on and without the length at its end.
var blockFixed = map[uint32]int{
	blockSection: 24, blockInterface: 16, blockPacket: 28, blockSimple: 12, blockEnhanced: 28,
}

// blockReader stands between a pcapng file and the library that reads it, which
// believes the lengths in the file and remembers all that is not packets. It
// passes on the blocks that say what packets there are, their lengths checked
// and without their options, and leaves out all others.
type blockReader struct {
	src        *input
	order      byteOrder
	interfaces int
	snap       uint32 // of the first interface: where it cuts simple packets, 0 for nowhere
	block      []byte // what is left of the current one
	buf        []byte
}

type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// blockError says what is wrong with a block.
type blockError struct {
	off  int64
	text string
}

func (e *blockError) Error() string { return fmt.Sprintf("pcapng block at byte %d: %s", e.off, e.text) }

// errCutBlock is an io.ErrUnexpectedEOF that the library does not take for a
// clean end.
var errCutBlock = fmt.Errorf("inside a block: %w", io.ErrUnexpectedEOF)

func (r *blockReader) Read(b []byte) (int, error) {
	for len(r.block) == 0 {
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(b, r.block)
	r.block = r.block[n:]
	return n, nil
}

// next reads blocks up to one that is passed on.
func (r *blockReader) next() error {
	start := r.src.off
	wrong := func(format string, args ...any) error { return &blockError{start, fmt.Sprintf(format, args...)} }
	if err := r.fill(12); err != nil {
		return err
	}
	head := r.src.unread()[:12]
	if string(head[:4]) == pcapngMagic {
		switch r.order = binary.BigEndian; string(head[8:]) {
		case littleMark:
			r.order = binary.LittleEndian
		case bigMark:
		default:
			return wrong("a section without a byte order mark")
		}
		r.interfaces = 0
	}
	kind, length := r.order.Uint32(head), r.order.Uint32(head[4:])
	fixed, wanted := blockFixed[kind]
	switch {
	case length%4 != 0 || length < uint32(max(fixed, 8)+4):
		return wrong("its length cannot be %d", length)
	case !wanted:
		return r.skip(int64(length))
	case length > maxBlock:
		return wrong("%d bytes are over the limit of %d", length, maxBlock)
	}
	if err := r.fill(int(length)); err != nil {
		return err
	}
	block := r.src.unread()[:length]
	if again := r.order.Uint32(block[length-4:]); again != length {
		return wrong("its length is %d at its start and %d at its end", length, again)
	}
	keep, err := r.keep(kind, block[:length-4], fixed)
	if err != nil {
		return wrong("%v", err)
	}
	r.pass(block[:keep])
	r.src.step(int(length))
	return nil
}

// fill waits for so many bytes. Only before the first one of a block the file
// may end.
func (r *blockReader) fill(n int) error {
	switch err := r.src.fill(n); {
	case err == nil:
		return nil
	case err == io.EOF && len(r.src.unread()) == 0:
		return err
	case err == io.EOF:
		return errCutBlock
	default:
		return &readError{r.src.off + int64(len(r.src.unread())), err}
	}
}

// skip steps over a block that nobody needs, of any length.
func (r *blockReader) skip(n int64) error {
	for n > 0 {
		some, err := r.src.forward(io.Discard, int(min(n, maxBlock)))
		switch n -= int64(some); {
		case err == io.EOF:
			return errCutBlock
		case err != nil:
			return &readError{r.src.off, err}
		}
	}
	return nil
}

// keep is how much of a block is passed on: all that its type lays down.
func (r *blockReader) keep(kind uint32, block []byte, fixed int) (int, error) {
	var captured uint32
	switch kind {
	case blockInterface:
		if r.interfaces++; r.interfaces > maxInterfaces {
			return 0, fmt.Errorf("over %d interfaces in a section", maxInterfaces)
		}
		if r.interfaces == 1 {
			r.snap = r.order.Uint32(block[12:])
		}
	case blockPacket, blockEnhanced:
		captured = r.order.Uint32(block[20:])
	case blockSimple:
		if captured = r.order.Uint32(block[8:]); r.snap != 0 {
			captured = min(captured, r.snap)
		}
	}
	if uint64(captured) > uint64(len(block)-fixed) {
		return 0, fmt.Errorf("its packet of %d bytes is longer than the block", captured)
	}
	return fixed + int(captured+3)&^3, nil
}

// pass makes block, less its last field, what Read gives next.
func (r *blockReader) pass(block []byte) {
	length := uint32(len(block) + 4)
	r.buf = r.order.AppendUint32(append(r.buf[:0], block...), length)
	r.order.PutUint32(r.buf[4:], length)
	r.block = r.buf
}
