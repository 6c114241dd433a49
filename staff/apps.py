"""Puts our admin site in the place of Django's, and installs the roles whenever the database has been migrated."""

from django.apps import AppConfig, apps
from django.contrib.admin import apps as admin_apps
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


def install_roles_after_migration(using, **kwargs):
    if "staff_account" in connections[using].introspection.table_names():
        # By its name: roles.py needs the models, which are not ready when Django reads this module.
        import_string("staff.roles.install_roles")(using=using)


class DeskAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "staff.site.DeskAdminSite"


class StaffConfig(AppConfig):
    name = "staff"
    default = True
    verbose_name = _("People")

    def ready(self):
        # The last app's signal, because each app's own is when its rights are made; Django tells only apps with models.
        with_models = [app for app in apps.get_app_configs() if app.models_module]
        post_migrate.connect(install_roles_after_migration, sender=with_models[-1])
