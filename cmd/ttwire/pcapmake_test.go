package main

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// The ends of most captures that are made here.
var (
	client = netip.MustParseAddrPort("10.0.0.1:50000")
	server = netip.MustParseAddrPort("10.0.0.2:8888")
)

const (
	c2sName = "10.0.0.1:50000 > 10.0.0.2:8888"
	s2cName = "10.0.0.2:8888 > 10.0.0.1:50000"
)

// seg is a TCP segment to be: flags are some of "SFRA".
type seg struct {
	seq   uint32
	flags string
	data  []byte
}

// packetOf is a segment from client to server as a packet of this link type.
func packetOf(t testing.TB, link layers.LinkType, s seg) []byte {
	t.Helper()
	return packetBetween(t, link, client, server, s)
}

func packetBetween(t testing.TB, link layers.LinkType, from, to netip.AddrPort, s seg) []byte {
	t.Helper()
	var all []gopacket.SerializableLayer
	ether, family := layers.EthernetTypeIPv4, layers.ProtocolFamilyIPv4
	if from.Addr().Is6() {
		ether, family = layers.EthernetTypeIPv6, layers.ProtocolFamilyIPv6Linux
	}
	var before []byte
	switch link {
	case layers.LinkTypeEthernet:
		all = append(all, &layers.Ethernet{SrcMAC: make([]byte, 6), DstMAC: make([]byte, 6), EthernetType: ether})
	case vlanLink:
		all = append(all, &layers.Ethernet{SrcMAC: make([]byte, 6), DstMAC: make([]byte, 6), EthernetType: layers.EthernetTypeQinQ},
			&layers.Dot1Q{VLANIdentifier: 7, Type: layers.EthernetTypeDot1Q}, &layers.Dot1Q{VLANIdentifier: 8, Type: ether})
	case layers.LinkTypeNull, layers.LinkTypeLoop:
		all = append(all, &layers.Loopback{Family: family})
	case layers.LinkTypeLinuxSLL:
		before = append(make([]byte, 14), byte(ether>>8), byte(ether))
	case layers.LinkTypeLinuxSLL2:
		before = append([]byte{byte(ether >> 8), byte(ether)}, make([]byte, 18)...)
		before[9] = 1 // Ethernet
	}
	tcp := &layers.TCP{
		SrcPort: layers.TCPPort(from.Port()), DstPort: layers.TCPPort(to.Port()), Seq: s.seq, Window: 1000,
		SYN: strings.Contains(s.flags, "S"), FIN: strings.Contains(s.flags, "F"), RST: strings.Contains(s.flags, "R"),
		ACK:     strings.Contains(s.flags, "A"),
		Options: []layers.TCPOption{{OptionType: layers.TCPOptionKindNop}},
	}
	if from.Addr().Is6() {
		ip := &layers.IPv6{Version: 6, NextHeader: layers.IPProtocolTCP, SrcIP: from.Addr().AsSlice(), DstIP: to.Addr().AsSlice()}
		_ = tcp.SetNetworkLayerForChecksum(ip)
		all = append(all, ip)
	} else {
		ip := &layers.IPv4{Version: 4, TTL: 64, Protocol: layers.IPProtocolTCP, SrcIP: from.Addr().AsSlice(), DstIP: to.Addr().AsSlice()}
		_ = tcp.SetNetworkLayerForChecksum(ip)
		all = append(all, ip)
	}
	buf := gopacket.NewSerializeBuffer()
	opts := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(buf, opts, append(all, tcp, gopacket.Payload(s.data))...); err != nil {
		t.Fatal(err)
	}
	packet := append(before, buf.Bytes()...)
	if link == layers.LinkTypeEthernet && len(packet) < 60 {
		packet = append(packet, bytes.Repeat([]byte{0xEE}, 60-len(packet))...) // as cards pad them
	}
	return packet
}

// vlanLink stands for Ethernet with two VLAN tags.
const vlanLink layers.LinkType = 0xFFFF

// pcapOf is a pcap file of these packets.
func pcapOf(t testing.TB, link layers.LinkType, packets ...[]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := pcapgo.NewWriterNanos(&out)
	err := w.WriteFileHeader(65535, realLink(link))
	for _, p := range packets {
		err = firstOf(err, w.WritePacket(gopacket.CaptureInfo{Timestamp: time.Unix(1, 0), CaptureLength: len(p), Length: len(p)}, p))
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func realLink(link layers.LinkType) layers.LinkType {
	if link == vlanLink {
		return layers.LinkTypeEthernet
	}
	return link
}

// pcapngOf is a pcapng file of these packets.
func pcapngOf(t testing.TB, link layers.LinkType, packets ...[]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := pcapgo.NewNgWriter(&out, realLink(link))
	for _, p := range packets {
		err = firstOf(err, w.WritePacket(gopacket.CaptureInfo{Timestamp: time.Unix(1, 0), CaptureLength: len(p), Length: len(p)}, p))
	}
	if err = firstOf(err, w.Flush()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// captureOf is a capture of segments from client to server.
func captureOf(t testing.TB, segs ...seg) []byte {
	t.Helper()
	var packets [][]byte
	for _, s := range segs {
		packets = append(packets, packetOf(t, layers.LinkTypeEthernet, s))
	}
	return pcapOf(t, layers.LinkTypeEthernet, packets...)
}

// isn is the sequence number of the first byte of most directions here; that of
// their SYN is one less. It is near the end of its range, so that they wrap.
const isn uint32 = 0xFFFFFF00

// at is a segment with the bytes of b from here to there.
func at(b []byte, from, to int) seg { return seg{isn + uint32(from), "A", b[from:to]} }

var syn = seg{isn - 1, "S", nil}
