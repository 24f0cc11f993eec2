package wire

// ForeignStart names the protocol whose first four bytes stand where LENGTH
// should, or returns 0 for bytes it does not know (rule 2.7). Four are enough
// that no later byte changes the answer.
//
// Like ForeignMagic it makes a guess for the reader of an error text, and is
// asked only about bytes that are known to be illegal.
func ForeignStart(b [4]byte) Code {
	switch string(b[:]) {
	case "GET ", "POST", "PUT ", "HEAD", "DELE", "OPTI", "PATC", "TRAC", "CONN":
		return ErrHTTPRequest
	case "HTTP":
		return ErrHTTPReply
	case "PRI ":
		return ErrHTTP2
	case "SSH-":
		return ErrSSH
	case "@RSY":
		return ErrRsync
	}
	switch {
	case b[0] == 0x16 && b[1] == 0x03 && b[2] <= 0x04:
		return ErrTLS
	case b[0] == 0x80 && b[1] == 0x01 && b[2] == 0 && b[3] >= 1 && b[3] <= 4:
		return ErrThrift
	case b[0] == 0xFF && b[1] == 0xAF:
		return ErrMeshHeader
	case b[0] == 0x09 && b[1] == 0x30 && b[2] <= 1:
		return ErrTRPC
	}
	return 0
}

// MinForeign is the smallest first byte that ForeignStart knows.
const MinForeign = 0x09

// ForeignMagic names the protocol that has m where MAGIC should be, behind a
// LENGTH that could be one, or returns 0 for bytes it does not know (rule 2.7).
func ForeignMagic(m uint16) Code {
	switch m {
	case 0x8001:
		return ErrFramedThrift
	case 0x0FFF:
		return ErrTHeader
	case 0xFFAF:
		return ErrMeshHeader
	}
	return 0
}
