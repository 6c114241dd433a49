#!/usr/bin/env python
"""The one entrance for operators: `manage.py COMMAND`."""

import os
import sys

from django.core.management import execute_from_command_line

from ohrm.environment import first_setup

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ohrm.settings")
    if sys.argv[1:2] == ["setup"]:  # there are no settings yet
        sys.argv[2:] = first_setup.run(sys.argv[2:])
    execute_from_command_line(sys.argv)
