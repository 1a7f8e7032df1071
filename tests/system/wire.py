# SPDX-License-Identifier: MIT
"""Servers that are hostile below HTTP/1: in TLS, and in the frames of HTTP/2 (RFC 9113). A function each, by name.

A server listens on a free port of the loopback. Its function gets each connection; for HTTP/2 it gets each stream but
the first, which asks for robots.txt and is answered with 404.
"""

import os
import socket
import ssl
import struct
import threading
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS = 1, 1, 4
STATUS_200, STATUS_404 = b"\x88", b"\x8d"  # HPACK's static table: RFC 7541, A.
CONNECTION_SECONDS = 60  # After that a connection is let go, whatever the client does.

ATTACKS = {}


def attack(says, is_http2=True):
    def take(function):
        ATTACKS[function.__name__.replace("_", "-")] = (says, is_http2, function)
        return function

    return take


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes((kind, flags)) + struct.pack(">I", stream) + payload


def literal(name, value):
    """A header field that enters no table, without Huffman codes; both shorter than 16 KB."""
    return b"\x00" + length(len(name), 7) + name + length(len(value), 7) + value


def length(number, bits):
    """RFC 7541, 5.1."""
    most = (1 << bits) - 1
    if number < most:
        return bytes((number,))
    out, number = bytes((most,)), number - most
    while number >= 128:
        out += bytes((number % 128 + 128,))
        number //= 128
    return out + bytes((number,))


class Http2:
    """A connection whose client has sent its preface."""

    def __init__(self, sock):
        self.sock = sock
        self.buffer = b""
        if self.read(len(PREFACE)) != PREFACE:
            raise ConnectionError("no preface")
        self.send(SETTINGS, 0, 0)

    def read(self, count):
        while len(self.buffer) < count:
            data = self.sock.recv(65536)
            if not data:
                raise ConnectionError("gone")
            self.buffer += data
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def send(self, kind, flags, stream, payload=b""):
        self.sock.sendall(frame(kind, flags, stream, payload))

    def next_request(self):
        """The next stream that begins."""
        while True:
            head = self.read(9)
            self.read(struct.unpack(">I", b"\x00" + head[:3])[0])
            if head[3] == HEADERS:
                return struct.unpack(">I", head[5:])[0]

    def flood(self, data):
        """Again and again, until the client has had enough."""
        many = data * max(1, 16384 // len(data))
        while True:
            self.sock.sendall(many)

    def answer(self, stream, fields=STATUS_200, body=b"<title>x</title>"):
        self.send(HEADERS, END_HEADERS, stream, fields)
        self.send(DATA, END_STREAM, stream, body)


class WireServer:
    """Runs one attack until stop()."""

    def __init__(self, name, authority):
        self.is_http2, self.attack = ATTACKS[name][1:]
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(authority.path("good.pem"), authority.path("good.key"))
        self.context.set_alpn_protocols(["h2"])
        self.requests = 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(sock,), daemon=True).start()

    def serve(self, sock):
        sock.settimeout(CONNECTION_SECONDS)
        try:
            if not self.is_http2:
                self.attack(sock)
                return
            with self.context.wrap_socket(sock, server_side=True) as secure:
                connection = Http2(secure)
                while True:
                    self.take_request(connection, connection.next_request())
        except (OSError, ValueError):
            pass  # The client has gone, which is what it should do.
        finally:
            sock.close()

    def take_request(self, connection, stream):
        with self.lock:
            self.requests += 1
            is_robots = self.requests == 1
        if is_robots:
            connection.send(HEADERS, END_HEADERS | END_STREAM, stream, STATUS_404)
        else:
            self.attack(connection, stream)

    def stop(self):
        self.listener.close()


# ---- TLS


@attack("a server that takes the connection and says nothing", is_http2=False)
def tls_silence(sock):
    time.sleep(CONNECTION_SECONDS)


