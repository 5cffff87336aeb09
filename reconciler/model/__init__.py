"""Types only: no I/O, no API, nothing that is slow to import."""
