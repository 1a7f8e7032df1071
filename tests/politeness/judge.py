#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""judge.py [-n SHOWN] WORLD LOG - was every host treated as webmasters were promised?

Reads what servers noted, and nothing of the crawler: README.md describes the two files and the rules. Prints each
violation with the requests that show it, and a last line that counts; exits with 1 where there is any.
"""

import argparse
import bisect
import collections
import email.utils
import heapq
import json
import sys

import robotstxt

SECOND_MS = 1000
MINUTE_MS = 60 * SECOND_MS
DAY_MS = 86400 * SECOND_MS
FACTOR_MOST_MS = 30 * SECOND_MS  # delay_factor times a response never asks for more.
BUSY_REST_MS = 60 * SECOND_MS  # The first rest after 429 or 503 without Retry-After.
FORGIVEN_MS = 30 * MINUTE_MS
ROBOTS_KEPT_MS = DAY_MS  # And by Cache-Control less, but no less than:
ROBOTS_KEPT_LEAST_MS = 5 * MINUTE_MS
ROBOTS_RETRY_MS = MINUTE_MS
ROBOTS_GIVEN_UP_MS = 30 * DAY_MS  # RFC 9309, 2.3.1.4.
ROBOTS_HOPS_MOST = 5
CLOCK_MS = 1  # The crawler counts what is asked of robots.txt in whole milliseconds.
LOST_MS = 300  # What came so shortly before a kill may never have been written.

KINDS = (
    "concurrency", "delay", "address", "restart", "retry-after", "rest", "tries",
    "robots-first", "robots-stale", "robots-often", "robots-shut", "robots-rule",
)  # fmt: skip


class Request:
    """One line of the log. What the judge finds out about its end is added when it ends."""

    __slots__ = (
        "line", "start", "end", "address", "origin", "host", "method", "target", "status", "fields",
        "is_cut", "response_ms", "is_ended_by_us", "is_lost", "chain",
    )  # fmt: skip

    def __init__(self, line, text):
        start, end, address, origin, method, target, status, *fields = text.split("\t")
        self.line = line
        self.start = float(start)
        self.end = float(end)
        self.address = sys.intern(address)
        self.origin = sys.intern(origin)
        self.host = sys.intern(host_of(origin))
        self.method = sys.intern(method)
        self.target = target
        self.status = None if status == "-" else int(status)
        self.fields = fields
        self.is_cut = "(cut)" in fields  # Not all of the response was sent.
        self.response_ms = 0  # For delay_factor.
        self.is_ended_by_us = False  # The crawler ended, and the request with it.
        self.is_lost = False  # It ended so shortly before a kill that the crawler may not know.
        self.chain = None  # The robots.txt that it is a redirect of, if it is one.

    def __str__(self):
        words = [f"{self.start:.3f}", f"{self.end:.3f}", self.address, self.origin, self.method, self.target]
        return f"line {self.line}: " + " ".join([*words, str(self.status or "-"), *self.fields])

    def field(self, name):
        for field in self.fields:
            key, _, value = field.partition(":")
            if key.strip().lower() == name:
                return value.strip()
        return None

    @property
    def url(self):
        return self.origin + self.target

    @property
    def is_failure(self):
        return not self.is_busy and (self.status is None or self.is_cut or self.status >= 500)

    @property
    def is_busy(self):
        return self.status in (429, 503)


def host_of(origin):
    """http://h.test:8080 and https://[::1]:443 without scheme and port."""
    place = origin.partition("://")[2]
    return place[: place.index("]") + 1] if place.startswith("[") else place.partition(":")[0]


def address_group(address):
    """What counts as one address: an IPv4 address, or the first 64 bits of an IPv6 one."""
    if ":" not in address:
        return address
    front, gap, back = address.partition("::")
    parts = [part for part in front.split(":") if part]
    if gap:
        behind = [part for part in back.split(":") if part]
        parts += ["0"] * (8 - len(parts) - len(behind)) + behind
    return ":".join(f"{int(part, 16):x}" for part in parts[:4])


def asked_rest_ms(request):
    """Retry-After in both forms, as it holds: 1 s to 1 day. None: there is none that can be read."""
    value = request.field("retry-after")
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        rest_ms = int(value) * SECOND_MS
    else:
        try:
            rest_ms = email.utils.parsedate_to_datetime(value).timestamp() * 1000 - request.end
        except (TypeError, ValueError):
            return None
    return min(max(rest_ms, SECOND_MS), DAY_MS)


