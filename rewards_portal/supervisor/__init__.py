"""Starts everything a demo needs under one process, restarts what dies, and leaves nothing behind."""
