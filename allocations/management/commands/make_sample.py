"""manage.py make_sample --rows 5000 --flaws --seed 1 --out samples"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from allocations.imports.sampling import sample_rows
from allocations.imports.sampling_files import write_sample


class Command(BaseCommand):
    help = "Write a sample list as CSV and XLSX: invented people, the same for the same seed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rows", type=int, default=5000)
        parser.add_argument("--flaws", action="store_true", help="with the usual mistakes, in 1 to 2 of 100 rows")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--out", type=Path, default=Path("samples"), help="the folder")

    def handle(self, *_args: Any, **options: Any) -> None:
        stem = f"sample-{options['rows']}{'-flaws' if options['flaws'] else ''}-seed{options['seed']}"
        rows = sample_rows(options["rows"], seed=options["seed"], flaws=options["flaws"])
        for path in write_sample(rows, options["out"], stem=stem):
            self.stdout.write(str(path))
