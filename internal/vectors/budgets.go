package main

// budgetScenes are about rule 9.15, within small budgets.
var budgetScenes = [][]scene{resetScenes, metaScenes, dataScenes, openScenes, limitScenes}

// resetScenes: what counts as a reset, and what gives one back.
var resetScenes = []scene{
	{"S8/rst-for-nobody", "both", "rst frames for streams that do not exist are ignored, and counted", "9.12 9.15", limits{Resets: 3}, false, `
		open 1
		recv rst 7 -> ignored
		recv rst 7 -> ignored
		recv rst -1 -> ignored
		live 1
		recv rst 8 -> connection-ended CONN flood-resets
		lost flood -> 1:12004`},
	{"S8/rst-for-ended", "both", "rst frames for streams that have ended are ignored, and counted", "9.7 9.15", limits{Resets: 3}, false, `
		open 1
		recv rst 1 -> ended reset 12007
		recv rst 1 -> ignored
		release 1
		recv rst 1 -> ignored
		open 2
		recv rst 2 -> connection-ended CONN flood-resets
		lost flood -> 2:12004`},
	{"S10/rst-at-once", "server", "streams that are opened and reset at once", "9.15", limits{Resets: 3}, false, `
		open 1
		recv rst 1 -> ended reset 12007
		release 1
		open 2
		recv rst 2 -> ended reset 12007
		release 2
		open 3
		recv rst 3 -> ended reset 12007
		release 3
		open 4
		recv rst 4 -> connection-ended CONN flood-resets
		lost flood -> 4:12004`},
	{"S10/others-pay", "server", "streams that end without an rst pay for those that do not", "9.15", limits{Resets: 1}, false, `
		open 1
		recv rst 1 -> ended reset 12007
		open 2
		send trailer 2
		open 3
		recv rst 3 -> ended reset 12007
		recv rst 4 -> connection-ended CONN flood-resets`},
	{"S10/others-pay", "client", "streams that end by a trailer pay for those that do not", "9.15", limits{Resets: 1}, false, `
		open 1
		recv rst 1 -> ended reset 12007
		open 2
		recv trailer 2 -> ended well
		open 3
		recv rst 3 -> ended reset 12007
		recv rst 4 -> connection-ended CONN flood-resets`},
	{"S10/any-trailer-pays", "client", "a trailer pays whatever it says, even if that cannot be read", "9.15", limits{Resets: 1}, false, `
		recv rst 9 -> ignored
		open 1
		recv garbage-trailer 1 -> ended illegal VALUE exception-version
		recv rst 9 -> ignored
		open 2
		recv exception-trailer 2 -> ended exception 12001
		recv rst 9 -> ignored
		recv rst 9 -> connection-ended CONN flood-resets`},
	{"S10/ignored-pays-nothing", "client", "a trailer that is ignored pays nothing", "9.7 9.12 9.15", limits{Resets: 2}, false, `
		recv rst 9 -> ignored
		recv rst 9 -> ignored
		open 1
		recv trailer 1 -> ended well
		recv trailer 1 -> ignored
		recv trailer 8 -> ignored
		recv rst 9 -> ignored
		recv rst 9 -> connection-ended CONN flood-resets`},
	{"S10/refused-pays-nothing", "server", "a trailer that is refused pays nothing", "9.1 9.15", limits{Resets: 2}, false, `
		recv rst 9 -> ignored
		recv rst 9 -> ignored
		open 1
		send trailer 1
		send trailer 1 -> REFUSE stream-ended
		send trailer 8 -> REFUSE no-stream
		recv rst 9 -> ignored
		recv rst 9 -> connection-ended CONN flood-resets`},
	{"S10/half-close-pays-nothing", "client", "one's own half-close pays nothing: the stream has not ended", "9.4 9.15", limits{Resets: 1}, false, `
		recv rst 9 -> ignored
		open 1
		send trailer 1
		recv rst 9 -> connection-ended CONN flood-resets
		lost flood -> 1:12004`},
	{"S10/half-close-pays-nothing", "server", "the client's half-close pays nothing: the stream has not ended", "9.4 9.15", limits{Resets: 1}, false, `
		recv rst 9 -> ignored
		open 1
		recv trailer 1 -> half-closed well
		recv rst 9 -> connection-ended CONN flood-resets
		lost flood -> 1:12004`},
	{"S10/own-reset", "both", "an rst of one's own accord does not count, and pays nothing", "9.15", limits{Resets: 2}, false, `
		recv rst 9 -> ignored
		open 1
		send rst 1
		open 2
		send rst 2
		open 3
		recv rst 3 -> ended reset 12007
		open 4
		send rst 4
		recv rst 9 -> connection-ended CONN flood-resets`},
	{"S10/not-below-0", "server", "streams that end well are no credit: the count stays at 0", "9.15", limits{Resets: 1}, false, `
		open 1
		send trailer 1
		open 2
		send trailer 2
		recv rst 9 -> ignored
		recv rst 9 -> connection-ended CONN flood-resets`},
	{"S10/not-below-0", "client", "streams that end well are no credit: the count stays at 0", "9.15", limits{Resets: 1}, false, `
		open 1
		recv trailer 1 -> ended well
		open 2
		recv trailer 2 -> ended well
		recv rst 9 -> ignored
		recv rst 9 -> connection-ended CONN flood-resets`},
	{"S10/release-keeps-the-count", "both", "a stream that is released takes none of the resets back", "9.15", limits{Resets: 1}, false, `
		open 1
		recv rst 1 -> ended reset 12007
		release 1
		recv rst 9 -> connection-ended CONN flood-resets`},
	{"S11/trailer-and-rst", "server", "streams that are opened, half-closed and reset", "9.15", limits{Resets: 2}, false, `
		open 1
		recv trailer 1 -> half-closed well
		recv rst 1 -> ended reset 12007
		release 1
		open 2
		recv trailer 2 -> half-closed well
		recv rst 2 -> ended reset 12007
		release 2
		open 3
		recv trailer 3 -> half-closed well
		recv rst 3 -> connection-ended CONN flood-resets
		lost flood -> 3:12004`},
	{"S12/one-budget", "server", "all that makes us send an rst counts, and rst frames do too", "9.15", limits{Resets: 5}, false, `
		open 1
		open 2
		open 3
		recv trailer 1 -> half-closed well
		recv data 1 -> ended STREAM data-after-trailer rst
		recv header 2 -> ended STREAM second-header rst
		recv header 2 -> refused STREAM reused-id rst
		recv nameless-header 5 -> refused STREAM no-method-opened rst
		recv rst 9 -> ignored
		recv header 3 -> connection-ended CONN flood-resets
		lost flood -> 3:12004`},
	{"S12/one-budget", "client", "a second header counts, and rst frames do too", "9.8 9.15", limits{Resets: 2}, false, `
		open 1
		open 2
		recv header 1 -> headers
		recv header 2 -> headers
		recv header 1 -> ended STREAM second-header rst
		recv rst 9 -> ignored
		recv header 2 -> connection-ended CONN flood-resets
		lost flood -> 2:12004`},
	{"S12/flood-by-data", "server", "data after the trailer when the resets are used up: the stream ends with the connection", "9.9 9.15 9.16", limits{Resets: 1}, false, `
		open 1
		recv trailer 1 -> half-closed well
		recv rst 9 -> ignored
		recv data 1 -> connection-ended CONN flood-resets
		lost flood -> 1:12004`},
	{"S12/flood-by-reused-id", "server", "a header with an id that has ended when the resets are used up", "9.14 9.15 9.16", limits{Resets: 1}, false, `
		open 1
		recv rst 1 -> ended reset 12007
		recv header 1 -> connection-ended CONN flood-resets`},
	{"S12/flood-by-no-method", "server", "headers without a method until the resets are used up", "9.2 9.15 9.16", limits{Resets: 1}, false, `
		recv nameless-header 1 -> refused STREAM no-method-opened rst
		recv nameless-header 2 -> connection-ended CONN flood-resets`},
	{"S12/limit-is-apart", "server", "headers over the limit of streams do not count as resets", "9.15", limits{Streams: 1, Resets: 2}, false, `
		open 1
		recv header 2 -> refused STREAM stream-limit rst
		recv header 3 -> refused STREAM stream-limit rst
		recv rst 9 -> ignored
		recv rst 9 -> ignored
		recv rst 9 -> connection-ended CONN flood-resets
		lost flood -> 1:12004`},
	{"S12/resets-are-apart", "server", "resets do not count as headers over the limit of streams", "9.15", limits{Streams: 1, Resets: 2}, false, `
		open 1
		recv rst 9 -> ignored
		recv rst 9 -> ignored
		recv header 2 -> refused STREAM stream-limit rst
		recv header 3 -> refused STREAM stream-limit rst
		recv header 4 -> connection-ended CONN flood-streams
		lost flood -> 1:12004`},
}

