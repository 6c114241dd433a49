from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from .append_only import install_guard


def guard_log(sender, using, **kwargs):
    install_guard(sender.get_model("Event"), using=using)


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = _("Audit")

    def ready(self):
        import_module("audit.erasures")
        post_migrate.connect(guard_log, sender=self)
