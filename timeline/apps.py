from importlib import import_module

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from timeline.search import fulltext_index


class TimelineConfig(AppConfig):
    name = "timeline"
    verbose_name = _("Timeline")

    def ready(self):
        import_module("timeline.mirror.tasks")
        import_module("timeline.pages.previews")
        # The tables are those of that room; this one has no models, and Django tells only rooms that have.
        post_migrate.connect(fulltext_index.ensure_search_index, sender=apps.get_app_config("publishing"))