// metaScenes: what counts as a meta frame, and what gives one back.
var metaScenes = []scene{
	{"S15/meta-flood", "both", "meta frames without data", "9.15", limits{Meta: 3}, false, `
		open 1
		recv meta 0 -> meta
		recv meta 1 -> meta
		recv meta 7 -> meta
		recv meta 0 -> connection-ended CONN flood-meta
		lost flood -> 1:12004`},
	{"S15/data-pays", "both", "data frames pay for meta frames", "9.15", limits{Meta: 1}, false, `
		open 1
		recv meta 0 -> meta
		live 1
		recv meta 0 -> meta
		recv meta 0 -> connection-ended CONN flood-meta`},
	{"S15/not-below-0", "both", "data frames are no credit: the count stays at 0", "9.15", limits{Meta: 1}, false, `
		open 1
		live 1
		live 1
		recv meta 0 -> meta
		recv meta 0 -> connection-ended CONN flood-meta`},
	{"S15/ignored-counts", "both", "meta frames that are ignored count", "9.7 9.15", limits{Meta: 2}, false, `
		open 1
		recv rst 1 -> ended reset 12007
		recv meta 1 -> ignored
		release 1
		recv meta 1 -> ignored
		recv meta 0 -> connection-ended CONN flood-meta`},
	{"S15/ignored-pays-nothing", "both", "data that is ignored pays nothing", "9.7 9.12 9.15", limits{Meta: 1}, false, `
		recv meta 0 -> meta
		recv data 9 -> ignored
		open 1
		recv rst 1 -> ended reset 12007
		recv data 1 -> ignored
		release 1
		recv data 1 -> ignored
		recv meta 0 -> connection-ended CONN flood-meta`},
	{"S15/own-data-pays-nothing", "both", "data that is sent pays nothing", "9.15", limits{Meta: 1}, false, `
		open 1
		recv meta 0 -> meta
		answer 1
		send data 1
		recv meta 0 -> connection-ended CONN flood-meta
		lost flood -> 1:12004`},
}

