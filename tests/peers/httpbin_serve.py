#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""httpbin_serve.py PORT LOG - Debian's httpbin on the loopback, each exchange logged before its answer leaves."""

import sys

from exchange import REQUEST_FIELDS, RESPONSE_FIELDS
from httpbin import app
from werkzeug.serving import WSGIRequestHandler, make_server


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_):
        pass


class Logged:
    def __init__(self, log):
        self.log = open(log, "a", buffering=1, encoding="utf-8")

    def __call__(self, environ, start_response):
        def start(status, fields, *more):
            self.write(environ, status, fields)
            return start_response(status, fields, *more)

        return app(environ, start)

    def write(self, environ, status, fields):
        sent = [environ.get("HTTP_" + name.upper().replace("-", "_")) for name in REQUEST_FIELDS]
        came = [", ".join(value for own, value in fields if own.lower() == name.lower()) for name in RESPONSE_FIELDS]
        values = [environ["REMOTE_ADDR"], environ["REMOTE_PORT"], environ["SERVER_PROTOCOL"], environ["REQUEST_METHOD"],
                  environ.get("HTTP_HOST"), environ["REQUEST_URI"], status.partition(" ")[0], None, None, *sent, *came]  # fmt: skip
        self.log.write("\t".join(" ".join(str(value or "-").split()) for value in values) + "\n")


if __name__ == "__main__":
    make_server("127.0.0.1", int(sys.argv[1]), Logged(sys.argv[2]), threaded=True, request_handler=Handler).serve_forever()
