"""What the log looks like to a program; that it names no visitor is tested in tests/operations."""

import json
import logging
import sys

from ohrm.logs import JSONFormatter


def make_record(message, *arguments, exc_info=None):
    return logging.LogRecord("newsletter.delivery", logging.WARNING, __file__, 1, message, arguments, exc_info)


def test_a_line_of_the_log_is_one_object_with_what_happened():
    line = JSONFormatter().format(make_record("%s sent,\n%s left", 3, "два"))
    told = json.loads(line)
    assert "\n" not in line
    assert (told["level"], told["logger"], told["message"]) == ("WARNING", "newsletter.delivery", "3 sent,\nдва left")


def test_a_traceback_stands_in_the_line_of_its_error():
    try:
        1 / 0  # noqa: B018
    except ZeroDivisionError:
        line = JSONFormatter().format(make_record("failed", exc_info=sys.exc_info()))
    assert "ZeroDivisionError" in json.loads(line)["traceback"]
