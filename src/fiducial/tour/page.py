"""The tour's page: a section for each stop."""

from __future__ import annotations

import datetime
import platform
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .. import __version__
from ..kernels import body
from ..lineage import Lineage, Source, nodes, tree
from ..progress import report
from ..report import Checks, Code, Page, Picture, Section, Table, Text, lineages_block
from .inputs import OWN, REAL, Material
from .stop import Stop, Visit

__all__ = ["build_page"]

TITLE = "Image processing and analysis"
LEAD = (
    "A walk from what an image is to numbers that can be trusted, on images that come with "
    "the libraries Fiducial uses and on phantoms whose truth is known. Each stop shows its "
    "picture, what is known beside what was found, the lines that make it, and how it was made."
)


def build_page(
    path: Path,
    seen: Sequence[tuple[Stop, Visit]],
    material: Material,
    *,
    seconds: Callable[[], float],
) -> Path:
    """Draw each stop and write the page.

    Parameters
    ----------
    path
        Where to.
    seen
        The stops with what they have to show, in order.
    material
        The tour's images, whose names stand in the lines of code.
    seconds
        Says how long the tour has taken.
    """
    page = Page(TITLE, LEAD)
    for number, (stop, visit) in enumerate(seen):
        report(number, len(seen), f"drawing: {stop.title}")
        page.add(_section(stop, visit, material))
    report(len(seen), len(seen), "drawing")
    kernels = body.describe()
    page.facts = {
        "Fiducial": __version__,
        "Python": platform.python_version(),
        "kernels": f"{kernels['body']}, {kernels['instruction_set']}, {kernels['threads']} threads",
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        "time taken": f"{seconds():.0f} s",
    }
    written: Path = page.save(path)
    return written


def _section(stop: Stop, visit: Visit, material: Material) -> Section:
    blocks: list[Any] = [Text("\n\n".join(stop.words))]
    blocks.append(Picture(stop.draw(visit), alt=stop.title))
    blocks.append(Checks(list(stop.checks(visit))))
    blocks += [Table.from_frame(table, caption) for caption, table in stop.tables(visit)]
    blocks.append(Code(stop.listing.format(**material.files), "Python"))
    commands = "\n".join(command.format(**material.files) for command in stop.commands)
    blocks.append(Code(commands, "Command line"))
    blocks.append(lineages_block(dict(lineages(visit.results))))
    return Section(stop.title, blocks, chapter=stop.chapter, anchor=stop.name)


def lineages(results: Any) -> list[tuple[str, list[str]]]:
    """Return the lineage of each result as lines, by name; files are named without folders."""
    found: list[tuple[str, list[str]]] = []
    for name, result in results.items():
        origin: Lineage | None = getattr(result, "lineage", None)
        attributes = getattr(result, "attrs", None)
        if origin is None and isinstance(attributes, dict):
            origin = attributes.get("lineage")
        if origin is None:
            continue
        lines = tree(origin)
        for node in nodes(origin):
            if isinstance(node, Source):
                short = Path(node.path).name
                is_ours = short in {Path(file).name for _, file in REAL.values()} or "data" in (
                    Path(node.path).parent.name
                )
                shown = f"data/{short}" if is_ours else OWN
                lines = [line.replace(node.path, shown) for line in lines]
        found.append((name, lines))
    return found
