"""The fixtures of what is run against a broken product."""

from __future__ import annotations

from tests.rehearsal.conftest import prompt, rehearse, scene

__all__ = ["prompt", "rehearse", "scene"]
