from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, SystemCheckError

from ohrm.environment import first_setup
from operations import site_setup

NEXT = """\
What to do next:
  1. Start it: make serve. To have it started by the machine, copy {folder}/ohrm.service
     and ohrm-worker.service to /etc/systemd/system/ and run: systemctl enable --now ohrm
  2. Let {folder}/Caddyfile or nginx.conf answer for {site}.
  3. Copy {env} to a place where this machine is not. Without its keys nobody opens
     a backup, a subscriber's address or the list of names never to be published."""


class Command(BaseCommand):
    """The second half; `manage.py` ran the first before there were settings."""

    help = "Sets up a site: settings and keys in ohrm.env, tables, the first account; says what to do next."
    requires_system_checks = ()  # asked after the tables are there

    def add_arguments(self, parser):
        first_setup.add_arguments(parser)

    def handle(self, *, name, admin, **options):
        call_command("migrate", interactive=False, verbosity=0)
        try:
            call_command("check", deploy=True, fail_level="ERROR")
        except SystemCheckError as error:
            raise CommandError(f"The settings are written, and something stands against them.\n{error}") from error
        self.fill_site(name=name, admin=admin or "admin")
        folder = site_setup.write_deployment_files()
        self.stdout.write(NEXT.format(folder=folder, site=settings.SITE_URL, env=first_setup.find_target()))

    def fill_site(self, *, name, admin):
        try:
            if site_setup.name_organisation(name):
                self.stdout.write(f"The organisation is called {name}; publish it on the administration site.")
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        if site_setup.has_administrator():
            self.stdout.write("There is an administrator already; no account was made.")
        else:
            call_command("make_administrator", admin)
