"""This module knows how static files are kept for serving: under the digest of their bytes, compressed, our own
stylesheets without comments and blanks. The sources stay as they were written for people to read.
"""

import re

from django.core.files.base import ContentFile
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
