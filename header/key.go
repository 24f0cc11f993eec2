package header

import "strconv"

// Key is the key of an int pair (rule 3.6; docs/wire.md, appendix A).
type Key uint16

// The int keys that have a meaning. Streaming uses KeyFrameType and KeyMethod;
// the others come from TTHeader's unary use and are carried through. To add
// one: its constant here and its name in keyNames.
const (
	KeyMeshVersion     Key = 0
	KeyTransportType   Key = 1
	KeyLogID           Key = 2
	KeyFromService     Key = 3
	KeyFromCluster     Key = 4
	KeyFromIDC         Key = 5
	KeyToService       Key = 6
	KeyToCluster       Key = 7
	KeyToIDC           Key = 8
	KeyMethod          Key = 9 // method name (rule 4.2)
	KeyEnv             Key = 10
	KeyDestAddress     Key = 11
	KeyRPCTimeout      Key = 12
	KeyReadTimeout     Key = 13
	KeyRingHashKey     Key = 14
	KeyDDPTag          Key = 15
	KeyWithMeshHeader  Key = 16
	KeyConnectTimeout  Key = 17
	KeySpanContext     Key = 18
	KeyShortConnection Key = 19
	KeyFromMethod      Key = 20
	KeyStressTag       Key = 21
	KeyMsgType         Key = 22
	KeyHTTPContentType Key = 23
	KeyRawRingHashKey  Key = 24
	KeyLBType          Key = 25
	KeyClusterShardID  Key = 26
	KeyFrameType       Key = 27 // frame type, one character "1" to "5" (rule 4.1)
)

var keyNames = [...]string{
	KeyMeshVersion:     "mesh-version",
	KeyTransportType:   "transport-type",
	KeyLogID:           "log-id",
	KeyFromService:     "from-service",
	KeyFromCluster:     "from-cluster",
	KeyFromIDC:         "from-idc",
	KeyToService:       "to-service",
	KeyToCluster:       "to-cluster",
	KeyToIDC:           "to-idc",
	KeyMethod:          "method",
	KeyEnv:             "env",
	KeyDestAddress:     "dest-address",
	KeyRPCTimeout:      "rpc-timeout",
	KeyReadTimeout:     "read-timeout",
	KeyRingHashKey:     "ring-hash-key",
	KeyDDPTag:          "ddp-tag",
	KeyWithMeshHeader:  "with-mesh-header",
	KeyConnectTimeout:  "connect-timeout",
	KeySpanContext:     "span-context",
	KeyShortConnection: "short-connection",
	KeyFromMethod:      "from-method",
	KeyStressTag:       "stress-tag",
	KeyMsgType:         "msg-type",
	KeyHTTPContentType: "http-content-type",
	KeyRawRingHashKey:  "raw-ring-hash-key",
	KeyLBType:          "lb-type",
	KeyClusterShardID:  "cluster-shard-id",
	KeyFrameType:       "frame-type",
}

// String is the key's name, or its number.
func (k Key) String() string {
	if int(k) < len(keyNames) {
		return keyNames[k]
	}
	return strconv.Itoa(int(k))
}

// The string keys that have a meaning (docs/wire.md, appendix B).
const (
	KeyServiceName = "isn"         // IDL service name, on a client's header frame
	KeyBizStatus   = "biz-status"  // business error code, on a trailer (rule 6.3)
	KeyBizMessage  = "biz-message" // business error message (rule 6.4)
	KeyBizExtra    = "biz-extra"   // business error extras, JSON (section 7)
	KeyCancelPath  = "ttscp"       // cancel path, on an rst (rule 8.3)

	KeyTRPCRet      = "trpc-ret"       // framework code (rule 6.6)
	KeyTRPCFuncRet  = "trpc-func-ret"  // business code (rule 6.6)
	KeyTRPCErrorMsg = "trpc-error-msg" // message of either (rule 6.6)

	PrefixPersist   = "RPC_PERSIST_" // user metadata that goes along the whole call chain
	PrefixTransient = "RPC_TRANSIT_" // user metadata for the next hop only

	// KeyToken is the string key that peers show the ACL token under (rule 3.7).
	KeyToken = PrefixTransient + "gdpr-token"
)
