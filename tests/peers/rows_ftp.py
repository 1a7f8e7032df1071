# SPDX-License-Identifier: MIT
"""FTP and FTPS with vsftpd: directories become pages of links, files become pages."""

from rows import row

FOLDER = ["/target/301.html", "/target/302.html", "/target/303.html", "/target/307.html", "/target/308.html",
          "/target/a.html", "/target/b.html", "/target/index.html"]  # fmt: skip


def folder(trial, conf):
    """A directory and all files in it are there, and read."""
    trial.crawl(trial.url("vsftpd", "ftp", "/target/"), conf=f"{conf}\naccept_types = */*")
    live = sorted(url for url, page in trial.pages().items() if page["state"] == "live")
    trial.same("live", live, sorted(trial.url("vsftpd", "ftp", path) for path in ["/target/", *FOLDER]))
    titles = {line["title"] for line in trial.exported().values()}
    trial.check({"target a", "target b", "target index"} <= titles, f"titles: {titles}")


@row("vsftpd")
def ftp_directory(trial):
    """With ftp = yes a directory is a page of links, and its files are pages."""
    folder(trial, "ftp = yes")


@row("vsftpd")
def ftp_directory_tls(trial):
    """With ftp = tls the same, encrypted and verified."""
    before = trial.peers["vsftpd"].commands().count("AUTH SSL") + trial.peers["vsftpd"].commands().count("AUTH TLS")
    folder(trial, "ftp = tls")
    trial.settle()
    after = trial.peers["vsftpd"].commands().count("AUTH SSL") + trial.peers["vsftpd"].commands().count("AUTH TLS")
    trial.check(after > before, "nobody asked for TLS")


@row("vsftpd")
def ftp_tls_is_verified(trial):
    """With ftp = tls a certificate of an authority that is not trusted ends it."""
    url = trial.url("vsftpd", "ftp", "/target/a.html")
    trial.crawl(url, conf="ftp = tls\ntries = 1\ntls_ca_file = unset", code=69)
    trial.state(url, "unreachable", "TLS failed")


@row("vsftpd")
def ftp_missing_file(trial):
    """A file that is not there is gone, as a 404 is."""
    url = trial.url("vsftpd", "ftp", "/target/never.html")
    trial.crawl(url, conf="ftp = yes\ntries = 1", code=None)
    trial.state(url, "gone")


@row("vsftpd")
def ftp_is_off(trial):
    """Without the option nothing of FTP is asked."""
    url = trial.url("vsftpd", "ftp", "/target/")
    trial.crawl(url, code=None)
    page = trial.pages().get(url)
    trial.check(page is None or page["state"] in ("out-of-scope", "blocked"), f"kept: {page}")


@row("vsftpd")
def ftp_revisit(trial):
    """A second run finds the files unchanged."""
    trial.crawl(trial.url("vsftpd", "ftp", "/target/a.html"), conf="ftp = yes")
    trial.forage("export", "--consumer", "index")
    trial.again()
    trial.same("changes", trial.forage("export", "--consumer", "index"), "")


@row("vsftpd", "squid")
def ftp_through_squid(trial):
    """Through an HTTP proxy, which speaks FTP for us."""
    trial.crawl(trial.url("vsftpd", "ftp", "/target/a.html"), conf="ftp = yes\nproxy = http://127.0.0.1:{squid_http}")
    trial.state(trial.url("vsftpd", "ftp", "/target/a.html"), "live", 200)
    trial.check(trial.exchanges("squid") or trial.peers["squid"].exchanges(trial.host), "Squid was not asked")


@row("vsftpd", "squid")
def ftp_through_squid_tls(trial):
    """The same with TLS to the proxy."""
    trial.crawl(trial.url("vsftpd", "ftp", "/target/a.html"), conf="ftp = yes\nproxy = https://127.0.0.1:{squid_tls}")
    trial.state(trial.url("vsftpd", "ftp", "/target/a.html"), "live", 200)


@row("vsftpd", "dante")
def ftp_through_socks(trial):
    """Through SOCKS 5, the second connection as well."""
    trial.crawl(trial.url("vsftpd", "ftp", "/target/a.html"), conf="ftp = yes\nproxy = socks5://127.0.0.1:{dante_socks}")
    trial.state(trial.url("vsftpd", "ftp", "/target/a.html"), "live", 200)
