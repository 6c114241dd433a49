"""The pages of the desk that show a working copy as its public page, in any language, as wide as a desk or a phone.

Not here: how that page is drawn (`preview.py`).
"""

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.core.exceptions import PermissionDenied
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin

from publishing.translations import get_ordered_languages, get_site_language_name

from . import preview
from .item_pages import ItemPage
from .translating.records import is_language_visible


class Preview(ItemPage):
    routes = {
        "preview": ("preview/<str:language>/", "preview_view"),
        "preview_phone": ("preview/<str:language>/phone/", "phone_view"),
        "preview_framed": ("preview/<str:language>/framed/", "framed_view"),
        "file": ("file/<str:name>", "file_view"),
    }

    def on_form(self, request, item):
        links = get_preview_links(self.admin, item)
        return {
            "previews": [link for link in links if is_language_visible(request.user, item, link[1])],
        }

    def fetch_in_language(self, request, pk, language):
        """Anybody can guess the address of a language that an account is not shown."""
        item = self.fetch(request, pk)
        if not is_language_visible(request.user, item, language):
            raise PermissionDenied
        return item

    def preview_view(self, request, pk, language):
        item = self.fetch_in_language(request, pk, language)
        bar = self.build_bar(item, language, page="preview", other="preview_phone")
        return preview.render_preview(request, item, language=language, bar=bar, **self.get_addresses(pk, "preview"))

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def phone_view(self, request, pk, language):
        """The page in a frame as wide as a phone, so that its layout is the one a phone gets."""
        item = self.fetch_in_language(request, pk, language)
        bar = self.build_bar(item, language, page="preview_phone", other="preview")
        framed = self.url("preview_framed", pk, language)
        return preview.render_phone_preview(request, item, language=language, bar=bar, framed=framed)

    @method_decorator([xframe_options_sameorigin, csp_replace({"frame-ancestors": [SELF]})])
    def framed_view(self, request, pk, language):
        """Only for the frame of `phone_view`: no other site may frame it, and its bar stands around the frame."""
        item = self.fetch_in_language(request, pk, language)
        return preview.render_preview(request, item, language=language, **self.get_addresses(pk, "preview_framed"))

    def get_addresses(self, pk, page):
        """Where the page finds its other languages and its files."""
        return {
            "at": lambda code: self.url(page, pk, code),
            "media": lambda name: self.url("file", pk, name),
        }

    def build_bar(self, item, language, *, page, other):
        return {
            "item": item,
            "language": language,
            "back": self.url("change", item.pk),
            "codes": [(code, self.url(page, item.pk, code)) for code in get_ordered_languages(item)],
            "on_a_phone": page == "preview_phone",
            "other_width": self.url(other, item.pk, language),
        }

    def file_view(self, request, pk, name):
        """A file of a working copy, for staff: the public address answers only once it is published."""
        return preview.build_file_response(self.fetch(request, pk), name)


def get_preview_links(admin, item):
    """(name of the language, its code, address of the preview) for each."""
    return [
        (get_site_language_name(code), code, admin.url("preview", item.pk, code))
        for code in get_ordered_languages(item)
    ]
