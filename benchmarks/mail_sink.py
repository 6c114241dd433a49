"""A mail server that takes everything and keeps nothing, as quick as Python goes: `python -m benchmarks.mail_sink`.

Prints its port, then serves until its input ends. An argument is how many milliseconds it thinks before each answer.
"""

import socket
import sys
import threading
import time

GREETING = b"220 sink\r\n"
EHLO = b"250-sink\r\n250 SIZE 10000000\r\n"
OK, GO, BYE = b"250 OK\r\n", b"354 Go on\r\n", b"221 Bye\r\n"


def serve_client(client, pause):
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.sendall(GREETING)
    with client, client.makefile("rb", buffering=65536) as lines:
        for line in lines:
            word = line[:4].upper()
            answer = {b"EHLO": EHLO, b"DATA": GO, b"QUIT": BYE}.get(word, OK)
            if pause:
                time.sleep(pause)
            client.sendall(answer)
            if word == b"DATA":
                while lines.readline() != b".\r\n":
                    pass
                if pause:
                    time.sleep(pause)
                client.sendall(OK)
            elif word == b"QUIT":
                return


def serve_forever(pause):
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    while True:
        client, _address = listener.accept()
        threading.Thread(target=serve_client, args=(client, pause), daemon=True).start()


if __name__ == "__main__":
    threading.Thread(target=serve_forever, args=(float((sys.argv[1:] or ["0"])[0]) / 1000,), daemon=True).start()
    sys.stdin.read()
