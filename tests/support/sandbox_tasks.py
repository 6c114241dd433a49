"""What the tests have done inside the sandbox. The child knows no Django, so nothing here may import what does."""

import contextlib
import os
import re
from pathlib import Path

from publishing.media import pixels, sandbox


def peak(data):
    """MiB that drawing takes at most; runs in the child."""
    with contextlib.suppress(Exception):
        pixels.render_picture(data, boxes=[], crop=None)
    # Not getrusage: its figure begins with what the parent had taken when it started this process.
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024, []


def loop(data):
    while True:
        pass


def grow(data):
    return bytearray(600 * sandbox.MIB), []


def die(data):
    os.abort()


def write(data, path):
    with open(path, "wb") as file:
        file.write(data)


def environment(data):
    return dict(os.environ), []
