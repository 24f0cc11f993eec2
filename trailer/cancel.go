package trailer

import "github.com/ttwire/ttwire/status"

// Cancel is the status of an rst by which a service named self cancels a
// stream (rule 8.4): code and message as users shall see them, and the path.
// received is the path by which a cancel reached self, nil for the service that
// cancels first.
//
// A name that no path can carry (wire.ErrNotPath, wire.ErrTooLong) does not keep
// the rst from going out: it then has the path as it was received. Nor does a
// path too long for the stream's limits, which AppendRst cuts.
func Cancel(code status.StreamCode, message string, received Path, self string) status.Status {
	path, err := AppendHop(nil, received, self)
	if err != nil {
		path = append(path, received...)
	}
	return status.Status{
		Ending: status.EndCanceled, Ret: int32(code),
		Message: []byte(message), CancelPath: path,
	}
}
