# SPDX-License-Identifier: MIT
"""Second runs: what is asked conditionally, what 304 leaves as it is, and what is fresh."""

import os

from rows import row

PAGES = ("index.html", "a.html", "b.html")


def twice(trial, peer, folder, port="http", status=304):
    """Crawls, exports, and asks again: every page is answered with that status, and nothing new is exported."""
    trial.crawl(trial.url(peer, port, f"/{folder}/index.html"))
    first = trial.exchanges()
    trial.same("pages of the first run", len(first), 3)
    trial.forage("export", "--consumer", "index")
    trial.again()
    found = trial.exchanges()
    trial.same("pages of the second run", sorted(e.target for e in found), sorted(f"/{folder}/{page}" for page in PAGES))
    trial.same("their status", {e.status for e in found}, {status})
    trial.same("changes", trial.forage("export", "--consumer", "index"), "")
    for exchange in found:
        before = next(e for e in first if e.target == exchange.target)
        yield before.response, exchange.request


def carries_tag(trial, peer, folder, port="http", is_weak=False, **more):
    for came, sent in twice(trial, peer, folder, port, **more):
        trial.same("the tag", sent.get("If-None-Match"), came["ETag"])
        trial.same("it is weak", sent["If-None-Match"].startswith("W/"), is_weak)


@row("nginx")
def nginx_strong_tag(trial):
    """nginx: a strong tag in If-None-Match, 304 for every page, nothing new."""
    carries_tag(trial, "nginx", "target")


@row("nginx")
def nginx_strong_tag_over_http2(trial):
    """The same over HTTP/2."""
    carries_tag(trial, "nginx", "target", "tls")


@row("nginx")
def nginx_weak_tag(trial):
    """nginx weakens the tag of what it packs: sent as it came, 304."""
    carries_tag(trial, "nginx", "gzip", is_weak=True)


@row("nginx")
def nginx_last_modified(trial):
    """nginx without tags: If-Modified-Since alone, 304."""
    for came, sent in twice(trial, "nginx", "dated"):
        trial.same("the date", sent.get("If-Modified-Since"), came["Last-Modified"])
        trial.check("If-None-Match" not in sent, "a tag is sent that nobody gave")


@row("nginx")
def nginx_no_validator(trial):
    """nginx without tag and date: asked for plainly, 200, and the same content is no change."""
    for _, sent in twice(trial, "nginx", "bare", status=200):
        trial.check("If-None-Match" not in sent and "If-Modified-Since" not in sent, f"conditions: {sent}")


@row("apache")
def apache_strong_tag(trial):
    """Apache: a strong tag, 304 for every page."""
    carries_tag(trial, "apache", "target")


@row("apache")
def apache_strong_tag_over_http2(trial):
    """The same over HTTP/2."""
    carries_tag(trial, "apache", "target", "tls")


@row("apache")
def apache_last_modified(trial):
    """Apache without tags: If-Modified-Since, 304."""
    for came, sent in twice(trial, "apache", "dated"):
        trial.same("the date", sent.get("If-Modified-Since"), came["Last-Modified"])


@row("apache")
def apache_deflate_tag(trial):
    """Apache gives what it packs a tag of its own (-gzip) and does not know it again: 200, and no change."""
    carries_tag(trial, "apache", "gzip", status=200)


@row("apache")
def apache_deflate_same_tag(trial):
    """Apache packs and leaves the tag as it is (DeflateAlterETag NoChange), over HTTP/2."""
    carries_tag(trial, "apache", "gzip", "tls")


@row("lighttpd")
def lighttpd_strong_tag(trial):
    """lighttpd: a strong tag, 304 for every page."""
    carries_tag(trial, "lighttpd", "target")


@row("lighttpd")
def lighttpd_strong_tag_over_http2(trial):
    """The same over HTTP/2."""
    carries_tag(trial, "lighttpd", "target", "tls")


@row("lighttpd")
def lighttpd_zstd_tag(trial):
    """lighttpd gives what it packs a tag of its own (-zstd), and knows it again: 304."""
    carries_tag(trial, "lighttpd", "zstd")


@row("caddy", is_long=True)
def caddy_strong_tag(trial):
    """Caddy: a strong tag, 304 for every page."""
    carries_tag(trial, "caddy", "target", "tls")


@row("nginx")
def nginx_changed_page(trial):
    """A file that changed is sent again, and is one change; its new tag is sent the next time."""
    path = os.path.join(trial.world.site, "changing")
    os.mkdir(path)
    file = trial.write("page", "<title>one</title>")
    os.rename(file, os.path.join(path, "page.html"))
    url = trial.url("nginx", path="/changing/page.html")
    trial.crawl(url)
    trial.forage("export", "--consumer", "index")
    os.rename(trial.write("page", "<title>two, and longer</title>"), os.path.join(path, "page.html"))
    trial.again()
    tag = trial.exchange("/changing/page.html").response["ETag"]
    trial.same("status", trial.exchange("/changing/page.html").status, 200)
    trial.holds("the export", trial.forage("export", "--consumer", "index"), '"title":"two, and longer"')
    trial.again()
    trial.same("the tag", trial.exchange("/changing/page.html").request.get("If-None-Match"), tag)
    trial.same("status", trial.exchange("/changing/page.html").status, 304)


@row("nginx")
def nginx_gone_page(trial):
    """A file that went is 404 in the second run, whatever its tag was."""
    file = os.path.join(trial.world.site, "going.html")
    os.rename(trial.write("page", "<title>going</title>"), file)
    url = trial.url("nginx", path="/going.html")
    trial.crawl(url)
    os.remove(file)
    trial.again()
    trial.same("status", trial.exchange("/going.html").status, 404)