// dataScenes: data that the user has not taken.
var dataScenes = []scene{
	{"S16/tiny-data", "both", "a message of one byte counts 65", "9.15", limits{Pending: 130}, false, `
		open 1
		recv data 1 -> message
		recv data 1 -> message
		taken 1 1
		recv data 1 -> message
		recv data 1 -> connection-ended CONN flood-data
		lost flood -> 1:12004`},
	{"S16/taken", "both", "a message that is taken gives its 64 bytes back too", "9.15", limits{Pending: 130}, false, `
		open 1
		recv data 1 -> message
		recv data 1 -> message
		taken 1 1
		taken 1 1
		recv data 1 -> message
		recv data 1 -> message
		recv data 1 -> connection-ended CONN flood-data`},
	{"S16/long-data", "both", "a message of 100 bytes counts 164", "9.15", limits{Pending: 165}, false, `
		open 1
		recv long-data 1 -> message
		recv data 1 -> message
		taken 1 100
		recv long-data 1 -> message
		recv data 1 -> connection-ended CONN flood-data`},
	{"S16/under-the-limit", "both", "a byte under the limit one more message is taken, whatever its size", "9.15", limits{Pending: 66}, false, `
		open 1
		recv data 1 -> message
		recv long-data 1 -> message
		recv empty-data 1 -> connection-ended CONN flood-data`},
	{"S16/limit-of-1", "both", "with nothing pending a message is taken, whatever the limit", "9.15", limits{Pending: 1}, false, `
		open 1
		recv long-data 1 -> message
		taken 1 100
		recv empty-data 1 -> message
		recv empty-data 1 -> connection-ended CONN flood-data`},
	{"S16/one-budget", "both", "the limit is for all streams together", "9.15", limits{Pending: 130}, false, `
		open 1
		open 2
		open 3
		recv data 1 -> message
		recv data 2 -> message
		recv data 3 -> connection-ended CONN flood-data
		lost flood -> 1:12004 2:12004 3:12004`},
	{"S16/end-keeps", "both", "what a stream has pending counts after its end, until it is taken or the stream released", "9.15", limits{Pending: 65}, false, `
		open 1
		open 2
		recv data 1 -> message
		recv rst 1 -> ended reset 12007
		recv data 2 -> connection-ended CONN flood-data
		lost flood -> 2:12004`},
	{"S16/own-end-keeps", "both", "the same after one's own rst", "9.15", limits{Pending: 65}, false, `
		open 1
		open 2
		recv data 1 -> message
		send rst 1
		recv data 2 -> connection-ended CONN flood-data`},
	{"S16/trailer-keeps", "client", "the same after the server's trailer", "9.15", limits{Pending: 65}, false, `
		open 1
		open 2
		recv data 1 -> message
		recv trailer 1 -> ended well
		recv data 2 -> connection-ended CONN flood-data`},
	{"S16/trailer-keeps", "server", "the same after one's own trailer", "9.15", limits{Pending: 65}, false, `
		open 1
		open 2
		recv data 1 -> message
		send trailer 1
		recv data 2 -> connection-ended CONN flood-data`},
	{"S16/fault-keeps", "server", "the same after a fault", "9.15", limits{Pending: 65}, false, `
		open 1
		open 2
		recv data 1 -> message
		recv header 1 -> ended STREAM second-header rst
		recv data 2 -> connection-ended CONN flood-data`},
	{"S16/release-gives-back", "both", "a stream that is released gives back what it has pending, once", "9.15", limits{Pending: 65}, false, `
		open 1
		open 2
		recv data 1 -> message
		recv rst 1 -> ended reset 12007
		release 1
		taken 1 1
		recv data 2 -> message
		recv data 2 -> connection-ended CONN flood-data
		lost flood -> 2:12004`},
	{"S16/taken-after-the-end", "both", "what is taken after the end is not given back again by the release", "9.15", limits{Pending: 65}, false, `
		open 1
		open 2
		recv data 1 -> message
		recv rst 1 -> ended reset 12007
		taken 1 1
		release 1
		recv data 2 -> message
		recv data 2 -> connection-ended CONN flood-data`},
	{"S16/only-data", "both", "at the limit all but data to deliver goes on", "9.15 9.16", limits{Pending: 65}, false, `
		open 1
		open 2
		recv data 1 -> message
		recv rst 2 -> ended reset 12007
		recv data 2 -> ignored
		recv data 9 -> ignored
		recv meta 1 -> meta
		open 3
		recv data 3 -> connection-ended CONN flood-data
		lost flood -> 1:12004 3:12004`},
	{"S16/after-trailer", "server", "at the limit data after the client's trailer is that stream's fault, and no flood", "9.9 9.15 9.16", limits{Pending: 65}, false, `
		open 1
		open 2
		recv data 1 -> message
		recv trailer 1 -> half-closed well
		recv data 1 -> ended STREAM data-after-trailer rst
		recv data 2 -> connection-ended CONN flood-data
		lost flood -> 2:12004`},
	{"S17/empty-data", "both", "an empty message is delivered, and counts 64", "4.6 9.15", limits{Pending: 128}, false, `
		open 1
		recv empty-data 1 -> message
		recv empty-data 1 -> message
		recv empty-data 1 -> connection-ended CONN flood-data
		lost flood -> 1:12004`},
}

