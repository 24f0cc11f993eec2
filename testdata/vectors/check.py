#!/usr/bin/env python3
"""Checks the conformance vectors by a small decoder of its own, written from docs/wire.md.

    python3 check.py [FILE...]      all files beside it, if none is named

It needs Python 3.7 or later and nothing else. The exit status is 1 if a vector disagrees.
"""
import json
import os
import struct
import sys


class Bad(Exception):
    """Illegal, or "short": a reason of appendix D, and where (rule 1.2)."""


def code_of(reason):
    """The code of a reader's reason (appendix D)."""
    if reason in ("second-header", "reused-id", "not-alone"):
        return 12002
    return 12003 if reason.startswith(("biz-", "trpc-")) else 12004


def must(true, reason, at):
    if not true:
        raise Bad(reason, at)


def u16(b, at):
    return struct.unpack_from(">H", b, at)[0]


def i32(b, at):
    return struct.unpack_from(">i", b, at)[0]


# Sections 2 to 4: a frame.

HTTP = (b"GET ", b"POST", b"PUT ", b"HEAD", b"DELE", b"OPTI", b"PATC", b"TRAC", b"CONN")
STARTS = {b"HTTP": "http-reply", b"PRI ": "http2", b"SSH-": "ssh", b"@RSY": "rsync"}
MAGICS = {0xFFAF: "mesh-header", 0x8001: "framed-thrift", 0x0FFF: "theader"}
TYPES = {b"1": "meta", b"2": "header", b"3": "data", b"4": "trailer", b"5": "rst"}


def foreign(b, reason):
    if b[:4] in HTTP:
        return "http-request"
    for start, third, name in ((b"\x16\x03", range(5), "tls"), (b"\xff\xaf", range(256), "mesh-header"), (b"\x09\x30", range(2), "trpc")):
        if b[:2] == start and b[2] in third:
            return name
    return "thrift" if b[:3] == b"\x80\x01\x00" and 1 <= b[3] <= 4 else STARTS.get(b[:4], reason)


def frame(b, vector):
    """The fields of the frame that b starts with, and its size."""
    limits, strict = vector.get("limits", {}), vector.get("strict", False)
    most_info, most_payload = limits.get("header", 262140), limits.get("payload", 16 << 20)
    size = pairs = 0

    def need(n):
        must(len(b) >= n, "short", size)

    need(4)
    length = struct.unpack_from(">I", b)[0]
    must(length >= 14, foreign(b, "length"), 0)
    must(length <= min(10 + most_info + most_payload, 0x3FFFFFFF), foreign(b, "payload-limit"), 0)
    size = length + 4
    need(6)
    must(u16(b, 4) == 0x1000, MAGICS.get(u16(b, 4)) or foreign(b, "magic"), 4)
    need(8)
    must(u16(b, 6) & 2, "flags", 6)
    need(14)
    end = 14 + 4 * u16(b, 12)
    must(end > 14, "header-size", 12)
    must(end - 14 <= most_info, "header-limit", 12)
    must(end <= size, "length", 0)
    must(size - end <= most_payload, "payload-limit", 0)
    need(15)
    must(b[14] in (0x00, 0x03, 0x04, 0x10, 0x11), "protocol", 14)
    need(16)
    at = 16 + b[15]
    must(at <= end, "transforms", 15)
    must(at == 16 or not strict, "strict-transforms", 15)
    need(at)

    def number(at, reason):
        must(at + 2 <= end, reason, at)
        need(at + 2)
        return u16(b, at)

    def value(at, reason):
        stop = at + 2 + number(at, reason)
        must(stop <= end, reason, at)
        need(stop)
        return b[at + 2:stop], stop

    def counted(n, at):
        nonlocal pairs
        pairs += n
        must(pairs <= limits.get("pairs", 1024), "pair-limit", at)
        return n

    f = {"flags": u16(b, 6), "stream": i32(b, 8), "protocol": b[14], "transforms": b[16:at], "ints": [], "strs": []}
    said = None  # where int key 27 has its length, and its value
    while at < end:
        need(at + 1)
        kind, at = b[at], at + 1
        must(kind in (0x00, 0x01, 0x10, 0x11), "info-id", at - 1)
        if kind == 0x11:
            counted(1, at)
            f["token_block"], at = value(at, "token")
            f["token"] = f["token_block"]
        elif kind:
            name = "str" if kind == 0x01 else "int"
            n = number(at, name + "-count")
            must(n * 4 <= end - at - 2, name + "-count", at)
            counted(n, at)
            at += 2
            for _ in range(n):
                start = at
                if name == "str":
                    key, at = value(at, "str-pair")
                else:
                    must(end - at >= 4, "int-pair", at)
                    key, at = number(at, "int-pair"), at + 2
                val, at = value(at, name + "-pair")
                must(not strict or key not in (9, 27) or key not in dict(f["ints"]), "duplicate-key", start)
                f[name + "s"].append([key, val])
                f.update({"token": val} if key == b"RPC_TRANSIT_gdpr-token" else {"method": val} if key == 9 else {})
                said = (start + 2, val) if key == 27 else said
    if vector.get("unknown_types"):
        f["type"] = TYPES.get(said and said[1], "unknown")
    else:
        must(said, "no-frame-type", end - 1)
        must(said[1] in TYPES, "frame-type", said[0] + 2 * (len(said[1]) == 1))
        f["type"] = TYPES[said[1]]
    must(f["stream"] or f["type"] in ("meta", "unknown"), "stream-id", 8)
    need(size)
    f["payload"] = b[end:size]
    return f, size


