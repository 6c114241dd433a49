"""Puts our own admin site in the place of Django's (named in INSTALLED_APPS)."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    default_site = "staff.site.DeskAdminSite"
