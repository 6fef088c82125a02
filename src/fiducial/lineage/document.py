"""The JSON form of a record."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from numpy.typing import NDArray

from ..errors import FileDefectError
from .node import Call, Lineage, Opaque, Source, nodes, plain

__all__ = ["SCHEMA", "from_document", "to_document"]

SCHEMA = 1
"""Version of the JSON form."""


def to_document(
    lineage: Lineage, *, beside: str | os.PathLike[str] | None = None
) -> dict[str, Any]:
    """Return the record as JSON values: ``{"schema", "root", "nodes"}``.

    Parameters
    ----------
    lineage
        The record.
    beside
        Folder of the file it describes; paths of sources are written relative to it.
    """
    written = {}
    for node in nodes(lineage):
        if isinstance(node, Source):
            path = node.path
            if beside is not None:
                try:
                    path = os.path.relpath(path, beside)
                except ValueError:  # another drive on Windows: only the absolute path is left
                    path = node.path
            body: dict[str, Any] = {
                "kind": "source",
                "path": Path(path).as_posix(),
                "digest": node.digest,
                "format": node.format,
                "options": plain(node.options),
            }
        elif isinstance(node, Opaque):
            body = {"kind": "opaque", "what": node.what, "token": node.token}
        else:
            body = {
                "kind": "call",
                "operation": node.operation,
                "version": node.version,
                "given": plain(node.given),
                "resolved": plain(node.resolved),
                "parents": [[role, parent.id] for role, parent in node.parents],
            }
            if node.arrays:
                body["arrays"] = {name: plain(array) for name, array in node.arrays}
            if node.output:
                body["output"] = node.output
            if node.assumed:
                body["assumed"] = list(node.assumed)
        written[node.id] = body
    return {"schema": SCHEMA, "root": lineage.id, "nodes": written}


def from_document(
    document: Mapping[str, Any],
    *,
    beside: str | os.PathLike[str] = ".",
    arrays: Mapping[str, NDArray[Any]] | None = None,
) -> Lineage:
    """Read back what :func:`to_document` wrote.

    Parameters
    ----------
    document
        The JSON values.
    beside
        Folder of the file it describes.
    arrays
        Large arrays by digest, as they were written beside the record.

    Raises
    ------
    FileDefectError
        If the document is of another schema or refers to a node that is not there.
    """
    where = os.fspath(beside)
    if document.get("schema") != SCHEMA:
        raise FileDefectError(
            where,
            f"the lineage is of schema {document.get('schema')!r}, not {SCHEMA}",
            "Read it with the version of Fiducial that wrote it",
        )
    made: dict[str, Lineage] = {}
    try:
        for name, body in cast("Mapping[str, Any]", document["nodes"]).items():
            if body["kind"] == "source":
                path = os.path.normpath(os.path.join(where, body["path"]))
                made[name] = Source(path, body["digest"], body["format"], body["options"])
            elif body["kind"] == "opaque":
                made[name] = Opaque(body["what"], body["token"])
            else:
                large = body.get("arrays", {})
                held = arrays or {}
                made[name] = Call(
                    body["operation"],
                    body["version"],
                    body["given"],
                    body["resolved"],
                    tuple((role, made[parent]) for role, parent in body["parents"]),
                    tuple((key, held[item["digest"]]) for key, item in large.items()),
                    body.get("output", ""),
                    tuple(body.get("assumed", ())),
                )
        return made[document["root"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise FileDefectError(
            where, f"the lineage is damaged ({error})", "Make the file again"
        ) from error
