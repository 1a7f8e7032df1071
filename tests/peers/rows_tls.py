# SPDX-License-Identifier: MIT
"""TLS: verified by default against an authority of the tests' own, and each failure with its name."""

from rows import row


def refused(trial, port, words, conf="", scheme=None):
    """No request leaves, and the reason is said; the run says that every seed is unreachable."""
    url = trial.url("nginx", port, "/b.html", scheme)
    trial.crawl(url, conf=f"tries = 1\n{conf}", code=69)
    trial.same("exchanges", len(trial.exchanges()) + len(trial.exchanges(target="/robots.txt")), 0)
    trial.state(url, "unreachable", 0, "TLS failed")
    trial.holds("explain", " ".join(trial.forage("explain", url).split()), words)


@row("nginx")
def tls_verified(trial):
    """A certificate by an authority in tls_ca_file: verified, and the page is there."""
    trial.crawl(trial.url("nginx", "tls", "/b.html"))
    trial.state(trial.url("nginx", "tls", "/b.html"), "live", 200)


@row("nginx")
def tls_own_authority_is_unknown_to_the_system(trial):
    """Without tls_ca_file the same certificate is not trusted."""
    refused(trial, "tls", "certificate not trusted: its authority is unknown", conf="tls_ca_file = unset")


@row("nginx")
def tls_expired(trial):
    """An expired certificate."""
    refused(trial, "expired", "certificate expired")


@row("nginx")
def tls_wrong_name(trial):
    """A certificate for another name."""
    refused(trial, "wrong", "certificate for another name")


@row("nginx")
def tls_untrusted(trial):
    """A certificate by an authority that nobody trusts."""
    refused(trial, "untrusted", "certificate not trusted: its authority is unknown")


@row("nginx")
def tls_version_too_old(trial):
    """A server that speaks TLS 1.0 alone."""
    refused(trial, "old", "no TLS in common")


@row("nginx")
def tls_spoken_to_a_server_without(trial):
    """https to a port that speaks http."""
    refused(trial, "http", "no TLS in common", scheme="https")


@row("nginx")
def tls_client_certificate_missing(trial):
    """A server that wants a client certificate, and gets none: nginx says so with a status of 400."""
    url = trial.url("nginx", "client", "/b.html")
    trial.crawl(url, code=None)
    trial.state(url, "blocked", 400)


@row("nginx")
def tls_client_certificate(trial):
    """With tls_client_cert and tls_client_key nginx lets us in."""
    url = trial.url("nginx", "client", "/b.html")
    trial.crawl(url, conf="tls_client_cert = {certificate}\ntls_client_key = {key}")
    trial.state(url, "live", 200)
    trial.same("protocol", trial.exchange("/b.html").protocol, "HTTP/2.0")


@row("nginx")
def tls_client_certificate_of_one_host(trial):
    """A certificate in a host's section is shown to that host alone."""
    other = f"other-{trial.host}"
    urls = [trial.url("nginx", "client", "/b.html", host=host) for host in (trial.host, other)]
    trial.crawl(*urls, code=None, conf="""
        [host "{host}"]
        tls_client_cert = {certificate}
        tls_client_key = {key}""")  # fmt: skip
    trial.state(urls[0], "live", 200)
    trial.state(urls[1], "blocked", 400)


@row("nginx")
def tls_least_version(trial):
    """A server that speaks TLS 1.0 alone is spoken to where tls_min and tls_ciphers allow it."""
    url = trial.url("nginx", "old", "/b.html")
    trial.crawl(url, conf="tls_min = 1.0\ntls_ciphers = ALL:@SECLEVEL=0")
    trial.state(url, "live", 200)
    trial.same("TLS", trial.exchange("/b.html").note, "TLSv1")


@row("nginx")
def tls_insecure(trial):
    """With tls_insecure in a host's section whoever answers is believed; another host is checked as ever."""
    other = f"other-{trial.host}"
    urls = [trial.url("nginx", "untrusted", "/b.html", host=host) for host in (trial.host, other)]
    trial.crawl(*urls, code=None, conf="""
        tries = 1
        [host "{host}"]
        tls_insecure = yes""")  # fmt: skip
    trial.state(urls[0], "live", 200)
    trial.state(urls[1], "unreachable", "TLS failed")


@row("apache")
def tls_client_certificate_of_a_folder(trial):
    """Apache asks for a certificate once it knows the folder, on a connection that is there already, and gets it."""
    url = trial.url("apache", "tls", "/certificate/b.html")
    trial.crawl(url, conf="http2 = no\ntls_client_cert = {certificate}\ntls_client_key = {key}")
    trial.state(url, "live", 200)


@row("apache")
def tls_client_certificate_of_a_folder_missing(trial):
    """Who has none is refused there, and has the other pages."""
    urls = [trial.url("apache", "tls", path) for path in ("/certificate/b.html", "/b.html")]
    trial.crawl(*urls, conf="http2 = no\ntries = 1", code=None)
    trial.check(trial.pages()[urls[0]]["state"] != "live", "the page is kept")
    trial.state(urls[1], "live", 200)
