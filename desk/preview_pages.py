"""The pages of the desk that show a working copy as its public page, in any language, as wide as a desk or a phone.

Not here: how that page is drawn (`preview.py`).
"""

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.clickjacking import xframe_options_sameorigin

from publishing.translations import get_ordered_languages, get_site_language_name

from . import preview


class PreviewPages:
    """Part of an admin: before it is public."""

    def get_urls(self):
        pages = {
            "preview": ("preview/<str:language>/", self.preview_view),
            "preview_phone": ("preview/<str:language>/phone/", self.phone_view),
            "preview_framed": ("preview/<str:language>/framed/", self.framed_view),
            "file": ("file/<str:name>", self.file_view),
        }
        return [
            path(f"<int:pk>/{tail}", self.admin_site.admin_view(view), name=self.url_name(page))
            for page, (tail, view) in pages.items()
        ] + super().get_urls()

    def previews(self, item):
        """(name of the language, its code, address of the preview) for each, empty for what has no page."""
        if not preview.has_page(item):
            return []
        return [
            (get_site_language_name(code), code, self.url("preview", item.pk, code))
            for code in get_ordered_languages(item)
        ]

    def preview_view(self, request, pk, language):
        item = self.fetch(request, self.get_queryset(request), pk=pk)
        bar = self.bar(item, language, page="preview", other="preview_phone")
        return preview.render_preview(request, item, language=language, bar=bar, **self.addresses(pk, "preview"))

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def phone_view(self, request, pk, language):
        """The page in a frame as wide as a phone, so that its layout is the one a phone gets."""
        item = self.fetch(request, self.get_queryset(request), pk=pk)
        bar = self.bar(item, language, page="preview_phone", other="preview")
        framed = self.url("preview_framed", pk, language)
        return preview.render_phone_preview(request, item, language=language, bar=bar, framed=framed)

    @method_decorator([xframe_options_sameorigin, csp_replace({"frame-ancestors": [SELF]})])
    def framed_view(self, request, pk, language):
        """Only for the frame of `phone_view`: no other site may frame it, and its bar stands around the frame."""
        item = self.fetch(request, self.get_queryset(request), pk=pk)
        return preview.render_preview(request, item, language=language, **self.addresses(pk, "preview_framed"))

    def addresses(self, pk, page):
        """Where the page finds its other languages and its files."""
        return {
            "at": lambda code: self.url(page, pk, code),
            "media": lambda name: self.url("file", pk, name),
        }

    def bar(self, item, language, *, page, other):
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
        return preview.build_file_response(self.fetch(request, self.get_queryset(request), pk=pk), name)
