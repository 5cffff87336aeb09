"""One example after the other: what a class has drawn is put on a desk, played, and looked at in the tenant."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from tests.properties.differential.classes import classes
from tests.properties.differential.desk import Desk
from tests.properties.differential.oracle import differing
from tests.properties.differential.worlds import World

Json = dict[str, Any]
Act = Callable[[Desk], "bool | None"]


@dataclass
class Case:
    """What a class draws: a tenant, what is wanted of it, and what is done. `act` answers whether the tenant must be as
    desired now, None for "whatever the last command said"; `look` names what must never be, whatever was said."""

    world: World
    act: Act = lambda desk: None
    look: Callable[[Desk, Json], Iterable[str]] = lambda desk, before: ()
    #: Written as desired/case.yaml where the class writes no files of its own.
    written: Json | None = None
    settings: Json = field(default_factory=dict)
    #: What is right after it, where that is not what was described.
    right: Json | None = None


@dataclass(frozen=True)
class Result:
    name: str
    seed: str
    ended: bool  # with exit 0
    wrong: tuple[str, ...]
    told: str


def play(name: str, module: ModuleType, seed: str) -> Result:
    """One example of a class; the same seed gives the same."""
    number = zlib.crc32(seed.encode())
    case: Case = module.draw(random.Random(number))
    desired = case.world.described
    with Desk(case.world.tenant, number) as desk:
        desk.describe(desired if case.written is None else case.written, **case.settings)
        before = desk.baseline = desk.state()
        ended = case.act(desk)
        ended = desk.said[-1].code == 0 if ended is None else ended
        desk.sim.wait(600)
        after = desk.state()
        wrong = [*desk.wrong, *case.look(desk, before)]
        wrong += differing(desk.baseline, after, desired if case.right is None else case.right) if ended else []
        crashed = [said for said in desk.said if "internal error" in said.err or "Traceback" in said.err]
        wrong += [f"{said}" for said in crashed]
        return Result(name, seed, ended, tuple(wrong), "\n".join(map(str, desk.said)))


def examples(tenants: int, seed: int, only: str = "") -> Iterator[Result]:
    """So many, the classes in turn, so that each comes equally often."""
    chosen = {name: module for name, module in classes().items() if only in ("", name)}
    assert chosen, f"no class {only!r}; there are {', '.join(classes())}"
    for count in range(tenants):
        name, module = list(chosen.items())[count % len(chosen)]
        yield play(name, module, f"{seed}/{name}/{count // len(chosen)}")


def table(results: Iterable[Result]) -> str:
    """class, item, drawn, ended with exit 0, differing."""
    rows = []
    several = list(results)
    for name, module in classes().items():
        of_it = [one for one in several if one.name == name]
        if of_it:
            differ = sum(bool(one.wrong) for one in of_it)
            rows.append(f"{name:16} {module.ITEM:>4} {len(of_it):>6} {sum(one.ended for one in of_it):>6} {differ:>9}")
    return "\n".join([f"{'class':16} item  drawn exit 0 differing", *rows])
