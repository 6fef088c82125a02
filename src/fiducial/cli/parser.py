"""The argument parser: one line an error, with the nearest name."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import NoReturn

from ..errors import ParameterError
from ..synonyms import nearest

__all__ = ["Parser"]

_OPTION = re.compile(r"--[A-Za-z][\w-]*")
_NEGATIVE = re.compile(r"-(?:\d|\.\d)")


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are exceptions and whose options are never abbreviated.

    ``--max-num-iter`` and ``--max_num_iter`` are the same option, and a negative number may
    follow an option.

    Parameters
    ----------
    prog
        What the user typed, such as ``fiducial gaussian``.
    description
        Text above the list of options.
    epilog
        Text below it.
    """

    def __init__(self, prog: str, description: str, epilog: str = "") -> None:
        super().__init__(
            prog=prog,
            description=description,
            epilog=epilog or None,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self.add_argument(
            "--debug", action="store_true", help="on an error, print where in the program it arose"
        )
        self.add_argument("--quiet", action="store_true", help="print results and errors only")

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would print."""
        raise ParameterError(f"{self.prog}: {message}. See: {self.prog} --help.")

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """Read the words of a command.

        Raises
        ------
        ParameterError
            If a word is not understood, or a required one is missing.
        """
        found, extra = self.parse_known_args(self._spelled(words))
        if extra:
            word = extra[0].partition("=")[0]
            if word.startswith("-"):
                names = [name for name in self._option_string_actions if name.startswith("--")]
                near = nearest(word, names) or f"See: {self.prog} --help."
                raise ParameterError(f"{self.prog} has no option {word}. {near}")
            raise ParameterError(
                f"{self.prog} takes no further argument {word!r}. See: {self.prog} --help."
            )
        return found

    def _spelled(self, words: Sequence[str]) -> list[str]:
        """Write options with dashes, and join a negative number to the option before it."""
        spelled: list[str] = []
        is_open = False
        for position, word in enumerate(words):
            if word == "--":
                return [*spelled, *words[position:]]
            if is_open and _NEGATIVE.match(word):
                spelled[-1] += f"={word}"
                is_open = False
                continue
            match = _OPTION.match(word)
            if match:
                word = match[0].replace("_", "-") + word[match.end() :]
            action = self._option_string_actions.get(word)
            is_open = action is not None and action.nargs is None
            spelled.append(word)
        return spelled
