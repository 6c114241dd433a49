"""What the production server loads. It refuses to start with settings that would harm somebody."""

import os

from django.core.checks import ERROR, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ohrm.settings")
application = get_wsgi_application()

faults = [str(fault) for fault in run_checks(tags=["security"]) if fault.level >= ERROR]
if faults:
    raise ImproperlyConfigured("\n".join(faults))
