"""The container's health check: python -m rewards_portal.probe ends with 0 while the web server answers."""

import os
import sys
from http.client import HTTPConnection, HTTPException


def main() -> int:
    """Ask /health/ on this machine, under a name that ALLOWED_HOSTS admits."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().removeprefix(".")
    connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
    try:
        connection.request("GET", "/health/", headers={"Host": host})
        return int(connection.getresponse().status != 200)
    except (OSError, HTTPException):
        return 1
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(main())
