"""Brings up senders quickly: a process that has everything loaded and forks one sender for each “start” it reads.

Answers each line with one: “start” with the sender's process id, “wait ID” with its exit code. What a sender
says is written to the file sender-ID.txt in DATA_DIR. Started by tests only, as `python -m
tests.support.sender_processes`.
"""

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

django.setup()


def send_editions():
    with (Path(settings.DATA_DIR) / f"sender-{os.getpid()}.txt").open("w") as out:
        call_command("send_editions", stdout=out)


for line in sys.stdin:
    order, _space, number = line.strip().partition(" ")
    if order == "wait":
        answer = os.waitstatus_to_exitcode(os.waitpid(int(number), 0)[1])
    elif not (answer := os.fork()):
        send_editions()
        os._exit(0)
    sys.stdout.write(f"{answer}\n")
    sys.stdout.flush()
