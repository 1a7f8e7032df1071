# SPDX-License-Identifier: MIT
"""The list of rows: a function each, its name with hyphens, its first line what holds."""

from collections import namedtuple

Row = namedtuple("Row", "name says peers is_long addresses test")

ROWS = []


def row(*peers, is_long=False, addresses=""):
    """Marks a function as a row that needs these servers; is_long: they are heavy, so it is for make check-all; addresses:
    those of its host, in place of 127.0.0.1."""

    def take(test):
        name, says = test.__name__.replace("_", "-"), test.__doc__.strip().splitlines()[0]
        ROWS.append(Row(name, says, peers, is_long, addresses, test))
        return test

    return take
