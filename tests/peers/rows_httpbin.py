# SPDX-License-Identifier: MIT
"""What a program answers that is no file server: httpbin, with its own ideas of cookies, logins, tags and types."""

import json

from rows import row
from rows_caching import HOUR, SOON, cut_once, later
from rows_logins import PASSWORD, login

ALL_TYPES = "accept_types = */*\n"


def answer(trial, path):
    """The JSON that is kept of a page."""
    return json.loads(trial.forage("cat", trial.url("httpbin", path=path)))


def statuses(trial):
    return [e.status for e in trial.exchanges()]


def digest(trial, *paths):
    """Crawls pages behind Digest; what was exchanged, after each page was seen to be let in."""
    conf = ALL_TYPES + login(trial, "httpbin")
    trial.crawl(*(trial.url("httpbin", path=path) for path in paths), own=PASSWORD, conf=conf)
    for path in paths:
        trial.same("the answer", answer(trial, path), {"authenticated": True, "user": "reader"})
    return trial.exchanges()


@row("httpbin")
def httpbin_digest_md5(trial):
    """Digest with MD5."""
    found = digest(trial, "/digest-auth/auth/reader/secret/MD5")
    trial.same("status of all", [e.status for e in found], [401, 200])


@row("httpbin")
def httpbin_digest_sha256(trial):
    """Digest with SHA-256."""
    found = digest(trial, "/digest-auth/auth/reader/secret/SHA-256")
    trial.same("status of all", [e.status for e in found], [401, 200])
    trial.holds("Authorization", found[1].request["Authorization"], "algorithm=SHA-256")


@row("httpbin")
def httpbin_digest_stale(trial):
    """A nonce that is too old is no wrong password: the next one is used."""
    found = digest(trial, "/digest-auth/auth/reader/secret/SHA-256/1", "/digest-auth/auth/reader/secret/SHA-256/2")
    trial.same("status of all", [e.status for e in found], [401, 200, 401, 200])
    trial.holds("the second challenge", found[2].response["WWW-Authenticate"], "stale=TRUE")


def not_answered(trial, path):
    """What we cannot compute is not answered: one request, no login, and the server's refusal."""
    url = trial.url("httpbin", path=path)
    trial.crawl(url, own=PASSWORD, code=None, conf=ALL_TYPES + login(trial, "httpbin"))
    trial.same("exchanges", [(e.status, e.request.get("Authorization")) for e in trial.exchanges()], [(401, None)])
    trial.state(url, "blocked", 401)


@row("httpbin")
def httpbin_digest_sha512(trial):
    """Digest with SHA-512, which no standard has, is not answered."""
    not_answered(trial, "/digest-auth/auth/reader/secret/SHA-512")


@row("httpbin")
def httpbin_digest_auth_int(trial):
    """Digest that protects bodies alone (auth-int) is not answered."""
    not_answered(trial, "/digest-auth/auth-int/reader/secret/SHA-256")


@row("httpbin")
def httpbin_basic_hidden(trial):
    """Who does not log in is told 404, so the login has to go unasked."""
    url = trial.url("httpbin", path="/hidden-basic-auth/reader/secret")
    trial.crawl(url, own=PASSWORD, code=None, conf=ALL_TYPES + login(trial, "httpbin"))
    trial.same("status without login_unasked", statuses(trial), [404])
    trial.mark()
    conf = ALL_TYPES + login(trial, "httpbin", lines="login_unasked = yes")
    trial.configure(conf)
    trial.forage("run", "--all", own=PASSWORD)
    trial.same("status with it", statuses(trial), [200])


@row("httpbin")
def httpbin_bearer(trial):
    """A token goes once it was asked for."""
    url = trial.url("httpbin", path="/bearer")
    trial.crawl(url, own=PASSWORD, conf=f"""
        accept_types = */*
        [host "{trial.host}"]
        login_token_env = PEERS_PASSWORD
        login_origin = {trial.url("httpbin", path="")}""")  # fmt: skip
    found = trial.exchanges()
    trial.same("tokens", [e.request.get("Authorization") for e in found], [None, "Bearer secret"])
    trial.same("the answer", answer(trial, "/bearer"), {"authenticated": True, "token": "secret"})


