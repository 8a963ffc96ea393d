import logging

import pytest


@pytest.fixture(autouse=True)
def quiet(caplog):
    """Hundreds of refusals are what is expected here: their lines would hide the one that is not."""
    caplog.set_level(logging.ERROR, logger="django")
