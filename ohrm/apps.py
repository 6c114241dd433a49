"""Registers the checks of the site as a whole."""

from importlib import import_module

from django.apps import AppConfig


class OhrmConfig(AppConfig):
    name = "ohrm"

    def ready(self):
        import_module("ohrm.checks")
