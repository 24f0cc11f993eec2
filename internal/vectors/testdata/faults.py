#!/usr/bin/env python3
"""Plants one fault at a time in what check.py makes of section 9, and sees stream.jsonl notice it.

    python3 faults.py testdata/vectors

A fault that all vectors let pass is one that an implementation may have and call itself
tested. To add one, put a name, a piece of check.py and what stands there instead into FAULTS.
"""
import json
import os
import sys

FAULTS = [
    # 9.14: which ids are free
    ("63 ids are remembered", "[-64:]", "[-63:]"),
    ("65 ids are remembered", "[-64:]", "[-65:]"),
    ("a refused id is not remembered", "            self.remember(id)\n            return self.fault", "            return self.fault"),
    ("an id refused at the limit is not remembered", "            self.remember(id)\n            return self.fault",
     "            if reason != 'stream-limit':\n                self.remember(id)\n            return self.fault"),
    ("an id without a method is not remembered", "            self.remember(id)\n            return self.fault",
     "            if reason != 'no-method-opened':\n                self.remember(id)\n            return self.fault"),
    ("an id that was not alone is not remembered", "            self.remember(id)\n            return self.fault",
     "            if reason != 'not-alone':\n                self.remember(id)\n            return self.fault"),
    ("a reused id is remembered anew", '            return self.fault("refused", "reused-id")', '            self.remember(id)\n            return self.fault("refused", "reused-id")'),
    ("a released id is not remembered", '        self.remember(step["stream"])\n', ""),
    ("an id is remembered from its end on, not from its release on", '        self.remember(step["stream"])\n',
     '        self.gone = [step["stream"]] + self.gone if len(self.gone) < 64 else self.gone\n'),
    ("an ended stream's id is free before its release", "if stream or id in self.gone:", "if id in self.gone:"),
    ("the ids that are gone are free", "if stream or id in self.gone:", "if stream:"),
    ("a client opens with the id of an ended stream", '"id-in-use" if stream else', '"id-in-use" if stream and not stream.ended else'),
    ("a client opens with the ids that are gone", '"stream-ended" if id in self.gone else "too-many', '"too-many'),
    ("a client judges the limit before the id", 'return "id-in-use" if stream else "stream-ended" if id in self.gone else "too-many-streams" if full else None',
     'return "too-many-streams" if full else "id-in-use" if stream else "stream-ended" if id in self.gone else None'),
    ("the limit hides a reused id", "if stream or id in self.gone:", "if len(self.live) < self.most_streams and (stream or id in self.gone):"),
    ("a missing method hides a reused id", "if stream or id in self.gone:", "if f.get('method') and (stream or id in self.gone):"),
    ("not-alone hides no-method", '"no-method-opened" if not f.get("method")', '"no-method-opened" if not f.get("method") and not (self.alone and self.live)'),
    ("the limit hides no-method", '"no-method-opened" if not f.get("method")', '"no-method-opened" if not f.get("method") and len(self.live) < self.most_streams'),
    ("the limit hides not-alone", '"not-alone" if self.alone and self.live', '"not-alone" if self.alone and 0 < len(self.live) < self.most_streams'),
    ("an empty method opens", '"no-method-opened" if not f.get("method")', '"no-method-opened" if False'),
    ("an ended stream is not in the way, one at a time", '"not-alone" if self.alone and self.live', '"not-alone" if self.alone and any(not s.ended for s in self.live.values())'),
    ("an ended stream is not in a client's way, one at a time", "self.alone and self.live\n            return",
     "self.alone and any(not s.ended for s in self.live.values())\n            return"),
    ("one at a time is not kept by a client", " or self.alone and self.live\n            return", "\n            return"),
    # 9.15: streams
    ("an ended stream does not count to the limit", "elif len(self.live) >= self.most_streams:", "elif sum(not s.ended for s in self.live.values()) >= self.most_streams:"),
    ("an ended stream does not count to a client's limit", "full = len(self.live) >=", "full = sum(not s.ended for s in self.live.values()) >="),
    ("one stream over the limit", "elif len(self.live) >= self", "elif len(self.live) > self"),
    ("one stream over a client's limit", "full = len(self.live) >= self", "full = len(self.live) > self"),
    ("a release does not start the refusals anew", "        self.refusals = 0\n        return", "        return"),
    ("a release that is refused starts the refusals anew", '        stream = self.live.get(step["stream"])\n        if not stream or not stream.ended:',
     '        stream = self.live.get(step["stream"])\n        self.refusals = 0\n        if not stream or not stream.ended:'),
    ("an end starts the refusals anew", "        stream.ended = True\n        return {\"event\": \"ended\", \"ending\"", "        stream.ended, self.refusals = True, 0\n        return {\"event\": \"ended\", \"ending\""),
    ("a release gives one refusal back", "        self.refusals = 0\n        return", "        self.refusals -= 1\n        return"),
    ("one refusal too many", "self.refusals > self.most_resets", "self.refusals > self.most_resets + 1"),
    ("one refusal too few", "self.refusals > self.most_resets", "self.refusals >= self.most_resets"),
    ("not-alone is a refusal", '        if reason:\n            self.count_reset()', '        if reason == "not-alone":\n            self.refusals += 1\n        elif reason:\n            self.count_reset()'),
    ("no-method is a refusal", '        if reason:\n            self.count_reset()', '        if reason == "no-method-opened":\n            self.refusals += 1\n        elif reason:\n            self.count_reset()'),
    ("every refusal counts to flood-streams", '        if reason:\n            self.count_reset()', '        if reason:\n            self.refusals += 1\n            self.count_reset()'),
    ("resets count to flood-streams", "if self.refusals > self.most_resets", "if self.refusals + self.resets > self.most_resets"),
    ("a refusal at the limit is a reset as well", "if self.refusals > self.most_resets:", "if self.count_reset() or self.refusals > self.most_resets:"),
    # 9.15: opens
    ("an ended stream counts as open", "not s.continued and not s.ended for", "not s.continued for"),
    ("a trailer does not continue", "            return {\"event\": \"ignored\"}\n        stream.continued = True\n        if self.client", "            return {\"event\": \"ignored\"}\n        if self.client"),
    ("data does not continue", "        stream.continued = True\n        stream.pending", "        stream.pending"),
    ("a meta frame continues", "        self.metas += 1\n", "        self.metas += 1\n        if stream:\n            stream.continued = True\n"),
    ("the server's header continues", "            stream.header_out = True\n", "            stream.header_out = stream.continued = True\n"),
    ("a released stream gives an open back", '        self.refusals = 0\n        return {}', '        self.refusals = 0\n        self.most_opens += 1\n        return {}'),
    ("one open too many", ">= self.most_opens", "> self.most_opens"),
    ("opens are judged before the limit", "        elif len(self.live) >= self.most_streams:", "        elif sum(not s.continued and not s.ended for s in self.live.values()) >= self.most_opens:\n            raise Over('flood-opens')\n        elif len(self.live) >= self.most_streams:"),
    ("opens are judged before the id", "        if stream or id in self.gone:", "        if sum(not s.continued and not s.ended for s in self.live.values()) >= self.most_opens:\n            raise Over('flood-opens')\n        if stream or id in self.gone:"),
    # 9.15: resets
    ("one reset too many", "self.resets >= self.most_resets", "self.resets > self.most_resets"),
    ("an rst for nobody does not count", "        self.count_reset()\n        if not stream or stream.ended", "        if stream:\n            self.count_reset()\n        if not stream or stream.ended"),
    ("an rst for an ended stream does not count", "        self.count_reset()\n        if not stream or stream.ended", "        if not stream or not stream.ended:\n            self.count_reset()\n        if not stream or stream.ended"),
    ("an rst for a stream that is gone does not count", "        self.count_reset()\n        if not stream or stream.ended", "        if id not in self.gone:\n            self.count_reset()\n        if not stream or stream.ended"),
    ("an rst for a live stream does not count", "        self.count_reset()\n        if not stream or stream.ended", "        if not stream or stream.ended:\n            self.count_reset()\n        if not stream or stream.ended"),
    ("a fault does not count", "        self.count_reset()\n        stream.ended = True", "        stream.ended = True"),
    ("a fault at a client does not count", "        self.count_reset()\n        stream.ended = True", "        if not self.client:\n            self.count_reset()\n        stream.ended = True"),
    ("a fault ends the stream when it is a flood", "        self.count_reset()\n        stream.ended = True", "        stream.ended = True\n        self.count_reset()"),
    ("an rst ends the stream when it is a flood", "        self.count_reset()\n        if not stream or stream.ended", "        if stream and not stream.ended and self.resets >= self.most_resets:\n            stream.ended = True\n        self.count_reset()\n        if not stream or stream.ended"),
    ("a reused id does not count", '            self.count_reset()\n            return self.fault("refused", "reused-id")', '            return self.fault("refused", "reused-id")'),
    ("no-method does not count", '        if reason:\n            self.count_reset()', '        if reason == "not-alone":\n            self.count_reset()\n        elif reason:\n            pass'),
    ("not-alone does not count", '        if reason:\n            self.count_reset()', '        if reason == "no-method-opened":\n            self.count_reset()\n        elif reason:\n            pass'),
    ("one's own rst counts", '        elif kind == "rst":\n            stream.ended = True', '        elif kind == "rst":\n            stream.ended = True\n            self.resets += 1'),
    ("one's own rst gives one back", '        elif kind == "rst":\n            stream.ended = True', '        elif kind == "rst":\n            stream.ended = True\n            self.resets = max(0, self.resets - 1)'),
    ("a client's trailer gives one back", '            stream.half = True\n        elif kind', '            stream.half = True\n            self.resets = max(0, self.resets - 1)\n        elif kind'),
    ("the client's trailer gives one back at the server", '        else:\n            stream.half = True', '        else:\n            stream.half = True\n            self.resets = max(0, self.resets - 1)'),
    ("the server's trailer gives nothing back at the client", "            stream.ended = True\n            self.resets = max(0, self.resets - 1)\n        else", "            stream.ended = True\n        else"),
    ("the server's trailer gives nothing back at the server", "            stream.ended = True\n            self.resets = max(0, self.resets - 1)\n        elif", "            stream.ended = True\n        elif"),
    ("a trailer for nobody gives one back", '        if not stream or stream.ended or stream.half and not self.client:\n', '        if not stream:\n            self.resets = max(0, self.resets - 1)\n        if not stream or stream.ended or stream.half and not self.client:\n'),
    ("a second trailer gives one back", '        if not stream or stream.ended or stream.half and not self.client:\n', '        if stream and stream.ended:\n            self.resets = max(0, self.resets - 1)\n        if not stream or stream.ended or stream.half and not self.client:\n'),
    ("a trailer with an error gives nothing back", "        came = {", "        if self.client and f['payload']:\n            self.resets += 1\n        came = {"),
    ("resets fall below 0 at a client", "self.resets = max(0, self.resets - 1)\n        else", "self.resets -= 1\n        else"),
    ("resets fall below 0 at a server", "self.resets = max(0, self.resets - 1)\n        elif", "self.resets -= 1\n        elif"),
    ("a release gives a reset back", "        self.refusals = 0\n        return", "        self.refusals, self.resets = 0, max(0, self.resets - 1)\n        return"),
    # 9.15: meta frames
    ("one meta frame too many", "self.metas >= self.most_metas", "self.metas > self.most_metas"),
    ("only a meta frame that is delivered counts", "        self.metas += 1\n", "        self.metas += not (stream and stream.ended or id in self.gone)\n"),
    ("only a meta frame of a live stream counts", "        self.metas += 1\n", "        self.metas += bool(stream)\n"),
    ("meta frames fall below 0", "self.metas = max(0, self.metas - 1)", "self.metas -= 1"),
    ("data gives nothing back", "        self.metas = max(0, self.metas - 1)\n", ""),
    ("data for nobody gives a meta frame back", "        if not stream or stream.ended:\n            return {\"event\": \"ignored\"}\n        if stream.half", "        self.metas -= not stream\n        if not stream or stream.ended:\n            return {\"event\": \"ignored\"}\n        if stream.half"),
    ("data for an ended stream gives a meta frame back", "        if not stream or stream.ended:\n            return {\"event\": \"ignored\"}\n        if stream.half", "        self.metas -= bool(stream and stream.ended)\n        if not stream or stream.ended:\n            return {\"event\": \"ignored\"}\n        if stream.half"),
    ("data that is sent gives a meta frame back", '        if kind == "header":\n            stream.header_out', '        if kind == "data":\n            self.metas = 0\n        if kind == "header":\n            stream.header_out'),
    # 9.15: data not taken
    ("63 bytes a frame", '+ 64\n        self.metas', '+ 63\n        self.metas'),
    ("the payload does not count", 'len(f["payload"]) + 64', '65 * bool(f["payload"]) + 64 * (not f["payload"])'),
    ("Taken without the 64 bytes", 'stream.pending -= step["bytes"] + 64', 'stream.pending -= step["bytes"]'),
    ("Taken takes all", 'stream.pending -= step["bytes"] + 64', 'stream.pending = 0'),
    ("flood-data a frame late", ">= self.most_pending", "> self.most_pending"),
    ("flood-data a frame early", ">= self.most_pending", '+ len(f["payload"]) + 64 > self.most_pending'),
    ("flood-data early for what cannot fit its 64 bytes", ">= self.most_pending", "+ 64 > self.most_pending"),
    ("each stream has a limit of its own", "if sum(s.pending for s in self.live.values()) >=", "if stream.pending >="),
    ("a fault gives pending back", "        self.count_reset()\n        stream.ended = True", "        self.count_reset()\n        stream.pending = 0\n        stream.ended = True"),
    ("an rst gives pending back", '        stream.ended = True\n        return {"event": "ended", "ending"', '        stream.ended, stream.pending = True, 0\n        return {"event": "ended", "ending"'),
    ("a trailer gives pending back at a client", "        stream.continued = True\n        if self.client:\n", "        stream.continued = True\n        if self.client:\n            stream.pending = 0\n"),
    ("one's own rst gives pending back", '        elif kind == "rst":\n            stream.ended = True', '        elif kind == "rst":\n            stream.ended, stream.pending = True, 0'),
    ("a server's own trailer gives pending back", '        elif kind == "trailer":\n            stream.ended = True', '        elif kind == "trailer":\n            stream.ended, stream.pending = True, 0'),
    ("Release keeps pending", '        del self.live[step["stream"]]\n', '        self.most_pending -= self.live.pop(step["stream"]).pending\n'),
    ("Taken behind a release gives back again", "        if stream:\n            stream.pending -=", "        self.most_pending += 0 if stream else step['bytes'] + 64\n        if stream:\n            stream.pending -="),
    ("data for an ended stream is a flood", "        if not stream or stream.ended:\n            return {\"event\": \"ignored\"}\n        if stream.half", "        if not stream or stream.ended and sum(s.pending for s in self.live.values()) < self.most_pending:\n            return {\"event\": \"ignored\"}\n        if stream.half"),
    ("flood-data hides data-after-trailer", "        if stream.half and not self.client:\n            return self.end_by", "        if stream.half and not self.client and sum(s.pending for s in self.live.values()) < self.most_pending:\n            return self.end_by"),
    # 9.1 to 9.13
    ("a second header counts though the stream is ended", "if stream and not stream.ended:\n            if stream.header_in", "if stream and (self.client or not stream.ended):\n            if stream.header_in"),
    ("a second header replaces the first stream", '                return self.end_by("second-header", stream)', '                return {"event": "headers"}'),
    ("a header behind one's own trailer is a second one", "if stream.header_in:", "if stream.header_in or stream.half:"),
    ("data stands for the header", "        stream.continued = True\n        stream.pending", "        stream.continued = stream.header_in = True\n        stream.pending"),
    ("a header for nobody opens a stream at a client", "        if self.client:\n            return {\"event\": \"ignored\"}\n", ""),
    ("data after the trailer ends an ended stream", "        if not stream or stream.ended:\n            return {\"event\": \"ignored\"}\n        if stream.half", "        if not stream or stream.ended and not stream.half:\n            return {\"event\": \"ignored\"}\n        if stream.half"),
    ("data after one's own trailer is a fault", "if stream.half and not self.client:\n            return self.end_by", "if stream.half:\n            return self.end_by"),
    ("a second trailer is taken", "stream.ended or stream.half and not self.client:", "stream.ended:"),
    ("a trailer is ignored behind one's own", "stream.ended or stream.half and not self.client:", "stream.ended or stream.half:"),
    ("a meta frame of an ended stream is delivered", "stream and stream.ended or id in self.gone else", "id in self.gone else"),
    ("a meta frame of a stream that is gone is delivered", "stream and stream.ended or id in self.gone else", "stream and stream.ended else"),
    ("strict at a client", "self.strict and not self.client and", "self.strict and"),
    ("strict is never", "self.strict and not self.client and", "False and"),
    ("strict though it is off", "self.strict and not self.client and", "not self.client and"),
    ("strict is for the ids that are gone as well", "not self.client and id not in self.gone:", "not self.client:"),
    ("strict is not told to endings", "said = trailer(f, self.vector)", "said = trailer(f, {})"),
    ("strict is not told to an rst", 'rst(f, self.vector)["code"]', 'rst(f, {"role": self.vector["role"]})["code"]'),
    ("an ending that cannot be read is none", "        except Bad as bad:\n", "        except Bad as bad:\n            return {'event': 'ignored'}\n"),
    ("the server sends data before its header", 'return "header-unsent" if', 'return "header-unsent" if False and'),
    ("a second header is sent", 'if kind == "header" and stream.header_out:', 'if False:'),
    ("no rst behind one's own trailer", 'stream.half and kind != "rst":', "stream.half:"),
    ("the half-close is not kept", 'if self.client and stream.half and kind != "rst":', "if False:"),
    ("the server is closed by the client's trailer", 'if self.client and stream.half and kind != "rst":', 'if stream.half and kind != "rst":'),
    ("a client's trailer ends the stream", "            stream.half = True\n        elif kind", "            stream.ended = True\n        elif kind"),
    ("sending goes on behind the end of the connection", "if self.over:\n            return", "if False:\n            return"),
    ("a live stream is released", "        if not stream or not stream.ended:\n            return {\"verdict\"", "        if not stream:\n            return {\"verdict\""),
    ("streams end twice with their connection", "items() if not stream.ended]", "items()]"),
    ("a half-closed stream does not end with its connection", "items() if not stream.ended]", "items() if not stream.ended and not stream.half]"),
    ("streams end again when the connection is lost twice", "        for stream in self.live.values():\n            stream.ended = True\n", ""),
    ("how it was lost last is what counts", 'self.over = self.over or step["how"]', 'self.over = step["how"]'),
    ("the code of the other role", "12006 if self.client else 12013", "12013 if self.client else 12006"),
    ("a flood is a lost connection", '("eof", "cut", "error", "close") else', '("eof", "cut", "error", "close") or self.over.startswith("flood") else'),
]