def max_age_ms(request):
    for directive in (request.field("cache-control") or "").split(","):
        name, _, value = directive.partition("=")
        if name.strip().lower() == "max-age" and value.strip().isdigit():
            return int(value) * SECOND_MS
        if name.strip().lower() in ("no-cache", "no-store"):
            return 0
    return None


class World:
    """What the crawler was told to keep, and what the origins served as robots.txt."""

    def __init__(self, described):
        self.agent = described["agent"]
        self.slack_ms = described.get("slack_ms", 0)
        self.connect_ms = described.get("connect_ms", 0)  # So long a request may be on its way.
        self.reaction_ms = described.get("reaction_ms", 0)
        self.lost_ms = described.get("lost_ms", LOST_MS)
        self.ip_delay_ms = described["ip_delay_ms"]
        self.default = described["default"]
        self.hosts = described.get("hosts", {})
        self.texts = described.get("robots", {})
        self.stops = sorted(described.get("stops", []), key=lambda stop: stop["at"])
        self.stop_times = [stop["at"] for stop in self.stops]
        self.again_times = [stop["again"] for stop in self.stops]

    def policy(self, host):
        return {**self.default, **self.hosts.get(host, {})}

    def robots(self, url, now_ms):
        """The text that the URL served then."""
        versions = self.texts.get(url, [])
        fitting = [text for since, text in versions if since <= now_ms]
        return robotstxt.read(fitting[-1] if fitting else "", self.agent)

    def life(self, now_ms):
        """How many times the crawler had been started again by then."""
        return bisect.bisect_right(self.again_times, now_ms)

    def stop_during(self, request):
        """The first stop that did not see the request long ended. One that was under way ended with it, however late
        the server heard of that."""
        number = bisect.bisect_left(self.stop_times, request.end - self.slack_ms)
        if number > 0:
            before = self.stops[number - 1]
            number -= before["again"] >= request.end or request.start <= before["at"]
        return self.stops[number] if number < len(self.stops) else None


class Origin:
    """What is known of one origin's robots.txt."""

    def __init__(self):
        self.last = None  # The request that told us most recently.
        self.rules = None  # Of the last good copy.
        self.crawl_delay_ms = 0
        self.redirected_delay_ms = None  # That the crawler knows it is seen from a page that it asks for.
        self.is_open = False  # There is no file, so that all is allowed.
        self.unreachable_since = None
        self.silent_since = None  # The same, as far as another origin may be the silent one.
        self.kept_until = 0  # A page may go by it ...
        self.again_from = 0  # ... and before this it is not asked for again.


class Host:
    """One host as its server sees the crawler."""

    def __init__(self, policy):
        self.policy = policy
        self.origins = {}
        self.flying = []
        self.ended = []  # Those whose delay may not be over, and the last ones in any case.
        self.response_ms = 0  # Of the last good answer, or a longer one that failed since.
        self.failures = 0
        self.chosen_ms = 0  # The last rest whose length was the crawler's to choose, at least.
        self.trouble_at = 0
        self.rest_until = 0
        self.rest_by = None
        self.life = 0
        self.tries = {}  # Target: (failures in a row, the last one).

    def delay_ms(self, response_ms):
        policy = self.policy
        delay_ms = max([policy["delay_ms"], *(origin.crawl_delay_ms for origin in self.origins.values())])
        if policy["delay_ms"] > 0:
            delay_ms = max(delay_ms, min(policy["delay_factor"] * response_ms, FACTOR_MOST_MS))
        return min(delay_ms, DAY_MS)

    def waiting(self, now_ms):
        """Requests that ended, and whose delay is not over."""
        lanes = self.policy["connections"]
        over = [request.end + self.delay_ms(request.response_ms) <= now_ms for request in self.ended]
        last = len(self.ended) - lanes
        self.ended = [request for n, request in enumerate(self.ended) if n >= last or not over[n]]
        return [request for request in self.ended if request.end + self.delay_ms(request.response_ms) > now_ms]


