"""Fills the list with synthetic subscribers."""

from django.core.management.base import BaseCommand
from tqdm import tqdm

from demo.subscribers import make_subscribers


class Command(BaseCommand):
    help = "Makes confirmed synthetic subscribers with addresses at example.org."

    def add_arguments(self, parser):
        parser.add_argument("number", type=int, help="How many, for example 1000.")
        parser.add_argument("--seed", type=int, default=1, help="Another number makes other subscribers.")

    def handle(self, *, number, seed, **options):
        made = make_subscribers(number, seed=seed, seen=lambda batches: tqdm(batches, disable=None))
        self.stdout.write(f"{made} subscribers made.")
