"""The door for programs: JSON in and out over HTTP, with the services and rules that the pages have.

A program acts for a person, as admin or auditor only: nothing here approves, decides or takes points back.
"""
