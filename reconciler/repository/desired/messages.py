"""Error texts of desired files: pydantic's findings in plain English, at the line and column that they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Protocol, get_args

from pydantic import BaseModel, ValidationError

from reconciler.errors import Problem
from reconciler.inert import quoted
from reconciler.kinds.contract.setting import Setting, places
from reconciler.model import resource
from reconciler.model.text import printed, unseen
from reconciler.repository.desired.entries import did_you_mean
from reconciler.repository.desired.phone import as_e164
from reconciler.repository.yamlfile import Path, Positions

#: So many things that are wrong in one value are told; more of them have one cause.
MOST_PROBLEMS = 100
#: What a text must look like, in words, by the pattern that it fails.
_LOOKS = {
    resource.Extension: "2 to 10 digits",
    resource.Email: "an e-mail address",
    resource.Digits: "digits only",
    resource.Destination: "a number, an extension of at least 2 digits, or a policy like 53{extension}",
}


def _pattern(annotation: Any) -> str:
    return next((part.pattern for part in get_args(annotation) if getattr(part, "pattern", None)), "")


_BY_PATTERN = {_pattern(annotation): words for annotation, words in _LOOKS.items()}
_E164 = _pattern(resource.E164)
#: Of texts in which nothing may be that is not seen.
_NO_UNSEEN = {_pattern(annotation) for annotation in (resource.Text, resource.Prose, resource.Email)}
_COUNTRY = r"^[A-Z]{2}$"


class ValuePlace(Protocol):
    """Where a path of the refused value stands in its file, and what is written there."""

    def __call__(self, path: Path, *, key: bool) -> tuple[int, int, str]: ...


def in_plain_english(
    file: str,
    model: type[BaseModel],
    noun: str,
    value: Any,
    error: ValidationError,
    place: ValuePlace,
    country_of: Callable[[Any], str] = lambda value: "",
    prefix: Path = (),
) -> Iterator[Problem]:
    """One problem for each thing that is wrong in a value.

    `noun` is what it describes; `prefix` leads to it; `country_of(value)` is where its national numbers belong.
    """
    wrong = _by_path(value, error)
    for path, found in islice(wrong.items(), MOST_PROBLEMS):
        line, col, raw = place((*prefix, *path), key=found["type"] == "extra_forbidden")
        what, do = _words(model, noun, path, found, raw, lambda: country_of(value))
        label = ".".join(str(part) for part in (*prefix, *path) if not isinstance(part, int)) or noun
        yield Problem(file, line, col, f"{label}: {what}", do)
    if (more := len(wrong) - MOST_PROBLEMS) > 0:
        line, col, _ = place(prefix, key=False)
        yield Problem(file, line, col, f"{noun}: {more:,} more things are wrong with it")


def faults(model: type[BaseModel], noun: str, value: Any, error: ValidationError) -> list[tuple[Path, str]]:
    """What is wrong in a value that stands in no file yet: the path of each refused part, and why it is refused."""
    return [
        (path, _words(model, noun, path, found, "", lambda: "")[0]) for path, found in _by_path(value, error).items()
    ]


def unlike_numbers(value: Any, error: ValidationError) -> dict[Path, str]:
    """What is refused because it does not look like the number that it should be, by its path: not in E.164, or a
    destination with blanks in it."""
    numbers = {_E164, _pattern(resource.Destination)}
    return {
        path: item["input"]
        for path, item in _by_path(value, error).items()
        if item["type"] == "string_pattern_mismatch" and item["ctx"]["pattern"] in numbers
    }


def at(positions: Positions) -> ValuePlace:
    """Places in one YAML text."""

    def place(path: Path, *, key: bool) -> tuple[int, int, str]:
        return (*(positions.key(path) if key else positions.value(path)), positions.raw(path))

    return place


def _by_path(value: Any, error: ValidationError) -> dict[Path, Any]:
    """The findings by their path in the value; of the several that a union gives, the one that went deepest."""
    found: dict[Path, Any] = {}
    for item in error.errors(include_url=False):
        found.setdefault(_path(value, item["loc"], item["type"]), item)
    shallow = {path[:length] for path in found for length in range(len(path))}
    return {path: item for path, item in found.items() if path not in shallow or item["type"] == "value_error"}


def _path(value: Any, loc: tuple[int | str, ...], type_: str) -> Path:
    """The location without the names of union members, which are not in the file."""
    path: list[str | int] = []
    for number, part in enumerate(loc):
        inner = _inside(value, part)
        if inner is not _NOTHING:
            value = inner
        elif not (type_ == "missing" and number == len(loc) - 1):
            continue
        path.append(part)
    return tuple(path)


_NOTHING = object()


def _inside(value: Any, part: int | str) -> Any:
    if isinstance(value, dict):
        return value.get(part, _NOTHING)
    if isinstance(value, (list, tuple)) and isinstance(part, int) and part < len(value):
        return value[part]
    return _NOTHING


def _words(
    model: type[BaseModel], noun: str, path: Path, item: Any, raw: str, country: Callable[[], str]
) -> tuple[str, str]:
    """What is wrong, and what to do."""
    value, context, type_ = item["input"], item.get("ctx", {}), item["type"]
    shown = _shown(value)
    match type_:
        case "extra_forbidden":
            names = _fields_at(model, path[:-1])
            meant = " or ".join(_called_so(model, path))
            near = f"did you mean {meant}?" if meant else did_you_mean(str(path[-1]), names)
            return "unknown field", near or f"fields here: {', '.join(names)}"
        case "missing":
            return "is missing", f"every {noun} needs it"
        case "string_type" if value is None:
            return "cannot be cleared: null is no value of it", "leave it out to leave it as it is"
        case "string_type" if isinstance(value, (int, float)):
            is_what = "true or false" if isinstance(value, bool) else "a number"
            text = raw or shown
            if _E164 in _patterns_at(model, path) and not text.startswith("+"):
                text = as_e164(text, country()) or text
            return f"{shown} is {is_what}, not text", f'write it in quotes: "{text}"'
        case "string_type":
            return f"must be text, not {_shape(value)}", ""
        case "string_pattern_mismatch" if context["pattern"] == _E164:
            number = as_e164(printed(value), region := country())
            do = f"write {number}" if number else "write + country code number, like +34910000000"
            do += "" if region or number else ": nobody says here which country it is in, neither desired/ nor state/"
            return f"{quoted(value)} is not E.164", do
        case "string_pattern_mismatch" if context["pattern"] in _NO_UNSEEN and (hidden := unseen(value)):
            return f"{quoted(value)} holds {hidden}, which nobody sees", "write it without that character"
        case "string_pattern_mismatch":
            looks = "a country by two capital letters, like ES" if context["pattern"] == _COUNTRY else ""
            looks = looks or _BY_PATTERN.get(context["pattern"], f"text like {context['pattern']}")
            return f"{quoted(value)} is not {looks}", ""
        case "string_too_short":
            return "must not be empty", "leave it out to leave it as it is"
        case "string_too_long":
            return f"too long: at most {context['max_length']} characters", ""
        case "literal_error":
            known = [word.strip("'") for word in context["expected"].replace(" or ", ", ").split(", ")]
            return f"{shown} is not one of: {', '.join(known)}", did_you_mean(str(value), known)
        case "bool_parsing" | "bool_type":
            return f"{shown} is not true or false", ""
        case "int_parsing" | "int_type" | "int_from_float" | "float_parsing" | "float_type":
            return f"{shown} is not a {'whole ' if type_.startswith('int') else ''}number", ""
        case "greater_than_equal" | "less_than_equal":
            least = "ge" in context
            bound = f"at least {context['ge']}" if least else f"at most {context['le']}"
            return f"{shown} is too {'small' if least else 'large'}: {bound}", ""
        case "list_type" | "tuple_type":
            return f"must be a list, not {_shape(value)}", "write it as [a, b], or one item a line with a dash"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"must be a mapping (name: value), not {_shape(value)}", ""
        case "too_short" | "too_long":
            return f"must have {context.get('min_length', context.get('max_length'))} items", ""
        case "value_error":
            return str(context["error"]), ""
        case _:
            return str(item["msg"]), ""


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    return quoted(value) if isinstance(value, str) else str(value) if isinstance(value, (int, float)) else _shape(value)


def _shape(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, (list, tuple)) else _shown(value)


def _models_at(model: type[BaseModel], path: Path) -> Iterator[tuple[type[BaseModel], Any]]:
    """The models along a path, each with the next field's description (None at the end)."""
    inner: type[BaseModel] | None = model
    for part in path:
        if isinstance(part, int):
            continue
        info = inner.model_fields.get(part) if inner else None
        if inner is None or info is None:
            return
        yield inner, info
        inner = _model_in(info.annotation)
    if inner is not None:
        yield inner, None


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


def _fields_at(model: type[BaseModel], path: Path) -> list[str]:
    found = list(_models_at(model, path))
    return sorted(found[-1][0].model_fields) if found and found[-1][1] is None else []


def _called_so(model: type[BaseModel], path: Path) -> list[str]:
    """The fields that the API calls as the last of this path is called, or that lie under that name there."""
    inner = next((one for one, info in _models_at(model, path[:-1]) if info is None), None)
    if inner is None or not issubclass(inner, Setting):
        return []
    return [name for name, place in places(inner).items() if path[-1] in (place.path[0], place.top, *place.flag[:1])]


def _patterns_at(model: type[BaseModel], path: Path) -> set[str]:
    infos = [info for _, info in _models_at(model, path) if info is not None]
    marks = (infos[-1].annotation, *infos[-1].metadata) if infos else ()
    return {pattern for mark in marks for pattern in _all_patterns(mark)}


def _all_patterns(annotation: Any) -> Iterator[str]:
    if isinstance(pattern := getattr(annotation, "pattern", None), str):
        yield pattern
    for part in get_args(annotation):
        yield from _all_patterns(part)
