"""`make` takes the newest Python that it finds among those we run on."""

import os
import subprocess

import pytest
from django.conf import settings


def put_python(folder, name, *, version, has_venv=True):
    """A program of that name that answers like a Python of that version."""
    lacks = "" if has_venv else 'case "$2" in *ensurepip*) exit 1;; esac\n'
    (folder / name).write_text(f'#!/bin/sh\n{lacks}case "$2" in *"\'{version}\'"*) exit 0;; esac\nexit 1\n')
    (folder / name).chmod(0o755)


def find_python(folder, *arguments):
    command = ["/bin/bash", ".ci/find-python", *arguments]
    environment = {name: value for name, value in os.environ.items() if name != "PYENV"} | {"PATH": str(folder)}
    return subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True)


def test_the_newest_is_taken(tmp_path):
    for version in ("3.9", "3.11", "3.14", "3.13"):
        put_python(tmp_path, f"python{version}", version=version)
    assert find_python(tmp_path).stdout == f"{tmp_path}/python3.14\n"


@pytest.mark.parametrize("name", ["python3", "python"])
def test_one_without_a_version_in_its_name_is_found(tmp_path, name):
    put_python(tmp_path, name, version="3.12")
    assert find_python(tmp_path).stdout == f"{tmp_path}/{name}\n"


def test_one_that_can_make_an_environment_goes_before_a_newer_one_that_cannot(tmp_path):
    put_python(tmp_path, "python3.13", version="3.13", has_venv=False)
    put_python(tmp_path, "python3.12", version="3.12")
    assert find_python(tmp_path).stdout == f"{tmp_path}/python3.12\n"


def test_a_newer_one_that_lacks_it_is_taken_where_there_is_no_other(tmp_path):
    put_python(tmp_path, "python3", version="3.13", has_venv=False)
    assert find_python(tmp_path).stdout == f"{tmp_path}/python3\n"


@pytest.mark.parametrize("version", ["3.10", "3.15"])
def test_where_none_will_do_a_sentence_says_which_would(tmp_path, version):
    put_python(tmp_path, "python3", version=version)
    found = find_python(tmp_path)
    assert found.returncode == 1
    assert found.stderr.startswith("Python 3.14, 3.13, 3.12 or 3.11 is needed")
