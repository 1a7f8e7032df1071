# SPDX-License-Identifier: MIT
"""Authentication: Basic, Digest, Bearer and forms, with servers that check what they are given."""

import os

from rows import row

PASSWORD = {"PEERS_PASSWORD": "secret"}
WRONG = {"PEERS_PASSWORD": "guess"}


def login(trial, peer, port="http", lines=""):
    """A host's section with a login for one of its origins."""
    return f"""
        wait_max = 0
        [host "{trial.host}"]
        login_user = reader
        login_password_env = PEERS_PASSWORD
        login_origin = {trial.url(peer, port, "")}
        {lines}"""


def in_folder(trial, folder):
    return [f"/{folder}/{page}.html" for page in ("a", "b", "index")]


def crawl_protected(trial, peer, folder, scheme, port="http", lines=""):
    """All pages come; the first request is challenged, robots.txt has no login, and no message has the password."""
    trial.crawl(trial.url(peer, port, f"/{folder}/index.html"), own=PASSWORD, conf=login(trial, peer, port, lines))
    found = trial.exchanges()
    good = [e for e in found if e.status == 200]
    trial.same("pages", sorted(e.target for e in good), in_folder(trial, folder))
    trial.check(all(e.request.get("Authorization", "").startswith(scheme) for e in good), f"a page came without {scheme}")
    trial.same("status of the first", found[0].status, 401)
    trial.check("Authorization" not in found[0].request, "the login went before it was asked for")
    robots = trial.exchanges(target="/robots.txt")
    trial.check(all("Authorization" not in e.request for e in robots), "robots.txt was asked for with the login")
    trial.check("secret" not in trial.out + trial.err, "the password is said")
    return found


@row("nginx")
def nginx_basic(trial):
    """nginx asks for Basic, and gets it once it has asked."""
    crawl_protected(trial, "nginx", "basic", "Basic ")


@row("nginx")
def nginx_basic_over_http2(trial):
    """The same over TLS and HTTP/2."""
    crawl_protected(trial, "nginx", "basic", "Basic ", "tls")


@row("apache")
def apache_basic(trial):
    """Apache asks for Basic."""
    crawl_protected(trial, "apache", "basic", "Basic ")


@row("apache")
def apache_digest(trial):
    """Apache asks for Digest (MD5, qop=auth), and the password itself never goes."""
    found = crawl_protected(trial, "apache", "digest", "Digest ")
    trial.holds("Authorization", found[-1].request["Authorization"], 'username="reader"')


def counted(trial, found):
    """One challenge for all pages, and each answer to it has the next count."""
    counts = [e.request["Authorization"].split("nc=")[1][:8] for e in found if e.status == 200]
    trial.same("counts", counts, ["00000001", "00000002", "00000003"])
    trial.same("challenges", len([e for e in found if e.status == 401]), 1)


@row("apache")
def apache_digest_is_counted(trial):
    """A nonce is used for several pages, each with its own count; Apache does not ask again."""
    counted(trial, crawl_protected(trial, "apache", "digest", "Digest "))


@row("lighttpd")
def lighttpd_digest_sha256(trial):
    """lighttpd asks for Digest with SHA-256, once for all pages."""
    found = crawl_protected(trial, "lighttpd", "sha256", "Digest ")
    trial.holds("the challenge", found[0].response["WWW-Authenticate"], "algorithm=SHA-256")
    trial.check(all("algorithm=SHA-256" in e.request["Authorization"] for e in found[1:]), "another hash was used")
    counted(trial, found)


@row("lighttpd")
def lighttpd_digest_sha256_over_http2(trial):
    """The same over TLS and HTTP/2."""
    crawl_protected(trial, "lighttpd", "sha256", "Digest ", "tls")


@row("lighttpd")
def lighttpd_digest_of_two(trial):
    """Where MD5 and SHA-256 are offered, SHA-256 is taken."""
    found = crawl_protected(trial, "lighttpd", "both", "Digest ")
    trial.check(all("algorithm=SHA-256" in e.request["Authorization"] for e in found[1:]), "the weaker hash was used")


@row("lighttpd")
def lighttpd_digest_sha256_wrong(trial):
    """A wrong password is tried once."""
    url = trial.url("lighttpd", path="/sha256/b.html")
    trial.crawl(url, own=WRONG, code=None, conf=login(trial, "lighttpd"))
    trial.same("status of all", [e.status for e in trial.exchanges()], [401, 401])
    trial.state(url, 401, "login refused")


@row("nginx")
def nginx_basic_netrc(trial):
    """The password stands in a netrc file of the crawl's."""
    with open(trial.write("crawl/netrc", f"machine {trial.host} login reader password secret\n"), encoding="ascii") as file:
        os.chmod(file.fileno(), 0o600)
    trial.crawl(trial.url("nginx", path="/basic/index.html"), conf=f"""
        netrc_file = netrc
        [host "{trial.host}"]
        login_user = reader
        login_origin = {trial.url("nginx", path="")}""")  # fmt: skip
    pages = sorted(e.target for e in trial.exchanges() if e.status == 200)
    trial.same("pages", pages, in_folder(trial, "basic"))


@row("nginx")
def nginx_basic_unasked(trial):
    """With login_unasked the first request has the login."""
    conf = login(trial, "nginx", lines="login_unasked = yes")
    trial.crawl(trial.url("nginx", path="/basic/b.html"), own=PASSWORD, conf=conf)
    trial.same("status", trial.exchange("/basic/b.html").status, 200)


