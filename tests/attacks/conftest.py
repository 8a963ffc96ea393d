import logging

import pytest
from django.http import FileResponse


@pytest.fixture(autouse=True)
def quiet(caplog):
    """Hundreds of refusals are what is expected here: their lines would hide the one that is not."""
    caplog.set_level(logging.ERROR, logger="django")


@pytest.fixture(autouse=True)
def closed(monkeypatch):
    """Files that nobody read are closed as a server would: a browser reads its answers, most tests here do not."""
    given, make = [], FileResponse.__init__

    def noted(self, *args, **more):
        make(self, *args, **more)
        given.append(self.file_to_stream)

    monkeypatch.setattr(FileResponse, "__init__", noted)
    yield
    for file in given:
        file.close()
