# SPDX-License-Identifier: MIT
"""robotstxt - a reading of robots.txt (RFC 9309) for the judge, written from the RFC alone.

Small on purpose, and not the crawler's: two readings that were made apart agree where both are right.
"""

import functools
import re

READ_MOST = 500 * 1024  # RFC 9309, 2.5: at least so much is parsed; the product promises so much.
DAY_MS = 86400 * 1000
TOKEN = re.compile(r"[A-Za-z_-]*")
ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def normal(path):
    """RFC 9309, 2.2.2: octets that need no escape bare, all others as %XX in upper case."""

    def unescape(match):
        octet = int(match[1], 16)
        return bytes([octet]) if octet in UNRESERVED else b"%%%02X" % octet

    octets = ESCAPE.sub(unescape, path.encode("utf-8", "surrogateescape"))
    return "".join(chr(o) if o < 0x80 else f"%{o:02X}" for o in octets)


class Rules:
    """What one robots.txt says to one product token."""

    def __init__(self, rules, crawl_delay_ms):
        self.rules = rules  # [(number of octets, is it an allow, what matches, the line's value)]
        self.crawl_delay_ms = crawl_delay_ms  # None: it names none.

    def forbids(self, target):
        """The value of the Disallow line that forbids a path with its query; None where it may be asked for."""
        path = normal(target)
        if path == "/robots.txt":
            return None
        fitting = [rule for rule in self.rules if rule[2].match(path)]
        if not fitting:
            return None
        # The longest match decides, of two alike the one that allows (2.2.2).
        best = max(fitting, key=lambda rule: rule[:2])
        return None if best[1] else best[3]


def matcher(value):
    """A pattern as an expression that begins at the first octet: * is anything, a last $ the end (2.2.3)."""
    path = normal(value)
    is_whole = path.endswith("$")
    parts = [re.escape(part) for part in (path[:-1] if is_whole else path).split("*")]
    return re.compile(".*".join(parts) + (r"\Z" if is_whole else ""), re.DOTALL)


def records(text):
    """The lines that say something: (name in lower case, value)."""
    for line in re.split(r"\r\n?|\n", text[:READ_MOST].removeprefix("\ufeff")):
        name, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield name.strip().lower(), value.strip()


def groups(text):
    """Runs of user-agent lines with what follows them: (tokens in lower case, records)."""
    tokens, lines, was_agent = [], [], False
    for name, value in records(text):
        if name == "user-agent":
            if not was_agent and tokens:
                yield tokens, lines
                tokens, lines = [], []
            tokens.append("*" if value.startswith("*") else TOKEN.match(value)[0].lower())
        elif tokens:
            lines.append((name, value))
        # Other records, sitemap for one, do not end a run of agents (2.2.1, 2.2.4).
        was_agent = name == "user-agent" or (was_agent and name not in ("allow", "disallow", "crawl-delay"))
    if tokens:
        yield tokens, lines


def delay_of(lines):
    """The largest Crawl-delay, which is no part of the RFC: seconds, with a fraction perhaps; at most a day."""
    delays = [float(v) * 1000 for n, v in lines if n == "crawl-delay" and re.fullmatch(r"\d+(\.\d*)?|\.\d+", v)]
    return min(max(delays), DAY_MS) if delays else None


@functools.lru_cache(maxsize=4096)
def read(text, token):
    """The rules for a product token: those of all its groups, or of all groups for "*" (2.2.1)."""
    token = token.lower()
    found = [(tokens, lines) for tokens, lines in groups(text)]
    own = [lines for tokens, lines in found if token in tokens]
    if not own:
        own = [lines for tokens, lines in found if "*" in tokens]
    lines = [line for group in own for line in group]
    rules = [
        (len(normal(value)), name == "allow", matcher(value), value)
        for name, value in lines
        if name in ("allow", "disallow") and value
    ]
    return Rules(rules, delay_of(lines))
