"""The only door to YAML: values fast, positions exact, and edits that keep comments.

Values come from yaml-rs (34 µs for a person, against 53 for py-yaml12, which also keeps the last of two equal
keys without a word, and 1,300 for ruamel). ruamel decides wherever the two could differ: `plain` names those
texts, and a differential test holds the rest equal. Without yaml-rs everything is read by ruamel.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from io import StringIO
from typing import TYPE_CHECKING, Any

from reconciler.repository import conflicts
from reconciler.repository.yamlbounds import YamlSyntaxError as YamlSyntaxError
from reconciler.repository.yamlbounds import within_bounds

if TYPE_CHECKING:
    from ruamel.yaml import YAML
    from ruamel.yaml.nodes import Node

try:
    import yaml_rs
except ImportError:  # no wheel for this platform: slower, same values
    fast_reader: Callable[[str], Any] | None = None
    READER = "ruamel"
else:
    READER = f"yaml-rs {yaml_rs.__version__}"

    def fast_reader(text: str) -> Any:
        return yaml_rs.loads(text, parse_datetime=False)


Path = tuple[str | int, ...]
WIDTH = 100

#: Bytes that mean the same to both readers; any other makes a pattern look closer.
_COMMON = bytes(set(range(0x20, 0x7F)) - set(b"&*!<|>=%`?") | {0x0A} | set(range(0x80, 0x100)))
_HARMLESS = bytes(set(range(0x20, 0x100)) - {0x7F} | {0x0A, 0x0D})
_RARE = re.compile("[\x80-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_ODD = re.compile(
    r"""(?mx)
      (?: ^ | [\s\[\]{},:?-] ) [&*!]                      # anchor, alias, tag
    | <<                                                 # merge key
    | (?: ^ | [\s\[{,-] ) \?                             # a key that is no text
    | ^ (?: --- | \.\.\. | % )                           # second document, end of one, directive
    | [|>] [-+]? [1-9]                                   # block scalar with an indentation indicator
    | [|>] [-+\d]* [^\S\n]* (?: \#.* )? \n (?: [^\S\n]* \n )* [^\S\n]* \Z  # block scalar without text
    | (?: ^ | [\s\[{,:] ) = (?: \s | $ )                 # the value indicator of YAML 1.1
    | \r (?! \n )
    """
)
#: Directives and comments up to the mark at which a document begins: what ruamel does not keep.
_START = re.compile(r"(?:[^\S\n]*(?:[#%].*)?\n)*---[^\S\n]*(?:\n|(?=#))")
#: A key (perhaps behind a dash) whose value begins on a later line, and what lies between.
_OPENS = r"(?m)^( *)(?:- +)?[^\s#-][^\n]*: *(?:#[^\n]*)?\n(?: *(?:#[^\n]*)?\n)*"


def plain(text: str, *, items: bool = False) -> bool:
    """Whether the fast reader is known to read this text as YAML 1.2 does.

    `items`: the text is items of a list, cut out of a file, so that no second document can begin in it.
    Not looked for are numbers that only yaml-rs takes for such (`_1`, `0X1F`, `.1e3`): where text is wanted they are
    refused, and what is refused is read again by ruamel.
    """
    if not text.isascii() and _RARE.search(text):
        return False
    encoded = text.encode()
    unusual = encoded.translate(None, _COMMON)
    if unusual.translate(None, _HARMLESS):  # tabs and control characters
        return False
    if not text.endswith("\n") and (b"|" in unusual or b">" in unusual):  # the end of a block scalar
        return False
    odd = unusual or (not items and (b"\n---" in encoded or b"\n..." in encoded or encoded[:3] in (b"---", b"...")))
    return not odd or not _ODD.search(text)


def load(text: str) -> Any:
    """The values of one document: dicts, lists, text, numbers, booleans, None. YamlSyntaxError otherwise.

    Dates and times stay text, as in the core schema of YAML 1.2.
    """
    if fast_reader is not None and plain(text):
        within_bounds(text, _events)
        try:
            return fast_reader(text)
        except (ValueError, TypeError):
            pass  # ruamel decides, and knows where
    return load_carefully(text)


def load_items(text: str) -> list[Any] | None:
    """The values of many items at once, if the fast reader may be trusted with their text; else None."""
    if fast_reader is None or not plain(text, items=True):
        return None
    try:
        within_bounds(text, _events)
        values = fast_reader(text)
    except (ValueError, TypeError, YamlSyntaxError):
        return None
    return values if isinstance(values, list) else None


def load_carefully(text: str) -> Any:
    """As `load`, by ruamel alone: its C reader, and where that refuses, the pure one, whose errors are better."""
    from ruamel.yaml.error import YAMLError

    within_bounds(text, _events)
    try:
        return _reader(pure=False).load(text)
    except (YAMLError, ValueError, TypeError, RecursionError):
        pass
    try:
        return _reader(pure=True).load(text)
    except (YAMLError, ValueError, TypeError, RecursionError) as error:
        raise _syntax_error(error, text) from None


def _events(text: str) -> Iterator[Any]:
    """What the reader of events finds in a text, which calls nothing that calls itself; none of what is no YAML."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        yield from YAML(typ="safe", pure=False, plug_ins=[]).parse(StringIO(text))
    except (YAMLError, ValueError, TypeError):
        return


def _reader(*, pure: bool) -> YAML:
    from ruamel.yaml import YAML
    from ruamel.yaml.constructor import SafeConstructor

    class Core(SafeConstructor):
        """YAML 1.2 core knows neither dates nor the `=` of YAML 1.1: they are text."""

    for tag in ("timestamp", "value"):
        Core.add_constructor(f"tag:yaml.org,2002:{tag}", SafeConstructor.construct_yaml_str)
    yaml = YAML(typ="safe", pure=pure, plug_ins=[])
    yaml.Constructor = Core
    return yaml


def _syntax_error(error: Exception, text: str) -> YamlSyntaxError:
    if line := conflicts.conflict_line(text.encode("utf-8", "replace")):
        return YamlSyntaxError(conflicts.WHAT, line, 1)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, col = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = str(getattr(error, "problem", None) or str(error).split("\n")[0])
    context = getattr(error, "context", None)
    if duplicate := re.match(r'found duplicate key "(.*?)"', problem):
        what = f"{duplicate[1]} is written twice in one mapping"
    elif "single document" in str(context):
        what = "a second document begins here; a desired file is one document"
    elif isinstance(error, RecursionError):
        what = "nested too deeply"
    else:
        what = f"not valid YAML: {problem}" + (f" ({context})" if context else "")
    return YamlSyntaxError(what, min(line, text.count("\n") + 1), col)


class Positions:
    """Where things stand in a text, 1-based. Only errors need it, so it is made only for them."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._root = _composed(text)

    def key(self, path: Path) -> tuple[int, int]:
        """Where the last name of the path is written; for an item of a list, where the item begins."""
        return self._place(path, want_key=True)

    def value(self, path: Path) -> tuple[int, int]:
        """Where the value at the path begins; what is not there is where its parent begins."""
        return self._place(path, want_key=False)

    def raw(self, path: Path) -> str:
        """The scalar at the path as it is written (`0042`), empty when it is none."""
        from ruamel.yaml.nodes import ScalarNode

        node, _ = self._find(path)
        if not isinstance(node, ScalarNode) or node.start_mark.line != node.end_mark.line:
            return ""
        return str(self._lines[node.start_mark.line][node.start_mark.column : node.end_mark.column]).strip()

    def _place(self, path: Path, *, want_key: bool) -> tuple[int, int]:
        value, key = self._find(path)
        node = key if want_key and key is not None else value
        return (node.start_mark.line + 1, node.start_mark.column + 1) if node is not None else (1, 1)

    def _find(self, path: Path) -> tuple[Node | None, Node | None]:
        """The node at the path (or the nearest above it), and the node of its key."""
        from ruamel.yaml.nodes import MappingNode, SequenceNode

        node, key = self._root, None
        for part in path:
            if isinstance(node, MappingNode):
                pair = next((pair for pair in node.value if pair[0].value == str(part)), None)
            elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
                pair = (None, node.value[part])
            else:
                pair = None
            if pair is None:
                break
            key, node = pair
        return node, key


@lru_cache(maxsize=1)
def positions(text: str) -> Positions:
    """Where things stand in a text. What is wrong with a file is often wrong many times."""
    return Positions(text)


def _composed(text: str) -> Node | None:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        within_bounds(text, _events)
    except YamlSyntaxError:
        return None
    for pure in (False, True):
        try:
            node: Node | None = YAML(typ="safe", pure=pure, plug_ins=[]).compose(StringIO(text))
        except (YAMLError, ValueError, TypeError, RecursionError):
            continue
        return node
    return None


# --- writing -----------------------------------------------------------------------------------------------------


def edit(text: str) -> Any:
    """A document to change in place: it behaves like dicts and lists, and keeps comments, order and quotes."""
    from ruamel.yaml.error import YAMLError

    within_bounds(text, _events)
    try:
        return _writer().load(text)
    except (YAMLError, ValueError, TypeError, RecursionError) as error:
        raise _syntax_error(error, text) from None


def edited(document: Any, before: str = "") -> str:
    """The text of a document from `edit`, with its changes: it begins and is indented as the text `before`."""
    stream = StringIO()
    _writer(before).dump(document, stream)
    text = stream.getvalue()
    if not (start := _START.match(before)):
        return text
    return start[0] + (text if start[0].endswith("\n") else text.lstrip(" "))  # a comment behind the mark is kept


def uses(document: Any) -> Counter[int]:
    """How often each mapping and list stands in a document from `edit`, by `id`: what an alias or a merge key names
    stands there as well as where its anchor is, and who changes it changes both."""
    found: Counter[int] = Counter()
    todo = [document]
    while todo:
        node = todo.pop()
        if not isinstance(node, (dict, list)):
            continue
        found[id(node)] += 1
        if found[id(node)] > 1:  # what it holds was counted where it stood first
            continue
        if isinstance(node, dict):
            todo += [*own(node).values(), *getattr(getattr(node, "merge", None), "value", ())]
        else:
            todo += node
    return found


def own(mapping: Any) -> dict[str, Any]:
    """What is written in a mapping from `edit` itself, without what a merge key brings."""
    return dict(mapping.non_merged_items()) if hasattr(mapping, "non_merged_items") else dict(mapping)


def copied(value: Any) -> Any:
    """A copy of a part of a document from `edit`: with what merge keys bring to it, in our style, without anchors."""
    return styled(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def styled(value: Any) -> Any:
    """A value in our style, to put into a document from `edit`: quotes and flow as `dump` writes them.

    A mapping, and those in a list, are resources: they are written over several lines, what is in them as it fits.
    """
    if isinstance(value, list) and any(isinstance(part, dict) for part in value):
        return _styled(value, 1)
    return _styled(value, 2, block=isinstance(value, dict))


def dump(data: Any) -> str:
    """Canonical text: lists indented, text that looks like something else in double quotes, small leaves in flow."""
    return edited(_styled(data, 0))


def _writer(before: str = "") -> YAML:
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    mapping, dash, entry = _indentation(before)
    yaml.indent(mapping=mapping, sequence=dash + entry, offset=dash)
    yaml.representer.add_representer(type(None), lambda r, _: r.represent_scalar("tag:yaml.org,2002:null", "null"))
    return yaml


def _indentation(text: str) -> tuple[int, int, int]:
    """How far a text indents: a mapping in a mapping, the dash of a list, what follows a dash; ours where there is
    none."""
    dashes = re.search(_OPENS + r"\1( *)(-[ ]+)[^\s#]", text)
    nested = re.search(_OPENS + r"\1( +)[^\s#-]", text)
    dash, entry = (len(dashes[2]), len(dashes[3])) if dashes else (2, 2)
    first_key = nested and re.match(r" *- +", nested[0])  # beside a dash: its key stands further in than its line
    deeper = len(nested[2]) - (len(first_key[0]) - len(nested[1]) if first_key else 0) if nested else 2
    return (deeper if deeper > 0 else 2), dash, entry


def _styled(value: Any, depth: int, *, block: bool = False) -> Any:
    """A value in round-trip types; `depth` is that in a desired file, where resources are at 2."""
    from ruamel.yaml.comments import CommentedMap, CommentedSeq

    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        mapping = CommentedMap((_text(name), _styled(part, depth + 1)) for name, part in value.items())
        if depth and not block and _fits(value, depth):
            mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, (list, tuple)):
        items = CommentedSeq([_styled(part, depth + 1, block=depth == 1) for part in value])
        if not value or (depth > 1 and _fits(value, depth)):
            items.fa.set_flow_style()
        return items
    return value


def _text(value: str) -> Any:
    """Quoted where it could be taken for a number, a date, a switch, or hold what YAML gives a meaning to."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    wordlike = re.fullmatch(r"[^\W\d_][\w .@/()+-]*", value) and value == value.strip()
    reserved = value.lower() in ("true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf")
    return value if wordlike and not reserved else DoubleQuotedScalarString(value)


def _fits(value: Any, depth: int) -> bool:
    """Whether a leaf (no nesting but flat values) is short enough for one line."""
    parts = list(value.values()) if isinstance(value, dict) else list(value)
    flat = all(not isinstance(part, (dict, list, tuple)) for part in parts)
    small = flat or (isinstance(value, dict) and all(isinstance(p, (str, bool, int)) or _leaf(p) for p in parts))
    return bool(parts) and small and len(repr(value)) + 2 * depth < WIDTH - 15


def _leaf(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == 2 and all(isinstance(part, str) for part in value)
