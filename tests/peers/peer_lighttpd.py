# SPDX-License-Identifier: MIT
"""lighttpd: the content codings of all clients, Digest with SHA-256, listings of folders, HTTP/2 of its own."""

import hashlib

from exchange import REQUEST_FIELDS, RESPONSE_FIELDS
from servers import Peer


class Lighttpd(Peer):
    name = "lighttpd"
    program = "lighttpd"
    ports = ("http", "tls")
    is_in_order = True

    MODULES = ("access", "accesslog", "auth", "authn_file", "deflate", "dirlisting", "openssl", "setenv")
    CODINGS = ("zstd", "br", "deflate")

    def command(self):
        return ["-D", "-f", self.path("lighttpd.conf")]

    def configure(self):
        for name, algorithms in {"sha256": ("sha256",), "both": ("md5", "sha256")}.items():
            self.write(name, "".join(self.digest_line(algorithm) for algorithm in algorithms))
        own = self.world.authority.folder
        self.write("lighttpd.conf", LIGHTTPD.format(
            modules=", ".join(f'"mod_{name}"' for name in self.MODULES), site=self.world.site, folder=self.folder,
            ports=self.port, log="\\t".join(self.log_format()), certificate=f"{own}/good.pem", key=f"{own}/good.key",
            codings="".join(CODING.format(coding=coding) for coding in self.CODINGS),
        ))  # fmt: skip

    @staticmethod
    def digest_line(algorithm):
        hashed = hashlib.new(algorithm, b"reader:readers:secret").hexdigest()
        return f"reader:readers:{hashed}\n"

    @staticmethod
    def log_format():
        yield from ("%a", "%{remote}p", "%H", "%m", "%{Host}i", "%U%q", "%>s", "%B", "-")
        yield from ("%{" + name + "}i" for name in REQUEST_FIELDS)
        yield from ("%{" + name + "}o" for name in RESPONSE_FIELDS)


# A log that is a pipe gets each line at once.
LIGHTTPD = """
server.modules = ({modules})
server.bind = "127.0.0.1"
server.port = {ports[http]}
server.document-root = "{site}"
server.errorlog = "{folder}/error.log"
server.upload-dirs = ("{folder}")
server.feature-flags = ("server.h2proto" => "enable", "server.h2c" => "enable")
server.max-keep-alive-requests = 10000
server.max-keep-alive-idle = 60
index-file.names = ("index.html")
mimetype.assign = (".html" => "text/html; charset=utf-8", ".txt" => "text/plain")
accesslog.filename = "|exec cat >>{folder}/access.log"
accesslog.format = "{log}"
setenv.add-response-header = ("Cache-Control" => "no-cache")
deflate.cache-dir = ""
{codings}
$HTTP["url"] =~ "^/listed/" {{
    index-file.names = ("none")
    dir-listing.activate = "enable"
    dir-listing.encoding = "utf-8"
}}
auth.backend = "htdigest"
$HTTP["url"] =~ "^/sha256/" {{ auth.backend.htdigest.userfile = "{folder}/sha256" }}
$HTTP["url"] =~ "^/both/" {{ auth.backend.htdigest.userfile = "{folder}/both" }}
auth.require = (
    "/sha256/" => ("method" => "digest", "algorithm" => "SHA-256", "realm" => "readers", "require" => "valid-user"),
    "/both/" => ("method" => "digest", "algorithm" => "MD5|SHA-256", "realm" => "readers", "require" => "valid-user"),
)
$SERVER["socket"] == "127.0.0.1:{ports[tls]}" {{
    ssl.engine = "enable"
    ssl.pemfile = "{certificate}"
    ssl.privkey = "{key}"
}}
"""

CODING = """
$HTTP["url"] =~ "^/{coding}/" {{
    deflate.mimetypes = ("text/html")
    deflate.allowed-encodings = ("{coding}")
}}
"""
