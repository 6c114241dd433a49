from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = _("Desk")

    def ready(self):
        autodiscover_modules(
            "dashboard_tiles", "guideline_admin", "translating.board", "names_admin", "copies", "mirror.copies"
        )
