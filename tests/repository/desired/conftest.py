"""Repositories made of a few lines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

TENANT = "schema_version: 1\norg: {name: ACME, id: Y2lzY28}\nprofiles:\n  strict: {INTERNATIONAL: {action: BLOCK}}\n"
Repository = Callable[..., Path]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A function from files (`people="…"`, or a mapping of names) to the root of a repository that holds them."""

    def make(files: dict[str, str | bytes] | None = None, tenant: str | None = TENANT, **named: str) -> Path:
        folder = tmp_path / "desired"
        folder.mkdir(exist_ok=True)
        if tenant is not None:
            (folder / "tenant.yaml").write_text(tenant, encoding="utf-8")
        for name, text in {**(files or {}), **{f"{name}.yaml": text for name, text in named.items()}}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return tmp_path

    return make
