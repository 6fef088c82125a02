"""The elements of DICOM headers that are read; nothing else of a header is ever kept."""

from __future__ import annotations

__all__ = ["TAGS"]

TAGS = {
    "directory": 0x00041220,
    "sop_class": 0x00080016,
    "image_type": 0x00080008,
    "acquisition_time": 0x00080032,
    "content_time": 0x00080033,
    "modality": 0x00080060,
    "series_description": 0x0008103E,
    "body_part": 0x00180015,
    "echo": 0x00180086,
    "trigger": 0x00181060,
    "imager_spacing": 0x00181164,
    "b_value": 0x00189087,
    "series": 0x0020000E,
    "series_number": 0x00200011,
    "acquisition": 0x00200012,
    "position": 0x00200032,
    "orientation": 0x00200037,
    "frame": 0x00200052,
    "temporal": 0x00200100,
    "samples": 0x00280002,
    "photometric": 0x00280004,
    "planar": 0x00280006,
    "frames": 0x00280008,
    "rows": 0x00280010,
    "columns": 0x00280011,
    "spacing": 0x00280030,
    "allocated": 0x00280100,
    "stored": 0x00280101,
    "high": 0x00280102,
    "signed": 0x00280103,
    "window_centre": 0x00281050,
    "window_width": 0x00281051,
    "intercept": 0x00281052,
    "slope": 0x00281053,
    "rescale_type": 0x00281054,
    "modality_lut": 0x00283000,
    "units": 0x00541001,
    "shared_groups": 0x52009229,
}
"""Tag of each element by the name it has here, as ``group << 16 | element``."""
