"""Backups of an installation: the database, uploaded files and spooled answers in one file that only another key opens.

The server knows the key that closes a backup (age, X25519) and never the one that opens it: whoever takes over the
server reads what is there, not what was.
"""
