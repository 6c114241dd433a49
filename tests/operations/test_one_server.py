"""One start, one stop: a second server with the same port or data is refused, and nothing outlives the terminal."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing

import pytest
from django.conf import settings

from tests.support.servers import find_free_port, open_terminal, wait_until

pytestmark = pytest.mark.server
ENDINGS = {
    "Ctrl-C": lambda process, terminal: os.write(terminal, b"\x03"),
    "closed window": lambda process, terminal: os.close(terminal),
    "TERM": lambda process, terminal: process.terminate(),
}


def start_once(*arguments):
    command = [".ci/start-once", *map(str, arguments)]
    return subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=60)


@pytest.fixture
def taken_port():
    """One that a server like Granian listens on, which would share it."""
    with closing(socket.socket()) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def is_running(process_id):
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


# --- Starting ---------------------------------------------------------------------------------


def test_a_taken_port_is_refused(taken_port, tmp_path):
    refused = start_once("127.0.0.1", taken_port, tmp_path, "true")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert refused.stderr.startswith(f"Port {taken_port} is taken:")


def test_a_port_that_is_taken_on_one_address_is_taken_on_all(taken_port, tmp_path):
    assert "is taken" in start_once("0.0.0.0", taken_port, tmp_path, "true").stderr  # noqa: S104 - nobody listens


def test_a_server_that_was_just_stopped_is_no_hindrance(tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        reader = socket.create_connection(("127.0.0.1", port))
        server.accept()[0].close()  # who closes first lingers
        reader.close()
    assert start_once("127.0.0.1", port, tmp_path, "true").returncode == 0


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "²", ""])
def test_what_is_no_port_is_refused(port, tmp_path):
    refused = start_once("127.0.0.1", port, tmp_path, "true")
    assert refused.stderr.startswith("PORT is ")
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("host", ["192.0.2.7", "no such host"])
def test_an_address_that_this_machine_has_not_is_refused(host, tmp_path):
    assert f"This machine has no address {host}" in start_once(host, find_free_port(), tmp_path, "true").stderr


def test_the_same_data_on_another_port_is_refused_as_long_as_anything_of_the_first_runs(tmp_path):
    # What it starts stays when it ends itself.
    first = start_once("127.0.0.1", find_free_port(), tmp_path, "bash", "-c", "sleep 60 >/dev/null 2>&1 & echo $!")
    try:
        refused = start_once("127.0.0.1", find_free_port(), tmp_path, "true")
        assert refused.returncode == 1
        assert f"A server with the data in {tmp_path} runs already (process " in refused.stderr
    finally:
        os.kill(int(first.stdout), signal.SIGKILL)
    wait_until(lambda: start_once("127.0.0.1", find_free_port(), tmp_path, "true").returncode == 0, what="the data")


def test_of_two_that_start_at_once_on_one_port_one_is_refused(tmp_path):
    port = str(find_free_port())
    commands = [[".ci/start-once", "127.0.0.1", port, str(tmp_path / name), "sleep", "3"] for name in "ab"]
    both = [subprocess.Popen(command, cwd=settings.BASE_DIR, stderr=subprocess.DEVNULL) for command in commands]
    assert sorted(process.wait(60) for process in both) == [0, 1]


def test_make_run_says_that_a_port_is_taken_before_it_does_anything(taken_port, tmp_path):
    environment = os.environ | {"DATA_DIR": str(tmp_path / "var"), "MAKEFLAGS": ""}
    command = ["make", "run", f"PORT={taken_port}"]
    run = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60)
    assert run.returncode != 0
    assert run.stderr.startswith(f"Port {taken_port} is taken")
    assert not (tmp_path / "var").exists()


def test_what_make_serve_needs_may_stand_in_the_file_and_the_environment_wins(tmp_path):
    (tmp_path / "ohrm.env").write_text("PORT=8123\nBIND=::1\n")
    given = {name: value for name, value in os.environ.items() if name not in {"PORT", "BIND"}}
    environment = given | {"OHRM_ENV": str(tmp_path / "ohrm.env"), "BIND": "127.0.0.1"}
    command = [sys.executable, "-m", "ohrm.environment.env_file", "printenv", "PORT", "BIND"]
    assert subprocess.check_output(command, cwd=settings.BASE_DIR, env=environment) == b"8123\n127.0.0.1\n"


# --- Stopping ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ENDINGS)
def test_whatever_ends_it_server_and_worker_end(ending, tmp_path):
    # Both write down who they are; the server starts a child, as the one for developers does.
    server, worker = tmp_path / "server", tmp_path / "worker"
    server.write_text(f"sleep 600 & echo $$ $! > {tmp_path}/one; wait\n")
    worker.write_text(f"echo $$ > {tmp_path}/two; exec sleep 600\n")
    process, terminal = open_terminal([".ci/together", f"bash {server}", f"bash {worker}"], cwd=settings.BASE_DIR)
    notes = [tmp_path / "one", tmp_path / "two"]
    wait_until(lambda: all(note.exists() and note.read_text().endswith("\n") for note in notes), what="both")
    started = [int(number) for note in notes for number in note.read_text().split()]
    ENDINGS[ending](process, terminal)
    process.wait(30)
    assert len(started) == 3
    assert [number for number in started if is_running(number)] == []


def test_when_the_server_ends_by_itself_the_worker_does_too_and_its_code_is_told(tmp_path):
    (tmp_path / "server").write_text("exit 7\n")
    ran = subprocess.run([".ci/together", f"bash {tmp_path}/server", "sleep 600"], cwd=settings.BASE_DIR, timeout=60)
    assert ran.returncode == 7
