"""`reconcile simulate`: a Webex tenant to try things on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from reconciler.errors import UsageError

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
    rate: Annotated[str, Parameter(name="--rate")] = "",
    latency: Annotated[str, Parameter(name="--latency")] = "0ms",
) -> int:
    """Serve a simulated Webex tenant on 127.0.0.1 until it is stopped.

    Prints, and writes to the ready file, JSON with base_url, control_url and token.

    Parameters
    ----------
    tenant
        Start from this tenant (JSON, as GET /_control/state gives it); default: the sample tenant.
    size
        Generate a tenant instead, like people=2000,locations=20,workspaces=50.
    seed
        Seed of the generated tenant.
    port
        Port to serve on; 0 takes a free one.
    data
        Keep the tenant in this folder, so that it survives a restart.
    ready_file
        Write the addresses and the token here once it serves.
    rate
        Limit, like 300/60s; answers 429 with Retry-After beyond it.
    latency
        Wait this long before every answer, like 50ms.
    """
    import json

    from reconciler.errors import ReconcileError
    from reconciler.simulator import serve

    if tenant is not None:
        try:
            json.loads(tenant.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ReconcileError("cannot read the tenant", where=str(tenant), why=str(error)) from None
    serve(
        tenant_file=tenant,
        size=_size(size),
        seed=seed,
        port=port,
        data_dir=data,
        ready_file=ready_file,
        rate=_rate(rate),
        latency=_seconds(latency, "--latency"),
    )
    return 0


def _size(text: str) -> dict[str, int] | None:
    """`people=2000,locations=20` → counts, in proportion to the people where they are left out; None: the sample."""
    if not text:
        return None
    sizes: dict[str, int] = {}
    for part in filter(None, text.split(",")):
        name, _, count = part.partition("=")
        if name not in ("people", "locations", "workspaces") or not count.isdigit():
            raise UsageError(f"--size: {part!r} is not understood", do=f"give it like {_EXAMPLE}")
        sizes[name] = int(count)
    people = sizes.setdefault("people", 100)
    sizes.setdefault("locations", max(1, people // 100))
    sizes.setdefault("workspaces", people // 20)
    return sizes


def _rate(text: str) -> tuple[int, float] | None:
    """`300/60s` → (requests, seconds)."""
    if not text:
        return None
    count, _, period = text.partition("/")
    if not count.isdigit() or not int(count) or not period:
        raise UsageError(f"--rate: {text!r} is not understood", do="give it like 300/60s")
    return int(count), _seconds(period, "--rate")


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
