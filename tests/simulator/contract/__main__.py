"""`python -m tests.simulator.contract`: what is covered. `… --table` writes it to coverage.md, which the README of the
simulator quotes; `… --json` prints every outcome, for test_sdk.py.

A process of its own, because the SDK reads how strict it is to be as it is imported.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from dataclasses import asdict
from pathlib import Path


def main(arguments: list[str]) -> None:
    os.environ["API_MODEL_ALLOW_EXTRA"] = "forbid"
    from wxc_sdk.base import ApiModel

    from reconciler.simulator import Simulator
    from tests.support.rich_tenant import enrich

    from . import clients, openapi
    from .coverage import Coverage
    from .methods import methods
    from .reads import read_all, read_all_async
    from .reasons import SWITCHES
    from .responses import Responses
    from .writes import write_all

    assert ApiModel.model_config["extra"] == "forbid", "the SDK was imported before it was told to be strict"
    logging.disable(logging.WARNING)
    found, unknown = methods()
    answers = Responses(openapi.load(openapi.CALLING)) if openapi.has(openapi.CALLING) else None
    clients.look = answers.look if answers else clients.look
    with Simulator() as simulator:
        for switch, position in SWITCHES.items():
            simulator.turn(switch, position)
        rich = enrich(simulator)
        reads = read_all(simulator, found)
        asyncio.run(read_all_async(simulator, found, reads))
        if answers:
            answers.ask(simulator)
        writes = write_all(simulator, found)
    coverage = Coverage.of(found, [*reads, *writes], list(unknown))
    if "--table" in arguments:
        Path(__file__).with_name("coverage.md").write_text(coverage.table(), "utf-8")
    if "--json" not in arguments:
        sys.stdout.write(coverage.table())
        return
    outcomes = [{**asdict(one), "twin": one.twin.name if one.twin else None} for one in (*reads, *writes)]
    methods_ = [{"name": one.name, "verb": one.verb, "templates": one.templates} for one in found]
    json.dump(
        {"methods": methods_, "unknown": unknown, "outcomes": outcomes, "skipped": rich.skipped,
         "made": {kind: len(made) for kind, made in rich.made.items()},
         "calling": answers.to_json() if answers else None,
         "summary": coverage.summary(), "table": coverage.table()},
        sys.stdout,
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
