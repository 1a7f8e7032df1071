# SPDX-License-Identifier: MIT
"""Messages and connections: versions, kept connections, codings, framing, interim responses, errors."""

from rows import row

PAGES = ["/index.html", "/a.html", "/b.html"]


def in_folder(folder):
    return [f"/{folder}{page}" for page in PAGES]


def one_connection(trial, protocol):
    """All pages came over one connection of this version. robots.txt counts."""
    robots = trial.exchange("/robots.txt")
    found = [robots, *trial.exchanges()]
    trial.same("protocols", {e.protocol for e in found}, {protocol})
    trial.same("connections", len({e.connection for e in found}), 1)


def all_pages(trial, targets, status=200, peer=None):
    found = trial.exchanges(peer)
    trial.same("pages", sorted(e.target for e in found), sorted(targets))
    trial.same("status of all", {e.status for e in found}, {status})


def titles(trial):
    return sorted(line["title"] for line in trial.exported().values() if line["op"] == "upsert")


@row("nginx")
def nginx_http1_kept_alive(trial):
    """nginx over HTTP/1.1: one connection for robots.txt and all pages."""
    trial.crawl(trial.url("nginx", path="/index.html"))
    all_pages(trial, PAGES)
    one_connection(trial, "HTTP/1.1")
    trial.same("titles", titles(trial), ["top a", "top b", "top index"])


@row("apache")
def apache_http1_kept_alive(trial):
    """Apache over HTTP/1.1: one connection for robots.txt and all pages."""
    trial.crawl(trial.url("apache", path="/index.html"))
    all_pages(trial, PAGES)
    one_connection(trial, "HTTP/1.1")


@row("nginx")
def nginx_http2_by_alpn(trial):
    """nginx over TLS: HTTP/2 by ALPN, one connection."""
    trial.crawl(trial.url("nginx", "tls", "/index.html"))
    all_pages(trial, PAGES)
    one_connection(trial, "HTTP/2.0")
    trial.same("TLS", {e.note for e in trial.exchanges()}, {"TLSv1.3"})


@row("apache")
def apache_http2_by_alpn(trial):
    """Apache over TLS: HTTP/2 by ALPN, one connection."""
    trial.crawl(trial.url("apache", "tls", "/index.html"))
    all_pages(trial, PAGES)
    one_connection(trial, "HTTP/2.0")


@row("lighttpd")
def lighttpd_http1_kept_alive(trial):
    """lighttpd over HTTP/1.1: one connection for robots.txt and all pages."""
    trial.crawl(trial.url("lighttpd", path="/index.html"))
    all_pages(trial, PAGES)
    one_connection(trial, "HTTP/1.1")


@row("lighttpd")
def lighttpd_http2_by_alpn(trial):
    """lighttpd over TLS: HTTP/2 by ALPN, one connection."""
    trial.crawl(trial.url("lighttpd", "tls", "/index.html"))
    all_pages(trial, PAGES)
    one_connection(trial, "HTTP/2.0")


@row("nginx")
def nginx_http1_over_tls(trial):
    """nginx over TLS without HTTP/2: HTTP/1.1, one connection."""
    trial.crawl(trial.url("nginx", "tls1", "/index.html"))
    all_pages(trial, PAGES)
    one_connection(trial, "HTTP/1.1")


@row("nginx")
def http2_refused(trial):
    """With http2 = no, HTTP/1.1 is spoken where HTTP/2 is offered."""
    trial.crawl(trial.url("nginx", "tls", "/index.html"), conf="http2 = no")
    all_pages(trial, PAGES)
    one_connection(trial, "HTTP/1.1")


@row("nginx")
def nginx_http2_prior(trial):
    """nginx without TLS: HTTP/2 from the first byte, where http2 = prior says so (libcurl 7.88: a connection each)."""
    trial.crawl(trial.url("nginx", "h2c", "/index.html"), conf="http2 = prior")
    all_pages(trial, PAGES)
    trial.same("protocols", {e.protocol for e in trial.exchanges()}, {"HTTP/2.0"})


