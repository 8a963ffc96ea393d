"""A client for the EnKash Rewards API. `client.py` has the calls, `errors.py` what they raise."""
