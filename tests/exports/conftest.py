"""The portal of the services' tests, so that real runs can be exported."""

from tests.services.conftest import portal, sim

__all__ = ["portal", "sim"]
