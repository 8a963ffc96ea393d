"""Free ports, and whether somebody answers on one."""

import socket
from http.client import HTTPConnection, HTTPException

LOOPBACK = "127.0.0.1"


def free_port(preferred: int) -> int:
    """Return `preferred` when it is free on loopback, else the next free one of twenty, else any."""
    for port in (*range(preferred, min(preferred + 20, 65_536)), 0):
        with socket.socket() as listener:
            # Without this a port in TIME_WAIT from the last demo would look taken.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(listener.getsockname()[1])
    raise OSError("No port is free on 127.0.0.1; end a program that listens there.")


def answers(port: int) -> bool:
    """Tell whether a connection to `port` on loopback is accepted."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=0.5):
            return True
    except OSError:
        return False


def answers_at(path: str) -> bool:
    """Tell whether a connection to the unix socket `path` is accepted."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(0.5)
        return client.connect_ex(path) == 0


def serves(port: int, *, path: str) -> bool:
    """Tell whether GET `path` on loopback answers 200."""
    connection = HTTPConnection(LOOPBACK, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
