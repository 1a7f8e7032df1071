# SPDX-License-Identifier: MIT
"""Cookies, Referer and header fields of the user's own, as servers see them."""

from rows import row


def cookies(trial, conf=""):
    """Crawls three pages, of which the second sets a cookie; what was sent for the third."""
    trial.crawl(trial.url("nginx", path="/cookie/index.html"), conf=conf)
    trial.check("Cookie" not in trial.exchange("/cookie/set.html").request, "a cookie was sent that nobody had set")
    return trial.exchange("/cookie/then.html").request.get("Cookie")


@row("nginx")
def cookie_is_sent_back(trial):
    """A cookie that nginx sets is sent from the next request on."""
    trial.same("Cookie", cookies(trial), "session=abc")


@row("nginx")
def cookie_over_runs(trial):
    """It is kept, and sent in the next run."""
    cookies(trial)
    trial.again()
    trial.same("cookies", {e.request.get("Cookie") for e in trial.exchanges()}, {"session=abc"})


@row("nginx")
def cookie_of_a_session(trial):
    """With cookies = session it is forgotten with the run."""
    cookies(trial, "cookies = session")
    trial.again()
    trial.same("Cookie", trial.exchange("/cookie/index.html").request.get("Cookie"), None)


@row("nginx")
def cookies_off(trial):
    """With cookies = off none is taken."""
    trial.same("Cookie", cookies(trial, "cookies = off"), None)


@row("nginx")
def cookie_of_one_host(trial):
    """Another host of the same site does not get it."""
    other = f"other-{trial.host}"
    trial.crawl(trial.url("nginx", path="/cookie/set.html"), trial.url("nginx", path="/b.html", host=other),
                conf="scope = any")  # fmt: skip
    found = [e for e in trial.peers["nginx"].exchanges(other) if e.target == "/b.html"]
    trial.same("cookies", [e.request.get("Cookie") for e in found], [None])


@row("nginx")
def cookie_over_http2(trial):
    """The same over TLS and HTTP/2."""
    trial.crawl(trial.url("nginx", "tls", "/cookie/index.html"))
    trial.same("Cookie", trial.exchange("/cookie/then.html").request.get("Cookie"), "session=abc")


@row("nginx")
def referer_within_an_origin(trial):
    """Within an origin the whole URL is the Referer; a seed has none."""
    url = trial.url("nginx", path="/target/index.html")
    trial.crawl(url)
    trial.same("of the seed", trial.exchange("/target/index.html").request.get("Referer"), None)
    trial.same("of its link", trial.exchange("/target/a.html").request.get("Referer"), url)


@row("nginx")
def referer_none(trial):
    """With referer = none there is none."""
    trial.crawl(trial.url("nginx", path="/target/index.html"), conf="referer = none")
    trial.same("Referer", {e.request.get("Referer") for e in trial.exchanges()}, {None})


@row("nginx", "apache")
def own_header(trial):
    """A header field of the user's own goes to the host in whose section it stands."""
    trial.crawl(trial.url("nginx", path="/b.html"), conf="""
        [host "{host}"]
        header = Accept: text/plain""")  # fmt: skip
    trial.same("Accept", trial.exchange("/b.html").request.get("Accept"), "text/plain")
