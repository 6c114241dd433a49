"""One more worker that sends: says “ready”, waits for a line, sends what is due, says how many mails it sent."""

import sys
from pkgutil import resolve_name

import django


def run_sender():
    django.setup()
    send_due = resolve_name("newsletter.delivery.sending:send_due")
    print("ready", flush=True)
    sys.stdin.readline()
    print(send_due().sent, flush=True)


if __name__ == "__main__":
    run_sender()