def main(where):
    with open(os.path.join(where, "check.py"), encoding="ascii") as f:
        source = f.read()
    begin, end = source.index("# Section 9"), source.index("INPUTS =")
    whole = {"__name__": "check"}
    exec(source, whole)
    with open(os.path.join(where, "stream.jsonl"), encoding="ascii") as f:
        vectors = [json.loads(line) for line in f]
    parsed, passed = {}, 0

    def frame(b, vector):
        key = b, vector.get("strict", False)
        if key not in parsed:
            parsed[key] = whole["frame"](b, vector)
        return parsed[key]

    def noticed(conn):
        """Whether some vector goes otherwise with this section 9."""
        changed = dict(whole, frame=frame)
        exec(conn + source[end:], changed)
        for vector in vectors:
            try:
                if changed["steps"](vector):
                    return True
            except (KeyError, AttributeError, TypeError) as lost:
                print("A fault breaks check.py, and does not just change it: %r" % lost)
                return False
        return False

    conn = source[begin:end]
    if noticed(conn):
        print("check.py itself does not agree")
        return 1
    for name, old, new in FAULTS:
        if conn.count(old) != 1:
            print("%s: what it changes is there %d times" % (name, conn.count(old)))
        elif not noticed(conn.replace(old, new)):
            print("%s: no vector notices" % name)
        else:
            passed += 1
    print("%d of %d faults noticed" % (passed, len(FAULTS)))
    return 0 if passed == len(FAULTS) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
