from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from demo import loader


class Command(BaseCommand):
    help = "Loads the demonstration content into an empty database; a second run changes nothing."

    def handle(self, **options):
        try:
            loaded = loader.load_demo()
        except ValidationError as error:
            raise CommandError(f"Nothing was loaded: {' '.join(error.messages)}") from error
        if loaded:
            self.stdout.write("The demonstration content is loaded and published.")
        else:
            self.stdout.write("There is content already; nothing was changed.")
        for name, password in loader.get_demo_logins():
            self.stdout.write(f"user: {name} password: {password}")
