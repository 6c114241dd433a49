"""The key of rows that nobody may count. How it is drawn is no part of its column, so no migration repeats it."""

import secrets

from django.db import models


def draw_random_key():
    return secrets.randbits(63)


class RandomKeyField(models.BigIntegerField):
    """A number of a row that nobody can guess or count by, and that no later row is given again."""

    def __init__(self, *args, **options):
        super().__init__(*args, **{"default": draw_random_key, **options})

    def deconstruct(self):
        name, path, arguments, options = super().deconstruct()
        options.pop("default", None)
        return name, path, arguments, options
