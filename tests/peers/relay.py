# SPDX-License-Identifier: MIT
"""A relay on a free port that passes connections on to a server, and cuts the first answer about one target."""

import socket
import threading

SECONDS = 20


class CuttingRelay:
    """Closes after so many bytes of the first answer to a request that names the target; all else is passed on."""

    def __init__(self, port, target, after):
        self.port_behind, self.target, self.after = port, target.encode(), after
        self.cuts = 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

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
            left = [None]  # Bytes of the answer that still pass; None: all.
            answers = threading.Thread(target=self.answer, args=(server, client, left), daemon=True)
            answers.start()
            try:
                while data := client.recv(65536):
                    with self.lock:
                        if self.cuts == 0 and self.target in data:
                            self.cuts += 1
                            left[0] = self.after
                    server.sendall(data)
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
                client.sendall(data)
                if left[0] == 0:
                    break
        except OSError:
            pass
        self.close(client)

    def stop(self):
        self.listener.close()