class Judge:
    def __init__(self, world, redirected):
        self.world = world
        self.redirected = redirected  # URLs that redirects led to.
        self.hosts = {}
        self.addresses = {}  # Group: (its last request, the floor behind that).
        self.robots_ends = {}  # URL of a robots.txt: the last request for it.
        self.chains = {}  # URL: the robots.txt that were redirected to it in this life, and over how many hops.
        self.life = 0
        self.ends = []  # A heap of requests under way.
        self.counts = dict.fromkeys(KINDS, 0)
        self.lost = collections.Counter()
        self.violations = []
        self.requests = 0

    def violated(self, kind, why, *requests):
        self.counts[kind] += 1
        self.violations.append((kind, why, requests))

    def host(self, name):
        if name not in self.hosts:
            self.hosts[name] = Host(self.world.policy(name))
        return self.hosts[name]

    # ---- A request begins

    def begin(self, request):
        while self.ends and self.ends[0][0] <= request.start:
            self.end(heapq.heappop(self.ends)[2])
        self.enter_life(self.world.life(request.start))
        host = self.host(request.host)
        if request.method == "-":
            self.look_at_rests(host, request)
            self.look_at_address(host, request)
            return
        self.requests += 1
        self.look_at_robots(host, request)
        if request.address == "-":
            self.end(request)  # A name that led nowhere: nobody was asked.
            return
        self.look_at_lanes(host, request)
        self.look_at_rests(host, request)
        self.look_at_restart(host, request)
        self.look_at_tries(host, request)
        self.look_at_address(host, request)
        host.flying.append(request)
        heapq.heappush(self.ends, (request.end, request.line, request))

    def enter_life(self, life):
        if life != self.life:
            self.chains.clear()
        self.life = life

    def look_at_lanes(self, host, request):
        lanes = host.policy["connections"]
        waiting = host.waiting(request.start + self.world.slack_ms)
        if len(host.flying) >= lanes:
            self.violated("concurrency", f"{lanes} at a time", *host.flying, request)
        elif len(host.flying) + len(waiting) >= lanes:
            last = waiting[-1]
            gap, delay = request.start - last.end, host.delay_ms(last.response_ms)
            self.violated("delay", f"after {gap:.0f} ms and not {delay:.0f}", *host.flying, *waiting, request)

    def look_at_rests(self, host, request):
        by = host.rest_by
        if request.start >= host.rest_until - self.world.slack_ms:
            return
        if request.start < by.end + self.world.reaction_ms:
            return  # It was on its way in another lane when the order came.
        kind = "retry-after" if by.is_busy and asked_rest_ms(by) is not None else "rest"
        left = host.rest_until - request.start
        self.violated(kind, f"{left:.0f} ms before the end of the rest", by, request)

    def look_at_restart(self, host, request):
        """After an unclean stop nobody is asked before the start and the delay, which is more than an address's."""
        is_first, host.life = self.life != host.life, self.life
        if not is_first or self.world.stops[self.life - 1]["how"] != "kill":
            return
        again = self.world.stops[self.life - 1]["again"]
        delay = host.delay_ms(host.response_ms)
        if request.start < again + delay - self.world.slack_ms:
            gap = request.start - again
            self.violated("restart", f"{gap:.0f} ms after the start and not {delay:.0f}", request)

    def look_at_tries(self, host, request):
        tries, last = host.tries.get(request.url, (0, None))
        if tries >= host.policy["tries"] and last:
            if request.start < last.end + host.policy["revisit_ms"] - self.world.slack_ms:
                self.violated("tries", f"after {tries} failures", last, request)
            del host.tries[request.url]

    def look_at_address(self, host, request):
        """The floor between two requests to one address; a host with a smaller delay has that one."""
        group = address_group(request.address)
        floor = min(self.world.ip_delay_ms, host.policy["delay_ms"])
        last, its_floor = self.addresses.get(group, (None, 0))
        if last and request.start < last.start + min(floor, its_floor) - self.world.slack_ms:
            gap = request.start - last.start
            self.violated("address", f"{gap:.0f} ms between two requests", last, request)
        self.addresses[group] = (request, floor)

    # ---- robots.txt

    def look_at_robots(self, host, request):
        origin = host.origins.setdefault(request.origin, Origin())
        request.chain = list(self.chains.get(request.url, {}).items())
        if request.target == "/robots.txt":
            request.chain.append((origin, 0))
            self.look_at_haste(origin, request)
        elif not request.chain and request.address != "-":
            self.look_at_rules(host, origin, request)

    def look_at_haste(self, origin, request):
        """Where other origins' robots.txt lead there, on whose behalf it is asked for cannot be seen."""
        is_asked = request.address != "-" and request.url not in self.redirected
        if is_asked and request.start < origin.again_from - self.world.slack_ms - CLOCK_MS:
            self.violated("robots-often", "it was not to be asked for again", origin.last, request)

    def look_at_rules(self, host, origin, request):
        if host.policy.get("robots") == "ignore":
            return
        if origin.redirected_delay_ms is not None:
            origin.crawl_delay_ms = origin.redirected_delay_ms
        last = origin.last
        if not last:
            self.violated("robots-first", "no robots.txt was asked for", request)
        elif request.start > origin.kept_until + self.world.slack_ms + self.world.connect_ms:
            self.violated("robots-stale", "robots.txt was not asked for again", last, request)
        elif self.is_given_up(origin, request) or origin.is_open:
            return
        elif origin.rules is None:
            self.violated("robots-shut", "robots.txt had no answer", last, request)
        else:
            rule = origin.rules.forbids(request.target)
            if rule is not None:
                self.violated("robots-rule", f"Disallow: {rule}", last, request)

    @staticmethod
    def is_given_up(origin, request):
        known = [since for since in (origin.unreachable_since, origin.silent_since) if since is not None]
        return bool(known) and request.start >= min(known) + ROBOTS_GIVEN_UP_MS

    def end_robots(self, request):
        is_redirect = request.status in (301, 302, 303, 307, 308) and not request.is_cut
        location = request.field("location") if is_redirect else None
        if request.chain:
            self.robots_ends[request.url] = request
        for origin, hops in request.chain:
            if location and hops < ROBOTS_HOPS_MOST:
                self.chains.setdefault(location, {})[origin] = hops + 1
                self.look_at_silence(origin, self.robots_ends.get(location), request, hops + 1)
            else:
                self.know_robots(origin, request, "open" if location else self.meaning(origin, request), hops)

    def look_at_silence(self, origin, asked, request, hops):
        """Where it leads, nobody answered a moment ago, and nobody is asked again so soon."""
        if asked and asked.end >= request.start - ROBOTS_RETRY_MS and self.meaning(origin, asked) == "nothing":
            self.know_robots(origin, asked, "nothing", hops)

    @staticmethod
    def meaning(origin, request):
        status = 0 if request.is_cut else request.status or 0
        if 200 <= status < 300:
            return "rules"
        if status == 304:
            return "same" if origin.rules else "nothing"
        return "open" if 400 <= status < 500 and status != 429 else "nothing"

    @staticmethod
    def has_good_copy(origin, request):
        return origin.last is not None and origin.unreachable_since is None and request.start < origin.kept_until

    def know_robots(self, origin, request, meaning, hops):
        """An answer that a kill took away may be known or not: what it forbids holds, what it slows does not."""
        if hops > 0 and meaning == "nothing" and origin.last:
            # It may have been asked for on another's behalf, or on its own: then the last good copy holds on, and
            # silence counts from here.
            origin.kept_until = max(origin.kept_until, request.end + ROBOTS_KEPT_MS)
            origin.silent_since = request.end if origin.silent_since is None else origin.silent_since
            return
        if meaning == "nothing" and self.has_good_copy(origin, request):
            return  # The same; and what is kept holds until it is stale, whatever another asks meanwhile.
        now = request.end
        origin.last = request
        # Whether it was asked for on this origin's behalf, over a redirect, cannot be seen.
        is_known = hops == 0 and not request.is_lost and not request.is_ended_by_us
        if meaning == "nothing":
            if origin.unreachable_since is None:
                origin.unreachable_since = now
            origin.is_open = origin.is_open and request.address == "-"
            origin.kept_until = now + ROBOTS_KEPT_MS
            origin.again_from = now + ROBOTS_RETRY_MS if is_known else 0
            return
        kept = max_age_ms(request)
        kept = ROBOTS_KEPT_MS if kept is None else min(max(kept, ROBOTS_KEPT_LEAST_MS), ROBOTS_KEPT_MS)
        origin.kept_until = now + kept
        origin.again_from = now + kept if is_known else 0
        origin.unreachable_since = origin.silent_since = None
        origin.is_open = meaning == "open"
        if meaning == "open":
            origin.rules = None
        elif meaning == "rules":
            origin.rules = self.world.robots(request.url, request.start)
        delay_ms = (origin.rules and origin.rules.crawl_delay_ms) or 0
        origin.redirected_delay_ms = None
        if request.is_lost and delay_ms > origin.crawl_delay_ms:
            self.lost["crawl-delay"] += 1
        elif hops > 0:
            origin.redirected_delay_ms = delay_ms
        else:
            origin.crawl_delay_ms = delay_ms

    # ---- A request ends

    def end(self, request):
        host = self.host(request.host)
        stop = self.world.stop_during(request)
        is_whole = request.status is not None and not request.is_cut
        if stop:
            request.is_ended_by_us = not is_whole and request.end >= stop["at"] - self.world.slack_ms
            request.is_lost = stop["how"] == "kill" and request.end > stop["at"] - self.world.lost_ms
        if request.chain and not (request.is_ended_by_us and request.is_lost):
            self.end_robots(request)
        if request.address == "-":
            return
        host.flying.remove(request)
        host.ended.append(request)
        if request.is_ended_by_us and not request.is_busy:
            return
        is_good = not request.is_failure and not request.is_busy
        if request.is_lost:
            self.note_lost(host, request, is_good)
            return
        response_ms = request.end - request.start
        host.response_ms = response_ms if is_good else max(response_ms, host.response_ms)
        request.response_ms = host.response_ms
        self.end_tries(host, request)
        if is_good:
            host.failures = 0
        elif request.is_busy:
            self.busy(host, request)
        else:
            self.failed(host, request)

    def note_lost(self, host, request, is_good):
        """The crawler may know it or not; the judge goes by what asks for less."""
        if is_good:
            host.failures = 0
            host.response_ms = min(request.end - request.start, host.response_ms)
        elif request.is_busy:
            self.lost["retry-after" if asked_rest_ms(request) is not None else "rest"] += 1
        else:
            self.lost["failure"] += 1

    @staticmethod
    def end_tries(host, request):
        if request.chain or request.is_busy:
            return
        if request.is_failure:
            host.tries[request.url] = (host.tries.get(request.url, (0, None))[0] + 1, request)
        else:
            host.tries.pop(request.url, None)

    def forgive(self, host, now):
        is_failing = host.failures >= host.policy["failures"]
        if not is_failing and now >= max(host.trouble_at, host.rest_until) + FORGIVEN_MS:
            host.chosen_ms = 0

    @staticmethod
    def rest(host, request, rest_ms):
        host.trouble_at = request.end
        if request.end + rest_ms > host.rest_until:
            host.rest_until = request.end + rest_ms
            host.rest_by = request

    def choose_rest(self, host, request, first_ms):
        """Doubles where the request began after the rest before it; else it is the same trouble once more."""
        factor = 1 if request.start < host.rest_until else 2
        host.chosen_ms = min(max(factor * host.chosen_ms, first_ms), DAY_MS)
        self.rest(host, request, host.chosen_ms)

    def busy(self, host, request):
        self.forgive(host, request.end)
        asked_ms = asked_rest_ms(request)
        if asked_ms is None:
            self.choose_rest(host, request, BUSY_REST_MS)
        else:
            self.rest(host, request, asked_ms)

    def failed(self, host, request):
        self.forgive(host, request.end)
        host.failures += 1
        if host.failures >= host.policy["failures"] and request.start >= host.rest_until:
            self.choose_rest(host, request, host.policy["failures_rest_ms"])


