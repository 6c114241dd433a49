"""This module knows how static files are kept for serving: under the digest of their bytes, compressed, our own
stylesheets without comments and blanks. The sources stay as they were written for people to read.

Collecting them takes as long as a whole start, so it is done when something changed.
"""

import hashlib
import re
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.base import ContentFile
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

OWN_STYLESHEET = re.compile(r"timeline/[^/]+\.css")
CSS_STRING = re.compile(r'("[^"]*")')
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def minify_css(sheet):
    """The same rules in fewer bytes. What stands in quotation marks stays as it is."""
    pieces = CSS_STRING.split(CSS_COMMENT.sub("", sheet))
    return "".join(piece if place % 2 else minify_rules(piece) for place, piece in enumerate(pieces)).strip()


def minify_rules(rules):
    rules = re.sub(r"\s+", " ", rules)
    rules = re.sub(r" ?([{};,>]) ?", r"\1", rules)
    return re.sub(r":\s+", ":", rules).replace(";}", "}")


class MinifyingManifestStorage(CompressedManifestStaticFilesStorage):
    def _save(self, name, content):
        if OWN_STYLESHEET.fullmatch(name):
            content.seek(0)  # its digest was just taken
            content = ContentFile(minify_css(content.read().decode()).encode())
        return super()._save(name, content)


# --- Collecting -------------------------------------------------------------------------------

DECIDING_PACKAGES = ["django", "whitenoise", "brotli"]


def collect_changed_files():
    """Collects the static files, unless sources, settings and what lies in STATIC_ROOT are as they were left last."""
    remembered = Path(settings.DATA_DIR) / "static.sha256"
    if not remembered.exists() or remembered.read_text() != compute_static_digest():
        call_command("collectstatic", interactive=False, verbosity=0)
        remembered.write_text(compute_static_digest())


def compute_static_digest():
    """A hex digest of the sources by their bytes, of how they are kept, and of the collected files by name and size."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode() + Path(__file__).read_bytes())
    digest.update(repr([(name, version(name)) for name in DECIDING_PACKAGES]).encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            with storage.open(path) as source:
                digest.update(path.encode() + hashlib.sha256(source.read()).digest())
    root = Path(settings.STATIC_ROOT)
    kept = sorted((str(file.relative_to(root)), file.stat().st_size) for file in root.rglob("*") if file.is_file())
    digest.update(repr(kept).encode())
    return digest.hexdigest()
