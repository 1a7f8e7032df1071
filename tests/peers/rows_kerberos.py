# SPDX-License-Identifier: MIT
"""Negotiate with a Kerberos realm of the tests' own, and NTLM, as libcurl speaks them."""

import os

from relay import NtlmRelay
from rows import row
from rows_logins import PASSWORD, in_folder, login

WRONG = {"PEERS_PASSWORD": "guess"}


def let_in(trial, folder, own, conf, origin):
    """All pages come; neither robots.txt nor a message has anything of the login."""
    trial.crawl(f"{origin}/{folder}/index.html", own={**PASSWORD, **own}, conf=conf)
    found = trial.exchanges("gssapi")
    good = [e for e in found if e.status == 200]
    trial.same("pages", sorted(e.target for e in good), in_folder(trial, folder))
    robots = trial.exchanges("gssapi", "/robots.txt")
    trial.check(all("Authorization" not in e.request for e in robots), "robots.txt was asked for with the login")
    trial.check("secret" not in trial.out + trial.err, "the password is said")
    return found


@row("kdc", "gssapi", is_long=True)
def negotiate(trial):
    """With a ticket of kinit's, Apache's mod_auth_gssapi lets us in by Negotiate."""
    ticket = trial.peers["kdc"].ticket(os.path.join(trial.folder, "ticket"))
    conf = login(trial, "gssapi", lines="login_schemes = negotiate")
    found = let_in(trial, "negotiate", ticket, conf, trial.url("gssapi", path=""))
    trial.holds("the challenge", found[0].response["WWW-Authenticate"], "Negotiate")
    trial.check(all(e.request["Authorization"].startswith("Negotiate ") for e in found if e.status == 200), "another scheme")


@row("kdc", "gssapi", is_long=True)
def negotiate_without_a_ticket(trial):
    """Without a ticket we are not let in, and the URL says so; nothing is tried without end."""
    url = trial.url("gssapi", path="/negotiate/b.html")
    none = {**trial.peers["kdc"].environment(), "KRB5CCNAME": f"FILE:{trial.folder}/none"}
    conf = login(trial, "gssapi", lines="login_schemes = negotiate")
    trial.crawl(url, own={**PASSWORD, **none}, conf=conf, code=None)
    found = trial.exchanges("gssapi")
    trial.check(found and all(e.status == 401 for e in found) and len(found) <= 4, f"exchanges: {found}")
    trial.state(url, 401)


def ntlm_login(trial, relay):
    origin = f"http://{trial.host}:{relay.port}"
    return origin, f"""
        wait_max = 0
        [host "{trial.host}"]
        login_user = reader
        login_password_env = PEERS_PASSWORD
        login_origin = {origin}
        login_schemes = ntlm"""


@row("kdc", "gssapi", is_long=True)
def ntlm(trial):
    """NTLM with the same Apache and gss-ntlmssp, which checks what was made of the password."""
    relay = NtlmRelay(trial.peers["gssapi"].port["http"])
    try:
        origin, conf = ntlm_login(trial, relay)
        found = let_in(trial, "ntlm", {}, conf, origin)
        trial.check(any(e.request.get("Authorization", "").startswith("NTLM ") for e in found), "another scheme")
    finally:
        relay.stop()


@row("kdc", "gssapi", is_long=True)
def ntlm_wrong(trial):
    """A wrong password is refused, and not tried without end."""
    relay = NtlmRelay(trial.peers["gssapi"].port["http"])
    try:
        origin, conf = ntlm_login(trial, relay)
        trial.crawl(f"{origin}/ntlm/b.html", own=WRONG, conf=conf, code=None)
        found = trial.exchanges("gssapi")
        trial.check(found and all(e.status == 401 for e in found) and len(found) <= 6, f"exchanges: {found}")
        trial.state(f"{origin}/ntlm/b.html", 401, "login refused")
    finally:
        relay.stop()
