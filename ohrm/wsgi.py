"""What the production server loads. It refuses to start with settings that would harm somebody."""

import logging
import os
import re

from django.core.checks import ERROR, run_checks
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError
from django.utils.module_loading import import_string

from ohrm.environment.judging import BadEnvironment

CHARSET_PARAMETER = re.compile(r";\s*charset\s*\*?\s*=[^;]*", re.IGNORECASE)


def force_utf8_requests(answer):
    """Every request is read as UTF-8, which is what browsers send from our pages, whatever it calls itself.

    Python also finds codecs such as “zip” by name, and Django fails over them before any middleware runs.
    """

    def application(environ, start_response):
        environ["CONTENT_TYPE"] = CHARSET_PARAMETER.sub("", environ.get("CONTENT_TYPE", ""))
        return answer(environ, start_response)

    return application


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ohrm.settings")
application = force_utf8_requests(get_wsgi_application())
# Only now are there models, which these need.
application = import_string("timeline.posting.limit_posting")(application)
application = import_string("timeline.serving.hot_pages.HotPages")(application)

faults = [str(fault) for fault in run_checks(tags=["security"]) if fault.level >= ERROR]
if faults:
    raise BadEnvironment("\n".join(faults))

# On a new site nothing else would wake the round that keeps the clock before the first sign-up.
try:
    import_string("newsletter.delivery.tasks.ensure_periodic_run")()
except DatabaseError:  # away, or not migrated: the first sign-up or letter does it
    logging.getLogger(__name__).warning("The database did not answer at the start.")
