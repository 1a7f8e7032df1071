# SPDX-License-Identifier: MIT
"""A Kerberos realm of the tests' own, and an Apache that takes its tickets (Negotiate) and answers to NTLM."""

import os
import subprocess

from servers import APACHE_FIRST, Apache, Peer

REALM = "PEER.TEST"


class Kdc(Peer):
    """Gives out tickets; its users are one reader, and a service of each host whose row speaks of Negotiate."""

    name = "kdc"
    program = "krb5kdc"
    ports = ("kdc",)

    def command(self):
        return ["-n"]

    def environment(self):
        return {"KRB5_CONFIG": self.path("krb5.conf"), "KRB5_KDC_PROFILE": self.path("kdc.conf")}

    def configure(self):
        self.write("krb5.conf", KRB5.format(realm=REALM, port=self.port["kdc"], domain="peer.test"))
        self.write("kdc.conf", KDC.format(realm=REALM, port=self.port["kdc"], folder=self.folder))
        self.write("acl", "")
        if os.path.exists(self.path("stash")):
            return  # Another try, with another port.
        self.run("kdb5_util", "create", "-s", "-r", REALM, "-P", "master")
        # One in any case, so that there is a keytab, whichever rows are run.
        services = ["HTTP/peers"] + [f"HTTP/{host}" for host in self.world.hosts if host.startswith("negotiate")]
        commands = ["addprinc -pw secret reader"]
        for service in services:
            commands += [f"addprinc -randkey {service}", f"ktadd -k {self.path('keytab')} {service}"]
        self.run("kadmin.local", "-r", REALM, said="".join(f"{command}\n" for command in commands))
        os.chmod(self.path("keytab"), 0o644)  # Apache gives up being root.

    def run(self, *command, said="", **more):
        own = {"PATH": os.environ.get("PATH", "") + ":/usr/sbin", **self.environment(), **more}
        done = subprocess.run(command, input=said, capture_output=True, text=True, check=False, env={**os.environ, **own})
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)}: {done.stdout}{done.stderr}")

    def ticket(self, path):
        """Logs the reader in; what a program must know to use the ticket."""
        own = {"KRB5CCNAME": f"FILE:{path}"}
        self.run("kinit", f"reader@{REALM}", said="secret\n", **own)
        return {**self.environment(), **own}


class ApacheGssapi(Apache):
    name = "gssapi"
    ports = ("http",)
    MODULES = (
        "mpm_event", "authz_core", "authn_core", "authz_user", "auth_gssapi", "dir", "mime", "headers", "ssl",
    )  # fmt: skip

    def environment(self):
        return {
            **self.world.peers["kdc"].environment(), "KRB5RCACHENAME": f"file2:{self.path('replays')}",
            "NTLM_USER_FILE": self.path("users"), "NETBIOS_COMPUTER_NAME": "PEERS", "NETBIOS_DOMAIN_NAME": "PEER",
        }  # fmt: skip

    def configure(self):
        self.write("users", "PEER:reader:secret\n")
        os.chmod(self.folder, 0o777)  # It notes replays as the user that it becomes.
        self.write("apache.conf", GSSAPI.format(
            folder=self.folder, site=self.world.site, ports=self.port, modules=self.modules(), user=self.user(),
            log="\\t".join(self.log_format()), keytab=self.world.peers["kdc"].path("keytab"),
        ))  # fmt: skip


KRB5 = """
[libdefaults]
    default_realm = {realm}
    dns_lookup_realm = false
    dns_lookup_kdc = false
    dns_canonicalize_hostname = false
    rdns = false
    udp_preference_limit = 1
[realms]
    {realm} = {{
        kdc = 127.0.0.1:{port}
    }}
[domain_realm]
    .{domain} = {realm}
"""

KDC = """
[kdcdefaults]
    kdc_listen = 127.0.0.1:{port}
    kdc_tcp_listen = 127.0.0.1:{port}
[realms]
    {realm} = {{
        database_name = {folder}/principal
        key_stash_file = {folder}/stash
        acl_file = {folder}/acl
    }}
[logging]
    kdc = FILE:{folder}/kdc.log
"""

GSSAPI = APACHE_FIRST + """
Header set Cache-Control no-cache
<Directory {site}>
    Require all granted
</Directory>
<Location /negotiate/>
    AuthType GSSAPI
    AuthName readers
    GssapiAllowedMech krb5
    GssapiCredStore keytab:{keytab}
    Require valid-user
</Location>
<Location /ntlm/>
    AuthType GSSAPI
    AuthName readers
    GssapiAllowedMech ntlmssp
    GssapiConnectionBound On
    Require valid-user
</Location>
"""
