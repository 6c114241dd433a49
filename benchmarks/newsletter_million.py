"""Composing for a million readers, as an operator runs it, and picking what is due among as many deliveries."""

import re
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings

from newsletter.models import Audience, Delivery, DigestRun, Edition, Subscriber

from .figures import Figure

FEW, MANY = 10_000, 1_000_000


def run_command(*command):
    """Wall seconds and peak memory in MB of one command; the start of Python and Django counts."""
    begun, peak = time.perf_counter(), 0
    options = {"cwd": settings.BASE_DIR, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([sys.executable, "manage.py", *command], **options)
    while process.poll() is None:
        peak = max(peak, get_peak_memory(process.pid))
        time.sleep(0.02)
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with code {process.returncode}.")
    return time.perf_counter() - begun, peak


def get_peak_memory(pid):
    """MB of memory a process had at its highest so far. What `wait4` tells would be at least what we ourselves have."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        found = None
    return int(found[1]) / 1024 if found else 0


def create_readers(number):
    """So many readers, all of one audience, so that one edition is for all."""
    run_command("sample_subscribers", str(number), "--seed", "1")
    one = Audience.objects.get(language="en", frequency="daily", query="")
    Subscriber.objects.exclude(audience=one).update(audience=one)
    Edition.objects.all().delete()
    DigestRun.objects.all().delete()


def time_picking():
    """Milliseconds to pick a batch of due work; median of many."""
    edition = Edition.objects.going_out().first()
    times = []
    for _ in range(51):
        begun = time.perf_counter()
        list(Delivery.objects.due(edition).values_list("pk", flat=True)[:200])
        times.append(time.perf_counter() - begun)
    return sorted(times)[25] * 1000


def measure():
    run_command("sample_content", "--updates", "10", "--stories", "0", "--seed", "1", "--publish")
    create_readers(FEW)
    _seconds, few_memory = run_command("compose_editions")
    few = time_picking()
    create_readers(MANY)
    seconds, memory = run_command("compose_editions")
    if Delivery.objects.count() != MANY:
        raise SystemExit("Not every reader was addressed.")
    beside = f"{few_memory:.0f} MB for {FEW:,}; {MANY / seconds:,.0f} readers/s"
    yield Figure(f"composing for {MANY:,}: memory", memory, "MB", at_most=300, beside=beside)
    many = time_picking()
    beside = f"{many:.2f} ms, {few:.2f} ms"
    yield Figure(f"picking of {MANY:,} / of {FEW:,}", many / few, "x", at_most=1.5, beside=beside)
