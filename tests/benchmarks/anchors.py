"""What we measure ourselves against, made at the same size: octoDNS, the JSON floor, a Python that does nothing."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from tests.benchmarks.tenants import Person, changed

BARE = (sys.executable, "-c", "pass")

_FLOOR = """
import gc, os, sys
gc.disable()
try:
    from orjson import loads
except ImportError:
    from json import loads

def walk(path, a, b, found):
    for key in a.keys() | b.keys():
        x, y = a.get(key), b.get(key)
        if x != y:
            if isinstance(x, dict) and isinstance(y, dict):
                walk(f"{path}.{key}", x, y, found)
            else:
                found.append((f"{path}.{key}", x, y))

desired, current = (loads(open(path, "rb").read()) for path in sys.argv[1:])
found = []
for key, want in desired.items():
    if want != (have := current[key]):
        walk(key, have, want, found)
print(len(found))
sys.stdout.flush()
os._exit(0)
"""


def json_floor(folder: Path, size: int) -> tuple[str, ...]:
    """The least that a plan can be: both sides as JSON, `!=`, and a walk over what differs."""
    folder.mkdir(parents=True, exist_ok=True)
    different = changed(size, "spread")
    sides = {"desired.json": different, "current.json": set[int]()}
    for name, which in sides.items():
        people = {f"user{n:06d}@example.com": Person(n, n in which).fields() for n in range(size)}
        (folder / name).write_text(json.dumps(people))
    return (sys.executable, "-c", _FLOOR, *(str(folder / name) for name in sides))


def octodns(folder: Path, size: int, command: str = "") -> tuple[str, ...] | None:
    """octoDNS planning from YAML to YAML, as many records of four fields, 1 % different; None where it is missing."""
    found = (
        command or shutil.which("octodns-sync", path=str(Path(sys.executable).parent)) or shutil.which("octodns-sync")
    )
    if not found:
        return None
    different = changed(size, "spread")
    for side in ("source", "target"):
        (folder / side).mkdir(parents=True, exist_ok=True)
        with (folder / side / "example.com.yaml").open("w") as zone:
            zone.write("---\n")
            for n in range(size):
                ttl = 600 if side == "source" and n in different else 300
                address = f"{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
                zone.write(f"r{n:06d}:\n  ttl: {ttl}\n  type: A\n  values:\n  - 10.{address}\n  - 11.{address}\n")
    side = "{{class: octodns.provider.yaml.YamlProvider, directory: {}, enforce_order: false{}}}"
    (folder / "config.yaml").write_text(
        f"providers:\n  source: {side.format(folder / 'source', '')}\n"
        f"  target: {side.format(folder / 'target', ', supports_root_ns: false')}\n"
        "zones:\n  example.com.: {sources: [source], targets: [target]}\n"
    )
    return (found, "--config-file", str(folder / "config.yaml"), "--quiet", "--force")
