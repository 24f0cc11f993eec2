package main

import "fmt"

// idScenes are about rule 9.14: which ids are free, and how many streams.
func idScenes() []scene {
	all := aloneScenes
	for _, s := range ringScenes() {
		s.limits, s.rules = limits{}, s.rules+" 9.14"
		all = append(all, s)
	}
	return append(all, orderOfRefusals...)
}

// orderOfRefusals: which reason it is where several would do.
var orderOfRefusals = []scene{
	{"S3/no-method-either", "server", "an id that is not free comes before the method that is missing", "9.14 9.16", limits{}, false, `
		open 1
		recv rst 1 -> ended reset 12007
		recv nameless-header 1 -> refused STREAM reused-id rst
		release 1
		recv nameless-header 1 -> refused STREAM reused-id rst
		open 2
		recv nameless-header 2 -> ended STREAM second-header rst`},
	{"S3/at-the-limit", "server", "an id that is not free, and then the method, come before the limit of streams", "9.2 9.14 9.15 9.16", limits{Streams: 1}, false, `
		open 1
		recv rst 1 -> ended reset 12007
		recv header 1 -> refused STREAM reused-id rst
		release 1
		open 2
		recv header 1 -> refused STREAM reused-id rst
		recv nameless-header 3 -> refused STREAM no-method-opened rst
		recv header 4 -> refused STREAM stream-limit rst
		recv header 4 -> refused STREAM reused-id rst
		recv header 3 -> refused STREAM reused-id rst
		recv rst 2 -> ended reset 12007
		release 2
		recv header 4 -> refused STREAM reused-id rst
		open 5`},
}

// aloneScenes: one stream at a time (S19).
var aloneScenes = []scene{
	{"S19/one-stream", "server", "one stream at a time: a header while one is live", "9.14", limits{OneStream: true}, false, `
		open 1
		recv header 2 -> refused STREAM not-alone rst
		recv data 2 -> ignored
		live 1
		recv rst 1 -> ended reset 12007
		recv header 3 -> refused STREAM not-alone rst
		release 1
		open 4
		live 4`},
	{"S19/one-stream", "client", "one stream at a time: a second one", "9.14", limits{OneStream: true}, false, `
		open 1
		send header 2 -> REFUSE too-many-streams
		recv trailer 1 -> ended well
		send header 2 -> REFUSE too-many-streams
		release 1
		open 2
		live 2`},
	{"S19/is-a-reset", "server", "one stream at a time: what is refused counts as a reset, and a release does not change that", "9.14 9.15", limits{OneStream: true, Resets: 2}, false, `
		open 1
		recv header 2 -> refused STREAM not-alone rst
		recv rst 1 -> ended reset 12007
		release 1
		open 3
		recv header 4 -> connection-ended CONN flood-resets
		lost flood -> 3:12004`},
	{"S19/order", "server", "one stream at a time: behind the id and the method, before the limit of streams", "9.2 9.14 9.16", limits{OneStream: true, Streams: 1}, false, `
		open 1
		recv nameless-header 2 -> refused STREAM no-method-opened rst
		recv header 3 -> refused STREAM not-alone rst
		recv header 3 -> refused STREAM reused-id rst
		recv header 1 -> ended STREAM second-header rst
		recv header 1 -> refused STREAM reused-id rst
		release 1
		recv header 3 -> refused STREAM reused-id rst
		open 4`},
}

// refusals are n headers without a method, on n ids from first on.
func refusals(first, n int) (text string) {
	for id := first; id < first+n; id++ {
		text += fmt.Sprintf("recv nameless-header %d -> refused STREAM no-method-opened rst\n", id)
	}
	return text
}

// ringScenes are the ids that are remembered: the last 64 that were released or
// refused, and those of streams that have ended and were not released (S3).
func ringScenes() []scene {
	served, asked := "", ""
	for id := 2; id <= 64; id++ {
		served += fmt.Sprintf("open %d\nrecv rst %d -> ended reset 12007\nrelease %d\n", id, id, id)
		asked += fmt.Sprintf("open %d\nrecv trailer %d -> ended well\nrelease %d\n", id, id, id)
	}
	return []scene{
		{id: "S3/reused-id", role: "server", comment: "an id is free again when 64 others have been released", text: `
			open 1
			recv rst 1 -> ended reset 12007
			recv header 1 -> refused STREAM reused-id rst
			release 1
			recv header 1 -> refused STREAM reused-id rst
			` + served + `
			recv header 1 -> refused STREAM reused-id rst
			recv meta 1 -> ignored
			open 65
			recv rst 65 -> ended reset 12007
			release 65
			recv meta 1 -> meta
			recv header 2 -> refused STREAM reused-id rst
			open 1
			live 1`},
		{id: "S3/reused-id", role: "client", comment: "an id may be opened again when 64 others have been released", text: `
			open 1
			recv trailer 1 -> ended well
			send header 1 -> REFUSE id-in-use
			release 1
			send header 1 -> REFUSE stream-ended
			send data 1 -> REFUSE no-stream
			` + asked + `
			send header 1 -> REFUSE stream-ended
			recv meta 1 -> ignored
			open 65
			send rst 65
			send header 1 -> REFUSE stream-ended
			release 65
			recv meta 1 -> meta
			send header 2 -> REFUSE stream-ended
			open 1
			live 1`},
		{id: "S3/refused-id", role: "server", comment: "an id that was refused is remembered like one that ended, from the first time on", text: `
			recv nameless-header 1 -> refused STREAM no-method-opened rst
			recv header 1 -> refused STREAM reused-id rst
			recv meta 1 -> ignored
			` + refusals(101, 63) + `
			recv header 1 -> refused STREAM reused-id rst
			` + refusals(164, 1) + `
			recv header 101 -> refused STREAM reused-id rst
			recv meta 1 -> meta
			open 1
			live 1`},
		{id: "S3/not-released", role: "server", comment: "an id whose stream has ended is not free before the release, nor right behind it", text: `
			open 1
			recv rst 1 -> ended reset 12007
			` + refusals(101, 65) + `
			recv header 1 -> refused STREAM reused-id rst
			recv data 1 -> ignored
			recv meta 1 -> ignored
			release 1
			recv header 1 -> refused STREAM reused-id rst
			recv meta 1 -> ignored
			` + refusals(201, 64) + `
			open 1
			live 1`},
		{id: "S1/strict-forgets", role: "server", strict: true, rules: "9.12", comment: "strict: data for an id that 64 others came after", text: `
			` + refusals(1, 64) + `
			recv data 1 -> ignored
			` + refusals(65, 1) + `
			recv data 2 -> ignored
			recv data 65 -> ignored
			recv data 1 -> connection-ended CONN unknown-stream`},
	}
}
