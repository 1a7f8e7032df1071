# SPDX-License-Identifier: MIT
"""The list of rows: a function each, its name with hyphens, its first line what holds."""

from collections import namedtuple

Row = namedtuple("Row", "name says peers is_long test")

ROWS = []


def row(*peers, is_long=False):
    """Marks a function as a row that needs these servers; is_long: they are heavy, so it is for make check-all."""

    def take(test):
        ROWS.append(Row(test.__name__.replace("_", "-"), test.__doc__.strip().splitlines()[0], peers, is_long, test))
        return test

    return take
