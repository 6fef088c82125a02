#!/usr/bin/env python3
"""Write what follows from the code: the stub of the package's door and the reference pages.

    python tools/generate.py            write src/fiducial/__init__.pyi and docs/reference/*.md
    python tools/generate.py --check    write nothing; name the files that are not up to date

The catalogue says which operations there are, `fiducial._PUBLIC` which other names are public.
`fiducial.cli.page` writes the pages, as `fiducial reference NAME` prints them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"
STUB = SOURCE / "fiducial" / "__init__.pyi"
REFERENCE = ROOT / "docs" / "reference"

sys.path.insert(0, str(SOURCE))

from fiducial.cli.page import NOTICE, Public, collect, page, prose  # noqa: E402


def rooms() -> list[str]:
    """List the packages and modules that stand at the top of Fiducial."""
    return sorted(
        path.stem
        for path in STUB.parent.iterdir()
        if not path.stem.startswith("_")
        and (path.suffix == ".py" or (path / "__init__.py").is_file())
    )


def stub(modules: dict[str, str], aliases: dict[str, str]) -> str:
    """Write the stub: the rooms, one explicit re-export a name by module, then the aliases."""
    lines = [f"# {NOTICE}", ""]
    lines += [f"from . import {room} as {room}" for room in rooms()]
    lines += [
        f"from {module} import {name} as {name}"
        for name, module in sorted(modules.items(), key=lambda pair: (pair[1], pair[0]))
    ]
    lines += ["", "__version__: str", "_PUBLIC: dict[str, str]"]
    lines += [f"{alias} = {name}" for alias, name in sorted(aliases.items())]
    return "\n".join([*lines, ""])


def index(names: list[Public]) -> str:
    """Write the list of all pages, by family."""
    parts = [f"<!-- {NOTICE} -->", "# Reference"]
    for family in sorted({public.family for public in names}):
        rows = [
            f"- [`{public.name}`]({public.name}.md): {prose(public.summary)}"
            for public in names
            if public.family == family
        ]
        parts += [f"## {family}", "\n".join(rows)]
    return "\n\n".join(parts) + "\n"


def generate() -> dict[Path, str]:
    """Give the whole text of every generated file."""
    names, modules, aliases = collect()
    files = {STUB: stub(modules, aliases), REFERENCE / "README.md": index(names)}
    for public in names:
        files[REFERENCE / f"{public.name}.md"] = page(public)
    return files


def main() -> None:
    """Write the files, or check them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail if one is stale")
    check = parser.parse_args().check
    files = generate()
    extra = sorted(set(REFERENCE.glob("*.md")) - set(files))
    stale = [
        path
        for path, text in files.items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    if check:
        for path in [*stale, *extra]:
            print(f"{path.relative_to(ROOT)} is not up to date; run: python tools/generate.py")
        sys.exit(1 if stale or extra else 0)
    REFERENCE.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.write_text(files[path], encoding="utf-8")
    for path in extra:
        path.unlink()
    print(f"{len(stale)} written, {len(extra)} removed, {len(files) - len(stale)} up to date")


if __name__ == "__main__":
    main()
