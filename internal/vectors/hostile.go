package main

// row is a row of the catalogue of hostile and odd input, F, H and C.
type row struct {
	what  string
	rules []string
}

func about(what string, rules ...string) row { return row{what, rules} }

// hostileRows say what testgen's cases are about.
var hostileRows = map[string]row{
	"F1":  about("0 to 13 bytes and nothing behind them", "1.4"),
	"F2":  about("LENGTH is under 14", "2.1"),
	"F3":  about("LENGTH is header info + 10: an empty payload", "2.1", "2.6"),
	"F4":  about("LENGTH is header info + 9", "2.1"),
	"F5":  about("LENGTH is over 0x3FFFFFFF: it is unsigned", "2.1"),
	"F6":  about("LENGTH + 4 needs more than 32 bits", "2.1"),
	"F7":  about("LENGTH and the payload limit: judged before the payload comes", "1.3", "2.1", "2.6", "3.10"),
	"F8":  about("HEADER SIZE is 0", "2.5"),
	"F9":  about("the smallest header info, without a frame type", "2.5", "4.1"),
	"F10": about("HEADER SIZE of 16,384 words and more: times 4 it needs more than 16 bits", "2.5", "3.10"),
	"F11": about("HEADER SIZE is larger than LENGTH", "2.1"),
	"F12": about("another MAGIC", "2.2", "2.7"),
	"F13": about("bytes of other protocols", "2.7"),
	"F14": about("FLAGS without the streaming bit", "2.3"),
	"F15": about("FLAGS with other bits: kept", "2.3"),
	"F18": about("a frame and bytes behind it: those are not judged", "1.3"),
	"F19": about("a byte too many or missing between two frames", "1.5"),
	"F21": about("no byte: the end here is clean", "1.4"),
	"F22": about("the input ends inside a frame", "1.4"),
	"H1":  about("the legal PROTOCOL IDs", "3.1"),
	"H2":  about("other PROTOCOL IDs", "3.1"),
	"H3":  about("more transforms than bytes", "3.2"),
	"H4":  about("transforms: skipped, illegal if strict", "3.2"),
	"H5":  about("other info ids", "3.8"),
	"H6":  about("padding at the end", "3.4"),
	"H7":  about("padding in other places, and much of it", "3.4"),
	"H8":  about("a byte of padding that is not 0 is an info id", "3.4", "3.8"),
	"H9":  about("more pairs than bytes for them, and counts that are cut", "3.5", "3.6"),
	"H10": about("a pair or token runs over the end of the header info", "3.5", "3.6", "3.7"),
	"H11": about("a pair is cut between its two halves", "1.3", "3.5", "3.6"),
	"H12": about("blocks with a count of 0", "3.5", "3.6"),
	"H13": about("each kind of block twice", "3.3", "3.9"),
	"H14": about("tokens, and string pairs with the token's key", "3.7"),
	"H15": about("an int pair for every key", "3.10"),
	"H16": about("43,000 string pairs", "3.10"),
	"H17": about("43,000 string pairs on a trailer", "3.10"),
	"H18": about("the pair limit counts entries of all kinds together", "3.10"),
	"H20": about("empty keys and values", "3.5"),
	"H21": about("keys and values of any bytes", "1.1", "3.5"),
	"H22": about("the frame type given twice: the last one wins", "3.9"),
	"H23": about("the method given twice: the last one wins", "3.9"),
	"H24": about("biz-status given twice is no fault of the frame", "3.9"),
	"H25": about("unknown int keys are kept", "3.6"),
	"C1":  about("no frame type, or an empty one", "4.1"),
	"C2":  about("other frame types", "4.1"),
	"C3":  about("frame types of more than one byte", "4.1"),
	"C4":  about("the frame type among the string pairs", "3.6", "4.1"),
	"C5":  about("stream id 0", "4.3"),
	"C6":  about("stream ids are signed", "2.4"),
	"C7":  about("methods of any bytes", "4.2"),
	"C8":  about("a method that is not the stream's", "4.2"),
	"C9":  about("a meta frame on stream id 0, with a payload", "4.3", "4.4"),
	"C10": about("what a frame of its type need not have", "4.5", "4.6", "4.7"),
}