@row("httpbin")
def httpbin_cookies(trial):
    """A cookie that a redirect sets is sent to its target, and one that is taken back is not sent any more."""
    trial.crawl(trial.url("httpbin", path="/cookies/set?taste=sweet&size=small"), conf=ALL_TYPES)
    trial.same("what came", answer(trial, "/cookies"), {"cookies": {"taste": "sweet", "size": "small"}})
    trial.crawl(trial.url("httpbin", path="/cookies/delete?taste="), conf=ALL_TYPES)
    trial.mark()
    trial.forage("run", "--all")
    trial.same("what goes afterwards", {e.request.get("Cookie") for e in trial.exchanges(target="/cookies")}, {"size=small"})


@row("httpbin")
def httpbin_redirects(trial):
    """Redirects after redirects, by relative and by whole URLs, to another status, lead to their pages."""
    paths = ("/relative-redirect/4", "/absolute-redirect/3", "/redirect-to?url=/uuid&status_code=308")
    trial.crawl(*(trial.url("httpbin", path=path) for path in paths), conf=ALL_TYPES)
    trial.state(trial.url("httpbin", path="/get"), "live", 200)
    trial.state(trial.url("httpbin", path="/uuid"), "live", 200)
    trial.state(trial.url("httpbin", path=paths[2]), "moved-to", 308)
    trial.same("redirects", statuses(trial).count(302), 7)


@row("httpbin")
def httpbin_redirects_too_many(trial):
    """The eleventh redirect in a row is not followed."""
    trial.crawl(trial.url("httpbin", path="/relative-redirect/12"), code=None)
    trial.same("redirects", [e.target for e in trial.exchanges()], [f"/relative-redirect/{n}" for n in range(12, 1, -1)])
    trial.same("exported", trial.exported(), {})


@row("httpbin")
def httpbin_redirect_elsewhere(trial):
    """Where a redirect leads is judged as any link is: by robots.txt, by the address guard, by scope."""
    targets = {"/deny": "disallowed by robots.txt", "http://10.0.0.1/": "address not allowed"}
    seeds = [trial.url("httpbin", path=f"/redirect-to?url={target}") for target in targets]
    trial.crawl(*seeds, conf="scope = any", code=None)
    pages = trial.pages()
    for target, reason in targets.items():
        url = target if "://" in target else trial.url("httpbin", path=target)
        trial.same(url, (pages[url]["state"], pages[url]["reason"]), ("blocked", reason))
    trial.same("asked for", {e.target.partition("?")[0] for e in trial.exchanges()}, {"/redirect-to"})
    trial.mark()
    trial.crawl(trial.url("httpbin", path="/redirect-to?url=http://elsewhere.test/"), conf="scope = host", code=None)
    trial.same("elsewhere", trial.pages().get("http://elsewhere.test/", {}).get("status", 0), 0)


@row("httpbin")
def httpbin_refresh(trial):
    """The Refresh header leads on as a redirect does."""
    trial.crawl(trial.url("httpbin", path="/response-headers?Refresh=0%3Burl%3D%2Fuuid"), conf=ALL_TYPES)
    trial.state(trial.url("httpbin", path="/uuid"), "live", 200)


@row("httpbin")
def httpbin_noindex(trial):
    """X-Robots-Tag: noindex keeps a page out of the index."""
    url = trial.url("httpbin", path="/response-headers?X-Robots-Tag=noindex")
    trial.crawl(url, trial.url("httpbin", path="/html"), conf=ALL_TYPES)
    trial.state(url, "noindex")
    trial.same("exported", list(trial.exported()), [trial.url("httpbin", path="/html")])


@row("httpbin")
def httpbin_codings(trial):
    """gzip, deflate and br of Python's libraries are read."""
    words = {"/gzip": "gzipped", "/deflate": "deflated", "/brotli": "brotli"}
    trial.crawl(*(trial.url("httpbin", path=path) for path in words), conf=ALL_TYPES)
    codings = {e.target: e.response.get("Content-Encoding") for e in trial.exchanges()}
    trial.same("codings", codings, {"/gzip": "gzip", "/deflate": "deflate", "/brotli": "br"})
    for path, word in words.items():
        trial.same(path, answer(trial, path)[word], True)


@row("httpbin")
def httpbin_stream(trial):
    """A body in chunks, each a line."""
    trial.crawl(trial.url("httpbin", path="/stream/30"), conf=ALL_TYPES)
    lines = trial.forage("cat", trial.url("httpbin", path="/stream/30")).splitlines()
    trial.same("lines", [json.loads(line)["id"] for line in lines], list(range(30)))


