package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// maxPacket is the longest packet that is read: libpcap's own limit.
const maxPacket = 256 << 10

// pcapMagics are the first 4 bytes of pcap files, in either byte order, with
// times in micro- and in nanoseconds. None is a LENGTH that frames can have.
var pcapMagics = []string{"\xa1\xb2\xc3\xd4", "\xd4\xc3\xb2\xa1", "\xa1\xb2\x3c\x4d", "\x4d\x3c\xb2\xa1"}

// What pcapng files begin with: a block type, and behind the block's length the
// byte order mark. The type alone could be a LENGTH, with --max-payload raised.
const (
	pcapngMagic = "\x0a\x0d\x0d\x0a"
	bigMark     = "\x1a\x2b\x3c\x4d"
	littleMark  = "\x4d\x3c\x2b\x1a"
)

// isPcap reports whether b begins a pcap file.
func isPcap(b []byte) bool {
	for _, magic := range pcapMagics {
		if bytes.HasPrefix(b, []byte(magic)) {
			return true
		}
	}
	return false
}

// isPcapng reports whether b begins a pcapng file.
func isPcapng(b []byte) bool {
	if len(b) < 12 || string(b[:4]) != pcapngMagic {
		return false
	}
	mark := string(b[8:12])
	return mark == bigMark || mark == littleMark
}

// isCapture reports whether the input is a packet capture, by its first bytes.
func isCapture(in *input) bool {
	if in.fill(4) != nil {
		return false
	}
	if string(in.unread()[:4]) == pcapngMagic {
		_ = in.fill(12) // what it fails with comes again
	}
	return isPcap(in.unread()) || isPcapng(in.unread())
}

// packets are the packets of a capture. Their bytes are valid until the next.
// The error is io.EOF at the end, and io.ErrUnexpectedEOF where it is cut short.
type packets interface {
	next() (data []byte, link layers.LinkType, err error)
}

var (
	errNotCapture = errors.New("is no packet capture (pcap, pcapng)")
	errGzip       = errors.New("is compressed: unpack it first, as in gunzip -c FILE | ttwire dump")
)

// openCapture reads the start of a capture.
func openCapture(in *input) (packets, error) {
	err := in.fill(12)
	b := in.unread()
	switch {
	case err != nil && !isEnd(err):
		return nil, &readError{in.off + int64(len(b)), err}
	case isPcap(b):
		return openPcap(in)
	case isPcapng(b):
		return openPcapng(in)
	case bytes.HasPrefix(b, []byte("\x1f\x8b")):
		return nil, errGzip
	}
	return nil, errNotCapture
}

// pcapFile is a pcap file.
type pcapFile struct{ *pcapgo.Reader }

func openPcap(in *input) (packets, error) {
	r, err := pcapgo.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("pcap header: %w", cutShort(err))
	}
	// What the file says of its longest packet is neither kept by writers nor
	// a reason to make room.
	r.SetSnaplen(maxPacket)
	return pcapFile{r}, nil
}

func (f pcapFile) next() ([]byte, layers.LinkType, error) {
	data, ci, err := f.ZeroCopyReadPacketData()
	if err == io.EOF && ci.CaptureLength > 0 {
		err = io.ErrUnexpectedEOF // behind the packet's header
	}
	return data, f.LinkType(), err
}

// pcapngFile is a pcapng file.
type pcapngFile struct{ *pcapgo.NgReader }

func openPcapng(in *input) (packets, error) {
	r, err := pcapgo.NewNgReader(&blockReader{src: in}, pcapgo.NgReaderOptions{WantMixedLinkType: true})
	if err != nil {
		return nil, fmt.Errorf("pcapng: %w", cutShort(err))
	}
	return pcapngFile{r}, nil
}

func (f pcapngFile) next() ([]byte, layers.LinkType, error) {
	data, ci, err := f.ZeroCopyReadPacketData()
	if err != nil {
		return nil, 0, err
	}
	return data, ci.AncillaryData[0].(layers.LinkType), nil
}

// cutShort makes an end where there should be none one that says so.
func cutShort(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
