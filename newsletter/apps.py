from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsletterConfig(AppConfig):
    name = "newsletter"
    verbose_name = _("Newsletter")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        import_module("newsletter.edition_copies")
        import_module("newsletter.composition.archive")
        import_module("newsletter.delivery.tasks")
