"""The contract of the simulator: the unmodified SDK, both its clients and at its strictest, accepts every answer, and
the answers are as the published OpenAPI documents say.

    methods.py     what the SDK can call, generated from the installed SDK
    arguments.py   real arguments out of the tenant
    reads.py       every served read, sync and async
    writes.py      creations, updates and deletions
    __main__.py    runs both in a process of its own and prints the outcome as JSON, or the table of coverage
"""
