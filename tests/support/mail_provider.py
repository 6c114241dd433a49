"""A mail provider on loopback: takes what it is told over HTTP and answers as a test wants."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FakeProvider:
    """Takes what it is told; `answers` are (status, body) for the next requests, “hang” for silence, else `usual`."""

    def __init__(self, usual):
        self.usual = usual
        self.asked, self.answers = [], []

    def next_answer(self):
        return self.answers.pop(0) if self.answers else self.usual


def build_handler(provider):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            provider.asked.append((self.path, dict(self.headers), body))
            answer = provider.next_answer()
            if answer == "hang":
                self.close_connection = True
                return
            said = json.dumps(answer[1]).encode()
            self.send_response(answer[0])
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *args):
            """Tests read nothing of it."""

    return Handler


@contextmanager
def running_provider(usual):
    """Yields the `FakeProvider` and the address it is reached at."""
    told = FakeProvider((200, usual))
    server = ThreadingHTTPServer(("127.0.0.1", 0), build_handler(told))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield told, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
