# SPDX-License-Identifier: MIT
"""Caddy: HTTP/1.1, HTTP/2 and their codings as Go has them."""

import json

from exchange import REQUEST_FIELDS, RESPONSE_FIELDS
from servers import Peer


class Caddy(Peer):
    name = "caddy"
    program = "caddy"
    ports = ("http", "tls")

    def command(self):
        return ["run", "--config", self.path("Caddyfile"), "--adapter", "caddyfile"]

    def environment(self):
        return {"HOME": self.folder, "XDG_DATA_HOME": self.path("data"), "XDG_CONFIG_HOME": self.path("config")}

    def configure(self):
        own = self.world.authority.folder
        self.write("Caddyfile", CADDYFILE.format(
            folder=self.folder, site=self.world.site, ports=self.port, certificate=f"{own}/good.pem", key=f"{own}/good.key",
        ))  # fmt: skip

    def new_lines(self):
        return [self.as_line(json.loads(line)) for line in super().new_lines()]

    @staticmethod
    def as_line(entry):
        request = entry["request"]

        def values(fields, names):
            have = {name.lower(): ", ".join(value) for name, value in fields.items()}
            return [have.get(name.lower(), "-") for name in names]

        return "\t".join([
            request["remote_ip"], request["remote_port"], request["proto"], request["method"], request["host"], request["uri"],
            str(entry["status"]), str(entry["size"]), "-",
            *values(request["headers"], REQUEST_FIELDS), *values(entry["resp_headers"], RESPONSE_FIELDS),
        ])  # fmt: skip


CADDYFILE = """
{{
    admin off
    auto_https off
    servers {{
        protocols h1 h2 h2c
    }}
}}
(site) {{
    bind 127.0.0.1
    root * {site}
    header Cache-Control no-cache
    @gzip path /gzip/*
    encode @gzip gzip
    @zstd path /zstd/*
    encode @zstd zstd
    route /hints/* {{
        header Link "</hint.css>; rel=preload; as=style"
        respond 103
        header -Link
        file_server
    }}
    file_server
    log {{
        output file {folder}/access.log
        format json
    }}
}}
http://:{ports[http]} {{
    import site
}}
https://:{ports[tls]} {{
    tls {certificate} {key}
    import site
}}
"""
