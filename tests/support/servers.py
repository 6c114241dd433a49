"""Real servers for tests: each on loopback or a Unix socket, with a folder of its own, gone when the test is."""

import fcntl
import os
import pty
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import termios
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import quote

from aiosmtpd.controller import Controller

from tests.support.machine import find_postgres_programs


def find_free_port():
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(ready, *, what, process=None, seconds=30):
    """Asks `ready()` until it says yes; a server that ends or stays silent is an error with its name."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process and process.poll() is not None:
            raise RuntimeError(f"{what} ended with code {process.returncode} before it was ready.")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what} was not ready within {seconds} s.")
        time.sleep(0.05)


def is_listening(port):
    with closing(socket.socket()) as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running_server(command, *, what, ready, stop=signal.SIGTERM, seconds=30, **options):
    """A server for the length of the block. Its own session keeps the terminal's Ctrl-C for the tests."""
    process = subprocess.Popen(command, start_new_session=True, **options)
    try:
        wait_until(ready, what=what, process=process, seconds=seconds)
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def open_terminal(command, **options):
    """Starts a command in a terminal of its own; returns the process and our end of the terminal, a file descriptor."""
    ours, its = pty.openpty()
    options = {"stdin": its, "stdout": its, "stderr": its} | options
    process = subprocess.Popen(
        command, start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0), **options
    )
    os.close(its)
    return process, ours


@contextmanager
def temporary_folder(prefix, *, owner=None):
    path = Path(tempfile.mkdtemp(prefix=f"ohrm-{prefix}-"))
    try:
        if owner:
            shutil.chown(path, owner, owner)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


# Speed instead of safety: the cluster never outlives the tests.
UNSAFE_OPTIONS = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


def get_postgres_account():
    """PostgreSQL refuses to run as root; Debian's package brings an account for it."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


@contextmanager
def running_postgres():
    """A new cluster behind a Unix socket; yields its DATABASE_URL. Its log is shown where it does not start."""
    programs, account = find_postgres_programs(), get_postgres_account()
    with temporary_folder("postgres", owner="postgres" if account else None) as place:
        options = account | {"cwd": place, "stdout": subprocess.DEVNULL}
        initdb = [programs / "initdb", "--pgdata", place / "data", "--username", "ohrm", "--auth", "trust"]
        initdb += ["--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
        subprocess.run(initdb, check=True, **options)
        command = [programs / "postgres", "-D", place / "data", "-k", place, "-c", "listen_addresses=", *UNSAFE_OPTIONS]
        command += ["-c", "log_min_messages=fatal"]
        asked = [programs / "pg_isready", "--quiet", "--host", place, "--username", "ohrm", "--dbname", "postgres"]

        def ready():
            return subprocess.run(asked).returncode == 0

        with running_server(command, what="PostgreSQL", ready=ready, stop=signal.SIGINT, **options):
            subprocess.run([programs / "createdb", "--host", place, "--username", "ohrm", "ohrm"], check=True)
            yield f"postgres://ohrm@{quote(str(place), safe='')}/ohrm"


@contextmanager
def running_redis():
    """Yields the URL of an empty Redis that writes nothing to disk."""
    port = find_free_port()
    with temporary_folder("redis") as place:
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", place]
        command += ["--save", "", "--appendonly", "no"]
        options = {"stdout": subprocess.DEVNULL}
        with running_server(command, what="Redis", ready=lambda: is_listening(port), **options):
            yield f"redis://127.0.0.1:{port}/0"


@dataclass
class ReceivedMail:
    sender: str
    recipients: list
    raw: bytes

    @property
    def message(self):
        return message_from_bytes(self.raw, policy=policy.default)


@dataclass
class SmtpSink:
    """Takes every mail. A test may put answers into `refusals`, first in first out: "450 4.2.0 Later" and the like."""

    port: int
    received: list = field(default_factory=list)
    refusals: list = field(default_factory=list)

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server, session, envelope):
        if self.refusals:
            return self.refusals.pop(0)
        self.received.append(ReceivedMail(envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 2.0.0 Taken"


@contextmanager
def running_smtp_sink():
    sink = SmtpSink(find_free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
