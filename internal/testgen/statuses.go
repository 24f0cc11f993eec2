package testgen

import (
	"math"

	"github.com/ttwire/ttwire/status"
	"pgregory.net/rapid"
)

// Statuses generates every status that a trailer can carry, as parsing the
// trailer gives it back: extra pairs are in Pairs, to be compared after
// decoding.
func Statuses() *rapid.Generator[status.Status] {
	return rapid.Custom(func(t *rapid.T) status.Status {
		switch rapid.IntRange(0, 2).Draw(t, "ending") {
		case 0:
			return status.Status{Ending: status.EndOK}
		case 1:
			return genBusiness(t)
		}
		return status.Status{
			Ending: status.EndFramework, Ret: genCode(t), FuncRet: genCode(t), Message: genText(t),
		}
	})
}

// Cancels generates every status that an rst can carry.
func Cancels() *rapid.Generator[status.Status] {
	return rapid.Custom(func(t *rapid.T) status.Status {
		s := status.Status{Ending: status.EndCanceled, NoDetail: rapid.Bool().Draw(t, "no detail"), CancelPath: genText(t)}
		if !s.NoDetail {
			s.Ret, s.Message = genCode(t), genText(t)
		}
		return s
	})
}

func genBusiness(t *rapid.T) status.Status {
	s := status.Status{Ending: status.EndBusiness, FuncRet: genCode(t), Message: genText(t)}
	if s.FuncRet == 0 {
		s.FuncRet = 10001
	}
	if rapid.Bool().Draw(t, "with extra") {
		s.Pairs = []status.Pair{}
		utf8 := rapid.StringN(0, 12, -1)
		for range rapid.IntRange(0, 5).Draw(t, "pairs") {
			s.Pairs = append(s.Pairs, status.Pair{Key: utf8.Draw(t, "key"), Value: utf8.Draw(t, "value")})
		}
	}
	return s
}

// genCode makes any code, and often one that could be taken for another kind's.
func genCode(t *rapid.T) int32 {
	known := rapid.SampledFrom([]int32{0, 6, -1, 12001, 12007, 10001, math.MaxInt32, math.MinInt32})
	return rapid.OneOf(rapid.Int32(), known).Draw(t, "code")
}

// genText makes a message or path, of any bytes.
func genText(t *rapid.T) []byte {
	return rapid.SliceOfN(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte(`,"\<{}`))), 0, 40).Draw(t, "text")
}
