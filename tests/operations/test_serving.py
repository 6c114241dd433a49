"""`make serve`, started as an operator starts it."""

import subprocess
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.support.environment import build_environment
from tests.support.servers import find_free_port, is_listening, running_server

pytestmark = pytest.mark.server
HOUSE = Path(__file__).resolve().parent.parent.parent


def find_processes(data_dir):
    """The processes of the site that keeps its data there, by the environment they were started with."""
    mark = f"DATA_DIR={data_dir}".encode()
    return [
        entry.parent.name
        for entry in Path("/proc").glob("[0-9]*/environ")
        if mark in read_environment(entry).split(b"\0")
    ]


def read_environment(entry):
    try:
        return entry.read_bytes()
    except OSError:  # it ended while we looked
        return b""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site under `make serve`: its address, its folder, and the file with all that it says."""
    place, port = tmp_path_factory.mktemp("served"), find_free_port()
    address, said = f"http://127.0.0.1:{port}", place / "said"
    with said.open("wb") as out:
        options = {"cwd": HOUSE, "env": build_environment(place / "var", SITE_URL=address)}
        options |= {"stdout": out, "stderr": subprocess.STDOUT}
        command = ["make", "serve", f"PORT={port}", "WORKERS=1"]
        with running_server(command, what="make serve", ready=lambda: is_listening(port), seconds=120, **options):
            yield address, place / "var", said
    assert not find_processes(place / "var"), "The server and its worker end together."


def test_the_server_answers_beside_its_worker(site):
    address, data_dir, _said = site
    assert urlopen(f"{address}/healthz").status == 200  # noqa: S310 - our own address
    assert len(find_processes(data_dir)) >= 3


def test_the_server_does_not_write_down_who_read_what(site):
    address, _data_dir, said = site
    urlopen(f"{address}/healthz")  # noqa: S310
    assert "healthz" not in said.read_text()


def test_the_address_of_a_page_that_is_refused_is_not_written_down(site):
    address, _data_dir, said = site
    with pytest.raises(HTTPError, match="404"):
        urlopen(f"{address}/en/newsletter/preferences/a-token-of-somebody/")  # noqa: S310
    assert "a-token-of-somebody" not in said.read_text()


@pytest.mark.parametrize("charset", ["zip", "idna", "utf-16", "iso-8859-1"])
def test_whatever_encoding_a_request_names_it_is_read_as_utf_8(site, charset):
    kind = {"Content-Type": f"text/plain; charset={charset}"}
    with urlopen(Request(f"{site[0]}/en/search/?q=%D0%B9", headers=kind)) as answer:  # noqa: S310
        assert "й" in answer.read().decode()


def test_a_form_that_names_no_encoding_of_text_is_a_form_all_the_same(site):
    form = b'--b\r\nContent-Disposition: form-data; name="email"\r\n\r\nana@example.org\r\n--b--\r\n'
    kind = {"Content-Type": "multipart/form-data; boundary=b; charset=zip"}
    with urlopen(Request(f"{site[0]}/en/newsletter/", form, kind)) as answer:  # noqa: S310
        assert answer.url.endswith("/newsletter/check-inbox/")
