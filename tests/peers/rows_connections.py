# SPDX-License-Identifier: MIT
"""Connections: IPv6 and IPv4, several addresses, servers that close early, servers that want fewer requests."""

import contextlib
import socket

from rows import row
from rows_messages import all_pages, in_folder, titles
from servers import BUSY_SECONDS

LOOPBACK = "allow_address = 127.0.0.0/8, ::1\n"


def page(trial, port, conf=""):
    """One page of nginx's, by one request."""
    url = trial.url("nginx", port, "/b.html")
    trial.crawl(url, conf=f"{LOOPBACK}tries = 1\n{conf}")
    trial.state(url, "live", 200)
    return trial.exchange("/b.html")


@row("nginx", addresses="::1")
def ipv6_alone(trial):
    """A host that has an IPv6 address alone."""
    trial.same("client", page(trial, "both").client, "::1")


@row("nginx", addresses="::1")
def ipv6_guard(trial):
    """Its address is put to the guard as any other."""
    url = trial.url("nginx", "both", "/b.html")
    trial.crawl(url, code=69)
    trial.state(url, "blocked", "address not allowed")
    trial.same("exchanges", trial.exchanges() + trial.exchanges(target="/robots.txt"), [])


@row("nginx", addresses="::1 127.0.0.1")
def ipv6_and_ipv4(trial):
    """A host that has both is asked at one of them."""
    trial.check(page(trial, "both").client in ("::1", "127.0.0.1"), "another client")


@row("nginx", addresses="::1 127.0.0.1")
def ipv6_refused(trial):
    """Where nobody listens at the IPv6 address, the other one is taken."""
    trial.same("client", page(trial, "http").client, "127.0.0.1")


@contextlib.contextmanager
def deaf(port):
    """Somebody listens at [::1], and answers no connection: its queue is full."""
    with contextlib.ExitStack() as all_of_it:
        listener = all_of_it.enter_context(socket.socket(socket.AF_INET6))
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(("::1", port))
        listener.listen(0)
        for _ in range(4):
            waiting = all_of_it.enter_context(socket.socket(socket.AF_INET6))
            waiting.setblocking(False)
            waiting.connect_ex(("::1", port))
        yield


@row("nginx", addresses="::1 127.0.0.1")
def ipv6_silent(trial):
    """Where the IPv6 address is silent, nobody waits for it: the two are raced."""
    with deaf(trial.peers["nginx"].port["http"]):
        found = page(trial, "http", "connect_timeout = 3m\nfetch_timeout = 3m")
    trial.same("client", found.client, "127.0.0.1")


@row("nginx", addresses="127.0.0.9 127.0.0.1")
def several_addresses(trial):
    """Of two addresses one is dead: the other one is taken."""
    page(trial, "http")


@row("nginx")
def nginx_closes_after_each(trial):
    """A server that closes after each answer gets a connection for each request."""
    trial.crawl(trial.url("nginx", path="/closing/index.html"))
    all_pages(trial, in_folder("closing"))
    trial.same("connections", len({e.connection for e in trial.exchanges()}), 3)
    trial.same("titles", titles(trial), ["closing a", "closing b", "closing index"])


@row("nginx")
def nginx_goes_away(trial):
    """A server that says GOAWAY after two requests of HTTP/2 gets another connection, and no request is lost."""
    trial.crawl(trial.url("nginx", "away", "/target/index.html"), conf="tries = 1")
    all_pages(trial, in_folder("target"))
    found = [*trial.exchanges(target="/robots.txt"), *trial.exchanges()]
    trial.same("protocols", {e.protocol for e in found}, {"HTTP/2.0"})
    trial.same("connections", len({e.connection for e in found}), 2)


@row("nginx")
def nginx_closes_idle(trial):
    """A connection that the server closed while it was idle is no failure: another one is made."""
    trial.crawl(trial.url("nginx", path="/impatient/index.html"), conf="tries = 1\ndelay = 1500ms")
    all_pages(trial, in_folder("impatient"))
    trial.same("titles", titles(trial), ["impatient a", "impatient b", "impatient index"])


@row("nginx")
def nginx_limits_the_rate(trial):
    """nginx's limit_req says 429: the host rests at once, though there is more to ask for, and over runs."""
    trial.crawl(trial.url("nginx", path="/limited/index.html"), conf="wait_max = 0", code=None)
    trial.same("status of all", [e.status for e in trial.exchanges()], [200, 429])
    trial.mark()
    trial.forage("run", code=None)
    trial.same("exchanges while it rests", trial.exchanges(), [])


@row("nginx")
def nginx_retry_after_a_date(trial):
    """503 with a date in Retry-After: nothing is asked before it, and the page is asked for after it."""
    trial.crawl(trial.url("nginx", path="/busy"), conf="wait_max = 0", code=None)
    trial.same("status", trial.exchange("/busy").status, 503)
    trial.mark()
    for seconds, wanted in ((BUSY_SECONDS // 2, []), (2 * BUSY_SECONDS, [503])):
        trial.forage("run", code=None, own=trial.world.build.ahead(seconds))
        trial.same(f"after {seconds} s", [e.status for e in trial.exchanges()], wanted)
