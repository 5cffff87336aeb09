"""`reconcile simulate`: a Webex tenant to try things on."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from reconciler.errors import ReconcileError, UsageError

if TYPE_CHECKING:
    from reconciler.simulator import RetryAfter

_EXAMPLE = "people=2000,locations=20,workspaces=50"
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0}


def simulate(
    *,
    tenant: Annotated[Path | None, Parameter(name="--tenant")] = None,
    size: Annotated[str, Parameter(name="--size")] = "",
    seed: Annotated[int, Parameter(name="--seed")] = 0,
    port: Annotated[int, Parameter(name="--port")] = 0,
    data: Annotated[Path | None, Parameter(name="--data")] = None,
    ready_file: Annotated[Path | None, Parameter(name="--ready-file")] = None,
    rate: Annotated[list[str] | None, Parameter(name="--rate", negative="")] = None,
    retry_after: Annotated[str, Parameter(name="--retry-after")] = "seconds",
    latency: Annotated[str, Parameter(name="--latency")] = "0ms",
    switch: Annotated[list[str] | None, Parameter(name="--switch", negative="")] = None,
    list_switches: Annotated[bool, Parameter(name="--list-switches", negative="")] = False,
    faults: Annotated[Path | None, Parameter(name="--faults")] = None,
    chaos: Annotated[str, Parameter(name="--chaos")] = "",
) -> int:
    """Serve a simulated Webex tenant on 127.0.0.1 until it is stopped.

    Prints, and writes to the ready file, JSON with base_url, control_url and token.
    Exit codes: 0 it was stopped, 1 it cannot serve: the port is taken, or a tenant or schedule cannot be used.

    Parameters
    ----------
    tenant
        Start from this tenant (JSON, as GET /_control/state gives it); default: the sample tenant.
    size
        Generate a tenant instead, like people=2000,locations=20,workspaces=50,features=40.
    seed
        Seed of the generated tenant.
    port
        Port to serve on; 0 takes a free one.
    data
        Keep the tenant in this folder, so that it survives a restart.
    ready_file
        Write the addresses and the token here once it serves.
    rate
        Limit, like 300/60s for everything, people=100/60s for an API family, or "GET /people=10/60s" for one
        endpoint; may be given again. Beyond it: 429.
    retry_after
        How a 429 says when to come back: seconds, date, malformed, zero or absent.
    latency
        Wait this long before every answer, like 50ms.
    switch
        Turn a switch, like location_name_duplicate=accept; may be given again.
    list_switches
        List the switches, what they stand for and their positions, and end.
    faults
        Act on requests by this schedule (JSON, as POST /_control/faults takes it).
    chaos
        Faults by chance, like 42:0.05 for seed 42 and 5 % of the requests; the schedule that was used is printed at
        the end, and --faults does the same again.
    """
    if list_switches:
        return _list_switches()
    from reconciler.simulator import BadFolder, BadSchedule, BadTenant, FolderInUse, UnknownSwitch, serve

    if tenant is not None:
        _json(tenant, "cannot read the tenant")
    if not 0 <= port <= 65535:
        raise UsageError(f"--port: {port} is not a port", do="give 1 to 65535, or 0 for a free one")
    try:
        return serve(
            tenant_file=tenant,
            size=_size(size),
            seed=seed,
            port=port,
            data_dir=data,
            ready_file=ready_file,
            rates=dict(_rate(text) for text in rate or []),
            retry_after=_style(retry_after),
            latency=_seconds(latency, "--latency"),
            switches=dict(_position(text) for text in switch or []),
            schedule=_json(faults, "cannot read the schedule") if faults is not None else None,
            chaos=_chaos(chaos),
        )
    except UnknownSwitch as error:
        raise UsageError(f"--switch: {error}", do="see reconcile simulate --list-switches") from None
    except BadTenant as error:
        raise ReconcileError("the tenant cannot be served", where=str(tenant or data), why=str(error)) from None
    except BadSchedule as error:
        raise ReconcileError("the schedule cannot be used", where=str(faults), why=str(error)) from None
    except BadFolder as error:
        raise ReconcileError("the tenant that is kept there cannot be read", where=str(data), why=str(error),
                             do="repair the file, or give another folder") from None  # fmt: skip
    except FolderInUse as error:
        raise ReconcileError(str(error), do="stop it, or give another folder") from None
    except OSError as error:
        raise _failed(error, port) from None


def _failed(error: OSError, port: int) -> ReconcileError:
    """The port is taken, or a folder or file cannot be written."""
    if error.errno == errno.EADDRINUSE:
        return ReconcileError(f"port {port} is in use", do="give another --port, or none for a free one")
    return ReconcileError("cannot serve", where=str(error.filename or ""), why=error.strerror or str(error))


def _list_switches() -> int:
    from reconciler.simulator import list_switches

    for one in list_switches():
        default, *others = one["positions"]
        print(f"{one['name']}={default}|{'|'.join(others)}\n    {one['text']} (§{one['row']})")
    return 0


def _json(path: Path, what: str) -> Any:
    import json

    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ReconcileError(what, where=str(path), why=str(error)) from None


def _size(text: str) -> dict[str, int] | None:
    """`people=2000,locations=20` → counts, in proportion to the people where they are left out; None: the sample."""
    if not text:
        return None
    sizes: dict[str, int] = {}
    for part in filter(None, text.split(",")):
        name, _, count = part.partition("=")
        if name not in ("people", "locations", "workspaces", "features") or not count.isdigit():
            raise UsageError(f"--size: {part!r} is not understood", do=f"give it like {_EXAMPLE}")
        sizes[name] = int(count)
    people = sizes.setdefault("people", 100)
    sizes.setdefault("locations", max(1, people // 100))
    sizes.setdefault("workspaces", people // 20)
    return sizes


def _rate(text: str) -> tuple[str, tuple[int, float]]:
    """`300/60s` or `people=100/60s` → (scope, (requests, seconds)); the scope of everything is *."""
    scope, _, limit = text.rpartition("=")
    count, _, period = limit.partition("/")
    if not count.isdigit() or not int(count) or not period:
        raise UsageError(f"--rate: {text!r} is not understood", do="give it like 300/60s or people=100/60s")
    seconds = _seconds(period, "--rate")
    if not seconds:
        raise UsageError(f"--rate: {text!r} is not a rate", do="give it like 300/60s or people=100/60s")
    return scope or "*", (int(count), seconds)


def _style(text: str) -> RetryAfter:
    from reconciler.simulator import RETRY_AFTER

    for style in RETRY_AFTER:
        if style == text:
            return style
    raise UsageError(f"--retry-after: {text!r} is not known", do=f"give one of {', '.join(RETRY_AFTER)}")


def _position(text: str) -> tuple[str, str]:
    name, found, position = text.partition("=")
    if not found:
        raise UsageError(f"--switch: {text!r} is not understood", do="give it like location_name_duplicate=accept")
    return name, position


def _chaos(text: str) -> tuple[int, float] | None:
    """`42:0.05` → (seed, probability)."""
    if not text:
        return None
    seed, _, rate = text.partition(":")
    try:
        chosen = int(seed), float(rate)
    except ValueError:
        chosen = 0, -1.0
    if not 0 <= chosen[1] <= 1:
        raise UsageError(f"--chaos: {text!r} is not understood", do="give it like 42:0.05, a seed and a probability")
    return chosen


def _seconds(text: str, option: str) -> float:
    number = text.rstrip("ms")
    factor = _UNITS.get(text[len(number) :])
    try:
        if factor is None:
            raise ValueError
        seconds = float(number) * factor
        if seconds < 0:
            raise ValueError
    except ValueError:
        raise UsageError(f"{option}: {text!r} is not a duration", do="give it like 50ms, 2s or 1m") from None
    return seconds
