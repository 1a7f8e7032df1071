# SPDX-License-Identifier: MIT
"""Proxies: Squid for HTTP and CONNECT, Dante and microsocks for SOCKS; logins, turns, and what goes without."""

from rows import row
from servers import Dante, Microsocks, Squid, Ssh

LOGIN = {"PEERS_PASSWORD": "secret"}


def came_through(trial, outgoing, target="/b.html", peer="nginx"):
    """The origin was asked once for the page, from the proxy's own address."""
    exchange = trial.exchange(target, peer)
    trial.same("status", exchange.status, 200)
    trial.same("client of the origin", exchange.client, outgoing)
    return exchange


@row("nginx", "squid")
def squid_http(trial):
    """http through Squid: robots.txt and pages, and the origin sees Via."""
    trial.crawl(trial.url("nginx", path="/b.html"), conf="proxy = http://127.0.0.1:{squid_http}")
    exchange = came_through(trial, Squid.outgoing)
    trial.holds("Via", exchange.request.get("Via"), "squid")
    trial.same("robots.txt", [e.client for e in trial.exchanges("nginx", "/robots.txt")], [Squid.outgoing])
    trial.state(trial.url("nginx", path="/b.html"), "live", 200)


@row("nginx", "squid")
def squid_connect(trial):
    """https through Squid: a tunnel, TLS and HTTP/2 with the origin, verified."""
    trial.crawl(trial.url("nginx", "tls", "/b.html"), conf="proxy = http://127.0.0.1:{squid_http}")
    exchange = came_through(trial, Squid.outgoing)
    trial.same("protocol", exchange.protocol, "HTTP/2.0")
    trial.check("Via" not in exchange.request, "somebody has read the request")
    tunnels = [e for e in trial.exchanges("squid") if e.method == "CONNECT"]
    trial.check(tunnels, "Squid saw no CONNECT")


@row("nginx", "squid")
def squid_connect_verifies(trial):
    """A tunnel does not make a wrong certificate right."""
    url = trial.url("nginx", "expired", "/b.html")
    trial.crawl(url, conf="tries = 1\nproxy = http://127.0.0.1:{squid_http}", code=69)
    trial.state(url, "unreachable", "TLS failed")
    trial.same("exchanges", trial.exchanges("nginx"), [])


TLS_PROXY = "proxy = https://127.0.0.1:{squid_tls}"


@row("nginx", "squid")
def squid_tls(trial):
    """TLS to Squid itself, which is verified, and http from there."""
    trial.crawl(trial.url("nginx", path="/b.html"), conf=TLS_PROXY)
    came_through(trial, Squid.outgoing)
    trial.state(trial.url("nginx", path="/b.html"), "live", 200)


@row("nginx", "squid")
def squid_tls_connect(trial):
    """TLS and HTTP/2 with the origin within TLS to Squid."""
    trial.crawl(trial.url("nginx", "tls", "/b.html"), conf=TLS_PROXY)
    trial.same("protocol", came_through(trial, Squid.outgoing).protocol, "HTTP/2.0")


@row("nginx", "squid")
def squid_tls_untrusted(trial):
    """A Squid whose certificate nobody trusts is told nothing, and nothing is asked directly; the proxy is named."""
    url = trial.url("nginx", path="/b.html")
    trial.crawl(url, conf=f"tries = 1\ntls_ca_file = unset\n{TLS_PROXY}", code=None)
    trial.same("exchanges", trial.exchanges() + trial.exchanges(target="/robots.txt"), [])
    trial.holds("explain", trial.forage("explain", url), "proxy")


@row("nginx", "squid")
def squid_login_basic(trial):
    """Squid wants a login (407), and gets it by Basic; neither the origin nor a message sees the password."""
    trial.crawl(trial.url("nginx", path="/b.html"), own=LOGIN,
                conf="proxy = http://reader:$PEERS_PASSWORD@127.0.0.1:{squid_login}\nlog_level = debug")  # fmt: skip
    exchange = came_through(trial, Squid.outgoing)
    trial.check("Proxy-Authorization" not in exchange.request, "the origin got the proxy's login")
    trial.check("secret" not in trial.err, f"the password is said: {trial.err}")


@row("nginx", "squid")
def squid_login_connect(trial):
    """The same for a tunnel."""
    trial.crawl(trial.url("nginx", "tls", "/b.html"), own=LOGIN,
                conf="proxy = http://reader:$PEERS_PASSWORD@127.0.0.1:{squid_login}")  # fmt: skip
    exchange = came_through(trial, Squid.outgoing)
    trial.check("Proxy-Authorization" not in exchange.request, "the origin got the proxy's login")


@row("nginx", "squid-digest")
def squid_login_digest(trial):
    """Squid wants a login by Digest, and gets it."""
    trial.crawl(trial.url("nginx", path="/b.html"), own=LOGIN,
                conf="proxy = http://reader:$PEERS_PASSWORD@127.0.0.1:{squid_digest_login}")  # fmt: skip
    came_through(trial, Squid.outgoing)