def read_log(file):
    requests = []
    for number, line in enumerate(file, 1):
        if line.strip() and not line.startswith("#"):
            requests.append(Request(number, line.rstrip("\n")))
    requests.sort(key=lambda request: (request.start, request.line))
    return requests


def judge(world, requests):
    """A Judge that has seen it all."""
    result = Judge(world, {request.field("location") for request in requests if request.fields})
    for request in requests:
        result.begin(request)
    while result.ends:
        result.end(heapq.heappop(result.ends)[2])
    return result


def report(result, shown, say):
    """Says the first violations and the counts, line by line; how many there are."""
    for kind, why, requests in result.violations[:shown]:
        say(f"{kind}: {why}")
        for request in requests:
            say(f"    {request}")
    found = len(result.violations)
    if found > shown:
        say(f"... and {found - shown} more")
    kinds = ", ".join(f"{kind} {count}" for kind, count in result.counts.items() if count)
    lost = ", ".join(f"{kind} {count}" for kind, count in sorted(result.lost.items()))
    say(
        f"{result.requests} requests, {len(result.hosts)} hosts, {len(result.addresses)} addresses, "
        f"{len(result.world.stops)} stops: {found} violations" + (f" ({kinds})" if kinds else "") +
        (f"; lost to kills: {lost}" if lost else "")
    )  # fmt: skip
    return found


def main():
    parser = argparse.ArgumentParser(description="counts violations of politeness in a server's log")
    parser.add_argument("-n", metavar="SHOWN", type=int, default=20, help="violations that are shown (20)")
    parser.add_argument("world")
    parser.add_argument("log")
    given = parser.parse_args()
    with open(given.world, encoding="utf-8") as file:
        world = World(json.load(file))
    with open(given.log, encoding="utf-8", errors="surrogateescape") as file:
        result = judge(world, read_log(file))
    return 1 if report(result, given.n, print) else 0


if __name__ == "__main__":
    sys.exit(main())
