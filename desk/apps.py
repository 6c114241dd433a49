from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = _("Editing")

    def ready(self):
        import_module("desk.dashboard_tiles")
        import_module("desk.item_form.guideline_admin")
        import_module("desk.names_admin")
        import_module("desk.reviewing.links")
        import_module("desk.translating.board")
