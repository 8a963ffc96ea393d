"""The recorded contract of every call: what EnKash's documentation says its answers hold, and how an answer differs."""
