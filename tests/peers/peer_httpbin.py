# SPDX-License-Identifier: MIT
"""httpbin: what programs of the web answer that are no file servers."""

import os

from servers import Peer

HERE = os.path.dirname(os.path.abspath(__file__))


class Httpbin(Peer):
    name = "httpbin"
    program = "/usr/bin/python3"  # The one that Debian's packages are for.

    def command(self):
        return ["-B", os.path.join(HERE, "httpbin_serve.py"), str(self.port["http"]), self.log_path]

    def settle(self):
        """Its log is written before its answers."""
