#!/usr/bin/env python3
"""From a fresh clone to a result, with nothing but Python, pip and a C++ compiler.

    python3 tools/start.py tour OUT/     build, install, and run the tour into OUT/
    python3 tools/start.py test          build, install, and run the tests
    python3 tools/start.py lint          build, install, and run ruff, mypy and import-linter
    python3 tools/start.py install       build and install only

Whatever follows the first word goes to the command itself: `test tests/unit -k grid`,
`tour OUT/ --ct FOLDER`. Each command makes `.venv` when it is not there, builds the wheel when
the sources changed, and installs it with the versions of constraints.txt. With FIDUCIAL_PURE=1 in
the environment the wheel is built without a compiler.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "constraints.txt"
WHEELS = ROOT / "build" / "wheels"
# What the wheel is made from: a change in any of it makes a new wheel.
SOURCES = ("pyproject.toml", "CMakeLists.txt", "README.md", "LICENSE", "native", "src")
BUILT = {".so", ".pyd", ".dylib", ".pyc"}
EXTRAS = {"tour": "", "install": "", "test": "test", "lint": "test,lint"}


def say(text: str) -> None:
    """Talk on standard error: standard output belongs to the command."""
    print(f"start: {text}", file=sys.stderr, flush=True)


def run(*command: object, **environment: str) -> None:
    """Run a command and stop at its failure, with its own exit code."""
    words = [str(word) for word in command]
    done = subprocess.run(words, env={**os.environ, **environment}, check=False)
    if done.returncode:
        say(f"failed with exit code {done.returncode}: {' '.join(words)}")
        sys.exit(done.returncode if done.returncode > 0 else 1)


def venv_program(name: str) -> Path:
    """Give the path of a program of the virtual environment."""
    folder, suffix = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    return VENV / folder / (name + suffix)


def pip(*arguments: object) -> None:
    """Run pip for the virtual environment, holding the build's requirements to the pins too.

    A pip that knows build constraints reads them from PIP_BUILD_CONSTRAINT; an older one applies
    PIP_CONSTRAINT to the isolated build. Each ignores the other's variable.
    """
    run(
        venv_program("python"),
        "-m",
        "pip",
        *arguments,
        PIP_CONSTRAINT=str(CONSTRAINTS),
        PIP_BUILD_CONSTRAINT=str(CONSTRAINTS),
        PIP_DISABLE_PIP_VERSION_CHECK="1",
    )


def make_environment() -> None:
    """Make the virtual environment, also where Python comes without ensurepip."""
    if venv_program("python").exists() and (VENV / "made").exists():
        return
    say(f"making {VENV}")
    command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        run(*command, "--without-pip")
        run(sys.executable, "-m", "pip", "--python", venv_program("python"), "install", "pip")
    (VENV / "made").write_text("complete\n")


def digest_sources() -> str:
    """Give a short digest of everything that goes into the wheel."""
    total = hashlib.sha256()
    kind = [sys.version_info[:2], sysconfig.get_platform(), bool(os.environ.get("FIDUCIAL_PURE"))]
    total.update(json.dumps([kind, CONSTRAINTS.read_text()]).encode())
    for name in SOURCES:
        top = ROOT / name
        files = sorted(top.rglob("*")) if top.is_dir() else [top]
        for file in files:
            if not file.is_file() or file.suffix in BUILT or "__pycache__" in file.parts:
                continue
            content = file.read_bytes()
            total.update(f"{file.relative_to(ROOT).as_posix()} {len(content)}\n".encode())
            total.update(content)
    return total.hexdigest()[:16]


def build_wheel() -> Path:
    """Build the wheel of these sources, or give the one that was built before."""
    folder = WHEELS / digest_sources()
    if not folder.is_dir():
        say("building the wheel")
        WHEELS.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=WHEELS) as work:
            pip("wheel", "--quiet", "--no-deps", "--wheel-dir", work, ROOT)
            # Older wheels of this tree are of no use, and a tree is rebuilt many times.
            for old in WHEELS.iterdir():
                if old != Path(work):
                    shutil.rmtree(old)
            shutil.copytree(work, folder)
    (wheel,) = folder.glob("fiducial-*.whl")
    return wheel


def install(extras: str) -> None:
    """Install the wheel and the extras' requirements, unless they already are."""
    wheel = build_wheel()
    made = VENV / "made"
    wanted = f"{wheel.parent.name} {extras}"
    done = made.read_text().splitlines()
    if wanted in done:
        return
    say(f"installing {wheel.name}" + (f" with {extras}" if extras else ""))
    requirement = f"{wheel}[{extras}]" if extras else str(wheel)
    if not any(line.startswith(wheel.parent.name) for line in done):
        # The version stays the same while the sources change, so pip is told to take this one.
        pip("install", "--quiet", "--force-reinstall", "--no-deps", wheel)
        done = ["complete"]
    pip("install", "--quiet", requirement)
    made.write_text("\n".join([*done, wanted]) + "\n")


def lint() -> None:
    """Run every linter on the sources, and fail at the end if one of them did."""
    sources = ["src", "tests", "tools"]
    commands: list[list[str | Path]] = [
        [venv_program("ruff"), "check", *sources],
        [venv_program("ruff"), "format", "--check", *sources],
        [venv_program("mypy"), "--strict", "src"],
        [venv_program("lint-imports"), "--no-logo"],
    ]
    failed = []
    for command in commands:
        say(f"{Path(command[0]).stem} {' '.join(map(str, command[1:]))}")
        # import-linter reads the sources, not the installed wheel.
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
            failed.append(Path(command[0]).stem)
    if failed:
        sys.exit(f"start: failed: {', '.join(failed)}")


def main(arguments: list[str]) -> None:
    """Run the command that the first word names."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this runs before anything was checked
        sys.exit("start: Python must be 3.11 or newer; got " + sys.version.split()[0])
    if not arguments or arguments[0] not in EXTRAS:
        sys.exit(__doc__)
    command, rest = arguments[0], arguments[1:]
    make_environment()
    install(EXTRAS[command])
    if command == "tour":
        run(venv_program("fiducial"), "tour", *rest)
    elif command == "test":
        # The tests run in the repository against the installed wheel: src is not on the path.
        os.chdir(ROOT)
        run(venv_program("python"), "-m", "pytest", *rest)
    elif command == "lint":
        lint()


if __name__ == "__main__":
    main(sys.argv[1:])
