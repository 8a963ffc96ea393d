"""A stand-in EnKash over real HTTP, for demos, training and tests.

As strict as EnKash's documentation and nastier than reality. It shares no code with the client library, so that a
misreading of the documentation on one side is not hidden by the same misreading on the other.
"""
