# SPDX-License-Identifier: MIT
"""The pages that all servers have: folders of three linked pages, each with one age, and some for certain rows."""

import os

WRITTEN = 1700000000  # When every file was changed last: long ago, and always the same.
FOLDERS = (
    "", "bare", "dated", "gzip", "br", "fresh", "trailers", "http10", "basic", "digest", "members", "bearer",
    "form/in", "hourly/in", "heuristic", "no-store", "target", "zstd", "deflate", "listed", "sha256", "both",
    "aged", "negotiate", "ntlm", "hints", "closing", "impatient", "limited", "untyped", "expires", "certificate",
)  # fmt: skip
PARAGRAPH = "Words that a coding makes shorter, again and again. " * 40


def page(title, links):
    anchors = "".join(f'<p><a href="{link}">{link}</a>\n' for link in links)
    return f"<!DOCTYPE html>\n<title>{title}</title>\n{anchors}<p>{title}: {PARAGRAPH}\n"


def make_site(root):
    files = {}
    for folder in FOLDERS:
        name = folder or "top"
        files[os.path.join(folder, "index.html")] = page(f"{name} index", ("a.html", "b.html"))
        files[os.path.join(folder, "a.html")] = page(f"{name} a", ("b.html",))
        files[os.path.join(folder, "b.html")] = page(f"{name} b", ())
    many = [f"{i}.html" for i in range(60)]
    files["many/index.html"] = page("many", many)
    for name in many:
        files[f"many/{name}"] = page(f"many {name}", ())
    for status in (301, 302, 303, 307, 308):
        files[f"target/{status}.html"] = page(f"the target of {status}", ())
    files["errors/404.html"] = page("there is no such page", ("/errors/never.html",))
    files["cookie/index.html"] = page("cookies", ("set.html",))
    files["cookie/set.html"] = page("a cookie is set", ("then.html",))
    files["cookie/then.html"] = page("after the cookie", ())
    files["folder/index.html"] = page("a folder", ())
    files["enter.html"] = ('<!DOCTYPE html><title>Enter</title><form action="/enter" method="post">'
                           '<input name="user"><input name="password" type="password"></form>')  # fmt: skip
    files["large.html"] = page("large", ()) + "".join(f"<p>Line {i} of a large page.\n" for i in range(3000))
    for form in ("form", "hourly"):
        files[f"{form}/login.html"] = (f'<!DOCTYPE html><title>Enter</title><form action="/{form}/do" method="post">'
                                       '<input name="httpd_username"><input name="httpd_password" type="password"></form>')  # fmt: skip
        files[f"{form}/welcome.html"] = page("welcome", ())
    for name, text in files.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.utime(path, (WRITTEN, WRITTEN))
