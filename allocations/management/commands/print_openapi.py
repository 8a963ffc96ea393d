import json
from typing import Any

from django.core.management.base import BaseCommand

from allocations.api.portal import api


class Command(BaseCommand):
    help = "Print the OpenAPI document of the API, as docs/openapi.json has it."

    def handle(self, *_: Any, **__: Any) -> None:
        self.stdout.write(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), indent=2))