@attack("a handshake that comes by the byte", is_http2=False)
def tls_drip(sock):
    sock.recv(4096)
    for byte in b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03" + bytes(1000):
        sock.sendall(bytes((byte,)))
        time.sleep(0.1)


@attack("bytes that are no TLS", is_http2=False)
def tls_garbage(sock):
    sock.recv(4096)
    sock.sendall(os.urandom(4096))


@attack("records of handshake without end", is_http2=False)
def tls_flood(sock):
    sock.recv(4096)
    while True:
        sock.sendall(b"\x16\x03\x03\x40\x00\x0b\xff\xff\xff" + bytes(16380))


@attack("alerts without end", is_http2=False)
def tls_alerts(sock):
    sock.recv(4096)
    while True:
        sock.sendall(b"\x15\x03\x03\x00\x02\x01\x00" * 1000)


@attack("an alert that ends it", is_http2=False)
def tls_alert(sock):
    sock.recv(4096)
    sock.sendall(b"\x15\x03\x03\x00\x02\x02\x28")


@attack("the connection is closed in the handshake", is_http2=False)
def tls_closed(sock):
    sock.recv(16)


# ---- HTTP/2


@attack("the stream is reset, again and again")
def h2_rapid_reset(connection, stream):
    connection.flood(frame(HEADERS, END_HEADERS, stream, STATUS_200) + frame(RST_STREAM, 0, stream, struct.pack(">I", 8)))


@attack("SETTINGS without end")
def h2_settings_flood(connection, stream):
    connection.flood(frame(SETTINGS, 0, 0, struct.pack(">HI", 3, 100)))


@attack("PING without end")
def h2_ping_flood(connection, stream):
    connection.flood(frame(PING, 0, 0, bytes(8)))


@attack("CONTINUATION without end")
def h2_continuation_flood(connection, stream):
    connection.send(HEADERS, 0, stream, STATUS_200)
    connection.flood(frame(CONTINUATION, 0, stream, literal(b"x-flood", b"x" * 1000)))


@attack("CONTINUATION with nothing in it, without end")
def h2_empty_continuation(connection, stream):
    connection.send(HEADERS, 0, stream, STATUS_200)
    connection.flood(frame(CONTINUATION, 0, stream))


@attack("DATA with nothing in it, without end")
def h2_empty_data(connection, stream):
    connection.send(HEADERS, END_HEADERS, stream, STATUS_200)
    connection.flood(frame(DATA, 0, stream))


@attack("DATA that is padding alone, without end")
def h2_padding(connection, stream):
    connection.send(HEADERS, END_HEADERS, stream, STATUS_200)
    connection.flood(frame(DATA, 8, stream, b"\xff" + bytes(255)))


@attack("a body beyond every window")
def h2_window_ignored(connection, stream):
    connection.send(HEADERS, END_HEADERS, stream, STATUS_200)
    connection.flood(frame(DATA, 0, stream, b"x" * 16384))


@attack("interim responses without end")
def h2_interim_flood(connection, stream):
    connection.flood(frame(HEADERS, END_HEADERS, stream, literal(b":status", b"103")))


@attack("one large field from the table, 4,000 times in each block")
def h2_table_bomb(connection, stream):
    large = b"\x40" + length(5, 7) + b"x-big" + length(4000, 7) + b"x" * 4000  # Enters the table ...
    connection.send(HEADERS, END_HEADERS, stream, STATUS_200 + large + b"\xbe" * 4000)  # ... and is its first.
    connection.send(DATA, END_STREAM, stream, b"x")


@attack("a field that names no entry of the table")
def h2_bad_index(connection, stream):
    connection.send(HEADERS, END_HEADERS, stream, STATUS_200 + b"\xff\xff\xff\xff\x0f")


@attack("a header block without a status")
def h2_no_status(connection, stream):
    connection.answer(stream, literal(b"content-type", b"text/html"))


