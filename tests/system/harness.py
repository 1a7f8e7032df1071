# SPDX-License-Identifier: MIT
"""What the system tests share: the program under test, the server it crawls, and the server's log."""

import os
import re
import signal
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SLOW = float(os.environ.get("TEST_SLOW", "1"))  # Times every time limit, for valgrind and the like.

# Ends a test of somebody else's machine: nothing of ours may go through a proxy.
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")

BARE_URL = re.compile(r"((?:https?:)?//(?:[\w-]+\.)*(?:[\w-]+\.test|127\.\d+\.\d+\.\d+))(?![\w.:-])")


class Build:
    """A folder of built programs: build/plain, or build/<kind>."""

    def __init__(self, folder=None):
        folder = folder or os.environ.get("FORAGE_BUILD") or "build/plain"
        self.folder = os.path.join(ROOT, folder)
        own = os.path.join(self.folder, "forage")
        self.forage = own if os.path.exists(own) else os.path.join(ROOT, "build/forage")
        self.server = os.path.join(self.folder, "tests/server/site_server")
        self.later = os.path.join(self.folder, "tests/system/later.so")
        self.wrap = os.environ.get("TEST_WRAP", "").split()
        for program in (self.forage, self.server, self.later):
            if not os.access(program, os.X_OK):
                raise SystemExit(f"{program} is not there; type: make check")

    def command(self, arguments):
        return [*self.wrap, self.forage, *arguments]

    def ahead(self, seconds):
        """What makes a program's wall clock go so far ahead."""
        # The sanitizers want to be loaded first, and are told not to insist.
        return {
            "LD_PRELOAD": self.later,
            "TEST_LATER": str(int(seconds)),
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0",
        }


def environment(crawl):
    """What a forage of a test sees: nothing of the user's own settings."""
    kept = {n: v for n, v in os.environ.items() if n not in PROXIES and not n.startswith("FORAGE_")}
    tsan = f"suppressions={ROOT}/tests/tsan.supp:" + os.environ.get("TSAN_OPTIONS", "")
    return {**kept, "FORAGE_DIR": crawl, "LC_ALL": "C", "TSAN_OPTIONS": tsan}


def with_ports(text, port):
    """Names and addresses of the site are written without a port; they all have the server's."""
    return BARE_URL.sub(rf"\1:{port}", text)


class Server:
    """A site_server that serves a scenario until it is stopped."""

    def __init__(self, build, folder, scenario):
        path = os.path.join(folder, "scenario")
        self.log_path = os.path.join(folder, "requests.log")
        with open(path, "w", encoding="utf-8") as file:
            file.write(with_ports(scenario, "$PORT"))
        self.process = subprocess.Popen(
            [build.server, "-x", str(SLOW), "-s", path, "-l", self.log_path], stdout=subprocess.PIPE, text=True
        )
        first = self.process.stdout.readline().strip()
        if not first:
            raise RuntimeError(f"site_server does not take {path}")
        self.values = {"PORT": first}
        for _ in range(4):
            name, value = self.process.stdout.readline().split()
            self.values[name.upper()] = value

    def expand(self, text):
        """$PORT, $PORT2, $CLOSED (refuses), $DEAF (never accepts), $DNS, and the port of the site's own names."""
        for name in sorted(self.values, key=len, reverse=True):
            text = text.replace("$" + name, self.values[name])
        return with_ports(text, self.values["PORT"])

    def hide_port(self, text):
        return text.replace(":" + self.values["PORT"], "")

    def log(self):
        return RequestLog(self.log_path)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.process.stdout.close()


class Request:
    """One request as the server saw it; times are milliseconds since the server started."""

    def __init__(self, begin, address, host, method, target, fields):
        self.begin = begin
        self.address = address  # Of ours.
        self.end = None  # While it is under way.
        self.status = None
        self.bytes = 0
        self.how = "under way"
        self.method = method
        self.host = host
        self.fields = {}
        for field in fields:
            name, _, value = field.partition(":")
            self.fields[name.lower()] = value.strip()
        self.url = f"http://{self.fields.get('host', '')}{target}"
        self.target = target

    def __str__(self):
        end = "..." if self.end is None else f"{self.end:.0f}"
        return f"{self.begin:7.0f} to {end:>7} ms  {self.status or '---'}  {self.url}  {self.how}"


