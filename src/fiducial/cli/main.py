"""The command line: finds the command by name and imports nothing else."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from .. import catalogue
from ..errors import UnknownNameError
from .exit_codes import EXIT_CODES, USAGE

__all__ = ["commands", "main"]

_COMMANDS = Path(__file__).parent / "commands"
_OPENING = re.compile(r'\A"""(?P<summary>[^\n"]*)')


def commands() -> dict[str, str]:
    """Return the hand-written commands and what each does, without importing any."""
    found = {}
    for path in sorted(_COMMANDS.glob("[a-z]*.py")):
        match = _OPENING.match(path.read_text(encoding="utf-8"))
        found[path.stem] = match["summary"] if match else ""
    return found


def overview() -> str:
    """Return what ``fiducial --help`` prints."""
    lines = [
        "usage: fiducial COMMAND ... [--help]",
        "",
        "From a biomedical image to a number that can be trusted.",
        "",
        "commands:",
    ]
    lines += _rows(commands())
    listed: dict[str, dict[str, str]] = {}
    for entry in catalogue.operations().values():
        if not entry.is_alias:
            listed.setdefault(entry.family, {})[entry.name] = entry.summary
    for family in (*catalogue.FAMILIES, "plugin"):
        if family in listed:
            lines += ["", f"{family}:", *_rows(listed[family])]
    lines += [
        "",
        "options of every command:",
        "  --help               what it takes and gives",
        "  --debug              on an error, where in the program it arose",
        "  --quiet              results and errors only",
        "",
        "After a file or folder, :: tells the reader more: FOLDER::series=2, a.npy::axes=zyx,",
        "slide.png::spacing=0.5 um, FOLDER::accept=missing slice.",
        "Results go to standard output, everything else to standard error.",
        "Exit codes:",
        *(f"  {code:<4} {meaning}" for code, meaning in EXIT_CODES.items()),
    ]
    return "\n".join(lines)


def _rows(table: dict[str, str]) -> list[str]:
    return [f"  {name:<20} {summary.removesuffix('.')}" for name, summary in table.items()]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    argv
        The words after ``fiducial``; those of the process when None.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    flags = []
    while words and words[0] in ("--debug", "--quiet"):
        flags.append(words.pop(0))
    if not words:
        print(overview(), file=sys.stderr)
        return USAGE
    if words[0] in ("--help", "-h", "help"):
        print(overview())
        return 0
    if words[0] == "--version":
        from .. import __version__

        print(__version__)
        return 0
    name, rest = words[0].replace("-", "_"), [*flags, *words[1:]]
    from .running import failed, supervised

    debug = "--debug" in rest
    try:
        if name in commands():
            module = importlib.import_module(f".commands.{name}", __package__)
            parser = module.parser()
            given = parser.read(rest)
            return supervised(lambda: module.run(given), is_quiet=given.quiet, debug=given.debug)
        return _operation(name, words[0], rest)
    except SystemExit as stop:  # argparse has printed the help
        return int(stop.code or 0)
    except (Exception, KeyboardInterrupt) as error:
        return failed(error, debug=debug)


def _operation(name: str, written: str, rest: list[str]) -> int:
    from ..synonyms import nearest

    known = catalogue.operations()
    if name not in known:
        near = nearest(name, [*known, *commands()]) or "See: fiducial --help."
        raise UnknownNameError(f"no command is called {written!r}. {near}")
    from ..operation import spec_of
    from .arguments import operation_parser, read_values
    from .results import check_output, deliver
    from .running import supervised

    function = catalogue.resolve(name)
    spec = spec_of(function)
    given = operation_parser(spec, name).read(rest)

    def work() -> int:
        check_output(spec, given)
        return deliver(spec, function(**read_values(spec, given)), given)

    return supervised(work, is_quiet=given.quiet, debug=given.debug)