@row("nginx", "squid")
def squid_login_missing(trial):
    """Without a login it is the proxy that failed, not the origin: 407 is no status of the page."""
    url = trial.url("nginx", path="/b.html")
    trial.crawl(url, conf="tries = 1\nproxy = http://127.0.0.1:{squid_login}", code=None)
    trial.same("exchanges", trial.exchanges("nginx"), [])
    page = trial.pages().get(url)
    trial.check(page is None or (page["status"] != 407 and page["state"] != "live"), f"kept: {page}")


@row("nginx", "squid")
def squid_login_wrong(trial):
    """The same with a wrong password, and it is not tried without end."""
    url = trial.url("nginx", path="/b.html")
    trial.crawl(url, own={"PEERS_PASSWORD": "guess"}, code=None,
                conf="tries = 1\nproxy = http://reader:$PEERS_PASSWORD@127.0.0.1:{squid_login}")  # fmt: skip
    trial.same("exchanges", trial.exchanges("nginx"), [])
    trial.check(len(trial.peers["squid"].exchanges(trial.host)) <= 6, "the proxy was asked again and again")
    trial.check("guess" not in trial.err, "the password is said")


@row("nginx", "squid")
def squid_revalidates(trial):
    """A second run asks through Squid whether pages changed, and the origin says 304 to that."""
    trial.crawl(trial.url("nginx", path="/target/index.html"), conf="proxy = http://127.0.0.1:{squid_http}")
    first = {e.target: e.response["ETag"] for e in trial.exchanges("nginx")}
    trial.same("pages of the first run", len(first), 3)
    trial.forage("export", "--consumer", "index")
    trial.again()
    for exchange in trial.exchanges("nginx"):
        trial.same("client of the origin", exchange.client, Squid.outgoing)
        trial.same("the tag", exchange.request.get("If-None-Match"), first[exchange.target])
        trial.same("status", exchange.status, 304)
    trial.same("pages of the second run", len(trial.exchanges("nginx")), 3)
    trial.same("what Squid said", {e.status for e in trial.exchanges("squid")}, {304})
    trial.same("changes", trial.forage("export", "--consumer", "index"), "")


@row("nginx", "squid")
def squid_force_reaches_the_origin(trial):
    """With --force a page that Squid has, and that is fresh, is asked of the origin."""
    url = trial.url("nginx", path="/fresh/b.html")
    trial.crawl(url, conf="proxy = http://127.0.0.1:{squid_http}")
    trial.same("exchanges of the first run", len(trial.exchanges("nginx")), 1)
    trial.again("--force")
    exchange = came_through_again(trial, "/fresh/b.html")
    trial.holds("Cache-Control", exchange.request.get("Cache-Control"), "no-cache")


def came_through_again(trial, target):
    exchange = trial.exchange(target, "nginx")
    trial.same("client of the origin", exchange.client, Squid.outgoing)
    trial.check(exchange.status in (200, 304), f"status {exchange.status}")
    return exchange


@row("nginx", "squid")
def squid_age(trial):
    """What Squid had already has an Age and a Via, and they are kept as they came."""
    conf = "proxy = http://127.0.0.1:{squid_http}"
    url = trial.url("nginx", path="/fresh/a.html")
    trial.configure(conf)
    trial.forage("test", "fetch", url)
    trial.crawl(url, conf=conf + "\nmax_pages = 1", code=4)
    trial.same("exchanges with the origin", len(trial.exchanges("nginx", "/fresh/a.html")), 1)
    head = trial.forage("cat", "--headers", url)
    trial.holds("the head", head, "Age: ")
    trial.holds("the head", head, "Via: ")


@row("nginx", "squid")
def proxies_in_turn(trial):
    """Of three proxies two are dead: the living one does it."""
    trial.crawl(trial.url("nginx", path="/target/index.html"), conf="""
        retry = 1s
        proxy = http://127.0.0.1:$CLOSED, http://127.0.0.1:{squid_http}, socks5://127.0.0.1:$CLOSED""")  # fmt: skip
    trial.same("pages", len([e for e in trial.exchanges("nginx") if e.status == 200]), 3)
    trial.same("clients of the origin", {e.client for e in trial.exchanges("nginx")}, {Squid.outgoing})


@row("nginx")
def proxies_all_dead(trial):
    """Where all proxies are dead nothing is asked directly, and the proxy is named as the cause."""
    url = trial.url("nginx", path="/b.html")
    trial.crawl(url, conf="tries = 1\nproxy = http://127.0.0.1:$CLOSED", code=None)
    trial.same("exchanges", trial.exchanges() + trial.exchanges(target="/robots.txt"), [])
    trial.holds("explain", trial.forage("explain", url), "proxy")


