"""What a registration gives: the transform, the moved image, and how far to trust them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import ArrayLike

from ..errors import ParameterError
from ..geometry import Grid
from ..image import Image, Labels, Mask, Points
from ..lineage import Call, Lineage
from ..spatial.resample import resample
from ..transforms import Linear
from .verdict import Evidence, judged

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Registration", "trace_rows"]


@dataclass(frozen=True, eq=False)
class Registration:
    """The result of :func:`fiducial.register`.

    Attributes
    ----------
    transform : Linear
        Maps points of the fixed world to the moving world.
    grid : Grid
        Lattice of the fixed image.
    moving : Image
        The moving image, as given.
    evidence : tuple of Evidence
        What the verdict rests on.
    trace : tuple of Mapping
        One row for each transform tried: level, spacing, iteration, cost, similarity, overlap,
        step, accepted.
    stop_reason : str
        Why the last level stopped.
    notes : tuple of str
        What was chosen, and why.
    lineage : Lineage or None

    Examples
    --------
    >>> import numpy as np, fiducial as fd
    >>> image = fd.Image(np.add.outer(np.arange(32.0) ** 2, np.arange(32.0) * 9) % 97)
    >>> fd.register(image, image, transform="translation").transform
    Translation(translation (0, 0) px)
    """

    transform: Linear
    grid: Grid
    moving: Image
    evidence: tuple[Evidence, ...]
    trace: tuple[Mapping[str, Any], ...]
    stop_reason: str
    notes: tuple[str, ...]
    lineage: Lineage | None = field(default=None)

    @property
    def verdict(self) -> str:
        """``"pass"``, ``"warn"`` or ``"fail"``: the worst of the evidence."""
        return judged(self.evidence)

    @property
    def has_failed(self) -> bool:
        """Whether the result is not to be used."""
        return self.verdict == "fail"

    @cached_property
    def moved(self) -> Image:
        """The moving image on the fixed image's lattice; NaN where it has no values."""
        result = self.apply(self.moving)
        assert isinstance(result, Image)
        return result

    def apply(
        self,
        image: Image | Mask | Labels,
        *,
        interpolation: Literal["linear", "nearest"] | None = None,
        outside: float | None = None,
    ) -> Image | Mask | Labels:
        """Bring another image of the moving world onto the fixed image's lattice.

        Parameters
        ----------
        image
            An image, mask or labels in the moving image's frame, on any lattice.
        interpolation, outside
            As for :func:`fiducial.resample`.
        """
        return resample(
            image,
            self.grid,
            transform=self.transform,
            interpolation=interpolation,
            outside=outside,
        )

    def points(self, points: Points | ArrayLike) -> Any:
        """Map points of the fixed world to the moving world.

        For the other direction: ``result.transform.inverse().map(points)``.
        """
        return self.transform.map(points)

    def with_lineage(self, lineage: Lineage) -> Registration:
        """Return the same result with the record of how it was made."""
        own = replace(lineage, output="transform") if isinstance(lineage, Call) else lineage
        return replace(self, lineage=lineage, transform=self.transform.with_lineage(own))

    def table(self) -> pd.DataFrame:
        """Return the trace as a table, one row for each transform tried."""
        import pandas as pd

        table = pd.DataFrame([dict(row) for row in self.trace])
        table.attrs["lineage"] = self.lineage
        return table

    def report(self) -> str:
        """Say in text what was found, what it rests on, and what was chosen why."""
        lines = [f"verdict: {self.verdict}", f"transform: {self.transform}"]
        lines.append(f"stopped: {self.stop_reason}")
        lines.append("evidence:")
        lines += [
            f"  [{item.verdict or 'note'}] {item.name}: {item.says}" for item in self.evidence
        ]
        lines.append("chosen:")
        lines += [f"  {note}" for note in self.notes]
        return "\n".join(lines)

    def as_json(self) -> dict[str, Any]:
        """Return verdict, transform and evidence as plain JSON values."""
        return {
            "verdict": self.verdict,
            "transform": self.transform.as_json(),
            "stop_reason": self.stop_reason,
            "evidence": [item.as_json() for item in self.evidence],
            "notes": list(self.notes),
        }

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Write transform, moved image, trace, report and evidence into a folder.

        Parameters
        ----------
        folder
            Made if it is not there.

        Returns
        -------
        Path
            The folder, with ``transform.tfm`` (ITK's text form; ``transform.json`` where the
            world is not 2D or 3D in mm), ``moved.nii.gz`` (``moved.nrrd`` where the world is no
            patient's), ``trace.csv``, ``report.txt`` and ``registration.json``.

        Raises
        ------
        FileDefectError
            If a file cannot be written.
        """
        from ..io import write, write_transform
        from ..io.files import write_text

        path = Path(folder)
        if path.exists() and not path.is_dir():
            raise ParameterError(f"folder of save must be a folder; got the file {path}.")
        path.mkdir(parents=True, exist_ok=True)
        frames = (self.transform.fixed_frame, self.transform.moving_frame)
        is_itk = self.transform.dimension in (2, 3) and all(
            frame is None or frame.unit == "mm" for frame in frames
        )
        write_transform(self.transform, path / ("transform.tfm" if is_itk else "transform.json"))
        suffix = "nii.gz" if self.grid.frame.is_patient else "nrrd"  # NIfTI places patients only
        write(self.moved, path / f"moved.{suffix}")
        write_text(path / "trace.csv", self.table().to_csv(index=False))
        write_text(path / "report.txt", self.report() + "\n")
        write_text(path / "registration.json", json.dumps(self.as_json(), indent=1) + "\n")
        return path

    def __repr__(self) -> str:
        return f"Registration({self.verdict}: {self.transform})"


def trace_rows(
    stage: str, spacing: float, steps: Sequence[Any], shown: Any
) -> list[dict[str, Any]]:
    """Return one row of the trace for each step of one stage."""
    return [
        {
            "stage": stage,
            "spacing": spacing,
            "iteration": number,
            "cost": step.cost,
            "similarity": shown(step.cost),
            "overlap": step.overlap,
            "step": step.length,
            "accepted": step.is_accepted,
        }
        for number, step in enumerate(steps)
    ]
