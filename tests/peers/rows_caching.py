# SPDX-License-Identifier: MIT
"""What a private cache may leave out, what it asks again, and bodies that are finished."""

from relay import CuttingRelay
from rows import row

HOUR, DAY = 3600, 86400


SOON = "revisit = 1m"  # Every page is due at every later run.


def later(trial, seconds, *flags):
    """A second run, so much later."""
    trial.mark()
    trial.forage("run", *flags, own=trial.world.build.ahead(seconds))


def fresh_for_an_hour(trial, peer, port="http"):
    trial.crawl(trial.url(peer, port, "/fresh/index.html"), conf=SOON)
    trial.same("exchanges of the first run", len(trial.exchanges()), 3)
    later(trial, HOUR // 2)
    trial.same("exchanges within the hour", trial.exchanges(), [])
    later(trial, 2 * HOUR)
    trial.same("after it", [e.status for e in trial.exchanges()], [304, 304, 304])


@row("nginx")
def nginx_max_age(trial):
    """nginx says max-age=3600: within the hour nothing is asked, after it 304."""
    fresh_for_an_hour(trial, "nginx")


@row("nginx")
def nginx_max_age_over_http2(trial):
    """The same over HTTP/2."""
    fresh_for_an_hour(trial, "nginx", "tls")


@row("apache")
def apache_max_age(trial):
    """Apache says max-age=3600."""
    fresh_for_an_hour(trial, "apache")


@row("apache")
def apache_expires(trial):
    """Apache's mod_expires says Expires: within the hour nothing is asked, after it 304."""
    trial.crawl(trial.url("apache", path="/expires/index.html"), conf=SOON)
    found = trial.exchanges()
    trial.check(all("Expires" in e.response for e in found), "no Expires")
    later(trial, HOUR // 2)
    trial.same("exchanges within the hour", trial.exchanges(), [])
    later(trial, 2 * HOUR)
    trial.same("after it", [e.status for e in trial.exchanges()], [304, 304, 304])


@row("nginx")
def nginx_heuristic(trial):
    """A page of long ago without a lifetime is fresh for a day, and then asked again."""
    trial.crawl(trial.url("nginx", path="/heuristic/index.html"), conf=SOON)
    later(trial, HOUR)
    trial.same("exchanges after an hour", trial.exchanges(), [])
    later(trial, 2 * DAY)
    trial.same("after two days", [e.status for e in trial.exchanges()], [304, 304, 304])


@row("nginx")
def nginx_force(trial):
    """--force asks for what is fresh, and tells caches on the way."""
    trial.crawl(trial.url("nginx", path="/fresh/index.html"), conf=SOON)
    later(trial, 120, "--force")
    found = trial.exchanges()
    trial.same("exchanges", len(found), 3)
    trial.same("Cache-Control", {e.request.get("Cache-Control") for e in found}, {"no-cache"})


@row("nginx")
def nginx_no_store(trial):
    """no-store: kept for the index, and asked for again each time, without a condition or with one."""
    trial.crawl(trial.url("nginx", path="/no-store/index.html"))
    trial.same("exported", len(trial.exported()), 3)
    trial.again()
    trial.same("exchanges of the second run", len(trial.exchanges()), 3)


@row("nginx")
def nginx_no_store_not_kept(trial):
    """With keep_no_store = no such pages are followed, and not kept."""
    trial.crawl(trial.url("nginx", path="/no-store/index.html"), conf="keep_no_store = no")
    trial.same("exchanges", len(trial.exchanges()), 3)
    trial.same("exported", trial.exported(), {})


def large_page(trial):
    with open(f"{trial.world.site}/large.html", encoding="utf-8") as file:
        return file.read()


def cut_once(trial, peer, target, body):
    """The first answer is cut in its body, and after the second request the page is whole; both exchanges."""
    relay = CuttingRelay(trial.peers[peer].port["http"], target, 20000)
    try:
        url = f"http://{trial.host}:{relay.port}{target}"
        trial.crawl(url, conf="tries = 3\nretry = 1s\naccept_types = */*")
        trial.same("cuts", relay.cuts, 1)
        trial.same("the body is whole", trial.forage("cat", url) == body, True)
        found = trial.exchanges(peer, target)
        trial.same("exchanges", len(found), 2)
        return found
    finally:
        relay.stop()


def finished(trial, peer):
    """The second request asks for the rest of the first answer's body, and gets it."""
    first, second = cut_once(trial, peer, "/large.html", large_page(trial))
    trial.same("status of the first", first.status, 200)
    trial.check(second.request.get("Range", "").startswith("bytes="), f"no Range: {second.request}")
    trial.same("If-Range", second.request.get("If-Range"), first.response["ETag"])
    trial.same("status of the second", second.status, 206)


@row("nginx")
def nginx_range(trial):
    """A body that was cut off is finished with Range and If-Range: nginx answers 206."""
    finished(trial, "nginx")


@row("apache")
def apache_range(trial):
    """So does Apache."""
    finished(trial, "apache")


@row("lighttpd")
def lighttpd_range(trial):
    """So does lighttpd."""
    finished(trial, "lighttpd")


@row("caddy", is_long=True)
def caddy_range(trial):
    """So does Caddy."""
    finished(trial, "caddy")