@row("nginx", "squid")
def proxy_for_one_host(trial):
    """A proxy in a host's section is for that host alone."""
    other = f"other.{trial.host}"
    trial.crawl(trial.url("nginx", path="/b.html"), trial.url("nginx", path="/b.html", host=other), conf="""
        scope = any
        [host "{host}"]
        proxy = http://127.0.0.1:{squid_http}""")  # fmt: skip
    came_through(trial, Squid.outgoing)
    directly = [e for e in trial.peers["nginx"].exchanges(other) if e.target == "/b.html"]
    trial.same("clients of the other host", [e.client for e in directly], ["127.0.0.1"])


@row("nginx", "squid")
def no_proxy(trial):
    """A host in no_proxy is asked directly."""
    trial.crawl(trial.url("nginx", path="/b.html"), conf="""
        proxy = http://127.0.0.1:{squid_http}
        no_proxy = .peer.test""")  # fmt: skip
    came_through(trial, "127.0.0.1")


@row("nginx", "squid")
def proxy_from_the_environment(trial):
    """http_proxy of the environment counts where proxy_from_env says so, and else does not."""
    environment = {"http_proxy": f"http://127.0.0.1:{trial.peers['squid'].port['http']}"}
    trial.crawl(trial.url("nginx", path="/b.html"), own=environment)
    came_through(trial, "127.0.0.1")
    trial.mark()
    trial.crawl(trial.url("nginx", path="/a.html"), conf="proxy_from_env = yes", own=environment)
    came_through(trial, Squid.outgoing, "/a.html")


def socks(trial, scheme, conf="", name="dante", port="http", own=None):
    conf = f"proxy = {scheme}://127.0.0.1:{{{name}_socks}}\n" + conf
    trial.crawl(trial.url("nginx", port, "/b.html"), conf=conf, own=own)


@row("nginx", "dante")
def socks4(trial):
    """SOCKS 4 through Dante: we look names up."""
    socks(trial, "socks4")
    came_through(trial, Dante.outgoing)


@row("nginx", "dante")
def socks5(trial):
    """SOCKS 5 through Dante: we look names up."""
    socks(trial, "socks5")
    came_through(trial, Dante.outgoing)


@row("nginx", "dante")
def socks5_tls(trial):
    """https and HTTP/2 through SOCKS 5."""
    socks(trial, "socks5", port="tls")
    trial.same("protocol", came_through(trial, Dante.outgoing).protocol, "HTTP/2.0")


@row("nginx", "dante")
def socks5_guards(trial):
    """With SOCKS 5 the guard sees the addresses of the host, and stops at them."""
    url = trial.url("nginx", path="/b.html")
    trial.crawl(url, code=69, conf="proxy = socks5://127.0.0.1:{dante_socks}\nallow_address = 10.0.0.0/8")
    trial.state(url, "blocked", "address not allowed")
    trial.same("exchanges", trial.exchanges() + trial.exchanges(target="/robots.txt"), [])


def by_name(trial, scheme, outgoing, name, login="", own=None):
    """The proxy looks the name up: one that every machine has."""
    target = f"/b.html?{trial.name}"
    conf = f"proxy = {scheme}://{login}127.0.0.1:{{{name}_socks}}\nrobots = ignore"
    trial.crawl(trial.url("nginx", path=target, host="localhost"), conf=conf, own=own)
    found = [e for e in trial.peers["nginx"].exchanges("localhost") if e.target == target]
    trial.same("clients of the origin", [e.client for e in found], [outgoing])


@row("nginx", "ssh", is_long=True)
def socks4a(trial):
    """SOCKS 4a through ssh -D, whose other end looks the name up (Dante and microsocks do not know it)."""
    by_name(trial, "socks4a", Ssh.outgoing, "ssh")


@row("nginx", "dante")
def socks5h(trial):
    """SOCKS 5 through Dante, which looks the name up."""
    by_name(trial, "socks5h", Dante.outgoing, "dante")


@row("nginx", "microsocks")
def socks5h_login(trial):
    """SOCKS 5 with a login through microsocks, which looks the name up."""
    by_name(trial, "socks5h", Microsocks.outgoing, "microsocks", "reader:$PEERS_PASSWORD@", LOGIN)


@row("nginx", "microsocks")
def socks5_login_wrong(trial):
    """With a wrong password it is the proxy that failed; nothing reaches the origin."""
    url = trial.url("nginx", path="/b.html")
    trial.crawl(url, own={"PEERS_PASSWORD": "guess"}, code=None,
                conf="tries = 1\nproxy = socks5://reader:$PEERS_PASSWORD@127.0.0.1:{microsocks_socks}")  # fmt: skip
    trial.same("exchanges", trial.exchanges() + trial.exchanges(target="/robots.txt"), [])
    trial.holds("explain", trial.forage("explain", url), "proxy")
