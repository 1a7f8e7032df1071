# SPDX-License-Identifier: MIT
"""A certificate authority of the tests' own, made by openssl in a folder, and what it signs well and badly."""

import os
import subprocess

CONF = """[ca]
default_ca = own
[own]
new_certs_dir = {folder}
database = {folder}/index
serial = {folder}/serial
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
default_md = sha256
default_days = 30
policy = any
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = CA:FALSE
keyUsage = digitalSignature
extendedKeyUsage = {usage}
subjectAltName = {names}
"""


class Authority:
    """ca.pem is what a client must trust; each certificate is NAME.pem with its key in NAME.key."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        self.file = self.path("ca.pem")
        with open(self.path("index"), "w", encoding="ascii"), open(self.path("serial"), "w", encoding="ascii") as serial:
            serial.write("1000\n")
        conf = self._configure("DNS:ca", "serverAuth")
        self._openssl("req", "-x509", "-config", conf, "-extensions", "authority", "-subj", "/CN=Peers CA",
                      "-days", "30", *self._new_key("ca"), "-out", self.file)  # fmt: skip

    def path(self, name):
        return os.path.join(self.folder, name)

    def issue(self, name, names, dates=(), usage="serverAuth"):
        """Signs for names as openssl writes them (DNS:*.peer.test,IP:127.0.0.1); dates: first and last, YYYYMMDD."""
        conf = self._configure(names, usage)
        self._openssl("req", "-new", "-config", conf, "-subj", f"/CN={name}", *self._new_key(name),
                      "-out", self.path(f"{name}.csr"))  # fmt: skip
        span = ("-startdate", f"{dates[0]}000000Z", "-enddate", f"{dates[1]}000000Z") if dates else ()
        self._openssl("ca", "-batch", "-notext", "-config", conf, "-extensions", "leaf", *span,
                      "-in", self.path(f"{name}.csr"), "-out", self.path(f"{name}.pem"))  # fmt: skip

    def _new_key(self, name):
        return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.path(f"{name}.key"))

    def _configure(self, names, usage):
        path = self.path("conf")
        with open(path, "w", encoding="ascii") as file:
            file.write(CONF.format(folder=self.folder, names=names, usage=usage))
        return path

    def _openssl(self, *arguments):
        done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"openssl {' '.join(arguments)}: {done.stderr}")
