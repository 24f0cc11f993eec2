package status_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ttwire/ttwire/status"
	"github.com/ttwire/ttwire/wire"
)

func TestEndingString(t *testing.T) {
	for e, want := range map[status.Ending]string{
		0: "none", status.EndOK: "ok", status.EndBusiness: "business", status.EndFramework: "framework",
		status.EndCanceled: "canceled", status.EndIllegal: "illegal", 99: "none",
	} {
		if e.String() != want {
			t.Errorf("%d is %q, want %q", e, e, want)
		}
	}
}

// Nobody may take a Status for success that nobody filled.
func TestZeroStatusIsNotOK(t *testing.T) {
	if (status.Status{}).Ending == status.EndOK {
		t.Error("the zero Status is ok")
	}
}

func TestClone(t *testing.T) {
	buf := []byte("messageextrapath")
	s := status.Status{
		Ending: status.EndIllegal, Ret: 1, FuncRet: 2, NoDetail: true, Err: wire.ErrBizExtra, Offset: 3,
		Message: buf[:7], Extra: buf[7:12], CancelPath: buf[12:],
		Pairs: []status.Pair{{Key: "k", Value: "v"}},
	}
	want := status.Status{
		Ending: status.EndIllegal, Ret: 1, FuncRet: 2, NoDetail: true, Err: wire.ErrBizExtra, Offset: 3,
		Message: []byte("message"), Extra: []byte("extra"), CancelPath: []byte("path"),
		Pairs: []status.Pair{{Key: "k", Value: "v"}},
	}
	c := s.Clone()
	clear(buf)
	clear(s.Pairs)
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("the clone changed with the original (-want +got):\n%s", diff)
	}
}

// No biz-extra is not the same as one without pairs, and no message not the
// same as an empty one.
func TestCloneKeepsNil(t *testing.T) {
	var none status.Status
	empty := status.Status{Message: []byte{}, Extra: []byte{}, CancelPath: []byte{}, Pairs: []status.Pair{}}
	for _, s := range []status.Status{none, empty} {
		if diff := cmp.Diff(s, s.Clone()); diff != "" {
			t.Errorf("(-original +clone):\n%s", diff)
		}
	}
}
