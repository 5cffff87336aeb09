"""What is committed works on every machine, and tells nothing about the one it was written on."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Written so that no pattern matches its own text: this file is looked at too.
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?<![\w.-])/(?:(?:work|root|farm)/|opt/(?:venv|packtest|pypi|wheels))"),
    "the host of a package registry": re.compile(
        r"\b(?:pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|yarnpkg\.com|crates\.io|proxy\.golang\.org|anaconda\.org)"
        r"|//[^/\s\"']*(?:artifactory|jfrog|nexus|devpi)"
        r"|--(?:(?:extra-)?index-url|find-links)\b"
    ),
}
LOCK_FILE = re.compile(
    r"(?:uv|poetry|pdm|cargo|composer|gemfile|flake|yarn|bun|deno|pipfile)\.lock"
    r"|(?:package|deno|pipfile)[-.]lock(?:\.json)?|npm-shrinkwrap\.json|pnpm-lock\.yaml|pylock(?:\..+)?\.toml",
    re.IGNORECASE,
)


def secret_findings(root: Path) -> Iterator[str]:
    for file in _tracked(root):
        text = (root / file).read_bytes().decode("utf-8", errors="replace")
        if LOCK_FILE.fullmatch(Path(file).name) and "://" in text:
            yield f"{file}: a lock file with download addresses; constraints.txt holds the pins"
            continue
        for number, line in enumerate(text.split("\n"), start=1):
            for what, pattern in FORBIDDEN.items():
                if match := pattern.search(line):
                    yield f"{file}:{number}: {what}: {match.group()!r}"


def pin_findings(root: Path) -> Iterator[str]:
    for number, line in enumerate((root / "constraints.txt").read_text(encoding="utf-8").splitlines(), start=1):
        if not re.fullmatch(r"[A-Za-z0-9][\w.-]*==[\w.!+]+", line):
            yield f"constraints.txt:{number}: not a name==version: {line!r}"


def _tracked(root: Path) -> list[str]:
    """The tracked files, and those that the next `git add` would track: found before they are committed."""
    listing = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return sorted({name for name in listing.split("\0") if name and (root / name).is_file()})


def _git(root: Path, *args: str) -> str:
    """Of this folder, whatever repository a hook that started the tests has named in the environment."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(["git", *args], cwd=root, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


def test_tracked_files_tell_nothing_of_the_machine() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: there are no tracked files to look at")
    assert list(secret_findings(ROOT)) == []


def test_constraints_are_names_and_versions() -> None:
    assert list(pin_findings(ROOT)) == []


@pytest.mark.parametrize(
    ("file", "text", "finding"),
    [
        *((f"{name}.md", f"ok\nsee `/{name}/main/x.py`", f"{name}.md:2: a path of") for name in ("work", "root")),
        ("a.yaml", f"file:///{'farm'}/a", "a.yaml:1: a path of"),
        ("a.py", f"#!/opt/{'venv'}/bin/python", "a.py:1: a path of"),
        ("b.txt", f"https://files.{'pythonhosted'}.org/x", "b.txt:1: the host of"),
        ("b.txt", f"registry.{'npmjs'}.org", "b.txt:1: the host of"),
        ("b.txt", f"https://ci:x@{'artifactory'}.acme.com/simple", "b.txt:1: the host of"),
        ("b.txt", f"--{'index-url'} https://x", "b.txt:1: the host of"),
        ("web/package-lock.json", '{"resolved": "https://x/y.tgz"}', "web/package-lock.json: a lock file"),
        ("uv.lock", 'source = { registry = "https://x" }', "uv.lock: a lock file"),
        ("pylock.dev.toml", 'url = "https://x"', "pylock.dev.toml: a lock file"),
        ("blob.bin", f"\0\0/{'root'}/x", "blob.bin:1: a path of"),
    ],
)
@pytest.mark.parametrize("added", [True, False])
def test_what_tells_is_found(checkout: Path, file: str, text: str, finding: str, added: bool) -> None:
    path = checkout / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    if added:
        _git(checkout, "add", "--force", file)
    (found,) = secret_findings(checkout)
    assert found.startswith(finding)


def test_what_git_ignores_and_what_only_looks_alike_is_not(checkout: Path) -> None:
    (checkout / ".gitignore").write_text("local.txt\n", encoding="utf-8")
    (checkout / "local.txt").write_text(f"/{'work'}/x", encoding="utf-8")
    (checkout / "a.md").write_text("docs/work/a, https://x.org/root/a, /workspaces/a, mypypi.organic", encoding="utf-8")
    (checkout / "package-lock.json").write_text('{"lockfileVersion": 3}', encoding="utf-8")
    assert list(secret_findings(checkout)) == []


@pytest.mark.parametrize("line", ["rich", "rich>=1", "rich @ file:///x", "rich==1 --hash=sha256:0", "-e .", "# x", ""])
def test_a_wrong_pin_is_found(tmp_path: Path, line: str) -> None:
    (tmp_path / "constraints.txt").write_text(f"ruamel.yaml==0.19.1\n{line}\n", encoding="utf-8")
    (found,) = pin_findings(tmp_path)
    assert found.startswith("constraints.txt:2:")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    _git(tmp_path, "init", "--quiet")
    return tmp_path
