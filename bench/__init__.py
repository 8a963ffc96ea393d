# A list this small is there to see that a stage works.
SMALL = 1_000
