"""Tenant text made inert: what a name holds is shown, and never acts on a terminal or a page. Secrets that are known
are not shown, wherever they turn up."""

from __future__ import annotations

from reconciler.masking import masked_text


def visible(text: str) -> str:
    """Control characters, escapes, line ends, bidi overrides and odd spaces as `\\x1b`, `\\u202e`; the rest as is."""
    text = masked_text(text)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(ord(char)) for char in text)


def quoted(text: str) -> str:
    """A value in double quotes, so that its ends, and blanks there, can be seen."""
    if '"' in text or "\\" in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{visible(text)}"'


def _escape(code: int) -> str:
    if code == 0x0A:
        return "\\n"
    if code == 0x09:
        return "\\t"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
