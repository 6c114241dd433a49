"""What a new site is given after its settings: a name, texts for the machine around it.

Not here: the settings and keys (`ohrm/environment/first_setup.py`), what is asked of whom (`setup`, the command).
"""

import getpass
import os
import re
from urllib.parse import urlsplit

from django.conf import settings

from situations.models import Organisation
from staff.models import Account

DEPLOYMENT = settings.BASE_DIR / "deploy"
# Written for a site at example.org in /srv/ohrm, whole and valid as they stand; these words become those of this site.
FILLED_FILES = ["ohrm.service", "ohrm-worker.service", "nginx.conf", "Caddyfile", "torrc"]


def name_organisation(name):
    """Makes the working copy of the organisation, unless there is one; nothing is published. Returns whether."""
    if not name or Organisation.objects.exists():
        return False
    organisation = Organisation(**{f"name_{settings.LANGUAGE_CODE}": name})
    organisation.full_clean(exclude=["slug"])
    organisation.save()
    return True


def has_administrator():
    """Whether somebody can log in who may make accounts."""
    superusers = Account.objects.filter(is_superuser=True, is_active=True)
    return any(account.has_usable_password() for account in superusers)


def write_deployment_files():
    """Fills the files of `deploy/` with the values of this site, into DATA_DIR/deploy; returns that folder."""
    folder = settings.DATA_DIR / "deploy"
    folder.mkdir(mode=0o700, exist_ok=True)
    for name in filter(lambda name: (DEPLOYMENT / name).exists(), FILLED_FILES):
        (folder / name).write_text(fill_in((DEPLOYMENT / name).read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def fill_in(text):
    user = getpass.getuser()
    address = f"{os.environ.get('BIND') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
    bind, _colon, port = address.rpartition(":")
    words = {
        "/srv/ohrm/ohrm.env": os.environ.get("OHRM_ENV") or str(settings.BASE_DIR / "ohrm.env"),
        "/srv/ohrm/var": str(settings.DATA_DIR),
        "/srv/ohrm": str(settings.BASE_DIR),
        "127.0.0.1:8000": address,
        "--host 127.0.0.1 --port 8000": f"--host {bind} --port {port}",
        "start-once 127.0.0.1 8000": f"start-once {bind} {port}",
        "example.org": urlsplit(settings.SITE_URL).hostname,
        "User=ohrm": f"User={user}",
        "Group=ohrm": f"Group={user}",
    }
    longest_first = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    return re.sub(longest_first, lambda match: words[match[0]], text)