def canonical(f):
    """The frame as a writer gives it (rule 3.11)."""
    def text(s):
        return struct.pack(">H", len(s)) + s
    info = bytes([f["protocol"], 0])
    if "token_block" in f:
        info += b"\x11" + text(f["token_block"])
    if f["strs"]:
        info += struct.pack(">BH", 1, len(f["strs"])) + b"".join(text(k) + text(v) for k, v in f["strs"])
    ints = [(27, v) for v, name in TYPES.items() if name == f["type"]] + [(9, f["method"]) for _ in f if _ == "method"]
    ints += [(k, v) for k, v in f["ints"] if k not in (27, 9)]
    info += struct.pack(">BH", 16, len(ints)) + b"".join(struct.pack(">H", k) + text(v) for k, v in ints)
    info += bytes(-len(info) % 4)
    length = 10 + len(info) + len(f["payload"])
    return struct.pack(">IHHiH", length, 0x1000, f["flags"], f["stream"], len(info) // 4) + info + f["payload"]


# Section 5: an exception.

LEAST = {2: 1, 3: 1, 6: 2, 8: 4, 4: 8, 10: 8, 11: 4, 12: 1, 13: 6, 14: 5, 15: 5}
SHOWN = ("unknown application exception,unknown method,invalid message type,wrong method name,bad sequence ID,missing result,"
         "unknown internal error,unknown protocol error,Invalid transform,Invalid protocol,Unsupported client type").split(",")


def exception(b, strict):
    """The fields of the exception, and how many bytes it takes."""
    def string(at, reason="exception-field"):
        must(at + 4 <= len(b) and 0 <= i32(b, at) <= len(b) - at - 4, reason, at)
        return at + 4 + i32(b, at)

    def begin(at):
        must(at < len(b), "exception-stop", at)
        must(not b[at] or b[at] in LEAST and at + 3 <= len(b), "exception-field", at)
        return (b[at], u16(b, at + 1), at + 3) if b[at] else (0, 0, at + 1)

    def skip(kind, at, depth):
        must(kind < 12 or depth <= 64, "exception-depth", at)
        if kind == 11:
            return string(at)
        if kind == 12:
            inner, _, at = begin(at)
            while inner:
                inner, _, at = begin(skip(inner, at, depth + 1))
            return at
        must(at + LEAST[kind] <= len(b), "exception-field", at)
        if kind < 13:
            return at + LEAST[kind]
        types = b[at:at + LEAST[kind] - 4]
        count = i32(b, at + len(types))
        for i, element in enumerate(types):
            must(not count or element in LEAST, "exception-field", at + i)
        at += LEAST[kind]
        must(not count or 0 < count * sum(map(LEAST.get, types)) <= len(b) - at, "exception-field", at - 4)
        for element in types * count:
            at = skip(element, at, depth + 1)
        return at

    must(len(b) >= 4 and u16(b, 0) == 0x8001, "exception-version", 0)
    must(u16(b, 2) == 3, "exception-type", 2)
    at = string(4, "exception-name")
    must(at + 4 <= len(b), "exception-field", at)
    e = {"method": b[8:at], "sequence": i32(b, at), "type_id": 0, "message": b""}
    kind, key, at = begin(at + 4)
    while kind:
        after = skip(kind, at, 1)
        if (kind, key) == (11, 1):
            e["message"] = b[at + 4:after]
        elif (kind, key) == (8, 2):
            e["type_id"] = i32(b, at)
        kind, key, at = begin(after)
    must(not strict or at == len(b), "exception-tail", at)
    shown = SHOWN[e["type_id"]] if 0 <= e["type_id"] < len(SHOWN) else "unknown exception type [%d]" % e["type_id"]
    e["text"] = e["message"] or shown.encode()
    return e, at


# Section 7: biz-extra.

ESCAPES = dict(zip(b'"\\/bfnrt', '"\\/\b\f\n\r\t'))


def extra(b, strict):
    """The members in order, or None without an object."""
    odd, twice, members = [], [], []

    def literal(at, word):
        for c in word:
            must(at < len(b) and b[at] == c, "biz-extra", at)
            at += 1
        return at

    def space(at):
        while b[at:at + 1] in (b" ", b"\t", b"\n", b"\r"):
            at += 1
        return at

    def unit(at):
        at = literal(at, b"\\u")
        for i in range(at, at + 4):
            must(i < len(b) and b[i] in b"0123456789abcdefABCDEF", "biz-extra", min(i, len(b)))
        return int(b[at:at + 4], 16), at + 4

    def escape(at):
        if b[at + 1:at + 2] != b"u":
            must(at + 1 < len(b) and b[at + 1] in ESCAPES, "biz-extra", at + 1)
            return ESCAPES[b[at + 1]], at + 2
        code, after = unit(at)
        if 0xD800 <= code < 0xDC00 and b[after:after + 2] == b"\\u":
            low, behind = unit(after)
            if 0xDC00 <= low < 0xE000:
                return chr(0x10000 + (code - 0xD800 << 10) + low - 0xDC00), behind
        if 0xD800 <= code < 0xE000:
            odd.append(at)
            code = 0xFFFD
        return chr(code), after

    def character(at):
        for after in range(at + 1, at + 5):
            try:
                return b[at:after].decode("utf-8"), after
            except UnicodeDecodeError:
                pass
        odd.append(at)
        return "\uFFFD", at + 1

    def string(at):
        at, text = literal(at, b'"'), ""
        while b[at:at + 1] != b'"':
            must(at < len(b) and b[at] >= 0x20, "biz-extra", at)
            char, at = escape(at) if b[at] == 0x5C else character(at)
            text += char
        return text, at + 1

    if not b:
        return None
    at = space(0)
    if b[at:at + 1] == b"n":
        at, members = literal(at, b"null"), None
    else:
        at = space(literal(at, b"{"))
        more = b[at:at + 1] != b"}"
        while more:
            name, after = string(at)
            if name in (m[0] for m in members):
                twice.append(at)
            at = space(literal(space(after), b":"))
            val, at = ("", literal(at, b"null")) if b[at:at + 1] == b"n" else string(at)
            members.append([name, val])
            at = space(at)
            more = b[at:at + 1] == b","
            at = space(at + 1) if more else at
        at = literal(at, b"}")
    must(space(at) == len(b), "biz-extra", space(at))
    must(not strict or not odd, "biz-utf8", odd and odd[0])
    must(not strict or not twice, "biz-duplicate", twice and twice[0])
    return members


# Sections 6 and 8: endings.

def int32(b):
    digits = b[1:] if b[:1] in (b"+", b"-") else b
    if not digits or digits.strip(b"0123456789") or not -2**31 <= int(b) < 2**31:
        return None
    return int(b)


def trailer(f, vector):
    strict, last, keys = vector.get("strict", False), dict(f["strs"]), [k for k, _ in f["strs"]]
    message, fill = last.get(b"biz-message", b""), last.get(b"trpc-error-msg", b"")
    ret = code = 0
    fields = {"ending": "well"}
    if f["payload"]:
        e, _ = exception(f["payload"], strict)
        ret, message, shown = e["type_id"], e["message"] or fill, e["message"] or fill or e["text"]
        fields = {"ending": "exception", "kind": "stream", "code": 12001, "type_id": ret, "message": message, "text": shown}
    else:
        for key in (b"biz-status", b"biz-message", b"biz-extra"):
            must(not strict or keys.count(key) < 2, "biz-duplicate", 0)
        code = int32(last.get(b"biz-status", b"0"))
        must(code is not None or vector.get("lenient"), "biz-status", 0)
    if code:
        fields = {"ending": "illegal", "biz_status": code, "message": message}  # what rule 7.4 keeps
        try:
            members = extra(last.get(b"biz-extra", b""), strict)
        except Bad as bad:
            raise Bad(*bad.args, fields)
        fields.update(ending="business", kind="business", code=code, message=message or fill, extra=members)
    codes = [int32(last.get(key, b"0")) for key in (b"trpc-ret", b"trpc-func-ret")]
    must(None not in codes, "trpc-code", 0)
    if f["payload"]:
        fields["func_ret"] = code = codes[1]
    elif not code:
        code = 0
    agree = (b"trpc-ret" not in last or codes[0] == ret) and (b"trpc-func-ret" not in last or codes[1] == code)
    must(agree, "trpc-contradiction", 0)
    return fields


def hops(path):
    found = path.split(b",") if path else []
    return {"hop_count": len(found), "hops": found if len(found) <= 64 else None}


def rst(f, vector):
    fields = hops(dict(f["strs"]).get(b"ttscp", b""))
    try:
        e, _ = exception(f["payload"], vector.get("strict", False))
        fields.update(code=e["type_id"], remote=True, message=e["message"], text=e["text"])
    except Bad:
        fields.update(code={"client": 12009, "server": 12010}[vector["role"]], remote=False, message=b"", text=b"reset by peer")
    return fields


def path(b, vector):
    if "hop" not in vector:
        return hops(b)
    hop = unpack(vector["hop"])
    must(hop and not [c for c in hop.decode() if c == "," or c < " " or "\x7f" <= c <= "\x9f"], "not-path", None)
    longer = b + b"," + hop if b else hop
    must(len(longer) <= 65535, "too-long", None)
    return dict(hops(longer), path=longer)


# Section 9: one end of a connection.

class Over(Exception):
    """The connection ends, for a reason."""


class Stream:
    """A live stream: from its header until the user releases it."""
    ended = half = False  # half: the client's trailer has been sent or received
    header_in = header_out = continued = False
    pending = 0


class Conn:
    """Takes the steps of a vector, and says of each what it comes to."""

    def __init__(self, vector):
        limits = vector.get("limits", {})
        self.vector, self.client, self.strict = vector, vector["role"] == "client", vector.get("strict", False)
        self.most_streams, self.alone = limits.get("streams", 1000), limits.get("one_stream", False)
        self.most_opens, self.most_resets = limits.get("opens", self.most_streams), limits.get("resets", 1000)
        self.most_metas, self.most_pending = limits.get("meta", 1000), limits.get("pending", 64 << 20)
        self.live, self.gone, self.over = {}, [], None  # gone: the last 64 ids that were released or refused
        self.resets = self.metas = self.refusals = 0

    def step(self, step):
        return getattr(self, step["do"])(step)

    # What arrives.

    def recv(self, step):
        f, _ = frame(unpack(step["in"]), self.vector)
        try:
            return getattr(self, f["type"])(f, f["stream"], self.live.get(f["stream"]))
        except Over as over:
            self.over = over.args[0]
            return {"event": "connection-ended", "verdict": "CONN", "code": 12004, "reason": self.over}

    def count_reset(self):
        if self.resets >= self.most_resets:
            raise Over("flood-resets")
        self.resets += 1

    def fault(self, event, reason):
        return {"event": event, "verdict": "STREAM", "code": code_of(reason), "reason": reason, "rst": True}

    def end_by(self, reason, stream):
        self.count_reset()
        stream.ended = True
        return self.fault("ended", reason)

    def remember(self, id):
        self.gone = (self.gone + [id])[-64:]

    def header(self, f, id, stream):
        if stream and not stream.ended:
            if stream.header_in:
                return self.end_by("second-header", stream)
            stream.header_in = True
            return {"event": "headers"}
        if self.client:
            return {"event": "ignored"}
        if stream or id in self.gone:
            self.count_reset()
            return self.fault("refused", "reused-id")
        reason = "no-method-opened" if not f.get("method") else "not-alone" if self.alone and self.live else None
        if reason:
            self.count_reset()
        elif len(self.live) >= self.most_streams:
            reason, self.refusals = "stream-limit", self.refusals + 1
            if self.refusals > self.most_resets:
                raise Over("flood-streams")
        if reason:
            self.remember(id)
            return self.fault("refused", reason)
        if sum(not s.continued and not s.ended for s in self.live.values()) >= self.most_opens:
            raise Over("flood-opens")
        self.live[id] = Stream()
        self.live[id].header_in = True
        return {"event": "opened"}

    def data(self, f, id, stream):
        if not stream and self.strict and not self.client and id not in self.gone:
            raise Over("unknown-stream")
        if not stream or stream.ended:
            return {"event": "ignored"}
        if stream.half and not self.client:
            return self.end_by("data-after-trailer", stream)
        if sum(s.pending for s in self.live.values()) >= self.most_pending:
            raise Over("flood-data")
        stream.continued = True
        stream.pending += len(f["payload"]) + 64
        self.metas = max(0, self.metas - 1)
        return {"event": "message"}

    def trailer(self, f, id, stream):
        if not stream or stream.ended or stream.half and not self.client:
            return {"event": "ignored"}
        stream.continued = True
        if self.client:
            stream.ended = True
            self.resets = max(0, self.resets - 1)
        else:
            stream.half = True
        came = {"event": "ended" if self.client else "half-closed"}
        try:
            said = trailer(f, self.vector)
            came.update({k: said[k] for k in ("ending", "code") if k in said})
        except Bad as bad:
            came.update(ending="illegal", verdict="VALUE", code=code_of(bad.args[0]), reason=bad.args[0])
        return came

    def rst(self, f, id, stream):
        self.count_reset()
        if not stream or stream.ended:
            return {"event": "ignored"}
        stream.ended = True
        return {"event": "ended", "ending": "reset", "code": rst(f, self.vector)["code"]}

    def meta(self, f, id, stream):
        if self.metas >= self.most_metas:
            raise Over("flood-meta")
        self.metas += 1
        return {"event": "ignored" if stream and stream.ended or id in self.gone else "meta"}

    # What the user does.

    def send(self, step):
        kind, id = step["frame"], step["stream"]
        stream = self.live.get(id)
        reason = self.refusal(kind, id, stream)
        if reason:
            return {"verdict": "REFUSE", "code": 12005, "reason": reason}
        if kind == "header" and self.client:
            stream = self.live[id] = Stream()
        if kind == "header":
            stream.header_out = True
        elif kind == "trailer" and self.client:
            stream.half = True
        elif kind == "trailer":
            stream.ended = True
            self.resets = max(0, self.resets - 1)
        elif kind == "rst":
            stream.ended = True
        return {}

    def refusal(self, kind, id, stream):
        if self.over:
            return "conn-closed"
        if kind == "header" and self.client:
            full = len(self.live) >= self.most_streams or self.alone and self.live
            return "id-in-use" if stream else "stream-ended" if id in self.gone else "too-many-streams" if full else None
        if not stream or stream.ended:
            return "stream-ended" if stream else "no-stream"
        if self.client and stream.half and kind != "rst":
            return "send-closed"
        if kind == "header" and stream.header_out:
            return "header-sent"
        return "header-unsent" if kind == "data" and not stream.header_out else None

    def release(self, step):
        stream = self.live.get(step["stream"])
        if not stream or not stream.ended:
            return {"verdict": "REFUSE", "code": 12005, "reason": "stream-live" if stream else "no-stream"}
        del self.live[step["stream"]]
        self.remember(step["stream"])
        self.refusals = 0
        return {}

    def taken(self, step):
        stream = self.live.get(step["stream"])
        if stream:
            stream.pending -= step["bytes"] + 64
        return {}

    def lost(self, step):
        self.over = self.over or step["how"]
        code = (12006 if self.client else 12013) if self.over in ("eof", "cut", "error", "close") else 12004
        ends = [{"stream": id, "code": code} for id, stream in self.live.items() if not stream.ended]
        for stream in self.live.values():
            stream.ended = True
        return {"ends": ends} if ends else {}


INPUTS = ("do", "frame", "in", "stream", "bytes", "how")


def steps(vector):
    """The first step that comes to something else than it should, or None."""
    conn = Conn(vector)
    for i, step in enumerate(vector["steps"]):
        got, want = conn.step(step), {k: v for k, v in step.items() if k not in INPUTS}
        for outcome in (got, want):  # streams end with a connection in any order
            outcome.get("ends", []).sort(key=lambda end: end["stream"])
        if got != want:
            return "step %d gives %s, want %s" % (i, got, want)
    return None


# A vector, and what the decoder says of it.

def unpack(text):
    """"0003 78*65535" is 0003 and 65,535 times 78 (docs/vectors.md)."""
    parts = (part.partition("*") for part in text.split())
    return b"".join(bytes.fromhex(digits) * int(times or 1) for digits, _, times in parts)


def judge(vector, b):
    """Verdict, reason, place and fields, in the words of the vectors."""
    kind, strict = vector["test"], vector.get("strict", False)
    try:
        if kind == "frame":
            f, size = frame(b, vector)
            return "legal", None, size, f
        if kind == "exception":
            e, size = exception(b, strict)
            return "legal", None, size, e
        if kind in ("extra", "path"):
            return "legal", None, None, {"members": extra(b, strict)} if kind == "extra" else path(b, vector)
        return "legal", None, None, {"trailer": trailer, "rst": rst}[kind](frame(b, {})[0], vector)
    except Bad as bad:
        reason, at, *kept = bad.args
        if reason == "short":
            return "MORE", None, at, None
        verdict = {"frame": "CONN", "path": "REFUSE"}.get(kind, "VALUE")
        return verdict, reason, at, kept[0] if kept else None


def read(value, key=None):
    """A vector's fields with their hex read."""
    if isinstance(value, dict):
        return {k: read(v, k) for k, v in value.items()}
    if isinstance(value, list):
        return [read(v, key) for v in value]
    return unpack(value) if isinstance(value, str) and key not in ("type", "ending", "kind", "extra", "members") else value


def disagreement(vector):
    if vector["test"] == "stream":
        return steps(vector)
    b = unpack(vector["in"])
    verdict, reason, at, fields = judge(vector, b)
    want = vector["verdict"], vector.get("reason"), vector.get({"legal": "size", "MORE": "need"}.get(verdict, "offset"), 0)
    if (verdict, reason, at or 0) != want:
        return "%s, want %s" % ((verdict, reason, at or 0), want)
    code = 12005 if verdict == "REFUSE" else code_of(reason) if reason else None
    if code != vector.get("code"):
        return "code %s" % code
    found = {k: v for k, v in (fields or {}).items() if v is not None or k in ("extra", "members")}
    if found != read(vector.get("fields", {})):
        return "fields %.2000s" % found
    if vector["test"] != "frame" or len(b) > 200:
        return None
    if verdict == "legal" and fields["type"] != "unknown" and (canonical(fields) == b[:at]) != vector.get("canonical", False):
        return "the canonical form is %s" % canonical(fields).hex()
    for n in range(len(b)):  # rule 1.3: once there is a verdict, it stands
        early = judge(vector, b[:n])[:3]
        if early[0] != "MORE" and early != (verdict, reason, at):
            return "the first %d bytes give %s" % (n, early)
    return None


def main(names):
    passed = failed = 0
    here = os.path.dirname(os.path.abspath(__file__))
    for name in names or [os.path.join(here, n + ".jsonl") for n in ("frame", "exception", "extra", "trailer", "rst", "path", "stream")]:
        with open(name, encoding="ascii") as lines:
            for vector in map(json.loads, lines):
                why = disagreement(vector)
                passed, failed = passed + (not why), failed + bool(why)
                if why:
                    print("%s: %s: %s" % (os.path.basename(name), vector["id"], why))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
