package main

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// segment is a TCP segment as it was captured.
type segment struct {
	from, to      netip.AddrPort
	seq           uint32
	syn, fin, rst bool
	data          []byte
	cut           int // how many bytes of its end are not in the capture
}

// packetDecoder finds the TCP segments in packets. What it gives is valid until
// the next one.
type packetDecoder struct {
	ethernet layers.Ethernet
	vlan     layers.Dot1Q
	sll      layers.LinuxSLL
	sll2     layers.LinuxSLL2
	loopback layers.Loopback
	ip4      layers.IPv4
	ip6      layers.IPv6
	ext6     layers.IPv6ExtensionSkipper
	tcp      layers.TCP

	parsers map[gopacket.LayerType]*gopacket.DecodingLayerParser
	layers  []gopacket.LayerType
}

// parser is the one for packets that begin with this layer.
func (d *packetDecoder) parser(first gopacket.LayerType) *gopacket.DecodingLayerParser {
	p := d.parsers[first]
	if p == nil {
		p = gopacket.NewDecodingLayerParser(first, &d.ethernet, &d.vlan, &d.sll, &d.sll2, &d.loopback,
			&d.ip4, &d.ip6, &d.ext6, &d.tcp)
		p.IgnoreUnsupported = true
		if d.parsers == nil {
			d.parsers = map[gopacket.LayerType]*gopacket.DecodingLayerParser{}
		}
		d.parsers[first] = p
	}
	return p
}

// linkError is a kind of packets that is not read.
type linkError layers.LinkType

func (e linkError) Error() string {
	return fmt.Sprintf("link type %d (%v) is not read: Ethernet, Linux cooked, loopback and raw IP are", uint16(e), layers.LinkType(e))
}

// firstLayer is what packets of a link type begin with.
func firstLayer(link layers.LinkType, packet []byte) (gopacket.LayerType, error) {
	switch link {
	case layers.LinkTypeEthernet:
		return layers.LayerTypeEthernet, nil
	case layers.LinkTypeLinuxSLL:
		return layers.LayerTypeLinuxSLL, nil
	case layers.LinkTypeLinuxSLL2:
		return layers.LayerTypeLinuxSLL2, nil
	case layers.LinkTypeNull, layers.LinkTypeLoop:
		return layers.LayerTypeLoopback, nil
	case layers.LinkTypeIPv4:
		return layers.LayerTypeIPv4, nil
	case layers.LinkTypeIPv6:
		return layers.LayerTypeIPv6, nil
	case layers.LinkTypeRaw, 12, 14: // some systems write their own number for raw IP
		if len(packet) > 0 && packet[0]>>4 == 6 {
			return layers.LayerTypeIPv6, nil
		}
		return layers.LayerTypeIPv4, nil
	}
	return 0, linkError(link)
}

// errFragment is a packet that is a piece of a TCP segment.
var errFragment = errors.New("an IP fragment, and fragments are not put together")

// decode gives the segment of a packet; ok is false if it has none.
func (d *packetDecoder) decode(packet []byte, link layers.LinkType) (s segment, ok bool, err error) {
	first, err := firstLayer(link, packet)
	if err != nil {
		return s, false, err
	}
	if err := d.parser(first).DecodeLayers(packet, &d.layers); err != nil {
		return s, false, err
	}
	var ip gopacket.LayerType
	for _, layer := range d.layers {
		switch layer {
		case layers.LayerTypeIPv4, layers.LayerTypeIPv6:
			ip = layer
		case layers.LayerTypeIPv6Fragment:
			return s, false, errFragment
		case layers.LayerTypeTCP:
			ok = true
		}
	}
	if ok {
		return d.segment(ip)
	}
	if ip == layers.LayerTypeIPv4 && d.ip4.Protocol == layers.IPProtocolTCP {
		err = errFragment // what else keeps TCP from being decoded is an error already
	}
	return s, false, err
}

// segment gives what has been decoded.
func (d *packetDecoder) segment(ip gopacket.LayerType) (s segment, ok bool, err error) {
	src, dst := []byte(d.ip4.SrcIP), []byte(d.ip4.DstIP)
	// The bytes behind the IP header: as many as it says, and as are there.
	said, there := int(d.ip4.Length)-4*int(d.ip4.IHL), len(d.ip4.Payload)
	if ip == layers.LayerTypeIPv6 {
		src, dst = d.ip6.SrcIP, d.ip6.DstIP
		said, there = int(d.ip6.Length), len(d.ip6.Payload)
		if d.ip6.HopByHop != nil {
			there += d.ip6.HopByHop.ActualLength
		}
	}
	from, ok1 := netip.AddrFromSlice(src)
	to, ok2 := netip.AddrFromSlice(dst)
	if !ok1 || !ok2 {
		return s, false, errors.New("no IP addresses")
	}
	t := &d.tcp
	return segment{
		from: netip.AddrPortFrom(from, uint16(t.SrcPort)), to: netip.AddrPortFrom(to, uint16(t.DstPort)),
		seq: t.Seq, syn: t.SYN, fin: t.FIN, rst: t.RST, data: t.Payload, cut: max(said-there, 0),
	}, true, nil
}