// openScenes: streams of which only the header has come.
var openScenes = []scene{
	{"S18/never-continued", "server", "streams of which only the header has come", "9.15", limits{Opens: 2}, false, `
		open 1
		open 2
		live 1
		open 3
		recv header 4 -> connection-ended CONN flood-opens
		lost flood -> 1:12004 2:12004 3:12004`},
	{"S18/trailer-continues", "server", "the client's trailer continues a stream", "9.15", limits{Opens: 1}, false, `
		open 1
		recv trailer 1 -> half-closed well
		open 2
		recv header 3 -> connection-ended CONN flood-opens
		lost flood -> 1:12004 2:12004`},
	{"S18/meta-does-not", "server", "a meta frame does not continue a stream", "9.11 9.15", limits{Opens: 1}, false, `
		open 1
		recv meta 1 -> meta
		recv header 2 -> connection-ended CONN flood-opens
		lost flood -> 1:12004`},
	{"S18/own-frames-do-not", "server", "what the server sends does not continue a stream", "9.15", limits{Opens: 1}, false, `
		open 1
		send header 1
		send data 1
		recv header 2 -> connection-ended CONN flood-opens
		lost flood -> 1:12004`},
	{"S18/ended-does-not-count", "server", "a stream that has ended is not one of which only the header has come, however it ended", "9.15", limits{Opens: 1}, false, `
		open 1
		recv rst 1 -> ended reset 12007
		open 2
		send rst 2
		open 3
		send trailer 3
		open 4
		recv header 4 -> ended STREAM second-header rst
		open 5
		recv header 6 -> connection-ended CONN flood-opens
		lost flood -> 5:12004`},
	{"S18/counts-once", "server", "a stream is continued once, whatever else comes", "9.15", limits{Opens: 1}, false, `
		open 1
		live 1
		live 1
		recv trailer 1 -> half-closed well
		recv rst 1 -> ended reset 12007
		release 1
		open 2
		recv header 3 -> connection-ended CONN flood-opens`},
	{"S18/refused-is-not-open", "server", "a header that opens nothing is no stream of which only the header has come", "9.15", limits{Opens: 1}, false, `
		recv nameless-header 1 -> refused STREAM no-method-opened rst
		open 2
		recv header 3 -> connection-ended CONN flood-opens
		lost flood -> 2:12004`},
	{"S18/order", "server", "a header that opens nothing is judged before the count of those that only opened", "9.15 9.16", limits{Opens: 1}, false, `
		open 1
		recv nameless-header 2 -> refused STREAM no-method-opened rst
		recv header 2 -> refused STREAM reused-id rst
		recv header 3 -> connection-ended CONN flood-opens
		lost flood -> 1:12004`},
}

