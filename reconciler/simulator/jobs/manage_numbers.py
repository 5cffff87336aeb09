"""Moving free numbers between locations, and their usage (`…/jobs/numbers/manageNumbers`; webex-behaviour.md §4).

One job runs at a time (409). A MOVE of several numbers is refused live although 1000 are documented. What speaks
against a single number is an error of the job, as documented, or a 412 at once: a switch.

    numbers gain  {service?: true, mobile?: true, tollFree?: true}
"""

from __future__ import annotations

from ..core import calling, errors, ids, switches
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ..locations import pstn
from . import jobs
from .jobs import Kind, work

switches.declare(
    "move_several_numbers", "refuse", "accept", row="4",
    text="a MOVE of several numbers: 412 BATCH-1017031 as seen live, or up to 1000 as documented",
)  # fmt: skip
switches.declare(
    "move_inactive_number", "accept", "refuse", row="4",
    text="a MOVE of an INACTIVE number: done as in the live test, or BATCH-1017021 as documented",
)  # fmt: skip
switches.declare(
    "move_number_precondition", "job", "412", row="4, 16",
    text="a number that cannot be moved: an error of a job that completes, or 412 for the request",
)  # fmt: skip

_PATH = "/telephony/config/jobs/numbers/manageNumbers"
_MOST = 1000
_TEXTS = {
    "1017021": "Failed to move because it is an inactive number.",
    "1017022": "Failed to move because the source location and target location have different CCP providers.",
    "1017023": "Failed because it is not an unassigned number.",
    "1017024": "Failed because it is a main number.",
    "1017027": "Manage Numbers Move Operation is not supported.",
    "1017031": "Hydra request is supported only for single number move job.",
}


class _Entry(Body):
    location_id: str
    numbers: list[str]


class _Start(Body):
    operation: str
    number_list: list[_Entry]
    target_location_id: str | None = None
    number_usage_type: str | None = None


def _show(store: Store, job: Json) -> Json:
    body = {"operationType": job["operation"], "sourceLocationId": ids.encode("LOCATION", job["source"])}
    return {**body, "targetLocationId": ids.encode("LOCATION", job["target"])} if job["target"] else body


jobs.register(
    Kind("manageNumbers", _PATH, seconds=20, family="numbers", steps=("validateNumbers", "processNumbers"),
         actions=("pause", "resume", "abandon"), show=_show)
)  # fmt: skip


def _precondition(code: str) -> errors.ApiError:
    return errors.telephony(412, int(code), f"BATCH-{code}: {_TEXTS[code]}")


@route("POST", _PATH)
def start_job(request: Request) -> Reply:
    """Initiate Number Jobs: MOVE to another location, or NUMBER_USAGE_CHANGE to SERVICE or NONE."""
    store, body = request.store, parse(_Start, request.document())
    numbers = [number for entry in body.number_list for number in entry.numbers]
    if not numbers:
        raise errors.missing_field("numberList.numbers")
    if len(numbers) > _MOST:
        raise errors.invalid_value(f"At most {_MOST} numbers per request.")
    places = [_calling_location(store, entry.location_id) for entry in body.number_list]
    target = _target(store, body, places)
    if target and len(numbers) > 1 and store.switches["move_several_numbers"] == "refuse":
        raise _precondition("1017031")
    items = [
        {"number": number, "location": place}
        for place, entry in zip(places, body.number_list, strict=True)
        for number in dict.fromkeys(entry.numbers)
    ]
    if store.switches["move_number_precondition"] == "412":
        for item in items:
            if code := _obstacle(store, item, target, body.number_usage_type):
                raise _precondition(code)
    job = jobs.start(
        store, "manageNumbers", operation=body.operation, source=places[0], target=target,
        usage=body.number_usage_type, numbers=items,
    )  # fmt: skip
    job["counts"] = _counts(job, 0, 0)
    return Reply(202, jobs.show(store, job))


def _calling_location(store: Store, text: str) -> str:
    key = ids.parse(text, "LOCATION")
    if store.calling_of(key) is None:
        raise errors.broadworks(404, 4152, "Location Not Found")
    return key


def _target(store: Store, body: _Start, places: list[str]) -> str | None:
    """Where a MOVE goes; None for a change of usage, which needs its type instead."""
    if body.operation == "MOVE":
        if not body.target_location_id:
            raise errors.missing_field("targetLocationId")
        target = _calling_location(store, body.target_location_id)
        if target in places:
            raise errors.invalid_value("Invalid value for targetLocationId: it is the source location.")
        return target
    if body.operation != "NUMBER_USAGE_CHANGE":
        raise errors.invalid_value(f"Invalid value for operation: {body.operation}")
    if body.number_usage_type is None:
        raise errors.missing_field("numberUsageType")
    if body.number_usage_type not in ("NONE", "SERVICE"):
        raise errors.invalid_value(f"Invalid value for numberUsageType: {body.number_usage_type}")
    return None


def _obstacle(store: Store, item: Json, target: str | None, usage: str | None) -> str | None:
    """The code of what speaks against one number, None when it can be done."""
    number, record = item["number"], store.numbers.get(item["number"])
    if record is None or record["location"] != item["location"]:
        return "1017027"
    if calling.is_main(store, number):
        return "1017024"
    if number in store.owners or store.held_back(number):
        return "1017023"
    source = pstn.connection_of(store, item["location"])
    if target is None:
        return None if source and _offers(store, source, usage) else "1017027"
    if record["state"] != "ACTIVE" and store.switches["move_inactive_number"] == "refuse":
        return "1017021"
    wanted = pstn.connection_of(store, target)
    if source is None or wanted is None:
        return "1017027"
    countries = {store.locations[key]["address"].get("country") for key in (item["location"], target)}
    same = (source["type"], source.get("option")) == (wanted["type"], wanted.get("option"))
    return None if same and len(countries) == 1 else "1017022"


def _offers(store: Store, connection: Json, usage: str | None) -> bool:
    """Whether the carrier has the PSTN service for that usage; behind a local gateway there is no carrier to ask."""
    option = store.pstn_options.get(connection.get("option") or "")
    needed = "SERVICE_NUMBERS" if usage == "SERVICE" else "GEOGRAPHIC_NUMBERS"
    return option is None or needed in option.get("pstnServices", ())


@work("manageNumbers")
def _carry_out(store: Store, job: Json) -> None:
    """Number by number; one that cannot be done is an item error, and the job completes all the same."""
    done = 0
    for position, item in enumerate(job["numbers"]):
        code = _obstacle(store, item, job["target"], job["usage"])
        if code:
            found = errors.job_item(item["number"], position + 1, f"BATCH-{code}", _TEXTS[code])
        elif jobs.fails(store, position):
            found = jobs.uncoded(item["number"], position + 1, "Failed to process the number.")
        else:
            found = None
            _apply(store.numbers[item["number"]], job)
            done += 1
        job["errors"] += [found] if found else []
    job["counts"] = _counts(job, done, len(job["errors"]))


def _apply(record: Json, job: Json) -> None:
    if job["target"]:
        record["location"] = job["target"]
    elif job["usage"] == "SERVICE":
        record["service"] = True
    else:
        record.pop("service", None)


def _counts(job: Json, done: int, failed: int) -> Json:
    return {
        "totalNumbers": len(job["numbers"]),
        "numbersDeleted": 0,
        "numbersMoved": done if job["target"] else 0,
        "numbersFailed": failed,
        "numbersUsageChanged": 0 if job["target"] else done,
        "numbersActivated": 0,
    }
