"""What is not an image, as JSON values, as text for a reader, and as comma-separated values."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["FORMS", "as_csv", "as_document", "as_json", "as_text"]

_FEW = 4
"""Tables of up to this many rows and of more columns are printed on their side."""


def as_document(result: Any) -> Any:
    """Return a result as JSON values; NaN and infinity become None.

    Examples
    --------
    >>> as_document({"dice": np.float64(0.5), "hausdorff": float("nan")})
    {'dice': 0.5, 'hausdorff': None}
    """
    if isinstance(result, np.generic):
        result = result.item()
    if result is None or isinstance(result, bool | int | str):
        return result
    if isinstance(result, float):
        return result if math.isfinite(result) else None
    if isinstance(result, np.ndarray):
        return as_document(result.tolist())
    if hasattr(result, "as_json"):
        return as_document(result.as_json())
    if hasattr(result, "to_dict") and hasattr(result, "columns"):
        table = result if _is_counted(result) else result.reset_index()
        return [as_document(row) for row in table.to_dict("records")]
    if isinstance(result, Mapping):
        return {str(key): as_document(value) for key, value in result.items()}
    if hasattr(result, "_asdict"):
        return as_document(result._asdict())
    if dataclasses.is_dataclass(result):
        return {
            field.name: as_document(getattr(result, field.name))
            for field in dataclasses.fields(result)
            if field.name != "lineage" and not field.name.startswith("_")
        }
    if isinstance(result, list | tuple | set):
        return [as_document(item) for item in result]
    return str(result)


def _is_counted(table: Any) -> bool:
    """Whether the rows of a table are merely numbered."""
    import pandas as pd

    return isinstance(table.index, pd.RangeIndex)


def as_text(result: Any) -> str:
    """Return a result as aligned text for a reader.

    Examples
    --------
    >>> print(as_text({"dice": 0.5, "count": 12}))
    dice   0.5
    count  12
    """
    if hasattr(result, "to_string") and hasattr(result, "columns"):
        return _as_rows(result)
    if hasattr(result, "lines"):
        return "\n".join(result.lines())
    if hasattr(result, "report"):
        return str(result.report())
    if isinstance(result, str):
        return result
    if isinstance(result, float | np.floating):
        return "undefined" if math.isnan(result) else repr(float(result))
    document = as_document(result)
    if isinstance(document, dict):
        width = max((len(key) for key in document), default=0)
        return "\n".join(f"{key:<{width}}  {_cell(value)}" for key, value in document.items())
    if isinstance(document, list):
        return "\n".join(_cell(value) for value in document)
    return _cell(document)


def _as_rows(table: Any) -> str:
    """Return a table as text; one of few rows and many columns lies on its side."""
    if len(table) <= _FEW < len(table.columns):
        columns = [[str(name), *(_shown(value) for value in table[name])] for name in table]
        widths = [max(len(row[place]) for row in columns) for place in range(len(table) + 1)]
        return "\n".join(
            "  ".join(
                cell.ljust(width) if place == 0 else cell.rjust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in columns
        )
    return str(table.to_string(index=not _is_counted(table), na_rep="undefined"))


def _shown(value: Any) -> str:
    """Return a value as it stands in a table: eight digits of a fraction."""
    value = as_document(value)
    return f"{value:.8g}" if isinstance(value, float) else _cell(value)


def _cell(value: Any) -> str:
    if value is None:
        return "undefined"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def as_csv(result: Any) -> str:
    """Return a result as comma-separated values with a line of names; undefined is empty."""
    if hasattr(result, "to_csv") and not hasattr(result, "columns"):
        return str(result.to_csv())
    if hasattr(result, "to_csv"):
        from ..io.table import table_text

        return table_text(result)
    document = as_document(result)
    rows = document if isinstance(document, list) else [document]
    rows = [row if isinstance(row, dict) else {"value": row} for row in rows]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]) if rows else ["value"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def as_json(result: Any) -> str:
    """Return a result as the text of a JSON document; undefined is null."""
    return json.dumps(as_document(result), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _as_lines(result: Any) -> str:
    return as_text(result) + "\n"


FORMS = {".csv": as_csv, ".json": as_json, ".txt": _as_lines}
"""What makes the text of a file, by the ending of its name."""
