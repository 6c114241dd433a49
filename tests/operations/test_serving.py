"""`make serve`, started and stopped as an operator does."""

import os
import resource
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.support.environment import build_environment
from tests.support.servers import find_free_port, is_listening, open_terminal, wait_until

pytestmark = pytest.mark.server
CTRL_C = b"\x03"
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
    """A site under `make serve` in a terminal: its address, its folder, and the file with all that it says."""
    place, port = tmp_path_factory.mktemp("served"), find_free_port()
    address, said = f"http://127.0.0.1:{port}", place / "said"
    with said.open("wb") as out:
        options = {"cwd": HOUSE, "env": build_environment(place / "var", SITE_URL=address)}
        options |= {"stdout": out, "stderr": subprocess.STDOUT}
        process, terminal = open_terminal(["make", "serve", f"PORT={port}", "WORKERS=1"], **options)
        wait_until(lambda: is_listening(port), what="make serve", process=process, seconds=120)
        yield address, place / "var", said
        os.write(terminal, CTRL_C)
        process.wait(60)
    assert not find_processes(place / "var"), "The server and its worker end together."


def serve(data_dir, port):
    environment = build_environment(data_dir, SITE_URL="http://127.0.0.1")
    command = ["make", "serve", f"PORT={port}"]
    return subprocess.run(command, cwd=HOUSE, env=environment, capture_output=True, text=True, timeout=120)


def test_a_second_site_on_its_port_is_refused(site, tmp_path):
    port = int(site[0].rpartition(":")[2])
    refused = serve(tmp_path / "var", port)
    assert refused.returncode != 0
    assert f"Port {port} is taken" in refused.stderr


def test_a_second_server_of_its_data_is_refused(site):
    refused = serve(site[1], find_free_port())
    assert refused.returncode != 0
    assert f"A server with the data in {site[1]} runs already" in refused.stderr


def prepare(data_dir):
    """Brings the data up to date, as each start does; returns the seconds of CPU that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = build_environment(data_dir, SITE_URL="http://127.0.0.1")
    subprocess.run(
        [sys.executable, "manage.py", "prepare"], cwd=HOUSE, env=environment, check=True, capture_output=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_a_start_with_nothing_changed_collects_nothing(site):
    manifest = site[1] / "static" / "staticfiles.json"
    written = manifest.stat().st_mtime_ns
    assert prepare(site[1]) < 4  # two by itself, on a busy machine; to collect takes sixteen
    assert manifest.stat().st_mtime_ns == written


def test_a_static_file_that_was_lost_is_collected_again(site):
    lost = next((site[1] / "static" / "timeline").glob("*.css.br"))
    lost.unlink()
    prepare(site[1])
    assert lost.exists()


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
