"""Reads a file from outside in a child process that can hurt nobody but itself.

Here: the walls (memory, processor time, no file may be written, no environment to read) and the pipe.
Not here: what is read. A task is a function `task(data, **options) -> (facts, blobs)` of a module that
knows no Django; facts are JSON, blobs are bytes. Nothing is pickled: a child that was taken over must
not be able to run code in its parent.
"""

import contextlib
import json
import logging
import resource
import signal
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MIB = 1024 * 1024
logger = logging.getLogger(__name__)
# A burst of uploads queues here instead of multiplying the memory that one child may take.
CHILD_LOCK = threading.Lock()


@dataclass(frozen=True)
class Limits:
    """`memory` in MiB, `seconds` of processor time; a busy machine may take three times as long by the clock."""

    memory: int
    seconds: int


class FileRefused(Exception):
    """The file is not taken in. `code` is for the door to put into words, `facts` fill the sentence."""

    def __init__(self, code, **facts):
        super().__init__(code)
        self.code = code
        self.facts = facts


def run_in_sandbox(task, data, *, limits, **options):
    """What `task(data, **options)` returns in a child: (facts, list of bytes).

    Raises Refused, with the task's own code or with "unreadable", "too-slow" or "too-heavy".
    """
    code = f"import sys; sys.path.insert(0, sys.argv[1]); from {task.__module__} import {task.__name__} as task; "
    code += f"from {__name__} import serve; serve(task)"
    with CHILD_LOCK:
        answer = _run_child(
            [sys.executable, "-I", "-c", code, str(ROOT)], _pack_request(options, asdict(limits), data), limits
        )
    reply, rest = _unpack_reply(answer)
    if "refused" in reply:
        logger.info("A file was refused: %s", reply["refused"])
        raise FileRefused(reply["refused"], **reply["facts"])
    return reply["facts"], list(_split_blobs(rest, reply["sizes"]))


def _run_child(command, question, limits):
    """The child's answer; a child that dies or loops is a file that cannot be read."""
    try:
        child = subprocess.run(  # noqa: S603 (our own interpreter and our own words)
            command,
            input=question,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            timeout=3 * limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FileRefused("too-slow") from error
    if child.returncode == -signal.SIGXCPU:
        raise FileRefused("too-slow")
    if child.returncode:
        # Want of memory often ends with an abort inside a C library.
        logger.warning("The reader of a file ended with code %s", child.returncode)
        raise FileRefused("unreadable")
    return child.stdout


def serve(task):
    """The child's side: put up the walls, only then take in what came from outside."""
    head = json.loads(sys.stdin.buffer.readline())
    _apply_limits(**head["limits"])
    try:
        facts, blobs = task(sys.stdin.buffer.read(), **head["options"])
        reply = {"facts": facts, "sizes": [len(blob) for blob in blobs]}
    except FileRefused as refusal:
        reply, blobs = {"refused": refusal.code, "facts": refusal.facts}, []
    except (MemoryError, RecursionError):
        reply, blobs = {"refused": "too-heavy", "facts": {}}, []
    except Exception:  # whatever a damaged file makes of a parser
        reply, blobs = {"refused": "unreadable", "facts": {}}, []
    sys.stdout.buffer.write(json.dumps(reply).encode() + b"\n" + b"".join(blobs))


def _apply_limits(*, memory, seconds):
    walls = {
        resource.RLIMIT_AS: (memory * MIB, memory * MIB),
        resource.RLIMIT_CPU: (seconds, seconds + 1),  # between them the signal that says why
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),  # a core dump would be a copy of the original on disk
        resource.RLIMIT_NPROC: (0, 0),
    }
    for wall, heights in walls.items():
        # Some systems refuse one or the other; Linux, where sites run, takes all.
        with contextlib.suppress(ValueError):
            resource.setrlimit(wall, heights)


def _pack_request(options, limits, data):
    return json.dumps({"options": options, "limits": limits}).encode() + b"\n" + data


def _unpack_reply(answer):
    head, _, rest = answer.partition(b"\n")
    return json.loads(head), rest


def _split_blobs(rest, sizes):
    start = 0
    for size in sizes:
        yield rest[start : start + size]
        start += size
