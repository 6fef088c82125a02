"""Words of a page: escaped, so that nothing given becomes markup."""

from __future__ import annotations

import re
from html import escape

__all__ = ["inline", "safe"]

_CODE = re.compile(r"`([^`]+)`")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def safe(text: object) -> str:
    """Return text escaped for HTML, without control characters."""
    return escape(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(text)), quote=True)


def inline(text: str) -> str:
    """Return escaped text in which words between backticks are code."""
    return _CODE.sub(r"<code>\1</code>", safe(text))
