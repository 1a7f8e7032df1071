# SPDX-License-Identifier: MIT
"""Varnish: a shared cache in front of nginx, as sites have it."""

import subprocess

from exchange import REQUEST_FIELDS, RESPONSE_FIELDS, Exchange
from servers import Peer


class Varnish(Peer):
    """Its log is kept in memory, and read by a program of its own; an exchange's note is what the cache did: hit, miss, pass."""

    name = "varnish"
    program = "varnishd"

    def configure(self):
        closed = self.world.names.values["CLOSED"]
        origin = self.world.peers["nginx"].port["http"]
        self.write("varnish.vcl", VCL.format(origin=origin, closed=closed))

    def command(self):
        return [
            "-F", "-j", "none", "-n", self.path("inside"), "-a", f"127.0.0.1:{self.port['http']}", "-f", self.path("varnish.vcl"),
            "-T", "none", "-S", "none", "-s", "malloc,16m", "-p", "vsl_space=8M", "-p", "feature=+http2",
            "-p", "thread_pools=1", "-p", "thread_pool_min=10",
        ]  # fmt: skip

    def log_lines(self):
        line = "\t".join(self.log_format())
        done = subprocess.run(["varnishncsa", "-d", "-n", self.path("inside"), "-F", line], capture_output=True,
                              encoding="utf-8", errors="replace", check=True)  # fmt: skip
        return done.stdout.splitlines()

    def exchanges(self, host):
        found = [Exchange(self.name, line) for line in self.log_lines()]
        return [e for e in found if e.host_name == host]

    def log_size(self):
        return len(self.log_lines())

    @staticmethod
    def log_format():
        yield from ("%h", "%{VSL:Begin[2]}x", "%H", "%m", "%{Host}i", "%U%q", "%s", "%b", "%{Varnish:handling}x")
        yield from ("%{" + name + "}i" for name in REQUEST_FIELDS)
        yield from ("%{" + name + "}o" for name in RESPONSE_FIELDS)


# As it comes, a shared cache does not heed a client's no-cache; sites that want it write what stands here. For hosts that
# are called stubborn it is left as it comes.
VCL = """vcl 4.1;
backend origin {{ .host = "127.0.0.1"; .port = "{origin}"; }}
backend dead {{ .host = "127.0.0.1"; .port = "{closed}"; }}
sub vcl_recv {{
    set req.backend_hint = origin;
    if (req.url ~ "^/dead/") {{
        set req.backend_hint = dead;
    }}
    if (req.http.Cache-Control ~ "no-cache" && req.http.Host !~ "stubborn") {{
        set req.hash_always_miss = true;
    }}
}}
sub vcl_deliver {{
    if (obj.hits > 0) {{
        set resp.http.X-Cache = "hit";
    }} else {{
        set resp.http.X-Cache = "miss";
    }}
}}
"""