@row("nginx")
def nginx_basic_wrong(trial):
    """A wrong password is tried once; the URL says so, and who is to change it."""
    url = trial.url("nginx", path="/basic/b.html")
    trial.crawl(url, own=WRONG, code=None, conf=login(trial, "nginx"))
    trial.same("status of all", [e.status for e in trial.exchanges()], [401, 401])
    trial.state(url, 401, "login refused")
    trial.check("guess" not in trial.forage("explain", url, own=WRONG), "the password is said")


@row("nginx")
def nginx_basic_missing(trial):
    """Without a login 401 is the server's refusal."""
    url = trial.url("nginx", path="/basic/b.html")
    trial.crawl(url, code=None)
    trial.same("status", trial.exchange("/basic/b.html").status, 401)
    trial.state(url, "blocked", 401)


@row("nginx")
def login_of_one_origin(trial):
    """Another port of the same host is another origin: it asks in vain."""
    conf = login(trial, "nginx", "tls")
    trial.crawl(trial.url("nginx", path="/basic/b.html"), own=PASSWORD, conf=conf, code=None)
    trial.same("logins", [e.request.get("Authorization") for e in trial.exchanges()], [None])


@row("nginx")
def nginx_bearer(trial):
    """A token goes as Bearer."""
    conf = f"""
        [host "{trial.host}"]
        login_token_env = PEERS_PASSWORD
        login_unasked = yes
        login_origin = {trial.url("nginx", path="")}"""
    trial.crawl(trial.url("nginx", path="/bearer/index.html"), own=PASSWORD, conf=conf)
    trial.same("pages", sorted(e.target for e in trial.exchanges() if e.status == 200), in_folder(trial, "bearer"))


@row("nginx")
def nginx_revalidates_with_login(trial):
    """A second run asks for protected pages on condition, with the login, and gets 304."""
    conf = login(trial, "nginx", lines="login_unasked = yes")
    trial.crawl(trial.url("nginx", path="/basic/index.html"), own=PASSWORD, conf=conf)
    trial.again(own=PASSWORD)
    trial.same("status of all", {e.status for e in trial.exchanges()}, {304})


def form(trial, name="form"):
    return f"""
        wait_max = 0
        [host "{trial.host}"]
        form_page = {trial.url("apache", path=f"/{name}/login.html")}
        form_action = {trial.url("apache", path=f"/{name}/do")}
        form_field = httpd_username=reader
        form_secret = httpd_password=PEERS_PASSWORD
        form_cookie = session"""


def enter(trial, name="form", own=None):
    """Crawls what is behind a form; the exchanges, those with the form, and those with its pages."""
    trial.crawl(trial.url("apache", path=f"/{name}/in/index.html"), own=own or PASSWORD, code=None, conf=form(trial, name))
    return behind_form(trial, name)


def behind_form(trial, name="form"):
    found = trial.exchanges()
    trial.check("secret" not in trial.out + trial.err and "guess" not in trial.out + trial.err, "the password is said")
    return [e for e in found if e.method == "POST"], [e for e in found if e.target.startswith(f"/{name}/in/")]


@row("apache")
def apache_form(trial):
    """Apache's mod_auth_form lets us in: the form is sent before the first page, and its cookie with each."""
    posts, pages = enter(trial)
    trial.same("posts", [(e.target, e.request.get("Content-Type")) for e in posts],
               [("/form/do", "application/x-www-form-urlencoded")])  # fmt: skip
    trial.same("pages", sorted((e.target, e.status) for e in pages),
               [(target, 200) for target in in_folder(trial, "form/in")])  # fmt: skip
    trial.check(all("session=" in e.request.get("Cookie", "") for e in pages), "a page was asked for without the cookie")


@row("apache")
def apache_form_over_runs(trial):
    """A second run has the cookie still, and sends no form."""
    enter(trial)
    trial.again(own=PASSWORD)
    posts, pages = behind_form(trial)
    trial.same("posts", posts, [])
    trial.check(len(pages) == 3 and all(e.status in (200, 304) for e in pages), f"pages: {pages}")


@row("apache")
def apache_form_again(trial):
    """When the cookie's hour is over the form is sent again, and the pages come."""
    enter(trial, "hourly")
    trial.mark()
    trial.forage("run", "--all", own={**PASSWORD, **trial.world.build.ahead(2 * 3600)})
    posts, pages = behind_form(trial, "hourly")
    trial.same("posts", len(posts), 1)
    trial.check(len(pages) == 3 and all(e.status in (200, 304) for e in pages), f"pages: {pages}")


@row("apache")
def apache_form_wrong(trial):
    """With a wrong password the form is sent once, and no page is asked for."""
    posts, pages = enter(trial, own=WRONG)
    trial.same("posts", len(posts), 1)
    trial.same("pages", pages, [])


@row("apache")
def apache_form_wrong_with_a_cookie(trial):
    """Where the cookie comes whatever the password is, the way back to the form tells: after the second one we stop."""
    posts, pages = enter(trial, "hourly", own=WRONG)
    trial.same("posts", len(posts), 2)
    trial.check(len(pages) == 2 and all(e.status == 302 for e in pages), f"pages: {pages}")
    trial.same("exported", trial.exported(), {})
