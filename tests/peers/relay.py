# SPDX-License-Identifier: MIT
"""Relays on free ports that pass connections on to a server, and do one thing to what passes."""

import base64
import re
import socket
import threading

SECONDS = 20


class Relay:
    """Passes all on, each way as it comes; kinds of it look at requests, or end answers early."""

    def __init__(self, port):
        self.port_behind = port
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def asked(self, data, left):
        """What goes on of a piece of a request; left[0] may be set to how many bytes of answers still pass."""
        return data

    def answered(self, data):
        """What goes on of a piece of an answer."""
        return data

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        client.settimeout(SECONDS)
        with client, socket.create_connection(("127.0.0.1", self.port_behind), SECONDS) as server:
            left = [None]  # Bytes of answers that still pass; None: all.
            answers = threading.Thread(target=self.answer, args=(server, client, left), daemon=True)
            answers.start()
            try:
                while data := client.recv(65536):
                    server.sendall(self.asked(data, left))
            except OSError:
                pass
            self.close(server)
            answers.join()

    @staticmethod
    def close(sock):
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def answer(self, server, client, left):
        try:
            while data := server.recv(4096):
                if left[0] is not None:
                    data = data[: left[0]]
                    left[0] -= len(data)
                client.sendall(self.answered(data))
                if left[0] == 0:
                    break
        except OSError:
            pass
        self.close(client)

    def stop(self):
        self.listener.close()


class CuttingRelay(Relay):
    """Closes after so many bytes of the first answer to a request that names the target."""

    def __init__(self, port, target, after):
        self.target, self.after = target.encode(), after
        self.cuts = 0
        super().__init__(port)

    def asked(self, data, left):
        with self.lock:
            if self.cuts == 0 and self.target in data:
                self.cuts += 1
                left[0] = self.after
        return data


class NtlmRelay(Relay):
    """Lets libcurl's NTLM meet that of gss-ntlmssp, which insists on the version that a client may leave out: the first message
    gets the eight bytes of one, and the server's message does not say that the third must have one."""

    FIRST = re.compile(rb"NTLM (TlRMTVNTUAABAAAA[A-Za-z0-9+/=]*)")
    SECOND = re.compile(rb"NTLM (TlRMTVNTUAACAAAA[A-Za-z0-9+/=]*)")
    SHORT, VERSION = 32, bytes(8)
    FLAG_BYTE, HAS_VERSION = 23, 0x02

    def asked(self, data, left):
        return self.FIRST.sub(self.with_version, data)

    def answered(self, data):
        return self.SECOND.sub(self.without_flag, data)

    def with_version(self, match):
        message = base64.b64decode(match[1])
        return b"NTLM " + base64.b64encode(message + self.VERSION if len(message) == self.SHORT else message)

    def without_flag(self, match):
        message = bytearray(base64.b64decode(match[1]))
        message[self.FLAG_BYTE] &= ~self.HAS_VERSION & 0xFF
        return b"NTLM " + base64.b64encode(message)