@row("apache")
def apache_http2_prior(trial):
    """Apache without TLS: the same."""
    trial.crawl(trial.url("apache", path="/index.html"), conf="http2 = prior")
    all_pages(trial, PAGES)
    trial.same("protocols", {e.protocol for e in trial.exchanges()}, {"HTTP/2.0"})


@row("lighttpd")
def lighttpd_http2_prior(trial):
    """lighttpd without TLS: the same."""
    trial.crawl(trial.url("lighttpd", path="/index.html"), conf="http2 = prior")
    all_pages(trial, PAGES)
    trial.same("protocols", {e.protocol for e in trial.exchanges()}, {"HTTP/2.0"})


@row("nginx")
def http2_for_one_host(trial):
    """http2 in a host's section holds for that host."""
    other = f"other-{trial.host}"
    trial.crawl(trial.url("nginx", "tls", "/b.html"), trial.url("nginx", "tls", "/b.html", host=other), conf="""
        [host "{host}"]
        http2 = no""")  # fmt: skip
    trial.same("protocol", trial.exchange("/b.html").protocol, "HTTP/1.1")
    others = [e for e in trial.peers["nginx"].exchanges(other) if e.target == "/b.html"]
    trial.same("protocol of the other", [e.protocol for e in others], ["HTTP/2.0"])


def many(trial, conf):
    """61 pages, eight at a time, of a server that is slower than that: over how many connections?"""
    trial.crawl(trial.url("nginx", "tls", "/many/index.html"), conf=f"connections = 8\n{conf}")
    found = trial.exchanges()
    trial.same("pages", len({e.target for e in found if e.status == 200}), 61)
    return len({e.connection for e in found})


@row("nginx")
def http2_multiplexed(trial):
    """With several connections allowed, HTTP/2 needs one for all."""
    trial.same("connections", many(trial, ""), 1)


@row("nginx")
def http1_several_connections(trial):
    """HTTP/1.1 takes as many as are allowed, and keeps them."""
    connections = many(trial, "http2 = no")
    trial.check(2 <= connections <= 8, f"{connections} connections")


@row("apache")
def apache_http10(trial):
    """Apache as HTTP/1.0: every page comes, though connections end."""
    trial.crawl(trial.url("apache", path="/http10/index.html"))
    all_pages(trial, in_folder("http10"))
    trial.same("titles", titles(trial), ["http10 a", "http10 b", "http10 index"])
    head = trial.forage("cat", "--headers", trial.url("apache", path="/http10/a.html"))
    trial.holds("the status line as received", head, "HTTP/1.0 200 OK")


def packed(trial, peer, folder, coding, port="http"):
    """All pages came in this coding, and are read; the export knows their titles."""
    trial.crawl(trial.url(peer, port, f"/{folder}/index.html"))
    all_pages(trial, in_folder(folder), peer=peer)
    trial.same("codings", {e.response.get("Content-Encoding") for e in trial.exchanges(peer)}, {coding})
    trial.same("titles", titles(trial), [f"{folder} {page}" for page in ("a", "b", "index")])


def in_chunks(trial):
    trial.same("framing", {e.response.get("Transfer-Encoding") for e in trial.exchanges()}, {"chunked"})


@row("nginx")
def nginx_gzip(trial):
    """nginx packs with gzip, in chunks; the pages are read."""
    packed(trial, "nginx", "gzip", "gzip")
    in_chunks(trial)


@row("nginx")
def nginx_gzip_over_http2(trial):
    """The same over HTTP/2, which has no chunks."""
    packed(trial, "nginx", "gzip", "gzip", "tls")


@row("apache")
def apache_deflate(trial):
    """Apache's mod_deflate packs with gzip; the pages are read, and kept as they came."""
    packed(trial, "apache", "gzip", "gzip")


@row("apache")
def apache_brotli(trial):
    """Apache's mod_brotli packs with br; the pages are read."""
    packed(trial, "apache", "br", "br")


@row("lighttpd")
def lighttpd_zstd(trial):
    """lighttpd packs with zstd; the pages are read."""
    packed(trial, "lighttpd", "zstd", "zstd")


@row("lighttpd")
def lighttpd_zstd_over_http2(trial):
    """The same over HTTP/2."""
    packed(trial, "lighttpd", "zstd", "zstd", "tls")


