"""The same story again: `python -m tests.properties.replay STORY.json` (or - for stdin), or `--seed N` for a batch;
`--product CHECKOUT` plays it with the product of another checkout.

A campaign that finds something prints the story and the seed of its batch. Clock, faults, latencies, jitter and the
order of parallel requests follow from the story alone, so it ends as it ended then; `told` says step by step how.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.properties import elsewhere

Json = dict[str, Any]
#: Dates, and names that are made of them; paths of temporary folders; how long something took; hashes over these.
_NOT_ITS_OWN = re.compile(r"\d{8}T\d{9}Z|\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)|/(dev/shm|tmp)/\w+|[0-9a-f]{64}")


@dataclass
class Record:
    """What happened, without what depends on the day and the machine."""

    ending: str
    requests: list[Json]
    journals: dict[str, list[Json]]
    told: list[str]


def play(story: Json) -> Record:
    """To its end; AssertionError where something was not as it must be, with what happened as notes."""
    from tests.properties.stage import Stage  # not before it is known whose product that is
    from tests.properties.worlds import World

    world = World(story["tenant"])
    with Stage(world.tenant, story["switches"], story["seed"], world.settings) as stage:
        try:
            for step in story["steps"]:
                stage.step(step)
            ending = stage.end()
        except AssertionError as error:
            error.add_note("\n".join(stage.told))
            raise
        told = [_NOT_ITS_OWN.sub("…", line) for line in stage.told]
        requests = [{**one, "path": _NOT_ITS_OWN.sub("…", one["path"])} for one in stage.log]
        return Record(ending, requests, _journals(stage.root), told)


def _journals(root: Path) -> dict[str, list[Json]]:
    from reconciler.runs.journal import NAME

    found = {}
    for number, path in enumerate(sorted((root / "state" / "runs").glob(f"*/{NAME}"))):
        lines = [json.loads(_NOT_ITS_OWN.sub("…", line)) for line in path.read_text(encoding="utf-8").splitlines()]
        found[str(number)] = [{name: value for name, value in line.items() if name != "at"} for line in lines]
    return found


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--seed"]:
        from tests.properties.test_faults import batch

        batch(int(arguments[1]))
        print("nothing found")
        return 0
    text = sys.stdin.read() if arguments == ["-"] else Path(arguments[0]).read_text(encoding="utf-8")
    story = json.loads(text)
    record = play(story.get("story", story))
    print(json.dumps(record.__dict__, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    given = sys.argv[1:]
    elsewhere.given(given)
    sys.exit(main(given))
