package script

import "github.com/ttwire/ttwire/wire"

// Limits are the limits that scripts choose from: the defaults first, then
// strict, lowered to what small inputs reach, raised to what the wire can carry,
// lenient on types, and those that are advised for peers that are not trusted.
var Limits = []wire.Limits{
	{},
	{Strict: true},
	{MaxHeader: 40, MaxPayload: 60, MaxPairs: 3},
	{MaxHeader: 1 << 30, MaxPayload: 1 << 30, MaxPairs: 1 << 30},
	{UnknownTypes: true},
	{MaxHeader: 1 << 16, MaxPayload: 1 << 20, MaxPairs: 128, Strict: true},
}

// Limits reads a choice of Limits.
func (r *Reader) Limits() wire.Limits { return Limits[r.Pick(len(Limits))] }