@row("lighttpd")
def lighttpd_brotli(trial):
    """lighttpd packs with br; the pages are read."""
    packed(trial, "lighttpd", "br", "br")


@row("lighttpd")
def lighttpd_deflate(trial):
    """lighttpd packs with deflate, in a frame of zlib's; the pages are read."""
    packed(trial, "lighttpd", "deflate", "deflate")


@row("lighttpd")
def lighttpd_listing(trial):
    """A folder without an index is a page of links that lighttpd makes up; its files are pages, its parent is not asked for."""
    trial.crawl(trial.url("lighttpd", path="/listed/"), conf="scope = prefix")
    all_pages(trial, ["/listed/", *in_folder("listed")])
    trial.check({"listed a", "listed b", "listed index"} < set(titles(trial)), f"titles: {titles(trial)}")


@row("apache")
def apache_chunked(trial):
    """A script of Apache's without a length: chunks, put together."""
    trial.crawl(trial.url("apache", path="/cgi/chunked"))
    url = trial.url("apache", path="/cgi/chunked")
    trial.same("titles", titles(trial), ["in chunks"])
    trial.holds("the head", trial.forage("cat", "--headers", url), "Transfer-Encoding: chunked")
    paragraphs = "".join(f"<p>Paragraph {i}." for i in range(1, 2001))
    trial.same("the body", trial.forage("cat", url), f"<title>in chunks</title>{paragraphs}")


@row("apache")
def apache_interim(trial):
    """100 and 103 before the response: they do not count."""
    trial.crawl(trial.url("apache", path="/cgi/nph-interim"))
    trial.same("titles", titles(trial), ["after two interim responses"])
    head = trial.forage("cat", "--headers", trial.url("apache", path="/cgi/nph-interim"))
    trial.check("hint.css" not in head, f"fields of the interim response are kept: {head}")


@row("apache")
def apache_hints_over_http2(trial):
    """103 before each page over HTTP/2: it does not count."""
    trial.crawl(trial.url("apache", "tls", "/hints/index.html"))
    all_pages(trial, in_folder("hints"))
    one_connection(trial, "HTTP/2.0")
    trial.holds("test fetch", trial.forage("test", "fetch", trial.url("apache", "tls", "/hints/b.html")), " 103")
    head = trial.forage("cat", "--headers", trial.url("apache", "tls", "/hints/b.html"))
    trial.check("hint.css" not in head, f"fields of the interim response are kept: {head}")


@row("nginx")
def nginx_no_type(trial):
    """Pages without a Content-Type are what they look like."""
    trial.crawl(trial.url("nginx", path="/untyped/index.html"))
    all_pages(trial, in_folder("untyped"))
    trial.same("types", {e.response.get("Content-Type") for e in trial.exchanges()}, {None})
    trial.same("titles", titles(trial), ["untyped a", "untyped b", "untyped index"])


@row("nginx")
def nginx_trailers(trial):
    """nginx sends trailers behind the last chunk: they are no fields of the page's, and do no harm."""
    trial.crawl(trial.url("nginx", path="/trailers/index.html"))
    all_pages(trial, in_folder("trailers"))
    trial.same("titles", titles(trial), ["trailers a", "trailers b", "trailers index"])
    one_connection(trial, "HTTP/1.1")


@row("nginx")
def nginx_trailers_over_http2(trial):
    """The same over HTTP/2."""
    trial.crawl(trial.url("nginx", "tls", "/trailers/index.html"))
    all_pages(trial, in_folder("trailers"))
    trial.same("titles", titles(trial), ["trailers a", "trailers b", "trailers index"])


@row("nginx")
def nginx_statuses(trial):
    """204, 403, 404 with a page of its own, 410, 500: each is what it is, and an error page's links are not followed."""
    paths = {"/status/204": "live", "/status/403": "blocked", "/no-such": "gone", "/status/410": "gone",
             "/status/500": "unreachable"}  # fmt: skip
    trial.crawl(*(trial.url("nginx", path=path) for path in paths), conf="tries = 1")
    for path, state in paths.items():
        trial.state(trial.url("nginx", path=path), state)
    trial.same("asked for", sorted(e.target for e in trial.exchanges()), sorted(paths))


