"""How an admin is composed of pages, each with its addresses, its right and what it adds to the list and the form.

Not here: the pages themselves, which stand in the folder of their subject.
"""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse

from audit.list_guards import GuardedAdmin


class ComposedAdmin(GuardedAdmin):
    """`pages` are called with the admin: classes, or anything that makes an `AdminPage`."""

    pages = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.page_instances = {page: page(self) for page in self.pages}

    def get_page(self, page):
        return self.page_instances[page]

    def collect(self, ask):
        """What all pages add to the context of a template."""
        return {name: value for page in self.page_instances.values() for name, value in ask(page).items()}

    def get_urls(self):
        return [url for page in self.page_instances.values() for url in page.get_urls()] + super().get_urls()

    def url_name(self, name):
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"

    def url(self, name, *args):
        return reverse(f"{self.admin_site.name}:{self.url_name(name)}", args=args)

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(
            request, self.collect(lambda page: page.on_list(request)) | (extra_context or {})
        )


class AdminPage:
    """A page, or a few that belong together, of one admin.

    `routes` maps the name of an address to (what follows the address of the list, the method that answers).
    """

    routes = {}

    def __init__(self, admin):
        self.admin, self.model = admin, admin.model

    def get_urls(self):
        return [self.build_path(name, tail, getattr(self, view)) for name, (tail, view) in self.routes.items()]

    def build_path(self, name, tail, view, *, options=None):
        return path(tail, self.admin.admin_site.admin_view(view), options, name=self.admin.url_name(name))

    def on_form(self, request, item):
        """What the form of an item shows of it: names of the template's context."""
        return {}

    def on_list(self, request):
        """The same of the list."""
        return {}

    def url(self, name, *args):
        return self.admin.url(name, *args)

    def render(self, request, template, *, title, **context):
        around = {**self.admin.admin_site.each_context(request), "opts": self.admin.opts, "title": title}
        return TemplateResponse(request, f"admin/desk/{template}.html", around | context)


class ItemPage(AdminPage):
    """Of one item, whose number begins what follows the address of the list."""

    def build_path(self, name, tail, view, *, options=None):
        return super().build_path(name, f"<int:pk>/{tail}", view, options=options)

    def may(self, request, item):
        return self.admin.has_view_or_change_permission(request, item)

    def fetch(self, request, pk, *, rows=None):
        """The item, of `rows` or of all; whoever may not see this page of it is refused."""
        item = get_object_or_404(self.admin.get_queryset(request) if rows is None else rows, pk=pk)
        if not self.may(request, item):
            raise PermissionDenied
        return item

    def render(self, request, template, *, item, **context):
        return super().render(request, template, item=item, back=self.url("change", item.pk), **context)
