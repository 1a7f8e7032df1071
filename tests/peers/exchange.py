# SPDX-License-Identifier: MIT
"""What one request and its answer were, as every server's log says it: fields between tabs, the same for all."""

import re

REQUEST_FIELDS = (
    "User-Agent", "From", "Accept", "Accept-Encoding", "If-None-Match", "If-Modified-Since", "Cache-Control", "Range",
    "If-Range", "Authorization", "Proxy-Authorization", "Cookie", "Referer", "Via", "X-Forwarded-For", "Content-Type",
)  # fmt: skip
RESPONSE_FIELDS = (
    "ETag", "Last-Modified", "Content-Encoding", "Transfer-Encoding", "Content-Type", "Location", "Cache-Control",
    "Vary", "Set-Cookie", "WWW-Authenticate", "Age", "Via", "Expires", "Connection",
)  # fmt: skip


def unescaped(value):
    """nginx writes quotes as \\x22, Apache with a backslash."""
    value = re.sub(r"\\x([0-9A-Fa-f]{2})", lambda match: chr(int(match[1], 16)), value)
    return value.replace('\\"', '"')


class Exchange:
    """One line of a log: client address, connection, protocol, method, host, target, status, bytes, and fields of both sides."""

    def __init__(self, peer, line):
        values = [None if value == "-" else unescaped(value) for value in line.split("\t")]
        self.peer = peer
        self.client, self.connection, self.protocol, self.method, self.host, self.target = values[:6]
        self.host_name = (self.host or "").rsplit(":", 1)[0]
        status, sent, self.note = values[6:9]
        if re.match(r"\w+://", self.target or ""):  # A proxy is asked for whole URLs.
            self.target = "/" + self.target.split("/", 3)[3]
        self.status = int(status or 0)
        self.bytes = int(sent or 0)
        at = 9 + len(REQUEST_FIELDS)
        self.request = {name: value for name, value in zip(REQUEST_FIELDS, values[9:at]) if value is not None}
        self.response = {name: value for name, value in zip(RESPONSE_FIELDS, values[at:]) if value is not None}

    def __repr__(self):
        return f"{self.method} {self.host}{self.target} {self.status}"

    def __str__(self):
        head = f"{self.peer} {self.client} connection {self.connection} {self.protocol} {self.method} {self.host}{self.target}"
        sent = "".join(f"\n      > {name}: {value}" for name, value in self.request.items())
        came = "".join(f"\n      < {name}: {value}" for name, value in self.response.items())
        return f"{head} {self.note or ''}{sent}\n      < {self.status}, {self.bytes} bytes{came}"
