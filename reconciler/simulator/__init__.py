"""A Webex tenant over HTTP on loopback (design.md §8): the unmodified wxc_sdk talks to it.

    with Simulator() as simulator:
        WebexSimpleApi(...)  # session.BASE = simulator.base_url, token = simulator.token

Written from the API's documentation and webex-behaviour.md, never from what the client sends; shares no code with
the rest of reconciler. A new resource is a new file that declares its routes with `@route`.
"""

from .control import list_switches
from .core.faults import BadSchedule
from .core.pacing import STYLES as RETRY_AFTER
from .core.pacing import RetryAfter
from .core.persistence import BadFolder, FolderInUse
from .core.store import BadTenant
from .core.switches import UnknownSwitch
from .service import EditRefused, Simulator, serve
from .tenants.generate import generate_tenant
from .tenants.sample import sample_tenant

__all__ = [
    "RETRY_AFTER",
    "BadFolder",
    "BadSchedule",
    "BadTenant",
    "EditRefused",
    "FolderInUse",
    "RetryAfter",
    "Simulator",
    "UnknownSwitch",
    "generate_tenant",
    "list_switches",
    "sample_tenant",
    "serve",
]
