# SPDX-License-Identifier: MIT
"""A shared cache that a site has in front of its server: Varnish before nginx."""

from rows import row
from rows_caching import SOON, finished, later
from rows_messages import all_pages, in_folder, packed

MINUTE = 60


def asked(trial, target):
    """What nginx was asked for by Varnish since the mark; its own fields name the way."""
    found = trial.exchanges("nginx", target)
    trial.check(all(e.request.get("X-Forwarded-For") for e in found), "nginx was asked past Varnish")
    return found


@row("nginx", "varnish")
def varnish_hit(trial):
    """What Varnish had already comes with an Age, a Via and its own fields; all is kept as it came, and nginx is not asked."""
    url = trial.url("varnish", path="/fresh/b.html")
    trial.configure()
    trial.forage("test", "fetch", url)
    trial.crawl(url)
    trial.same("what Varnish did", [e.note for e in trial.exchanges("varnish", "/fresh/b.html")], ["miss", "hit"])
    trial.same("exchanges with nginx", len(asked(trial, "/fresh/b.html")), 1)
    head = trial.forage("cat", "--headers", url)
    for part in ("\nAge: ", "\nVia: 1.1 varnish", "\nX-Varnish: ", "\nX-Cache: hit"):
        trial.holds("the head", head, part)


@row("nginx", "varnish")
def varnish_age(trial):
    """Of an hour's lifetime 50 minutes are over when it comes: it is fresh for the rest of it, and then asked for."""
    trial.crawl(trial.url("varnish", path="/aged/index.html"), conf=SOON)
    trial.check(all(int(e.response["Age"]) >= 50 * MINUTE for e in trial.exchanges("varnish")), "the Age is lost on the way")
    later(trial, 4 * MINUTE)
    trial.same("exchanges after 4 minutes", trial.exchanges(), [])
    later(trial, 15 * MINUTE)
    trial.same("after 15 minutes", [e.status for e in trial.exchanges("varnish")], [304, 304, 304])


@row("nginx", "varnish")
def varnish_not_modified(trial):
    """A cache that has the page answers a condition itself: 304, nothing new, and nginx is not asked."""
    trial.crawl(trial.url("varnish", path="/fresh/index.html"), conf=SOON)
    tags = {e.target: e.response["ETag"] for e in trial.exchanges("varnish")}
    trial.forage("export", "--consumer", "index")
    trial.again()
    found = trial.exchanges("varnish")
    trial.same("conditions", {e.target: e.request.get("If-None-Match") for e in found}, tags)
    trial.same("what came of them", {(e.status, e.note) for e in found}, {(304, "hit")})
    trial.same("exchanges with nginx", trial.exchanges("nginx"), [])
    trial.same("changes", trial.forage("export", "--consumer", "index"), "")


@row("nginx", "varnish")
def varnish_no_cache(trial):
    """Pages that no cache may use are asked for through Varnish: nginx is asked each time, we get 304."""
    trial.crawl(trial.url("varnish", path="/target/index.html"))
    trial.forage("export", "--consumer", "index")
    trial.again()
    trial.same("what came", [e.status for e in trial.exchanges("varnish")], [304, 304, 304])
    trial.same("exchanges with nginx", len(trial.exchanges("nginx")), 3)
    trial.same("changes", trial.forage("export", "--consumer", "index"), "")


@row("nginx", "varnish")
def varnish_force(trial):
    """--force reaches nginx past a cache that heeds no-cache, though it has the page and the page is fresh."""
    trial.crawl(trial.url("varnish", path="/fresh/b.html"))
    trial.again("--force")
    trial.same("what Varnish did", [e.note for e in trial.exchanges("varnish")], ["miss"])
    trial.same("exchanges with nginx", len(asked(trial, "/fresh/b.html")), 1)
    trial.same("Cache-Control", trial.exchange("/fresh/b.html", "varnish").request.get("Cache-Control"), "no-cache")
    trial.state(trial.url("varnish", path="/fresh/b.html"), "live")


@row("nginx", "varnish")
def varnish_stubborn(trial):
    """A cache that does not heed no-cache answers --force itself: no harm done, and the Age says what it was."""
    trial.crawl(trial.url("varnish", path="/fresh/b.html"))
    trial.again("--force")
    trial.same("what Varnish did", [e.note for e in trial.exchanges("varnish")], ["hit"])
    trial.same("exchanges with nginx", trial.exchanges("nginx"), [])
    trial.state(trial.url("varnish", path="/fresh/b.html"), "live")


@row("nginx", "varnish")
def varnish_vary(trial):
    """A page by language: a fresh copy is none for another language; Varnish and we keep them apart."""
    url = trial.url("varnish", path="/languages/page")
    trial.crawl(url, conf=SOON + "\naccept_language = en")
    trial.configure(SOON + "\naccept_language = de")
    later(trial, 2 * MINUTE)
    trial.same("titles", [line["title"] for line in trial.exported().values()], ["in German"])
    trial.same("status", trial.exchange("/languages/page", "varnish").status, 200)
    trial.same("exchanges with nginx", len(asked(trial, "/languages/page")), 1)


@row("nginx", "varnish")
def varnish_origin_is_dead(trial):
    """Where Varnish finds no server behind it, it says 503 with Retry-After: the host rests, and the page is no page."""
    url = trial.url("varnish", path="/dead/b.html")
    trial.crawl(url, conf="wait_max = 0", code=None)
    trial.same("status", [e.status for e in trial.exchanges("varnish")], [503])
    trial.same("exported", trial.exported(), {})
    trial.holds("explain", trial.forage("explain", url), "503")


@row("nginx", "varnish")
def varnish_gzip(trial):
    """Varnish keeps what nginx packed, and hands it out packed, with a weak tag."""
    packed(trial, "varnish", "gzip", "gzip")
    trial.check(all(e.response["ETag"].startswith("W/") for e in trial.exchanges("varnish")), "a strong tag")


@row("nginx", "varnish")
def varnish_cookie(trial):
    """A cookie that nginx sets through Varnish comes back to nginx."""
    trial.crawl(trial.url("varnish", path="/cookie/index.html"))
    trial.same("Cookie", trial.exchange("/cookie/then.html", "nginx").request.get("Cookie"), "session=abc")


@row("nginx", "varnish")
def varnish_range(trial):
    """A body that was cut off is finished with Range and If-Range by what Varnish has."""
    finished(trial, "varnish")


@row("nginx", "varnish")
def varnish_http2_prior(trial):
    """Varnish without TLS: HTTP/2 from the first byte."""
    trial.crawl(trial.url("varnish", path="/target/index.html"), conf="http2 = prior")
    all_pages(trial, in_folder("target"), peer="varnish")
    trial.same("protocols", {e.protocol for e in trial.exchanges("varnish")}, {"HTTP/2.0"})


@row("nginx", "varnish")
def varnish_as_proxy(trial):
    """As a proxy Varnish is asked for whole URLs, and answers as a cache does."""
    trial.crawl(trial.url("nginx", path="/fresh/index.html"), conf="proxy = http://127.0.0.1:{varnish_http}")
    trial.same("what Varnish did", {(e.status, e.note) for e in trial.exchanges("varnish")}, {(200, "miss")})
    trial.holds("the head", trial.forage("cat", "--headers", trial.url("nginx", path="/fresh/b.html")), "\nVia: 1.1 varnish")
    trial.again("--force")
    trial.same("exchanges with nginx", len(trial.exchanges("nginx")), 3)
