"""What the log says: what happened, never who read. The address that a visitor asked for and their words are taken out.

The address of a page may hold the token of a subscriber or reviewer; which page failed is said by its pattern.
"""

import datetime as dt
import json
import logging

MAX_MESSAGE_LENGTH = 200  # characters of what a request said of itself, such as the host it thought it was talking to


class VisitorDataFilter(logging.Filter):
    def filter(self, record):
        request = getattr(record, "request", None)
        if request is not None and record.args:
            # Django puts the path last: "Internal Server Error: %s", "Forbidden (%s): %s".
            record.args = (*record.args[:-1], get_url_pattern(request))
        if record.name.startswith("django.security"):
            # Each is a request that was refused as it should be; a flood of them must not fill the disk.
            record.exc_info = None
            record.msg, record.args = record.getMessage()[:MAX_MESSAGE_LENGTH], None
        return True


class JSONFormatter(logging.Formatter):
    """One object a line, for a program that collects logs; a traceback is one of its values."""

    def format(self, record):
        line = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def get_url_pattern(request):
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "an address that is none of ours"


def build_logging(form):
    """The setting LOGGING; `form` is "plain" or "json"."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
            "json": {"()": "ohrm.logs.JSONFormatter"},
        },
        "filters": {"no visitor": {"()": "ohrm.logs.VisitorDataFilter"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": form, "filters": ["no visitor"]}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            # Replaces Django's handler that mails the whole request, address of the visitor included.
            "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
            # Below that stand the addresses of pages refused or gone, which may hold a subscriber's token.
            "django.request": {"level": "ERROR"},
            # Two lines a minute of its round, between which a warning would drown.
            "django_tasks": {"level": "WARNING"},
            "django.server": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        },
    }
