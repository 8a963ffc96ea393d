"""Stored things for tests: people by role, accounts, batches in every state. Every name and number is invented."""
