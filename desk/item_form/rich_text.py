"""The rich text editor of the desk: what it offers, and the one inline style it needs.

It offers what `publishing/text/cleaning.py` keeps, so that nobody writes what is lost at the next save.
"""

from django.forms.widgets import Media, Script
from django_prose_editor.widgets import AdminProseEditorWidget

# Of the <style> that the editor writes into the page; style-src names it on pages with an editor alone.
# It changes with the editor's version: the test in tests/desk/test_browser.py says what it has to be.
EDITOR_STYLE_HASH = "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"

EXTENSIONS = {
    "Bold": True,
    "Italic": True,
    "Strike": True,
    "Subscript": True,
    "Superscript": True,
    "Heading": {"levels": [2, 3]},
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Blockquote": True,
    "HardBreak": True,
    "HorizontalRule": True,
    "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto"]},
    "Table": True,
    "TableRow": True,
    "TableHeader": True,
    "TableCell": True,
}


class RichTextWidget(AdminProseEditorWidget):
    """Without scripts a plain box for HTML; blank lines become paragraphs."""

    def __init__(self, attrs=None, **kwargs):
        attrs = {"class": "vLargeTextField", "rows": 12, **(attrs or {})}
        super().__init__(attrs, **{"config": {"extensions": EXTENSIONS}, "preset": "configurable", **kwargs})

    @property
    def media(self):
        # Ours first: it waits for the editors to be ready.
        return Media(js=[Script("desk/editor.js", defer=True)]) + super().media
