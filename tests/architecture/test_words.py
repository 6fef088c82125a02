"""What no tracked file may hold: a path of somebody's machine, the host of a package registry."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

BINARY = {".png", ".jpg", ".jpeg", ".gif", ".ico", ".gz", ".nii", ".dcm", ".npy", ".npz", ".tif"}

# Written in pieces, so that this file does not hold what it forbids.
FORBIDDEN = {
    "a path of a machine": r"(?<![\w.$}~/-])/(?:"
    + "|".join(["work", "root", "home", "Users"])
    + r")/\w",
    "a temporary folder": r"""["'(\s]/""" + r"tmp/\w",
    "a package host": "|".join(
        [
            "pypi" + r"\.org",
            "python" + "hosted",
            "ana" + r"conda\.(?:org|com)",
            "crates" + r"\.io",
            "npm" + r"js\.(?:org|com)",
            "files" + r"\.python",
            "--" + "index-url",
            "--" + "extra-index",
        ]
    ),
    "a mark of unfinished work": r"\b(?:"
    + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"])
    + r")\b",
    "work that was put off": "NotImplemented" + "Error",
}


def tracked(repository: Path) -> list[Path]:
    """List the files under version control, or skip where there is none."""
    if not (repository / ".git").exists():
        pytest.skip("not a checkout of the repository")
    done = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    return [repository / name for name in done.stdout.split("\0") if name]


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_no_tracked_file_holds(repository: Path, kind: str) -> None:
    pattern = re.compile(FORBIDDEN[kind])
    found = []
    for path in tracked(repository):
        if path.suffix.lower() in BINARY or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if pattern.search(line):
                found.append(f"{path.relative_to(repository)}:{number}: {line.strip()[:100]}")
    assert found == []


def test_no_tracked_file_is_large(repository: Path) -> None:
    limit = 512 * 1024  # bytes: source, text and small pictures; data stay outside
    large = [path for path in tracked(repository) if path.is_file() and path.stat().st_size > limit]
    assert large == []


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("a path of a machine", "open('" + "/wo" + "rk/data')"),
        ("a package host", "https://" + "pypi" + ".org/simple"),
        ("a mark of unfinished work", "# " + "TO" + "DO later"),
        ("work that was put off", "raise NotImplemented" + "Error"),
    ],
)
def test_the_patterns_see_what_they_forbid(kind: str, line: str) -> None:
    assert re.search(FORBIDDEN[kind], line)
