"""python -m bench.way MODULE ARGUMENT...: start Django, then the module's main with the arguments."""

import sys
from importlib import import_module

import django

if __name__ == "__main__":
    django.setup()
    import_module(sys.argv[1]).main(*sys.argv[2:])
