"""A new site from nothing: `manage.py setup` and the file it writes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ohrm.environment import env_file
from tests.conftest import require_package

pytestmark = pytest.mark.server
HOUSE = Path(__file__).resolve().parent.parent.parent
OPTIONS = [
    "--site-url=https://news.example.org", "--name=Those Who Watch", "--languages=ru,en",
    "--email-url=smtps://news:pass%40word@mail.example.org", "--admin=anna",
]  # fmt: skip


def run(folder, *arguments, command="setup", answers="", **environment):
    """`manage.py` in an environment that has nothing of ours but where the file shall lie."""
    machine = {"PATH": os.environ["PATH"], "OHRM_ENV": str(folder / "ohrm.env"), "DATA_DIR": str(folder / "var")}
    return subprocess.run(
        [sys.executable, HOUSE / "manage.py", command, *arguments],
        env=machine | environment, input=answers, capture_output=True, text=True,
    )  # fmt: skip


def read(folder):
    return env_file.read_values(folder / "ohrm.env")


def count_accounts(folder):
    code = "from staff.models import Account; print(Account.objects.count())"
    return run(folder, "-v0", "-c", code, command="shell").stdout.strip()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """(folder of a site that was set up, what the command said)."""
    folder = tmp_path_factory.mktemp("site")
    done = run(folder, *OPTIONS, "--no-input")
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


def test_setup_needs_no_environment_and_leaves_settings_that_start(site):
    folder, _words = site
    machine = {"PATH": os.environ["PATH"], "OHRM_ENV": str(folder / "ohrm.env")}
    started = subprocess.run(
        [sys.executable, "-c", "import ohrm.wsgi"], cwd=HOUSE, env=machine, capture_output=True, text=True
    )
    assert (started.returncode, started.stderr) == (0, "")


def test_the_file_is_readable_by_its_owner_alone(site):
    folder, _words = site
    assert (folder / "ohrm.env").stat().st_mode & 0o777 == 0o600


def test_the_answers_stand_in_the_file_with_a_key_for_each_use(site):
    values = read(site[0])
    assert values["SITE_URL"] == "https://news.example.org"
    assert values["LANGUAGES"] == "ru,en"
    keys = [values[name] for name in ("SECRET_KEY", "SUBSCRIBER_KEYS", "MIRROR_KEY", "NAMES_KEYS", "BACKUP_KEY")]
    assert len(set(keys)) == 5


def test_the_first_administrator_gets_a_link_and_no_password_is_printed(site):
    _folder, words = site
    assert "anna is an administrator" in words
    assert "https://news.example.org/admin/password/" in words
    assert "pass%40word" not in words


def test_setup_again_changes_no_key_and_makes_no_second_account(site, tmp_path):
    folder = shutil.copytree(site[0], tmp_path / "copy")
    (folder / "ohrm.env").write_text((folder / "ohrm.env").read_text().replace(str(site[0]), str(folder)))
    before = read(folder)
    again = run(folder, "--no-input", "--admin=anna", "--site-url=https://moved.example.org")
    assert "anna is an administrator" in again.stdout
    assert count_accounts(folder) == "1"
    assert read(folder) == before | {"SITE_URL": "https://moved.example.org"}


def test_the_units_name_this_site_and_no_other(site):
    folder, _words = site
    unit = (folder / "var" / "deploy" / "ohrm.service").read_text()
    assert f"OHRM_ENV={folder / 'ohrm.env'}" in unit
    assert f"ReadWritePaths={folder / 'var'}" in unit
    assert "/srv/ohrm" not in unit
    assert "news.example.org" in (folder / "var" / "deploy" / "Caddyfile").read_text()


def test_systemd_finds_nothing_wrong_with_the_units(site):
    require_package("systemd")
    units = sorted((site[0] / "var" / "deploy").glob("*.service"))
    verified = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    assert (verified.returncode, verified.stderr, len(units)) == (0, "", 2)


def test_every_command_reads_the_file_and_the_environment_wins(site):
    folder, _words = site
    code = "from django.conf import settings; print(settings.LANGUAGE_CODE)"
    assert run(folder, "-v0", "-c", code, command="shell").stdout == "ru\n"
    assert run(folder, "-v0", "-c", code, command="shell", LANGUAGES="fr").stdout == "fr\n"


def test_setup_asks_again_after_a_wrong_answer(tmp_path):
    answers = "Those Who Watch\nnonsense\nhttps://news.example.org\nen\nfiles:\n"
    done = run(tmp_path, answers=answers)
    assert "'nonsense' is not the address of a site" in done.stdout
    assert read(tmp_path)["SITE_URL"] == "https://news.example.org"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--site-url=example.org"], "is not the address of a site"),
        (["--site-url=https://exa mple.org"], "is not the address of a site"),
        (["--site-url=https://example.org/path"], "is not the address of a site"),
        (["--site-url=https://example.org:99999"], "is not the address of a site"),
        (["--site-url=https://example.org", "--languages=en,xx"], "must be some of en, fr"),
        (["--site-url=https://example.org", "--email-url=mail.example.org"], "Mail: the address must begin with"),
        ([], "--site-url is needed"),
    ],
)
def test_a_bad_answer_is_told_and_nothing_is_written(tmp_path, options, sentence):
    refused = run(tmp_path, *options, "--no-input")
    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_with_nobody_to_ask_setup_says_what_to_do(tmp_path):
    assert "There is nobody to ask" in run(tmp_path).stderr


@pytest.mark.parametrize(
    "value", ["plain", "two words", "it's", 'a "quote"', "back\\slash", "$HOME", "#no comment", "p%40=s", "пароль", ""]
)
def test_a_value_is_read_as_it_was_written(value):
    line = f"NAME={env_file.quote(value)}\n"
    assert env_file.parse_lines(line, source="file") == {"NAME": value}


def test_a_line_that_is_none_is_named_by_its_number_and_never_printed():
    with pytest.raises(env_file.UnreadableEnvFile, match="file, line 3: it must be like NAME=VALUE") as told:
        env_file.parse_lines("# ours\nDEBUG=off\nsecret word\n", source="file")
    assert "secret" not in str(told.value)
