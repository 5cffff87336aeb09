"""The schema of desired files, as an editor has it: built, and found to be one, once per process."""

from __future__ import annotations

from functools import cache

from jsonschema import Draft202012Validator

from reconciler.repository.desired.schemas import schema


@cache
def desired_schema() -> Draft202012Validator:
    found = schema()
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)