@row("apache")
def apache_statuses(trial):
    """The same of Apache, with a status that no list has."""
    paths = {"/status/403": "blocked", "/no-such": "gone", "/status/410": "gone", "/cgi/status?299": "live",
             "/cgi/status?418": "blocked"}  # fmt: skip
    trial.crawl(*(trial.url("apache", path=path) for path in paths), conf="tries = 1")
    for path, state in paths.items():
        trial.state(trial.url("apache", path=path), state)


@row("nginx")
def request_fields(trial):
    """What a request says of us: name, mail address, what is accepted, and nothing else."""
    trial.crawl(trial.url("nginx", path="/b.html"))
    sent = trial.exchange("/b.html").request
    trial.same("User-Agent", sent.get("User-Agent"), trial.agent)
    trial.same("From", sent.get("From"), "test@bot.test")
    trial.same("Accept-Encoding", sent.get("Accept-Encoding"), "gzip, br, zstd, deflate")
    for name in ("Cookie", "Authorization", "Referer", "Range", "If-None-Match", "Cache-Control"):
        trial.check(name not in sent, f"{name} is sent: {sent.get(name)}")


@row("nginx")
def response_as_received(trial):
    """The response's head is kept as it came."""
    trial.crawl(trial.url("nginx", path="/b.html"))
    head = trial.forage("cat", "--headers", trial.url("nginx", path="/b.html")).splitlines()
    trial.same("the status line", head[0].strip(), "HTTP/1.1 200 OK")
    names = [line.partition(":")[0] for line in head[1:] if line.strip()]
    wanted = ["Server", "Date", "Content-Type", "Content-Length", "Last-Modified", "Connection", "ETag", "Cache-Control",
              "Accept-Ranges"]  # fmt: skip
    trial.same("field names in their order", names, wanted)


@row("caddy", is_long=True)
def caddy_http1_kept_alive(trial):
    """Caddy over HTTP/1.1: one connection for robots.txt and all pages."""
    trial.crawl(trial.url("caddy", path="/target/index.html"))
    all_pages(trial, in_folder("target"))
    one_connection(trial, "HTTP/1.1")


@row("caddy", is_long=True)
def caddy_http2_by_alpn(trial):
    """Caddy over TLS: HTTP/2 by ALPN, one connection."""
    trial.crawl(trial.url("caddy", "tls", "/target/index.html"))
    all_pages(trial, in_folder("target"))
    one_connection(trial, "HTTP/2.0")


@row("caddy", is_long=True)
def caddy_http2_prior(trial):
    """Caddy without TLS: HTTP/2 from the first byte."""
    trial.crawl(trial.url("caddy", path="/target/index.html"), conf="http2 = prior")
    all_pages(trial, in_folder("target"))
    trial.same("protocols", {e.protocol for e in trial.exchanges()}, {"HTTP/2.0"})


@row("caddy", is_long=True)
def caddy_zstd(trial):
    """Caddy packs with zstd as it goes, in frames of its own; the pages are read."""
    packed(trial, "caddy", "zstd", "zstd", "tls")


@row("caddy", is_long=True)
def caddy_gzip(trial):
    """Caddy packs with gzip; the pages are read."""
    packed(trial, "caddy", "gzip", "gzip")


def hinted(trial, port):
    """103 comes before each page, and does not count."""
    trial.crawl(trial.url("caddy", port, "/hints/index.html"))
    all_pages(trial, in_folder("hints"))
    trial.same("titles", titles(trial), ["hints a", "hints b", "hints index"])
    said = trial.forage("test", "fetch", trial.url("caddy", port, "/hints/b.html"))
    trial.holds("test fetch", said, " 103")
    trial.check("103" not in trial.forage("cat", "--headers", trial.url("caddy", port, "/hints/b.html")), "the hints are kept")


@row("caddy", is_long=True)
def caddy_hints(trial):
    """103 of Caddy's over HTTP/1.1."""
    hinted(trial, "http")


@row("caddy", is_long=True)
def caddy_hints_over_http2(trial):
    """103 of Caddy's over HTTP/2."""
    hinted(trial, "tls")
