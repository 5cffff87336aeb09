"""What is the same in every spelling of a remote id."""

from __future__ import annotations

import base64
import binascii


def uuid_of(remote_id: str) -> str:
    """The part of a remote id that is the same in every encoding (webex-behaviour.md §1.7).

    `ciscospark://us/PEOPLE/<uuid>` in base64url, padded or not, other clusters, or the bare uuid.
    """
    try:
        text = base64.urlsafe_b64decode(remote_id + "=" * (-len(remote_id) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return remote_id
    return text.rpartition("/")[2] if text.startswith("ciscospark://") else remote_id


def remote_id(type_: str, uuid: str) -> str:
    """The remote id of an object of a type (`PEOPLE`), as the API itself spells it."""
    return base64.urlsafe_b64encode(f"ciscospark://us/{type_}/{uuid}".encode()).decode().rstrip("=")
