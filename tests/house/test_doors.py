"""One door per library: who wants what it gives asks the module that owns it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.syntax import imports, python_files, within

ROOT = Path(__file__).parents[2]

DOORS = {
    "wxc_sdk": ("kinds/", "webex/"),
    # Its clients: one session with one policy. A kind is handed it, and needs the name for its type alone.
    "wxc_sdk.as_api": ("kinds/contract/access.py", "webex/"),
    "wxc_sdk.as_rest": ("webex/",),
    "wxc_sdk.rest": (),
    "wxc_sdk.WebexSimpleApi": (),
    "deepdiff": ("planning/diff.py",),
    "ruamel.yaml": ("repository/yamlfile.py",),
    "yaml_rs": ("repository/yamlfile.py",),
    "git": (),  # GitPython: see reconciler/repository/git/__init__.py
    "subprocess": ("repository/git/", "telemetry/hook.py"),
    "rich": ("report/", "cli/"),
    # One place speaks HTTP, with one policy: no other library for it, and this one in one file.
    "aiohttp": ("webex/session.py", "simulator/"),
    "requests": ("simulator/",),
    "httpx": ("simulator/",),
    "urllib3": ("simulator/",),
    "urllib.request": ("simulator/",),
    "http.client": ("simulator/",),
    "socket": ("runs/lock.py", "simulator/"),
    "csv": ("repository/csvfile.py",),
    "pyarrow": ("outputs/formats/",),
    "re2": ("insights/patterns.py",),
}


def door_findings(root: Path) -> Iterator[str]:
    package = root / "reconciler"
    for file in python_files(package):
        place = file.relative_to(package).as_posix()
        for name, where in imports(file, root):
            library = max((library for library in DOORS if within(name, library)), key=len, default="")
            if library and not place.startswith(DOORS[library]):
                yield f"{where}: {library} is imported only in {_either(DOORS[library])}; use what that offers"


def _either(doors: tuple[str, ...]) -> str:
    return " and ".join(doors) or "the SDK itself"


def test_s107_each_library_has_one_door() -> None:
    assert list(door_findings(ROOT)) == []


@pytest.mark.parametrize(
    ("file", "text", "library"),
    [
        ("pipeline.py", "import wxc_sdk", "wxc_sdk"),
        ("applying/a.py", "from wxc_sdk.as_api import AsWebexSimpleApi", "wxc_sdk.as_api"),
        ("kinds/person.py", "from wxc_sdk.as_api import AsWebexSimpleApi", "wxc_sdk.as_api"),
        ("planning/a.py", "from deepdiff import DeepDiff", "deepdiff"),
        ("repository/desired/a.py", "from ruamel.yaml import YAML", "ruamel.yaml"),
        ("repository/desired/a.py", "from ruamel import yaml", "ruamel.yaml"),
        ("repository/desired/a.py", "import yaml_rs", "yaml_rs"),
        ("repository/store/a.py", "def f():\n    import git.repo", "git"),
        ("runs/lock.py", "import subprocess", "subprocess"),
        ("pipeline.py", "from rich.table import Table", "rich"),
        ("applying/verify.py", "import aiohttp as http", "aiohttp"),
        ("webex/renewal.py", "import aiohttp", "aiohttp"),
        ("telemetry/hook.py", "def f():\n    from urllib import request", "urllib.request"),
        ("telemetry/hook.py", "from urllib.request import urlopen", "urllib.request"),
        ("kinds/a.py", "import requests.sessions", "requests"),
        ("report/a.py", "import httpx", "httpx"),
        ("web/a.py", "import http.client", "http.client"),
        ("web/a.py", "from urllib3 import PoolManager", "urllib3"),
        ("applying/a.py", "from socket import create_connection", "socket"),
        ("kinds/a.py", "from wxc_sdk import WebexSimpleApi", "wxc_sdk.WebexSimpleApi"),
        ("webex/a.py", "import wxc_sdk.rest", "wxc_sdk.rest"),
        ("report/table.py", "import csv", "csv"),
        ("kinds/diff.py", "import deepdiff", "deepdiff"),
    ],
)
def test_s107_a_second_door_is_found(tmp_path: Path, file: str, text: str, library: str) -> None:
    _write(tmp_path, file, text)
    (found,) = door_findings(tmp_path)
    assert found.startswith(f"reconciler/{file}:") and f": {library} is imported only in" in found


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("webex/session.py", "import aiohttp, wxc_sdk.as_api"),
        ("planning/diff.py", "from deepdiff import DeepDiff"),
        (
            "pipeline.py",
            "from reconciler.repository import git\nfrom .git import a\nimport richer, csvfile, urllib.parse, http",
        ),
    ],
)
def test_the_door_itself_is_not(tmp_path: Path, file: str, text: str) -> None:
    _write(tmp_path, file, text)
    assert list(door_findings(tmp_path)) == []


def _write(root: Path, file: str, text: str) -> None:
    path = root / "reconciler" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
