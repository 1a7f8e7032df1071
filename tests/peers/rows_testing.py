# SPDX-License-Identifier: MIT
"""forage test fetch against real servers."""

import json

from rows import row
from rows_logins import PASSWORD, login


def shown(trial, *arguments):
    trial.configure()
    trial.forage("seed", f"http://{trial.host}/")
    return trial.forage("test", "fetch", *arguments)


@row("nginx")
def test_fetch_over_http2(trial):
    """The exchange over TLS and HTTP/2: cipher, certificate, version, request and response."""
    said = shown(trial, trial.url("nginx", "tls", "/b.html"))
    for part in ("TLSv1.3 / ", "CN=good", "CN=Peers CA", "protocol   h2", "> GET /b.html HTTP/2", "< HTTP/2 200",
                 "outcome    page", "no-cache: asked again each time; the next request says If-None-Match:"):  # fmt: skip
        trial.holds("test fetch", said, part)
    trial.same("status", trial.exchange("/b.html").status, 200)


@row("nginx")
def test_fetch_of_an_expired_certificate(trial):
    """Where TLS fails, it says why; no request leaves."""
    said = shown(trial, trial.url("nginx", "expired", "/b.html"), "-o", "robots=ignore")
    trial.holds("test fetch", said, "outcome    TLS failed")
    trial.holds("test fetch", said, "expired")
    trial.same("exchanges", trial.exchanges(), [])


@row("apache")
def test_fetch_as_json(trial):
    """As JSON: each hop of Apache's redirect."""
    answer = json.loads(shown(trial, "--json", trial.url("apache", path="/moved/301")))
    trial.same("status", [hop["status"] for hop in answer["hops"]], [301, 200])
    trial.same("outcome", answer["outcome"], "page")
    trial.same("the first line", answer["hops"][1]["response"][0], "HTTP/1.1 200 OK")


@row("apache")
def test_fetch_interim(trial):
    """Interim responses are shown before the real one."""
    said = shown(trial, trial.url("apache", path="/cgi/nph-interim"))
    trial.holds("test fetch", said, "< HTTP/1.1 103 Early Hints")
    trial.holds("test fetch", said, "outcome    page")


@row("apache")
def test_fetch_logs_in_by_digest(trial):
    """With the login of the host's section: a challenge, and the answer to it, its value masked."""
    trial.configure(login(trial, "apache"))
    trial.forage("seed", f"http://{trial.host}/")
    said = trial.forage("test", "fetch", trial.url("apache", path="/digest/"), own=PASSWORD)
    for part in ("< HTTP/1.1 401 Unauthorized", "outcome    none: the answer is about who we are",
                 "> Authorization: Digest ***", "outcome    page"):  # fmt: skip
        trial.holds("test fetch", said, part)
    trial.check(PASSWORD["PEERS_PASSWORD"] not in said, "the password was shown")
    trial.same("status", [exchange.status for exchange in trial.exchanges()], [401, 200])
