from importlib import import_module

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from publishing.signals import FOLLOWERS
from timeline.search import index


class TimelineConfig(AppConfig):
    name = "timeline"
    verbose_name = _("Timeline")

    def ready(self):
        FOLLOWERS.append(import_module("timeline.mirror.tasks").renew_soon)
        # The tables are those of that room; this one has no models, and Django tells only rooms that have.
        post_migrate.connect(index.ensure, sender=apps.get_app_config("publishing"))
