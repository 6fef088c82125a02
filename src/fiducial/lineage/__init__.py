"""How a result was made: an immutable record, and its JSON."""

from .document import SCHEMA, from_document, to_document
from .frozen import freeze, frozen_array
from .node import (
    INLINE_VALUES,
    Call,
    Lineage,
    Opaque,
    Source,
    array_digest,
    file_digest,
    nodes,
    plain,
)
from .tree import tree

__all__ = [
    "INLINE_VALUES",
    "SCHEMA",
    "Call",
    "Lineage",
    "Opaque",
    "Source",
    "array_digest",
    "file_digest",
    "freeze",
    "from_document",
    "frozen_array",
    "nodes",
    "plain",
    "to_document",
    "tree",
]