@row("httpbin")
def httpbin_drip(trial):
    """A body that comes by the byte is waited for."""
    trial.crawl(trial.url("httpbin", path="/drip?duration=0.5&numbytes=10"), conf=ALL_TYPES)
    trial.same("the body", trial.forage("cat", trial.url("httpbin", path="/drip?duration=0.5&numbytes=10")), "*" * 10)


@row("httpbin")
def httpbin_delay(trial):
    """An answer that does not begin in time is a timeout."""
    url = trial.url("httpbin", path="/delay/10")
    trial.crawl(url, conf="tries = 1\nfirst_byte_timeout = 1s", code=None)
    trial.state(url, "unreachable")
    trial.holds("explain", trial.forage("explain", url), "no answer within")


@row("httpbin")
def httpbin_statuses(trial):
    """Statuses as a program gives them: without a type, with words of its own, with none."""
    states = {201: "live", 299: "live", 400: "blocked", 402: "blocked", 406: "blocked", 408: "unreachable", 410: "gone",
              418: "blocked", 421: "unreachable", 425: "unreachable", 451: "blocked", 500: "unreachable", 501: "unreachable",
              507: "unreachable"}  # fmt: skip
    trial.crawl(*(trial.url("httpbin", path=f"/status/{status}") for status in states), conf=ALL_TYPES + "tries = 1", code=None)
    pages = trial.pages()
    found = {status: pages[trial.url("httpbin", path=f"/status/{status}")]["state"] for status in states}
    trial.same("states", found, states)


@row("httpbin")
def httpbin_passing_statuses(trial):
    """408, 421 and 425 are about the moment: asked again as after an error of the server's."""
    paths = [f"/status/{status}" for status in (408, 421, 425)]
    trial.crawl(*(trial.url("httpbin", path=path) for path in paths), conf=ALL_TYPES + "tries = 2\nretry = 1s", code=None)
    trial.same("asked for", sorted(e.target for e in trial.exchanges()), sorted(2 * paths))


@row("httpbin")
def httpbin_robots(trial):
    """What its robots.txt forbids is not asked for."""
    url = trial.url("httpbin", path="/deny")
    trial.crawl(url, trial.url("httpbin", path="/html"), code=None)
    trial.same("asked for", [e.target for e in trial.exchanges()], ["/html"])
    trial.state(url, "blocked", "disallowed by robots.txt")


@row("httpbin")
def httpbin_links(trial):
    """A folder of pages that link to each other, behind a redirect."""
    trial.crawl(trial.url("httpbin", path="/links/6"))
    live = {url for url, page in trial.pages().items() if page["state"] == "live"}
    trial.same("live", live, {trial.url("httpbin", path=f"/links/6/{n}") for n in range(6)})
    trial.same("status of the first", statuses(trial)[0], 302)


@row("httpbin")
def httpbin_tag_without_quotes(trial):
    """A tag without its quotes is given back as it came: 304, though no standard knows it."""
    trial.crawl(trial.url("httpbin", path="/etag/seven"), conf=ALL_TYPES + SOON)
    trial.again()
    exchange = trial.exchange("/etag/seven")
    trial.same("the tag", exchange.request.get("If-None-Match"), "seven")
    trial.same("status", exchange.status, 304)


@row("httpbin")
def httpbin_cache(trial):
    """Lifetimes from Cache-Control: fresh for an hour, then asked for."""
    trial.crawl(trial.url("httpbin", path=f"/cache/{HOUR}"), conf=ALL_TYPES + SOON)
    later(trial, HOUR // 2)
    trial.same("exchanges within the hour", trial.exchanges(), [])
    later(trial, 2 * HOUR)
    trial.same("after it", statuses(trial), [200])


@row("httpbin")
def httpbin_type_is_not_wanted(trial):
    """Bytes of no type are not taken where they are not among accept_types."""
    url = trial.url("httpbin", path="/bytes/500?seed=1")
    trial.crawl(url, code=None)
    trial.check(trial.pages()[url]["state"] != "live", "it is kept")
    trial.same("exported", trial.exported(), {})


@row("httpbin")
def httpbin_range(trial):
    """A stream that was cut off, with a tag that is none: it cannot be finished safely, so it is asked for anew, and is whole."""
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    first, second = cut_once(trial, "httpbin", "/range/40000", (alphabet * 1539)[:40000])
    trial.same("status of both", [first.status, second.status], [200, 200])
    trial.check("Range" not in second.request, f"a part is asked for: {second.request}")
