"""Who the token belongs to (`GET /people/me`): a full admin of the organisation."""

from __future__ import annotations

from ..core.routing import Reply, Request, route
from . import people


@route("GET", "/people/me")
def get_me(request: Request) -> Reply:
    """Get My Own Details. The admin need not be a calling user."""
    admin = request.store.people[request.store.org["admin"]]
    return Reply(200, people.show(request.store, admin, calling_data=request.flag("callingData")))
