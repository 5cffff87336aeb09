"""Who has calling, by the licences that they hold."""

from __future__ import annotations

from reconciler.model.plan import Change


def loses_calling(change: Change) -> bool:
    """Whether somebody who has a calling licence is to have none."""
    if "licenses" not in change.want:
        return False
    return has_calling(change.before.get("licenses")) and not has_calling(change.want["licenses"])


def has_calling(licenses: object) -> bool:
    """Whether one of these licences, names in a list, gives Webex Calling."""
    return isinstance(licenses, (list, tuple)) and any(str(name).startswith("Webex Calling") for name in licenses)
