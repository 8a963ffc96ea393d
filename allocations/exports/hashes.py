"""SHA-256 of a file that is handed out."""

import hashlib
from typing import BinaryIO

_PIECE = 1024 * 1024


def sha256_of(file: BinaryIO) -> str:
    """Of the whole file, which afterwards is at its start."""
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(_PIECE):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()
