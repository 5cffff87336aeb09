"""From arguments to a verb, and from whatever happens to an exit code."""

from __future__ import annotations

import contextlib
import io
import os
import sys

from cyclopts import App, Parameter
from cyclopts.exceptions import CycloptsError

from reconciler import __version__
from reconciler.cli.verbs import VERBS
from reconciler.cli.watching import watched
from reconciler.errors import Exit, ReconcileError

#: What a verb is called elsewhere.
_ALIASES = {"undo": ("rollback",)}


def build() -> App:
    """The verbs, imported only when they are called."""
    app = App(
        name="reconcile",
        version=f"reconcile {__version__}",
        help="Desired state for Webex Calling, from git.",
        default_parameter=Parameter(show_default=_worth_saying),
    )
    for verb in VERBS:
        if verb != "version":  # without help=: that of the verb itself says more, its exit codes for instance
            app.command(f"reconciler.cli.{verb}:{verb}", name=[verb, *_ALIASES.get(verb, ())])
    return app


def _worth_saying(default: object) -> str | None:
    """What a help says of a default; of one that is nothing, nothing: the text of the option says what happens then."""
    return None if default in ("", False, None) else str(default)


#: Values of -o and --output.
_FOR_MACHINES = frozenset({"json", "jsonl", "csv", "md", "markdown", "html"})


def run(arguments: list[str]) -> int:
    """Run one command; its exit code. Nothing leaves here but text: no error ends in a traceback."""
    _open_streams(arguments)
    with watched(arguments[0] if arguments else ""):
        return _run(arguments)


def _run(arguments: list[str]) -> int:
    try:
        result = build()(arguments, exit_on_error=False, print_error=False, result_action="return_value")
        sys.stdout.flush()
        code = result if isinstance(result, int) else Exit.OK
    except CycloptsError as error:
        text = str(error).strip().splitlines()
        return _fail(f"reconcile: {text[0] if text else 'wrong usage'}\n  do: see {_help_of(arguments)}", Exit.USAGE)
    except ReconcileError as error:
        return _fail(_inert(str(error)), error.exit_code)
    except KeyboardInterrupt:
        return _fail("interrupted", Exit.INTERRUPTED)
    except BrokenPipeError:
        # The reader of our output went away before the verdict was out: whatever it was, it is not known to be good.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _fail("the output was closed before the command had ended", Exit.ERROR)
    except SystemExit as leaving:
        if leaving.code == Exit.INTERRUPTED:
            return _fail("interrupted", Exit.INTERRUPTED)
        return leaving.code if isinstance(leaving.code, int) else Exit.ERROR
    except OSError as error:
        if os.environ.get("RECONCILE_DEBUG"):
            raise
        return _fail(_inert(str(_refused(error))), Exit.ERROR)
    except Exception as error:
        if os.environ.get("RECONCILE_DEBUG"):
            raise
        what = f"internal error: {type(error).__name__}: {error}"
        return _fail(f"{_inert(what)}\n  do: run again with RECONCILE_DEBUG=1 and report the traceback", Exit.ERROR)
    return int(code)


def _help_of(arguments: list[str]) -> str:
    from reconciler.cli.verbs import VERBS

    return f"reconcile {arguments[0]} --help" if arguments and arguments[0] in VERBS else "reconcile --help"


def _refused(error: OSError) -> ReconcileError:
    """What the system refused where nobody knew better what it was for: the output on a full disk, for instance."""
    where = str(error.filename) if error.filename is not None else "the output, or a file beside it"
    return ReconcileError(
        "the system refused to read or to write it",
        where=where,
        why=error.strerror or type(error).__name__,
        do="make it possible, then run the same command again; of an apply: reconcile runs says how far it came",
    )


def _open_streams(arguments: list[str]) -> None:
    """A stream that was closed before we started becomes an empty one, so that asking and printing are no errors of
    ours; nor is tenant text that has no bytes, like half a surrogate pair: it is spelled out, as JSON does. What a
    machine is to read is UTF-8, whatever this machine's locale says."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - lives as long as the process
    if isinstance(sys.stdout, io.TextIOWrapper):
        asked = {argument.rpartition("=")[2] for argument in arguments}
        encoding = None if _FOR_MACHINES.isdisjoint(asked) else "utf-8"
        sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")


def _fail(text: str, code: int) -> int:
    with contextlib.suppress(OSError):
        print(text, file=sys.stderr)
    return int(code)


def _inert(text: str) -> str:
    """Error texts quote the tenant and the files: their control characters must not reach the terminal, nor a token."""
    from reconciler.inert import visible
    from reconciler.masking import masked_text

    return "\n".join(visible(line) for line in masked_text(text).split("\n"))
