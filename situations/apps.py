from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SituationsConfig(AppConfig):
    name = "situations"
    verbose_name = _("Situations")

    def ready(self):
        import_module("situations.known_mirrors")
