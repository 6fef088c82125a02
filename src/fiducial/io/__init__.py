"""Files: read right or refused, written whole."""

from .info import Info
from .load import (
    imread,
    read,
    read_grid,
    read_info,
    read_labels,
    read_mask,
    read_source,
)
from .save import write
from .sidecar import Sidecar, read_sidecar, sidecar_path, write_sidecar
from .table import read_points
from .transform import read_transform, write_transform

__all__ = [
    "Info",
    "Sidecar",
    "imread",
    "read",
    "read_grid",
    "read_info",
    "read_labels",
    "read_mask",
    "read_points",
    "read_sidecar",
    "read_source",
    "read_transform",
    "sidecar_path",
    "write",
    "write_sidecar",
    "write_transform",
]
