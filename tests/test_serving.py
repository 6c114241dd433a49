"""`make serve`, started as an operator starts it."""

import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.environment import environment
from tests.servers import free_port, listening, running

HOUSE = Path(__file__).resolve().parent.parent


def processes_of(data_dir):
    """The processes of the site that keeps its data there, by the environment they were started with."""
    mark = f"DATA_DIR={data_dir}".encode()
    return [entry.parent.name for entry in Path("/proc").glob("[0-9]*/environ") if mark in read(entry).split(b"\0")]


def read(entry):
    try:
        return entry.read_bytes()
    except OSError:  # it ended while we looked
        return b""


@pytest.fixture
def served(tmp_path):
    """The address of a site under `make serve`, and the file with all that it says."""
    port, said = free_port(), tmp_path / "said"
    with said.open("wb") as out:
        options = {"cwd": HOUSE, "env": environment(tmp_path / "var"), "stdout": out, "stderr": subprocess.STDOUT}
        command = ["make", "serve", f"PORT={port}", "WORKERS=1"]
        with running(command, what="make serve", ready=lambda: listening(port), seconds=90, **options):
            yield f"http://127.0.0.1:{port}", said
    assert not processes_of(tmp_path / "var")


def test_the_server_and_its_worker_answer_and_end_together(served, tmp_path):
    assert urlopen(f"{served[0]}/healthz").status == 200  # noqa: S310 - our own address
    assert len(processes_of(tmp_path / "var")) >= 3


def test_the_server_does_not_write_down_who_read_what(served):
    urlopen(f"{served[0]}/healthz")  # noqa: S310
    assert "healthz" not in served[1].read_text()
