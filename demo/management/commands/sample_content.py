import sys

from django.core.management.base import BaseCommand
from tqdm import tqdm

from demo import synthetic


class Command(BaseCommand):
    help = "Writes synthetic content for measuring, in six languages; the same seed gives the same content."

    def add_arguments(self, parser):
        parser.add_argument("--updates", type=int, default=0, metavar="N")
        parser.add_argument("--stories", type=int, default=0, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S")
        parser.add_argument("--publish", action="store_true")

    def handle(self, *, updates, stories, seed, publish, **options):
        quiet = not sys.stderr.isatty()
        made = synthetic.create_samples(
            updates=updates,
            stories=stories,
            seed=seed,
            publish=publish,
            progress=lambda batches: tqdm(batches, unit=" batches", disable=quiet),
        )
        self.stdout.write(f"Made {made} synthetic items in the situation sample-{seed}.")
