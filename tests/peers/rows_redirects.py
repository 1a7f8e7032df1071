# SPDX-License-Identifier: MIT
"""Redirects as real servers write them: relative and absolute, each status, loops, folders."""

from rows import row

KINDS = (301, 302, 303, 307, 308)


def each_kind(trial, peer, port="http"):
    trial.crawl(*(trial.url(peer, port, f"/moved/{kind}") for kind in KINDS))
    for kind in KINDS:
        trial.same("status", trial.exchange(f"/moved/{kind}").status, kind)
        trial.same("status of the target", trial.exchange(f"/target/{kind}.html").status, 200)
    found = sorted(line["title"] for line in trial.exported().values() if line["op"] == "upsert")
    trial.same("titles", found, [f"the target of {kind}" for kind in KINDS])


@row("nginx")
def nginx_redirects(trial):
    """nginx: 301, 302, 303, 307 and 308 lead to their targets."""
    each_kind(trial, "nginx")


@row("nginx")
def nginx_redirects_over_http2(trial):
    """The same over TLS and HTTP/2."""
    each_kind(trial, "nginx", "tls")


@row("apache")
def apache_redirects(trial):
    """Apache: 301, 302, 303, 307 and 308, with pages of their own that are not kept."""
    each_kind(trial, "apache")


@row("nginx")
def nginx_permanent_move(trial):
    """A permanent move is recorded as one."""
    trial.crawl(trial.url("nginx", path="/moved/301"))
    trial.state(trial.url("nginx", path="/moved/301"), "moved-to", 301)
    trial.state(trial.url("nginx", path="/target/301.html"), "live", 200)


@row("nginx")
def nginx_redirect_loop(trial):
    """A loop of redirects ends."""
    trial.crawl(trial.url("nginx", path="/moved/loop"), code=None)
    found = trial.exchanges()
    trial.check(2 <= len(found) <= 4, f"{len(found)} exchanges")
    trial.same("exported", trial.exported(), {})


@row("nginx")
def nginx_folder_without_slash(trial):
    """nginx sends a folder without its slash on to the folder."""
    trial.crawl(trial.url("nginx", path="/folder"))
    trial.same("status", trial.exchange("/folder").status, 301)
    trial.state(trial.url("nginx", path="/folder/"), "live", 200)


@row("apache")
def apache_folder_without_slash(trial):
    """So does Apache."""
    trial.crawl(trial.url("apache", path="/folder"))
    trial.same("status", trial.exchange("/folder").status, 301)
    trial.state(trial.url("apache", path="/folder/"), "live", 200)
