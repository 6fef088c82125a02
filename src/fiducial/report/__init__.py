"""Pictures of results: `show`, the figures by name, and the page that holds them."""

from __future__ import annotations

import importlib
from typing import Any

_PUBLIC = {
    "Checks": "tables",
    "Code": "blocks",
    "Details": "blocks",
    "Known": "tables",
    "Notice": "blocks",
    "Page": "page",
    "Picture": "blocks",
    "Row": "blocks",
    "Section": "page",
    "Table": "tables",
    "Text": "blocks",
    "lineage_block": "blocks",
    "lineages_block": "blocks",
    "show": "presenter",
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'fiducial.report' has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_PUBLIC[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
