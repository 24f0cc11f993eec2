package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/gopacket/gopacket/layers"
	"pgregory.net/rapid"
)

// ngBlock is a pcapng block, little endian.
func ngBlock(kind uint32, body []byte) []byte {
	length := uint32(len(body) + 12)
	b := binary.LittleEndian.AppendUint32(nil, kind)
	b = append(binary.LittleEndian.AppendUint32(b, length), body...)
	return binary.LittleEndian.AppendUint32(b, length)
}

var (
	ngSection   = ngBlock(blockSection, append([]byte(littleMark+"\x01\x00\x00\x00"), bytes.Repeat([]byte{0xFF}, 8)...))
	ngInterface = ngBlock(blockInterface, []byte{1, 0, 0, 0, 0, 0, 0, 0})
)

// ngPacket is an enhanced packet block that says it holds so many bytes.
func ngPacket(packet []byte, captured uint32) []byte {
	body := make([]byte, 12)
	body = binary.LittleEndian.AppendUint32(body, captured)
	body = binary.LittleEndian.AppendUint32(body, captured)
	body = append(body, packet...)
	return ngBlock(blockEnhanced, append(body, make([]byte, -len(packet)&3)...))
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// ngLength is block with another length.
func ngLength(block []byte, start, end uint32) []byte {
	b := bytes.Clone(block)
	binary.LittleEndian.PutUint32(b[4:], start)
	binary.LittleEndian.PutUint32(b[len(b)-4:], end)
	return b
}

// P8: what a capture file says of itself is not believed. Each of these is told
// in one line, and nothing large is made room for.
func TestCaptureHostileFiles(t *testing.T) {
	frames, _ := stream(t, 10)
	packet := packetOf(t, layers.LinkTypeEthernet, at(frames, 0, len(frames)))
	pcap := captureOf(t, syn, at(frames, 0, len(frames)))
	good := join(ngSection, ngInterface, ngPacket(packet, uint32(len(packet))))
	pcapHead := func(at int, with ...byte) []byte {
		b := bytes.Clone(pcap)
		copy(b[at:], with)
		return b
	}
	tooLong := "packet 1: capture length exceeds snap length: 4294967295 > 262144"
	if strconv.IntSize == 32 { // no int holds it there
		tooLong = "packet 1: length from file does not fit in int"
	}
	tests := []struct {
		name   string
		file   []byte
		status int
		want   string
	}{
		{"good", good, 1, ""}, // 1: there is no SYN
		{"empty", nil, 2, "is no packet capture (pcap, pcapng)"},
		{"frames", frames, 2, "is no packet capture (pcap, pcapng)"},
		{"compressed", []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00"), 2, "is compressed: unpack it first, as in gunzip -c FILE | ttwire dump"},
		{"pcap, header cut", pcap[:20], 1, "the capture is cut short before its first packet"},
		{"pcap, version", pcapHead(4, 9), 2, "pcap header: Unknown major version 9"},
		{"pcap, cut behind a packet's header", pcap[:24+16], 1, "the capture is cut short inside packet 1"},
		{"pcap, cut in a packet's header", pcap[:24+9], 1, "the capture is cut short inside packet 1"},
		{"pcap, cut in a packet", pcap[:len(pcap)-1], 1, "the capture is cut short inside packet 2"},
		{"pcap, packet too long", pcapHead(24+8, 0xFF, 0xFF, 0xFF, 0x7F), 2, "packet 1: capture length exceeds snap length: 2147483647 > 262144"},
		{"pcap, snap length too long", pcapHead(16, 0xFF, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF), 2,
			tooLong},
		{"pcap, link type", pcapHead(20, 105), 2, "packets that could not be read: 2; the first: packet 1: link type 105 (802.11) is not read: Ethernet, Linux cooked, loopback and raw IP are"},
		{"pcapng, section cut", ngSection[:20], 1, "the capture is cut short before its first packet"},
		{"pcapng, section length", join(ngLength(ngSection, 8, 8)), 2, "pcapng: pcapng block at byte 0: its length cannot be 8"},
		{"pcapng, version", join(ngBlock(blockSection, append([]byte(littleMark+"\x09\x00\x00\x00"), make([]byte, 8)...))), 2, "pcapng: "},
		{"pcapng, huge block", join(ngSection, ngLength(ngInterface, 0xFFFFFFFC, 0)), 2, "packet 1: pcapng block at byte 28: 4294967292 bytes are over the limit of 1310720"},
		{"pcapng, odd block", join(ngSection, ngLength(ngInterface, 21, 21)), 2, "packet 1: pcapng block at byte 28: its length cannot be 21"},
		{"pcapng, tiny block", join(ngSection, ngLength(ngInterface, 0, 0)), 2, "packet 1: pcapng block at byte 28: its length cannot be 0"},
		{"pcapng, short block", join(ngSection, ngLength(ngInterface, 16, 16)), 2, "packet 1: pcapng block at byte 28: its length cannot be 16"},
		{"pcapng, lengths differ", join(ngSection, ngLength(ngInterface, 20, 24)), 2, "packet 1: pcapng block at byte 28: its length is 20 at its start and 24 at its end"},
		{"pcapng, block cut", good[:len(good)-1], 1, "the capture is cut short inside packet 1"},
		{"pcapng, huge unknown block", join(ngSection, ngLength(ngBlock(0xBAD, nil), 0xFFFFFFFC, 0)), 1, "the capture is cut short inside packet 1"},
		{"pcapng, packet longer than its block", join(ngSection, ngInterface, ngPacket(packet, 4000)), 2, "its packet of 4000 bytes is longer than the block"},
		{"pcapng, huge packet", join(ngSection, ngInterface, ngPacket(packet, 0xFFFFFFFF)), 2, "its packet of 4294967295 bytes is longer than the block"},
		{"pcapng, huge simple packet", join(ngSection, ngInterface, ngBlock(blockSimple, []byte{0xFF, 0xFF, 0xFF, 0xFF})), 2, "its packet of 4294967295 bytes is longer than the block"},
		{"pcapng, no interface", join(ngSection, ngPacket(packet, uint32(len(packet)))), 2, "packet 1: Interface id 0 not present in section (have only 0 interfaces)"},
		{"pcapng, no byte order", join(ngSection, ngBlock(blockSection, make([]byte, 16))), 2, "a section without a byte order mark"},
		{"pcapng, interfaces", append(bytes.Clone(ngSection), bytes.Repeat(ngInterface, 5000)...), 2, "over 4096 interfaces in a section"},
		{"pcapng, sections", bytes.Repeat(join(ngSection, ngInterface), 5000), 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			status, out, errOut := ttwire(bytes.NewReader(tt.file), "dump", "--pcap", "--json")
			runtime.ReadMemStats(&after)
			if status != tt.status || !strings.Contains(errOut, tt.want) || strings.Count(errOut, "\n") > 1 {
				t.Errorf("exit status %d, want %d; %q, want %q\n%s", status, tt.status, errOut, tt.want, out)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 16<<20 {
				t.Errorf("%d bytes were allocated", n)
			}
		})
	}
}

// All that is whole before a capture's end or damage is shown.
func TestCaptureCutFile(t *testing.T) {
	b, s := stream(t, 10, 20, 30)
	var packets [][]byte
	packets = append(packets, packetOf(t, layers.LinkTypeEthernet, syn))
	for i := range s[1:] {
		packets = append(packets, packetOf(t, layers.LinkTypeEthernet, at(b, s[i], s[i+1])))
	}
	for _, file := range [][]byte{pcapOf(t, layers.LinkTypeEthernet, packets...), pcapngOf(t, layers.LinkTypeEthernet, packets...)} {
		for cut := 12; cut < len(file); cut++ {
			status, out, errOut := ttwire(bytes.NewReader(file[:cut]), "dump", "--json")
			shown := strings.Count(out, `"type":"data"`)
			whole := 0
			for _, p := range packets[1:] {
				if bytes.Contains(file[:cut], p) {
					whole++
				}
			}
			// Of a packet block without its end nothing is shown.
			if shown != whole && shown != whole-1 || status == statusFailed {
				t.Fatalf("cut at %d of %d: exit status %d, %d frames of %d, %s", cut, len(file), status, shown, whole, errOut)
			}
			if len(errOut) > 0 && status != statusIllegal {
				t.Fatalf("cut at %d: exit status %d, %s", cut, status, errOut)
			}
		}
	}
}

// Blocks and options that nobody needs are left out, in either byte order; a
// second section begins anew.
func TestPcapngBlocks(t *testing.T) {
	b, s := stream(t, 10)
	packet := packetOf(t, layers.LinkTypeEthernet, at(b, 0, len(b)))
	first := packetOf(t, layers.LinkTypeEthernet, syn)
	options := func(block, options []byte) []byte {
		return ngBlock(binary.LittleEndian.Uint32(block), join(block[8:len(block)-4], options))
	}
	overrun := []byte{2, 0, 0xFF, 0xFF, 1, 2, 3, 4} // an option longer than its block
	simple := ngBlock(blockSimple, join(binary.LittleEndian.AppendUint32(nil, uint32(len(packet))), packet, make([]byte, -len(packet)&3)))
	file := join(
		options(ngSection, overrun), ngBlock(10, []byte{0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0x7F}), options(ngInterface, overrun),
		ngBlock(4, []byte{1, 0, 0xFF, 0xFF}), options(ngPacket(first, uint32(len(first))), overrun), ngBlock(5, make([]byte, 12)), ngBlock(0xBAD, nil),
		ngSection, ngInterface, simple,
	)
	status, lines, errOut := dumpCapture(t, file)
	if got := fmt.Sprint(lines[c2sName]); status != statusOK || got != fmt.Sprint([]string{lineOf(1, 0, s[1], "")}) {
		t.Errorf("exit status %d, %s, %s", status, got, errOut)
	}
}

// Captures with any bytes changed end in an exit status, and never in a panic.
func TestCaptureAnyBytes(t *testing.T) {
	b, _ := stream(t, 10, 20)
	var packets [][]byte
	for _, s := range []seg{syn, at(b, 0, 40), at(b, 40, len(b))} {
		packets = append(packets, packetOf(t, layers.LinkTypeEthernet, s))
	}
	files := [][]byte{pcapOf(t, layers.LinkTypeEthernet, packets...), pcapngOf(t, layers.LinkTypeEthernet, packets...)}
	rapid.Check(t, func(t *rapid.T) {
		file := bytes.Clone(rapid.SampledFrom(files).Draw(t, "file"))
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			file[rapid.IntRange(0, len(file)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		}
		file = file[:rapid.IntRange(0, len(file)).Draw(t, "length")]
		status, out, _ := ttwire(bytes.NewReader(file), "dump", "--json", "--pcap")
		if again, slow, _ := ttwire(iotest.OneByteReader(bytes.NewReader(file)), "dump", "--json", "--pcap"); again != status || slow != out {
			t.Fatalf("by the byte: exit status %d, %s\nat once: %d, %s", again, slow, status, out)
		}
	})
}

// What fails while a capture is read is told with its place.
func TestCaptureReadError(t *testing.T) {
	b, _ := stream(t, 10)
	for name, file := range map[string][]byte{
		"pcap":   pcapOf(t, layers.LinkTypeEthernet, packetOf(t, layers.LinkTypeEthernet, syn), packetOf(t, layers.LinkTypeEthernet, at(b, 0, len(b)))),
		"pcapng": pcapngOf(t, layers.LinkTypeEthernet, packetOf(t, layers.LinkTypeEthernet, syn), packetOf(t, layers.LinkTypeEthernet, at(b, 0, len(b)))),
	} {
		for _, n := range []int{5, 30, len(file) - 3, len(file)} {
			src := io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(errTest))
			status, _, errOut := ttwire(src, "dump", "--json", "--pcap")
			if want := fmt.Sprintf("ttwire: standard input: reading at byte %d: test\n", n); status != statusFailed || errOut != want {
				t.Errorf("%s, %d bytes: exit status %d, %q, want %q", name, n, status, errOut, want)
			}
		}
	}
}
