# SPDX-License-Identifier: MIT
"""One row: a host of its own on the servers that all rows share, a crawl of its own, and what must have been exchanged."""

import hashlib
import json
import os
import shlex
import subprocess
import tempfile

from certificates import Authority
from harness import BUILT_IN, SLOW, Server, configuration, environment, option_sections
from site_pages import make_site

COMMAND_SECONDS = 30
DOMAIN = "peer.test"


class Failed(Exception):
    """An expectation that does not hold: what was found."""


class World:
    """What all rows share: a folder, the pages that servers have, certificates, names, and the servers."""

    def __init__(self, build, rows):
        self.build = build
        self.hosts = [f"{row.name}.{DOMAIN}" for row in rows]
        self.sections = option_sections(build)
        self.folder = tempfile.mkdtemp(prefix="forage-peers-")
        os.chmod(self.folder, 0o755)  # Some servers give up being root.
        self.site = os.path.join(self.folder, "site")
        make_site(self.site)
        self.authority = Authority(os.path.join(self.folder, "authority"))
        self.stranger = Authority(os.path.join(self.folder, "stranger"))
        names = f"DNS:*.{DOMAIN},IP:127.0.0.1"
        self.authority.issue("good", names)
        self.authority.issue("expired", names, dates=("20200101", "20200201"))
        self.authority.issue("wrong", "DNS:somebody-else.test")
        self.authority.issue("crawler", "DNS:crawler.test", usage="clientAuth")
        self.stranger.issue("untrusted", names)
        addresses = "".join(f"dns {row.name}.{DOMAIN} {row.addresses}\n" for row in rows if row.addresses)
        self.names = Server(build, self.folder, addresses)  # Every other name under .test is 127.0.0.1.
        self.peers = {}

    def start(self, kinds):
        for kind in kinds:
            self.peers[kind.name] = kind(self)
            self.peers[kind.name].start()

    def stop(self):
        for peer in self.peers.values():
            peer.stop()
        self.names.stop()

    @staticmethod
    def hashed(password):
        done = subprocess.run(["openssl", "passwd", "-apr1", password], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    @staticmethod
    def digest_hash(user, realm, password):
        return hashlib.md5(f"{user}:{realm}:{password}".encode()).hexdigest()


class Trial:
    """Runs commands on a crawl directory of its own, and remembers what was said."""

    def __init__(self, world, name, peers):
        self.world = world
        self.name = name
        self.peers = {peer: world.peers[peer] for peer in peers}
        self.host = f"{name}.{DOMAIN}"
        self.agent = world.names.expand(BUILT_IN["user_agent"])
        self.folder = os.path.join(world.folder, name)
        self.crawl_folder = os.path.join(self.folder, "crawl")
        self.said = []  # Command, exit code, output and errors of each.
        self.out = self.err = ""
        self.seen = {}  # How many exchanges were looked at before, by peer.
        os.makedirs(self.crawl_folder)

    # -- what to crawl

    def url(self, peer, port="http", path="/", scheme=None, host=None):
        scheme = scheme or {"http": "http", "both": "http", "h2c": "http", "ftp": "ftp"}.get(port, "https")
        return f"{scheme}://{host or self.host}:{self.peers[peer].port[port]}{path}"

    def configure(self, text=""):
        """Lines of forage.conf; {ca} stands for a file of this world, {squid_http} for a port, $CLOSED for a closed one."""
        own = self.world.authority.folder
        ports = {f"{name.replace('-', '_')}_{port}": number for name, peer in self.peers.items()
                 for port, number in peer.port.items()}  # fmt: skip
        lines = text.format(ca=f"{own}/ca.pem", certificate=f"{own}/crawler.pem", key=f"{own}/crawler.key",
                            host=self.host, **ports).splitlines()  # fmt: skip
        lines = [line.strip() for line in lines]
        if not any(line.startswith("tls_ca_file") for line in lines):
            lines.insert(0, f"tls_ca_file = {own}/ca.pem")
        self.write("crawl/forage.conf", self.world.names.expand(configuration(lines, self.world.sections)))

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    # -- commands

    def forage(self, *arguments, code=0, own=None):
        """Runs a command; its exit code must be that one (None: any). Its standard output."""
        done = subprocess.run(
            self.world.build.command(arguments), cwd=self.folder, env=environment(self.crawl_folder) | (own or {}),
            stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace",
            timeout=COMMAND_SECONDS * SLOW, check=False,
        )  # fmt: skip
        self.out, self.err = done.stdout, done.stderr
        self.said.append(f"$ forage {shlex.join(arguments)}  (exit {done.returncode})\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
        if code is not None and done.returncode != code:
            raise Failed(f"forage {arguments[0]} exits {done.returncode} and not {code}")
        return done.stdout

    def crawl(self, *urls, conf="", code=0, own=None):
        self.configure(conf)
        self.forage("crawl", *urls, code=code, own=own)

    def again(self, *flags, own=None):
        """A second run, which asks for every page."""
        self.mark()
        self.forage("run", "--all", *flags, own=own)

    def pages(self):
        """What is kept of each URL."""
        return {line["url"]: line for line in map(json.loads, self.forage("ls", "--json").splitlines())}

    def exported(self):
        return {line["url"]: line for line in map(json.loads, self.forage("export").splitlines())}

    # -- what was exchanged

    def settle(self):
        """A server may write its line after the answer has left: waits for those of all answers."""
        for peer in self.peers.values():
            peer.settle()

    def mark(self):
        """Only what comes from now on is looked at."""
        self.settle()
        self.seen = {name: len(peer.exchanges(self.host)) for name, peer in self.peers.items()}

    def exchanges(self, peer=None, target=None):
        """Those of this row's host since the last mark; robots.txt only where it is asked for by name."""
        self.settle()
        found = []
        for name, server in self.peers.items():
            if peer in (None, name):
                found += server.exchanges(self.host)[self.seen.get(name, 0) :]
        return [e for e in found if (e.target == target if target else e.target != "/robots.txt")]

    def exchange(self, target, peer=None):
        found = self.exchanges(peer, target)
        self.check(len(found) == 1, f"{len(found)} exchanges for {target}, and not one")
        return found[0]

    def report(self):
        """All that was said and exchanged, for the reader of a failed row."""
        lines = [*self.said, "exchanges, in the order of each log:"]
        for peer in self.peers.values():
            lines += [f"  {exchange}" for exchange in peer.exchanges(self.host)]
        return "\n".join(lines)

    # -- expectations

    @staticmethod
    def check(holds, otherwise):
        if not holds:
            raise Failed(otherwise)

    def same(self, what, found, wanted):
        self.check(found == wanted, f"{what}: {found!r}, and not {wanted!r}")

    def holds(self, what, text, part):
        self.check(part in (text or ""), f"{what} holds no {part!r}: {text!r}")

    def state(self, url, *wanted):
        """State, and perhaps status and reason, of a URL that was tried."""
        page = self.pages().get(url)
        self.check(page, f"{url} is not kept")
        have = [page["state"], page["status"], page["reason"]]
        self.check(all(word in have for word in wanted), f"{url} is {have}, and not {wanted}")
