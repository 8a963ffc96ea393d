"""Write the texts of pages into the catalogues of locale/."""

from django.core.management.base import CommandParser
from django.core.management.commands import makemessages

# Folders without texts of pages; symbolic links are not followed.
_IGNORED = ["node_modules", ".venv*", "var", "bench", "docs", "samples", "staticfiles", "tests"]


class Command(makemessages.Command):
    help = "Write new texts of the code into the catalogues of locale/ and take out those that are gone (GNU gettext)."
    # A guess that resembles another sentence says something else: new texts stay empty until somebody translates them.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(all=True, no_wrap=True, no_obsolete=True, add_location="never", ignore_patterns=_IGNORED)