class RequestLog:
    """The server's log, read as far as it is written."""

    def __init__(self, path):
        self.requests = []
        self.began_ms = 0.0  # What times count from, since 1970.
        self.connections = 0
        self.names = []
        self.lines = 0
        under_way = {}
        addresses = {}
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                lines = file.read().split("\n")[:-1]
        except FileNotFoundError:
            lines = []
        for line in lines:
            at, what, connection, *rest = line.split("\t")
            if what == "start":
                self.began_ms = float(rest[0])
            elif what == "open":
                self.connections += 1
                addresses[connection] = rest[0]
            elif what == "begin":
                request = Request(float(at), addresses[connection], *rest[1:4], rest[4:])
                under_way[connection, rest[0]] = request
                self.requests.append(request)
            elif what == "end":
                request = under_way.pop((connection, rest[0]))
                request.end = float(at)
                request.status, request.bytes, request.how = int(rest[1]), int(rest[2]), rest[3]
            elif what == "name":
                self.names.append(rest[0])


def wait_until(condition, seconds):
    """Looks again and again until condition() is true; False when the time is over."""
    until = time.monotonic() + seconds * SLOW
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False


# ---- Configurations

# What every crawl of a test has unless it says otherwise: loopback allowed, nobody to spare, one contact.
BUILT_IN = {
    "user_agent": "TestBot/1.0 (+http://bot.test/about)",
    "contact": "test@bot.test",
    "allow_address": "127.0.0.0/8",
    "dns_servers": "127.0.0.1:$DNS",
    "delay": "0",
    "ip_delay": "0",
    "retry": "1s",
    "wait_max": "5s",  # Less than the minute that an origin without robots.txt is left alone.
    "min_free": "0",
    "first_byte_timeout": "20s",  # Those of the program, and so much longer where the tests are slow.
    "fetch_timeout": "60s",
}


def seconds(text):
    number, unit = re.fullmatch(r"([\d.]+)(ms|s|m|h|d)", text).groups()
    return float(number) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}[unit]


def milliseconds(text):
    return 1000 * seconds(text)


def option_sections(build):
    """Where each option stands, from the sample configuration."""
    sample = subprocess.run([build.forage, "config", "sample"], capture_output=True, text=True, check=True)
    sections, section = {"include": "scope", "exclude": "scope"}, ""
    for line in sample.stdout.splitlines():
        if match := re.match(r"#?\[(\w+)\]", line):
            section = match[1]
        elif match := re.match(r"#?(\w+) =", line):
            sections.setdefault(match[1], section)
    return sections


def slowed(line):
    """A time limit grows with TEST_SLOW."""
    name, _, value = (part.strip() for part in line.partition("="))
    if SLOW == 1 or not name.endswith(("_timeout", "slow_time", "max_time")):
        return line
    return f"{name} = {int(milliseconds(value) * SLOW)}ms"


def configuration(given_lines, sections):
    """A forage.conf: lines "name = value" in the sections where they belong, then host sections as they are."""
    at = next((n for n, line in enumerate(given_lines) if line.startswith("[")), len(given_lines))
    own = [line for line in given_lines[:at] if line.strip() and not line.startswith("#")]
    given = {line.partition("=")[0].strip() for line in own}
    lines = [f"{name} = {value}" for name, value in BUILT_IN.items() if name not in given]
    # "name = unset" leaves an option to the program.
    lines += [line for line in own if line.partition("=")[2].strip() != "unset"]
    text = ""
    for line in map(slowed, lines):
        name = line.partition("=")[0].strip()
        text += f"[{sections.get(name, 'crawl')}]\n{line}\n"
    return text + "\n".join(given_lines[at:]) + "\n"
