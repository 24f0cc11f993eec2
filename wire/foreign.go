package wire

// Foreign names the protocol whose first bytes stand where a frame should
// begin, or returns 0 for bytes it does not know. It looks at 4 bytes, and at
// 6 where they are there: enough that no later byte changes the answer, since
// a frame's LENGTH is judged with 4 bytes and its MAGIC with 6.
//
// A guess is for the reader of an error text only. A TTHeader frame of any
// legal LENGTH is never taken for foreign, because it is asked after the bytes
// are known to be illegal.
func Foreign(b []byte) Code {
	if len(b) < 4 {
		return 0
	}
	switch string(b[:4]) {
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
	if len(b) < 6 {
		return 0
	}
	switch Uint16(b, 4) {
	case 0x8001:
		return ErrFramedThrift
	case 0x0FFF:
		return ErrTHeader
	case 0xFFAF:
		return ErrMeshHeader
	}
	return 0
}
