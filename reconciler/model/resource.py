"""The base of every model of managed fields, and the types that many of them share."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

from reconciler.model.text import UNSEEN, UNSEEN_IN_MAIL, mail_domain


class Resource(BaseModel):
    """Managed fields in normal form. Absent = not managed, null = clear, value = enforce: hence everything
    optional but the key, and only fields that were set count (`model_dump(exclude_unset=True)`)."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _sorted_once(value: Any) -> Any:
    """Unordered lists are kept sorted and without repetition, so that order never shows as a change."""
    if type(value) is not list:
        return value
    try:
        return sorted({item.strip() for item in value})
    except (AttributeError, TypeError):
        return value  # not all of them texts: the model says so


#: A name, or any other text of one line.
Text = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=f"^[^{UNSEEN}]+$")]
#: A text that may have several lines.
Prose = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[^\x00-\x08\x0e-\x1f\x7f]+$")]
E164 = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
Extension = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,10}$")]
Email = Annotated[
    str,
    StringConstraints(
        to_lower=True,
        pattern=rf"^[^@\s/{UNSEEN_IN_MAIL}]+@[^@\s/{UNSEEN_IN_MAIL}]+\.[^@\s/{UNSEEN_IN_MAIL}]+$",
        max_length=256,
    ),
    AfterValidator(lambda mail: mail if mail.isascii() else mail_domain(mail)),
]
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]+$")]
NameSet = Annotated[list[Text], BeforeValidator(_sorted_once)]
NumberSet = Annotated[list[E164], BeforeValidator(_sorted_once)]
#: Where a call is forwarded to: a number, or a policy over the resource's own extension: `53{extension}`,
#: `53{extension:-7}` (last seven digits).
Destination = Annotated[
    str, StringConstraints(pattern=r"^(\+?[0-9*#]{2,30}|\+?[0-9*#]*\{extension(:-[1-9][0-9]?)?\}[0-9*#]*)$")
]
