# SPDX-License-Identifier: MIT
"""Real servers, started from Debian's packages on free ports of the loopback and ended by their pid.

Each keeps all that it writes in a folder of its own. What it was asked and what it answered is read from its log, whose
lines have the same fields whichever server wrote them.
"""

import email.utils
import http.client
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
import uuid

from exchange import REQUEST_FIELDS, RESPONSE_FIELDS, Exchange
from harness import SLOW

TRIES = 3  # A free port may be taken before the server has it.
START_SECONDS = 20
BUSY_SECONDS = 4 * 3600  # How long nginx says, from its start, that it is busy.

def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as own:
            own.bind(("::1", 0))
    except OSError:
        return False
    return True


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


class Peer:
    """A server that runs from start() to stop(). Those below say which ports it has, its configuration and command."""

    name = ""
    program = ""
    ports = ("http",)  # Names of ports, each a free one.
    is_in_order = False  # Whether a request that comes after an answer was read is logged after it.

    def __init__(self, world):
        self.world = world
        self.folder = os.path.join(world.folder, self.name)
        self.log_path = os.path.join(self.folder, "access.log")
        self.said = os.path.join(self.folder, "said")
        self.process = None
        self.port = {}
        self.lock = threading.Lock()
        self.read_bytes = 0  # Of the log, so far.
        self.by_host = {}
        os.makedirs(self.folder)
        self.binary = shutil.which(self.program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if not self.binary:
            raise SystemExit(f"{self.program} is not there; type: make check")

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        path = self.path(name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def configure(self):
        """Writes what the server reads."""

    def command(self):
        raise NotImplementedError

    def environment(self):
        """Variables of its own."""
        return {}

    def start(self):
        for _ in range(TRIES):
            self.port = {name: free_port() for name in self.ports}
            self.configure()
            with open(self.said, "ab") as said:
                # A group of its own: some servers have children, and all of it ends together.
                self.process = subprocess.Popen(
                    ["setpriv", "--pdeathsig", "TERM", self.binary, *self.command()], stdin=subprocess.DEVNULL,
                    stdout=said, stderr=said, start_new_session=True, cwd=self.folder, env={**os.environ, **self.environment()},
                )  # fmt: skip
            if self.comes_up():
                return
            self.stop()
        with open(self.said, encoding="utf-8", errors="replace") as said:
            raise SystemExit(f"{self.name} does not start:\n{said.read()[-3000:]}")

    def comes_up(self):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            if all(answers(port) for port in self.port.values()):
                return True
            time.sleep(0.02)
        return False

    def stop(self):
        if not self.process:
            return  # It was never started; what was in its way is the message.
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)  # Its children, where it left some.
        except ProcessLookupError:
            pass
        self.process.wait()

    def exchanges(self, host):
        """What was exchanged with this host, in the order of the log."""
        with self.lock:
            for line in self.new_lines():
                exchange = Exchange(self.name, line)
                self.by_host.setdefault(exchange.host_name, []).append(exchange)
            return list(self.by_host.get(host, []))

    def new_lines(self):
        """Those that the log has got since they were last read; complete ones alone."""
        try:
            with open(self.log_path, "rb") as file:
                file.seek(self.read_bytes)
                came = file.read()
        except FileNotFoundError:
            return []
        came = came[: came.rfind(b"\n") + 1]
        self.read_bytes += len(came)
        return came.decode(errors="replace").split("\n")[:-1]

    def log_size(self):
        try:
            return os.path.getsize(self.log_path)
        except FileNotFoundError:
            return 0

    def settle(self):
        """Waits until the log has the line of every answer that was read: a server may write it after the answer."""
        if self.is_in_order:
            self.wait_for_line()
            return
        size = None
        while size != (now := self.log_size()):
            size = now
            time.sleep(0.1 * SLOW)

    def wait_for_line(self):
        """Asks for what nobody else asks for, until that is in the log: what was answered before stands above it."""
        at = self.log_size()
        mark = f"/settle/{uuid.uuid4().hex}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port["http"], timeout=START_SECONDS * SLOW)
        connection.request("GET", mark, headers={"Host": "settle.test", "Connection": "close"})
        connection.getresponse().read()
        until = time.monotonic() + START_SECONDS * SLOW
        with open(self.log_path, "rb") as file:
            file.seek(at)
            came = file.read()
            while mark.encode() not in came:
                if time.monotonic() > until:
                    raise RuntimeError(f"{self.name} does not log {mark}")
                time.sleep(0.002)
                came += file.read()


class Nginx(Peer):
    name = "nginx"
    program = "nginx"
    ports = ("http", "both", "h2c", "tls", "tls1", "away", "expired", "wrong", "untrusted", "client", "old")
    is_in_order = True

    def command(self):
        return ["-p", self.folder, "-c", self.path("nginx.conf"), "-e", self.path("error.log")]

    def configure(self):
        self.write("places.conf", PLACES.format(folder=self.folder, busy_until=self.busy_until()))
        self.write("users", f"reader:{self.world.hashed('secret')}\n")
        self.write("nginx.conf", NGINX.format(
            folder=self.folder, site=self.world.site, ports=self.port, log="\\t".join(self.log_format()),
            user="user root;" if os.geteuid() == 0 else "", servers="".join(self.servers()),
            six=f"listen [::1]:{self.port['both']};" if has_ipv6() else "",
        ))  # fmt: skip

    @staticmethod
    def busy_until():
        return email.utils.formatdate(time.time() + BUSY_SECONDS, usegmt=True)

    def servers(self):
        own, other = self.world.authority.folder, self.world.stranger.folder
        certificates = {
            "tls": (own, "good", "http2", ""),
            "tls1": (own, "good", "", ""),
            "away": (own, "good", "http2", "keepalive_requests 2;"),
            "expired": (own, "expired", "http2", ""),
            "wrong": (own, "wrong", "http2", ""),
            "untrusted": (other, "untrusted", "http2", ""),
            "client": (own, "good", "http2", f"ssl_client_certificate {own}/ca.pem; ssl_verify_client on;"),
            "old": (own, "good", "", "ssl_protocols TLSv1; ssl_ciphers ALL:@SECLEVEL=0;"),
        }
        for name, (folder, certificate, more, lines) in certificates.items():
            yield (
                f"server {{ listen 127.0.0.1:{self.port[name]} ssl {more};"
                f" ssl_certificate {folder}/{certificate}.pem; ssl_certificate_key {folder}/{certificate}.key;"
                f" {lines} include places.conf; }}\n"
            )

    @staticmethod
    def log_format():
        def variable(prefix, name):
            return "$" + prefix + name.lower().replace("-", "_")

        yield from ("$remote_addr", "$connection", "$server_protocol", "$request_method", "$http_host", "$request_uri", "$status",
                    "$body_bytes_sent", "$ssl_protocol")  # fmt: skip
        yield from (variable("http_", name) for name in REQUEST_FIELDS)
        yield from (variable("sent_http_", name) for name in RESPONSE_FIELDS)


NGINX = """{user}
pid {folder}/pid;
daemon off;
master_process off;
events {{ worker_connections 1024; }}
http {{
    types {{ text/html html; text/plain txt; application/xml xml; }}
    charset utf-8;
    log_format peer '{log}';
    access_log {folder}/access.log peer;
    root {site};
    keepalive_requests 100000;
    ssl_protocols TLSv1.2 TLSv1.3;
    limit_req_zone $host zone=slow:1m rate=20r/s;
    limit_req_zone $host zone=limited:1m rate=1r/m;
    map $http_accept_language $language {{ default none; ~^en English; ~^de German; }}
    map $http_cookie $is_in {{ default 0; "~session=([a-z]+)" 1; }}
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    server {{ listen 127.0.0.1:{ports[http]} default_server; include places.conf; }}
    server {{ listen 127.0.0.1:{ports[both]}; {six} include places.conf; }}
    server {{ listen 127.0.0.1:{ports[h2c]} http2; include places.conf; }}
    {servers}
}}
"""

# The same on every port. Pages that are asked for again say no-cache: what is fresh is not asked for.
PLACES = """
server_name _;
error_page 404 /errors/404.html;
location / {{ add_header Cache-Control no-cache; }}
location /bare/ {{ etag off; if_modified_since off; add_header Last-Modified ""; add_header Cache-Control no-cache; }}
location /dated/ {{ etag off; add_header Cache-Control no-cache; }}
location /gzip/ {{ gzip on; gzip_min_length 1; add_header Cache-Control no-cache; }}
location /fresh/ {{ add_header Cache-Control max-age=3600; }}
location /aged/ {{ add_header Cache-Control max-age=3600; add_header Age 3000; }}
location /languages/ {{
    default_type text/html;
    add_header Cache-Control max-age=3600;
    add_header Vary Accept-Language;
    add_header ETag '"$language"';
    return 200 "<title>in $language</title>";
}}
location /heuristic/ {{ }}
location /no-store/ {{ add_header Cache-Control no-store; }}
location /closing/ {{ keepalive_requests 1; add_header Cache-Control no-cache; }}
location /impatient/ {{ keepalive_timeout 1s; add_header Cache-Control no-cache; }}
location /limited/ {{ limit_req zone=limited; limit_req_status 429; add_header Cache-Control no-cache; }}
location /untyped/ {{ types {{ }} default_type ""; add_header Cache-Control no-cache; }}
location = /busy {{ add_header Retry-After "{busy_until}" always; return 503; }}
location /many/ {{ limit_req zone=slow burst=100; }}
location /trailers/ {{ gzip on; gzip_min_length 1; add_trailer X-Sum abc; add_header Cache-Control no-cache; }}
location = /moved/301 {{ return 301 /target/301.html; }}
location = /moved/302 {{ return 302 /target/302.html; }}
location = /moved/303 {{ return 303 /target/303.html; }}
location = /moved/307 {{ return 307 /target/307.html; }}
location = /moved/308 {{ return 308 /target/308.html; }}
location = /moved/loop {{ return 302 /moved/loop2; }}
location = /moved/loop2 {{ return 302 /moved/loop; }}
location = /status/410 {{ return 410; }}
location = /status/403 {{ return 403; }}
location = /status/500 {{ return 500; }}
location = /status/204 {{ return 204; }}
location /basic/ {{ auth_basic "the readers"; auth_basic_user_file {folder}/users; add_header Cache-Control no-cache; }}
location /bearer/ {{
    if ($http_authorization != "Bearer secret") {{ return 401; }}
    add_header WWW-Authenticate 'Bearer realm="tokens"' always;
    add_header Cache-Control no-cache;
}}
location = /cookie/set.html {{ add_header Set-Cookie "session=abc; Path=/; Max-Age=3600"; }}
location /members/ {{ if ($is_in = 0) {{ return 302 /enter.html; }} add_header Cache-Control no-cache; }}
location = /enter {{
    if ($request_method != POST) {{ return 405; }}
    add_header Set-Cookie "session=abc; Path=/; HttpOnly";
    return 303 /members/index.html;
}}
"""


class Apache(Peer):
    name = "apache"
    program = "apache2"
    ports = ("http", "tls")

    MODULES = (
        "mpm_event", "authz_core", "authz_host", "authn_core", "authn_file", "authz_user", "auth_basic", "auth_digest", "alias",
        "auth_form", "autoindex", "brotli", "cgi", "deflate", "dir", "env", "expires", "filter", "headers", "http2", "mime", "request",
        "rewrite", "session", "session_cookie", "setenvif", "ssl",
    )  # fmt: skip
    FORMS = {"form": "", "hourly": "SessionMaxAge 3600"}

    def command(self):
        return ["-DFOREGROUND", "-d", self.folder, "-f", self.path("apache.conf")]

    def configure(self):
        self.write("basic", f"reader:{self.world.hashed('secret')}\n")
        self.write("digest", f"reader:readers:{self.world.digest_hash('reader', 'readers', 'secret')}\n")
        os.makedirs(self.path("cgi"), exist_ok=True)
        for name, text in SCRIPTS.items():
            os.chmod(self.write(os.path.join("cgi", name), text), 0o755)
        self.write("apache.conf", APACHE.format(
            folder=self.folder, site=self.world.site, ports=self.port, certificates=self.world.authority.folder,
            modules=self.modules(), user=self.user(), log="\\t".join(self.log_format()),
            forms="".join(FORM.format(folder=self.folder, name=name, lasts=lasts) for name, lasts in self.FORMS.items()),
        ))  # fmt: skip

    def modules(self):
        return "\n".join(f"LoadModule {m}_module /usr/lib/apache2/modules/mod_{m}.so" for m in self.MODULES)

    @staticmethod
    def user():
        return "User www-data\nGroup www-data" if os.geteuid() == 0 else ""

    @staticmethod
    def log_format():
        yield from ("%a", "%{remote}p", "%H", "%m", "%{Host}i", "%U%q", "%>s", "%B", "%{SSL_PROTOCOL}x")
        yield from ("%{" + name + "}i" for name in REQUEST_FIELDS)
        yield from ("%{" + name + "}o" for name in RESPONSE_FIELDS)


# What every Apache is told first.
APACHE_FIRST = """
{modules}
{user}
ServerName peers
PidFile {folder}/pid
DefaultRuntimeDir {folder}
Mutex posixsem
ErrorLog {folder}/error.log
LogFormat "{log}" peer
CustomLog {folder}/access.log peer
Listen 127.0.0.1:{ports[http]}
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MaxRequestWorkers 16
KeepAliveTimeout 30
DocumentRoot {site}
TypesConfig /etc/mime.types
AddDefaultCharset utf-8
AddType text/html .html
DirectoryIndex index.html
"""

APACHE = APACHE_FIRST + """
Listen 127.0.0.1:{ports[tls]}
FileETag MTime Size
Protocols h2c http/1.1
H2EarlyHints on
ErrorDocument 404 /errors/404.html
ErrorDocument 403 "<title>no</title><p>Not for you."
Header set Cache-Control no-cache
<Directory {site}>
    Require all granted
    Options -Indexes
</Directory>
<Location /gzip/>
    SetOutputFilter DEFLATE
</Location>
<Location /br/>
    SetOutputFilter BROTLI_COMPRESS
</Location>
<Location /dated/>
    FileETag None
    Header unset ETag
</Location>
<Location /fresh/>
    Header set Cache-Control max-age=3600
</Location>
<Location /expires/>
    ExpiresActive On
    ExpiresDefault "access plus 1 hours"
    Header unset Cache-Control
</Location>
<Location /hints/>
    H2EarlyHint Link "</hint.css>; rel=preload; as=style"
</Location>
SetEnvIf Request_URI ^/http10/ downgrade-1.0 force-response-1.0
<Location /basic/>
    AuthType Basic
    AuthName "the readers"
    AuthUserFile {folder}/basic
    Require valid-user
</Location>
<Location /digest/>
    AuthType Digest
    AuthName readers
    AuthDigestDomain /digest/
    AuthUserFile {folder}/digest
    Require valid-user
</Location>
{forms}
Redirect 301 /moved/301 /target/301.html
Redirect 302 /moved/302 /target/302.html
Redirect 303 /moved/303 /target/303.html
Redirect 307 /moved/307 /target/307.html
Redirect 308 /moved/308 /target/308.html
Redirect 410 /status/410
Redirect 403 /status/403
ScriptAlias /cgi/ {folder}/cgi/
<Directory {folder}/cgi>
    Require all granted
</Directory>
<VirtualHost 127.0.0.1:{ports[tls]}>
    Protocols h2 http/1.1
    SSLEngine on
    SSLCertificateFile {certificates}/good.pem
    SSLCertificateKeyFile {certificates}/good.key
    DeflateAlterETag NoChange
    SSLCACertificateFile {certificates}/ca.pem
    <Location /certificate/>
        SSLVerifyClient require
    </Location>
</VirtualHost>
"""

# A form that lets readers in, for as long as their session lasts.
FORM = """
<LocationMatch "^/{name}/(in|do)">
    AuthType form
    AuthName members
    AuthFormProvider file
    AuthUserFile {folder}/basic
    AuthFormLoginRequiredLocation /{name}/login.html
    AuthFormLoginSuccessLocation /{name}/welcome.html
    Session On
    SessionCookieName session path=/
    {lasts}
    Require valid-user
</LocationMatch>
<Location /{name}/do>
    SetHandler form-login-handler
</Location>
"""

# A script named nph- writes the whole response itself.
SCRIPTS = {
    "nph-interim": """#!/bin/sh
printf 'HTTP/1.1 100 Continue\\r\\n\\r\\n'
printf 'HTTP/1.1 103 Early Hints\\r\\nLink: </hint.css>; rel=preload\\r\\n\\r\\n'
printf 'HTTP/1.1 200 OK\\r\\nContent-Type: text/html\\r\\nConnection: close\\r\\n\\r\\n<title>after two interim responses</title>'
""",
    "status": """#!/bin/sh
printf 'Status: %s\\r\\nContent-Type: text/html\\r\\n\\r\\n<title>%s</title>' "$QUERY_STRING" "$QUERY_STRING"
""",
    "chunked": """#!/bin/sh
printf 'Content-Type: text/html\\r\\n\\r\\n<title>in chunks</title>'
for i in $(seq 2000); do printf '<p>Paragraph %s.' $i; done
""",
}


class Squid(Peer):
    """A caching proxy: its port "http" is open, "login" wants a name and a password, "tls" is spoken to by TLS."""

    name = "squid"
    program = "squid"
    ports = ("http", "login", "tls")
    outgoing = "127.0.0.6"
    scheme = "basic"

    def command(self):
        return ["-N", "-f", self.path("squid.conf"), "-n", self.name.replace("-", "")]

    def configure(self):
        self.write("hosts", "".join(f"127.0.0.1 {name}\n" for name in self.world.hosts))
        self.write("passwords", f"reader:{self.world.hashed('secret')}\n")
        self.write("digests", f"reader:squid:{self.world.digest_hash('reader', 'squid', 'secret')}\n")
        own = self.world.authority.folder
        auth = {
            "basic": f"auth_param basic program /usr/lib/squid/basic_ncsa_auth {self.folder}/passwords\n"
                     "auth_param basic children 1\nauth_param basic realm squid",
            "digest": f"auth_param digest program /usr/lib/squid/digest_file_auth -c {self.folder}/digests\n"
                      "auth_param digest children 1\nauth_param digest realm squid",
        }[self.scheme]  # fmt: skip
        self.write("squid.conf", SQUID.format(
            folder=self.folder, ports=self.port, auth=auth, outgoing=self.outgoing, log="\t".join(self.log_format()),
            certificate=f"{own}/good.pem", key=f"{own}/good.key",
        ))  # fmt: skip
        if os.geteuid() == 0:
            shutil.chown(self.folder, "proxy", "proxy")

    @staticmethod
    def log_format():
        yield from ("%>a", "%>p", "HTTP/%rv", "%rm", "%{Host}>h", "%ru", "%>Hs", "%<st", "%Ss:%Sh")
        yield from ("%{" + name + "}>h" for name in REQUEST_FIELDS)
        yield from ("%{" + name + "}<h" for name in RESPONSE_FIELDS)


SQUID = """
http_port 127.0.0.1:{ports[http]} name=open
http_port 127.0.0.1:{ports[login]} name=login
https_port 127.0.0.1:{ports[tls]} name=tls tls-cert={certificate} tls-key={key}
{auth}
acl known proxy_auth REQUIRED
acl at_login myportname login
http_access deny at_login !known
http_access allow all
tcp_outgoing_address {outgoing}
hosts_file {folder}/hosts
cache_mem 8 MB
maximum_object_size_in_memory 1 MB
memory_pools off
cache_log {folder}/cache.log
pid_filename {folder}/pid
coredump_dir {folder}
shutdown_lifetime 0 seconds
pinger_enable off
netdb_filename none
visible_hostname squid.peer.test
logformat peer {log}
access_log stdio:{folder}/access.log logformat=peer
buffered_logs off
"""


class SquidDigest(Squid):
    name = "squid-digest"
    scheme = "digest"


class Dante(Peer):
    """SOCKS 4, 4a and 5, for everybody."""

    name = "dante"
    program = "danted"
    ports = ("socks",)
    outgoing = "127.0.0.7"

    def command(self):
        return ["-f", self.path("danted.conf"), "-p", self.path("pid")]

    def configure(self):
        user = "root" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        self.write("danted.conf", DANTE.format(folder=self.folder, port=self.port["socks"], outgoing=self.outgoing,
                                               user=user))  # fmt: skip


DANTE = """
logoutput: {folder}/danted.log
internal: 127.0.0.1 port = {port}
external: {outgoing}
clientmethod: none
socksmethod: none
user.privileged: {user}
user.unprivileged: {user}
client pass {{ from: 127.0.0.0/8 to: 0.0.0.0/0 }}
socks pass {{ from: 127.0.0.0/8 to: 127.0.0.0/8 command: connect }}
"""


class Microsocks(Peer):
    """SOCKS 5 for who has a name and a password."""

    name = "microsocks"
    program = "microsocks"
    ports = ("socks",)
    outgoing = "127.0.0.8"

    def command(self):
        return ["-i", "127.0.0.1", "-p", str(self.port["socks"]), "-u", "reader", "-P", "secret", "-b", self.outgoing]


class Ssh(Peer):
    """SOCKS 4, 4a and 5 by ssh -D, to an sshd that both run for this alone."""

    name = "ssh"
    program = "sshd"
    ports = ("sshd", "socks")
    outgoing = "127.0.0.1"
    client = None

    def configure(self):
        for name in ("host_key", "user_key"):
            if not os.path.exists(self.path(name)):
                subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.path(name)], check=True)
        os.chmod(self.folder, 0o700)
        if os.geteuid() == 0:
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)  # It insists on this one.
        self.write("sshd.conf", SSHD.format(folder=self.folder, port=self.port["sshd"]))

    def command(self):
        return ["-D", "-e", "-f", self.path("sshd.conf")]

    def comes_up(self):
        socks = self.port.pop("socks")
        is_up = super().comes_up()
        self.port["socks"] = socks
        if not is_up:
            return False
        self.client = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "ssh", "-N", "-D", f"127.0.0.1:{socks}", "-p", str(self.port["sshd"]), "-i", self.path("user_key"),
             "-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={self.folder}/known", "-F", "none",
             pwd.getpwuid(os.geteuid()).pw_name + "@127.0.0.1"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.client.poll() is None:
            if answers(socks):
                return True
            time.sleep(0.02)
        return False


    def stop(self):
        if self.client:
            self.client.terminate()
            self.client.wait()
        super().stop()


