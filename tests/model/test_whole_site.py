"""The model and the site agree, whatever is done in whatever order. `make audit` plays longer."""

import os

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as tries
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import Machine
from tests.model.site import CleanDatabase
from tests.support.environment import make_key

# Steps commit, and a restore makes all tables anew.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
EXAMPLES = int(os.environ.get("AUDIT_EXAMPLES", "4"))
STEPS = 25


@pytest.fixture
def folder(transactional_db, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "var"
    settings.DATA_DIR.mkdir()
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "newsletter.mail.file_backend.FileBackend", tmp_path / "mail"
    settings.MAIL_CONNECTIONS = 1
    settings.BACKUP_KEY = [make_key(128)]
    settings.NAMES_KEYS = [make_key(160)]
    return tmp_path


def test_what_is_public_is_what_the_model_says(folder):
    Machine.folder, Machine.clean = folder, CleanDatabase()
    run_state_machine_as_test(
        Machine,
        settings=tries(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize="AUDIT_EXAMPLES" not in os.environ,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, *([Phase.shrink] if "AUDIT_SHRINK" in os.environ else [])],
        ),
    )
    Machine.clean.restore()