// limitScenes: the limit of live streams.
var limitScenes = []scene{
	{"S10/held", "server", "a slot is free when its user is done, not when an rst comes", "9.15", limits{Streams: 2}, false, `
		open 1
		release 1 -> REFUSE stream-live
		release 5 -> REFUSE no-stream
		recv rst 1 -> ended reset 12007
		open 2
		recv header 3 -> refused STREAM stream-limit rst
		release 1
		open 4`},
	{"S18/too-many", "server", "streams over the limit are refused, and then a flood", "9.15", limits{Streams: 2, Resets: 2}, false, `
		open 1
		open 2
		recv header 3 -> refused STREAM stream-limit rst
		recv data 3 -> ignored
		recv header 4 -> refused STREAM stream-limit rst
		recv header 5 -> connection-ended CONN flood-streams
		lost flood -> 1:12004 2:12004`},
	{"S18/too-many", "client", "a stream over one's own limit", "9.15", limits{Streams: 2}, false, `
		open 1
		open 2
		send header 3 -> REFUSE too-many-streams
		recv trailer 1 -> ended well
		release 1
		open 3`},
	{"S18/held", "client", "a slot is free when its user is done, not when the stream ends", "9.15", limits{Streams: 2}, false, `
		open 1
		open 2
		recv rst 1 -> ended reset 12007
		send rst 2
		send header 3 -> REFUSE too-many-streams
		release 1 
		open 3
		release 3 -> REFUSE stream-live`},
	{"S18/order", "client", "a header with an id that is not free, at the limit of streams", "9.14 9.15 9.16", limits{Streams: 1}, false, `
		open 1
		recv trailer 1 -> ended well
		release 1
		open 2
		send header 1 -> REFUSE stream-ended
		send header 2 -> REFUSE id-in-use
		send header 3 -> REFUSE too-many-streams`},
	{"S18/release-starts-anew", "server", "a stream that is released starts the count of refused headers anew", "9.15", limits{Streams: 1, Resets: 2}, false, `
		open 1
		recv header 2 -> refused STREAM stream-limit rst
		recv header 3 -> refused STREAM stream-limit rst
		send trailer 1
		release 1
		open 4
		recv header 5 -> refused STREAM stream-limit rst
		recv header 6 -> refused STREAM stream-limit rst
		recv header 7 -> connection-ended CONN flood-streams
		lost flood -> 4:12004`},
	{"S18/end-does-not", "server", "a stream that ends, or a release that is refused, does not", "9.15", limits{Streams: 2, Resets: 1}, false, `
		open 1
		open 2
		recv header 3 -> refused STREAM stream-limit rst
		release 1 -> REFUSE stream-live
		release 8 -> REFUSE no-stream
		send trailer 1
		recv rst 2 -> ended reset 12007
		recv header 4 -> connection-ended CONN flood-streams`},
	{"S18/other-refusals", "server", "headers that are refused for another reason do not count to flood-streams", "9.15", limits{Streams: 1, Resets: 3}, false, `
		open 1
		recv nameless-header 2 -> refused STREAM no-method-opened rst
		recv header 2 -> refused STREAM reused-id rst
		recv header 3 -> refused STREAM stream-limit rst
		recv header 4 -> refused STREAM stream-limit rst
		recv header 5 -> refused STREAM stream-limit rst
		recv header 6 -> connection-ended CONN flood-streams`},
}