SSHD = """
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
PidFile {folder}/pid
AuthorizedKeysFile {folder}/user_key.pub
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PermitRootLogin yes
AllowTcpForwarding local
"""


class Vsftpd(Peer):
    """FTP for everybody, with and without TLS as the client likes."""

    name = "vsftpd"
    program = "vsftpd"
    ports = ("ftp",)

    def command(self):
        return [self.path("vsftpd.conf")]

    def configure(self):
        os.makedirs(self.path("empty"), exist_ok=True)
        certificates = self.world.authority.folder
        self.write("vsftpd.conf", VSFTPD.format(folder=self.folder, site=self.world.site, port=self.port["ftp"],
                                                certificate=f"{certificates}/good.pem", key=f"{certificates}/good.key",
                                                log=self.log_path, user="ftp" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name,
                                                own="" if os.geteuid() == 0 else "run_as_launching_user=YES\n"))  # fmt: skip

    def commands(self):
        """What clients said, in the order of the log."""
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as file:
                return re.findall(r'FTP command: Client "[^"]*", "([^"]*)"', file.read())
        except FileNotFoundError:
            return []

    def exchanges(self, host):
        return []  # Its log knows no hosts; see commands().


VSFTPD = """listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
anonymous_enable=YES
local_enable=NO
anon_root={site}
no_anon_password=YES
ftp_username={user}
secure_chroot_dir={folder}/empty
xferlog_enable=YES
log_ftp_protocol=YES
vsftpd_log_file={log}
pasv_address=127.0.0.1
seccomp_sandbox=NO
isolate=NO
isolate_network=NO
ssl_enable=YES
allow_anon_ssl=YES
force_anon_logins_ssl=NO
force_anon_data_ssl=NO
require_ssl_reuse=NO
rsa_cert_file={certificate}
rsa_private_key_file={key}
{own}"""