@attack("a status that is none, and names in capitals with line ends")
def h2_bad_fields(connection, stream):
    connection.answer(stream, literal(b":status", b"2\r\n0") + literal(b"X-Evil\r\nSet-Cookie", b"a\x00b\r\nc: d"))


@attack("a content length beyond the body")
def h2_wrong_length(connection, stream):
    connection.answer(stream, STATUS_200 + literal(b"content-length", b"100000"))


@attack("trailers without end")
def h2_trailers(connection, stream):
    connection.send(HEADERS, END_HEADERS, stream, STATUS_200)
    connection.send(DATA, 0, stream, b"x")
    connection.flood(frame(HEADERS, END_HEADERS, stream, literal(b"x-trailer", b"x" * 1000)))


@attack("pushed responses that nobody wanted")
def h2_push(connection, stream):
    promise = struct.pack(">I", 2) + b"\x82\x87\x84" + literal(b":authority", b"a.test")
    connection.flood(frame(PUSH_PROMISE, END_HEADERS, stream, promise))


@attack("frames of streams that nobody opened")
def h2_unknown_streams(connection, stream):
    connection.flood(frame(DATA, 0, stream + 100, b"x" * 100))


@attack("frames larger than may be")
def h2_large_frame(connection, stream):
    connection.sock.sendall(b"\xff\xff\xff" + bytes((DATA, 0)) + struct.pack(">I", stream) + bytes(100000))


@attack("frames of kinds that nobody knows, without end")
def h2_unknown_frames(connection, stream):
    connection.flood(frame(0xBE, 0, stream, bytes(1000)))


@attack("frames of kinds that nobody knows, with nothing in them, without end")
def h2_empty_unknown(connection, stream):
    connection.send(HEADERS, END_HEADERS, stream, STATUS_200)
    connection.flood(frame(0xBE, 0, 0))


@attack("priorities without end")
def h2_priority_flood(connection, stream):
    connection.flood(frame(PRIORITY, 0, stream, struct.pack(">IB", 0, 1)))


@attack("settings that no client can follow")
def h2_bad_settings(connection, stream):
    connection.send(SETTINGS, 0, 0, struct.pack(">HIHI", 4, 0xFFFFFFFF, 5, 1))
    connection.answer(stream)


@attack("a window of nothing, a table of nothing, no stream at all; then silence")
def h2_starving(connection, stream):
    connection.send(SETTINGS, 0, 0, struct.pack(">HIHIHI", 4, 0, 1, 0, 3, 0))
    time.sleep(CONNECTION_SECONDS)


@attack("windows that grow beyond what a number holds")
def h2_window_overflow(connection, stream):
    connection.flood(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 0x7FFFFFFF)))


@attack("GOAWAY instead of an answer, on each connection")
def h2_goaway(connection, stream):
    connection.send(GOAWAY, 0, 0, struct.pack(">II", 0, 0))
    raise ConnectionError("said good bye")


@attack("GOAWAY without end, with words")
def h2_goaway_flood(connection, stream):
    connection.flood(frame(GOAWAY, 0, 0, struct.pack(">II", stream, 0) + b"x" * 8000))


@attack("silence instead of an answer")
def h2_silence(connection, stream):
    time.sleep(CONNECTION_SECONDS)


@attack("a body that comes by the byte")
def h2_drip(connection, stream):
    connection.send(HEADERS, END_HEADERS, stream, STATUS_200)
    for _ in range(100):
        connection.send(DATA, 0, stream, b"x")
        time.sleep(0.1)


@attack("half a frame, then silence")
def h2_half_frame(connection, stream):
    connection.sock.sendall(frame(HEADERS, END_HEADERS, stream, STATUS_200)[:7])
    time.sleep(CONNECTION_SECONDS)


@attack("HTTP/1.1 behind a handshake that chose HTTP/2")
def h2_speaks_http1(connection, stream):
    connection.sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")
    time.sleep(CONNECTION_SECONDS)
