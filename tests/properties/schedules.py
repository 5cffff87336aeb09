"""What may go wrong, drawn: faults of every kind that the simulator knows, limits, edits, deaths, rivals."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.properties.edits import edits
from tests.properties.worlds import World

Json = dict[str, Any]
_HTML = "<html><head><title>502 Bad Gateway</title></head></html>"
#: `in 5` is a date 5 seconds ahead, when it comes to it (stage.py).
_RETRY_AFTER = ("2", "0", "-5", "40", "0.5", "in 5", "in -60", "rand(30),add(30)", "soon", None)
_LATER = [{"status": 429, "headers": {"Retry-After": text} if text else {}} for text in _RETRY_AFTER]
_LATER += [{"status": 423, "headers": {"Retry-After": text} if text else {}} for text in ("1", None, "in 3")]
_BROKEN: list[Json] = [
    {"status": 500},
    {"status": 502, "body": _HTML},
    {"status": 503, "headers": {"Retry-After": "1"}},
    {"status": 504},
    {"drop": "before"},
    {"delay": 0.5},
    {"delay": 400},  # longer than a call may take
]
#: Answers to a read that are no answer: what is cut off, empty, or not what was asked for.
_ODD: list[Json] = [
    {"body": '{"items": [{"id": "'},
    {"body": ""},
    {"body": "{}"},
    {"body": "[]"},
    {"status": 200, "body": _HTML},
    {"status": 403},
    {"status": 404},
    {"status": 400},
]
#: Lists that end too early without a word: for plans only. Nothing can tell that from the truth, and what then is
#: written must still be right.
_SHORT: list[Json] = [{"body": {"items": []}}, {"body": {"phoneNumbers": []}}, {"body": {"locations": []}}]
_LOST: list[Json] = [
    {"drop": "after"},
    {"status": 500, "drop": "after"},
    {"status": 502, "body": _HTML, "drop": "after"},
    {"status": 503, "drop": "after"},
    {"status": 504, "drop": "after"},
    {"status": 400, "drop": "after"},  # refused, and done all the same (§18.2)
    {"status": 409, "drop": "after"},
    {"drop": "after", "later": 3},  # and it shows only when it has been looked for already
    {"drop": "after", "later": 12},
    {"status": 504, "drop": "after", "later": 6},
]
_LIES: list[Json] = [
    {"silent": True},
    {"later": 2},
    {"later": 9},
    {"status": 200, "body": {}},
    {"status": 204},
    {"partial": {"licenses": 1}},
    {"partial": {"phoneNumbers": 1}},
    {"partial": {"licenses": 0}},
]
_REFUSALS: list[Json] = [{"status": status} for status in (400, 401, 403, 404, 405, 409)]
_READ_ROUTES = ["*", "/people", "/people/{personId}", "/workspaces*", "/telephony/config/numbers", "/locations*"]
_READ_ROUTES += ["*/features/*", "/licenses*", "/telephony/config/jobs/*"]
_POSTS = ["*", "/people", "/workspaces", "*/numbers", "/identity/scim/*", "*/moveLocation"]
_PUTS = ["*", "*", "/people/{personId}", "/workspaces/{workspaceId}", "*/features/*", "/telephony/config/*"]


def _faults(methods: list[str], routes: list[str], *do: list[Json]) -> st.SearchStrategy[Json]:
    """One fault of one of these groups, which are equally likely however many there are in each."""
    match = st.fixed_dictionaries({"method": st.sampled_from(methods), "route": st.sampled_from(routes)})
    what = st.one_of([st.sampled_from(group) for group in do])
    nth = st.sampled_from([1, 1, 1, 2, 2, 3, 4, 6])
    times = st.sampled_from([1, 1, 2, 3, 8, 40])
    return st.fixed_dictionaries({"match": match, "do": what, "nth": nth, "times": times})


_reads = _faults(["GET"], _READ_ROUTES, _LATER, _BROKEN, _ODD)
_BAD = (_LATER, _BROKEN, _LOST, _LOST, _LIES, _REFUSALS)
_writes = _faults(["POST"], _POSTS, *_BAD) | _faults(["PUT"], _PUTS, *_BAD) | _faults(["DELETE", "PATCH"], ["*"], *_BAD)
faults = st.lists(_writes | _writes | _reads, min_size=1, max_size=6)
plan_faults: st.SearchStrategy[list[Json]] = st.just([]) | st.lists(
    _reads | _faults(["GET"], _READ_ROUTES[1:6], _SHORT), min_size=1, max_size=2
)
limits = st.none() | st.fixed_dictionaries(
    {
        "count": st.sampled_from([3, 20]),
        "seconds": st.sampled_from([1, 20]),
        "retry_after": st.sampled_from(["seconds", "date", "malformed", "zero", "absent"]),
    }
)
switches = st.fixed_dictionaries(
    {},
    optional={
        "number_release": st.just("0s"),
        "calling_data_lag": st.just("10s"),
        "workspace_numbers_lag": st.just("10s"),
        "scim_visibility": st.just("15s"),
        "people_put_without_extension": st.just("clear"),
        "page_empty_with_next": st.sampled_from(["last", "first"]),
        "page_without_list_key": st.just("on"),
        "number_add_existing": st.just("ignore"),
        "job_pace": st.just("clock"),
        "job_item_errors": st.just("first"),
        "move_users_at_once": st.just("1"),
        "move_users_refused": st.just("request"),
        "license_exhausted": st.sampled_from(["400", "assign"]),
        "custom_permissions_after_off": st.just("dropped"),
    },
)


def happenings(world: World, desired: Json) -> st.SearchStrategy[Json]:
    """What goes on during one apply or resume."""
    what = edits(world, desired)
    edit = st.fixed_dictionaries({"at": st.integers(1, 40), "edit": what})
    edit |= st.fixed_dictionaries({"after": st.sampled_from([1, 3, 10, 45]), "edit": what})
    return st.fixed_dictionaries(
        {},
        optional={
            "faults": faults,
            "edits": st.lists(edit, min_size=1, max_size=5),
            "limit": limits,
            "workers": st.sampled_from([1, 2, 8]),
            "chunk": st.sampled_from([1, 3]),
            "kill": st.integers(1, 40),
        },
    )
