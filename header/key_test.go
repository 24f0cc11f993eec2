package header_test

import (
	"testing"

	"github.com/ttwire/ttwire/header"
)

func TestKeyString(t *testing.T) {
	seen := map[string]bool{}
	for k := header.Key(0); k <= header.KeyFrameType; k++ {
		s := k.String()
		if s == "" || seen[s] {
			t.Errorf("Key(%d).String() = %q: empty, or not the only one", k, s)
		}
		seen[s] = true
	}
	for k, want := range map[header.Key]string{
		header.KeyMeshVersion: "mesh-version", header.KeyMethod: "method", header.KeyClusterShardID: "cluster-shard-id",
		header.KeyFrameType: "frame-type", 28: "28", 65535: "65535",
	} {
		if got := k.String(); got != want {
			t.Errorf("Key(%d).String() = %q, want %q", k, got, want)
		}
	}
}

// The numbers and names are on the wire, so they cannot change.
func TestKeyNumbers(t *testing.T) {
	for i, k := range []header.Key{
		header.KeyMeshVersion, header.KeyTransportType, header.KeyLogID, header.KeyFromService, header.KeyFromCluster,
		header.KeyFromIDC, header.KeyToService, header.KeyToCluster, header.KeyToIDC, header.KeyMethod, header.KeyEnv,
		header.KeyDestAddress, header.KeyRPCTimeout, header.KeyReadTimeout, header.KeyRingHashKey, header.KeyDDPTag,
		header.KeyWithMeshHeader, header.KeyConnectTimeout, header.KeySpanContext, header.KeyShortConnection,
		header.KeyFromMethod, header.KeyStressTag, header.KeyMsgType, header.KeyHTTPContentType,
		header.KeyRawRingHashKey, header.KeyLBType, header.KeyClusterShardID, header.KeyFrameType,
	} {
		if int(k) != i {
			t.Errorf("%v is %d, want %d", k, uint16(k), i)
		}
	}
	for got, want := range map[string]string{
		header.KeyServiceName: "isn", header.KeyBizStatus: "biz-status", header.KeyBizMessage: "biz-message",
		header.KeyBizExtra: "biz-extra", header.KeyCancelPath: "ttscp", header.KeyTRPCRet: "trpc-ret",
		header.KeyTRPCFuncRet: "trpc-func-ret", header.KeyTRPCErrorMsg: "trpc-error-msg",
		header.PrefixPersist: "RPC_PERSIST_", header.PrefixTransient: "RPC_TRANSIT_",
		header.KeyToken: "RPC_TRANSIT_gdpr-token",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
