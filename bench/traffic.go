package bench

import (
	"math"
	"math/rand/v2"
	"strings"

	"github.com/cloudwego/gopkg/protocol/thrift"

	"github.com/ttwire/ttwire/frame"
	"github.com/ttwire/ttwire/header"
)

// The bytes that the rows work on. They are made with this library's Builder;
// TestTrafficAgrees holds them against what the peer reads.

const (
	stream = 7
	method = "Bidi"
)

// pair is a string pair in wire order.
type pair struct{ key, val string }

// headerPairs is what a client's header frame carries: the service and five
// pairs of user metadata.
var headerPairs = []pair{
	{header.KeyServiceName, "TestService"},
	{header.PrefixPersist + "USER_ID", "1234567890"},
	{header.PrefixPersist + "REGION", "eu-central-1"},
	{header.PrefixTransient + "TRACE_ID", "4bf92f3577b34da6a3ce929d0e0e4736"},
	{header.PrefixTransient + "SPAN_ID", "00f067aa0ba902b7"},
	{header.PrefixTransient + "CALLER", "checkout.frontend"},
}

// trailerPairs is a business error with extras, and one pair of the user's.
var trailerPairs = []pair{
	{header.KeyBizStatus, "10001"},
	{header.KeyBizMessage, "insufficient user balance"},
	{header.KeyBizExtra, `{"testKey":"testVal"}`},
	{"server-trailer", "tv"},
}

const cancelText = "user code invoking stream RPC with context processed by context.WithCancel " +
	"or context.WithTimeout, then invoking cancel() actively"

// dataFrame is a data frame; methodFirst gives it the rarer order of its two
// int pairs.
func dataFrame(stream int32, method string, payload []byte, methodFirst bool) []byte {
	b := frame.Begin(nil, frame.Data, stream, header.ThriftStruct)
	if methodFirst {
		b.Int(header.KeyMethod, method)
		b.Int(header.KeyFrameType, "3")
	} else {
		b.Method(method)
	}
	return must(b.Finish(payload))
}

// pairsFrame is a frame with string pairs and a payload.
func pairsFrame(t frame.Type, stream int32, method string, pairs []pair, payload []byte) []byte {
	b := frame.Begin(nil, t, stream, header.ThriftStruct)
	for _, p := range pairs {
		b.Str(p.key, p.val)
	}
	b.Method(method)
	return must(b.Finish(payload))
}

// rstFrame is a cancel, as a client sends it.
func rstFrame() []byte {
	return pairsFrame(frame.Rst, stream, method, []pair{{header.KeyCancelPath, "ServiceA"}}, exception())
}

// exception is the exception message that a cancel carries.
func exception() []byte {
	return must(thrift.MarshalFastMsg(method, thrift.EXCEPTION, stream, thrift.NewApplicationException(12007, cancelText)))
}

// mixture is 1,024 frames of 64 streams, in the order in which a connection
// carries them: header, 14 data frames, trailer. Every eighth data frame has
// the method before the type; payloads are 8 to 1,024 bytes, short ones more
// often; every fourth stream ends with a business error. It is the same in
// every run.
func mixture() [][]byte {
	const streams, data = 64, 14
	rnd := rand.New(rand.NewPCG(1, 2))
	payload := make([]byte, 1024)
	var frames [][]byte
	for s := range int32(streams) {
		m := method + strings.Repeat("x", rnd.IntN(20))
		frames = append(frames, pairsFrame(frame.Header, s+1, m, headerPairs[:1+rnd.IntN(6)], nil))
		for range data {
			size := int(math.Exp2(3 + 7*rnd.Float64()))
			frames = append(frames, dataFrame(s+1, m, payload[:size], rnd.IntN(8) == 0))
		}
		end := trailerPairs[3:]
		if s%4 == 0 {
			end = trailerPairs
		}
		frames = append(frames, pairsFrame(frame.Trailer, s+1, m, end, nil))
	}
	return together(frames)
}

// together moves the frames into one array, as a read buffer holds them.
func together(frames [][]byte) [][]byte {
	var all []byte
	for _, f := range frames {
		all = append(all, f...)
	}
	for i, f := range frames {
		frames[i], all = all[:len(f):len(f)], all[len(f):]
	}
	return frames
}

// total is the length of all frames, in bytes.
func total(frames [][]byte) int {
	n := 0
	for _, f := range frames {
		n += len(f)
	}
	return n
}

// must is for what cannot fail: the inputs are constants.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
