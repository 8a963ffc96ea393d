"""Fixtures that bring up what a test needs: a real Redis, real workers, a real browser."""
