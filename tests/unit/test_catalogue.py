"""Finding operations by reading text."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import fiducial as fd
from fiducial import catalogue
from fiducial.errors import FiducialWarning, UnknownNameError


def test_operations_are_listed_with_their_summary() -> None:
    entry = catalogue.operations()["gaussian"]
    assert entry.family == "filters"
    assert entry.module == "fiducial.filters.gaussian"
    assert entry.summary == "Smooth with a Gaussian whose standard deviation is a length."


def test_listing_imports_no_operation() -> None:
    code = (
        "import sys, fiducial.catalogue as c; c.operations(); "
        "print([m for m in sys.modules if m.startswith('fiducial.filters')])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_every_listed_operation_loads_and_bears_its_name() -> None:
    from fiducial.operation import spec_of

    for name, entry in catalogue.operations().items():
        spec = spec_of(entry.load())
        assert name == spec.name or name in spec.aliases


def test_every_public_name_can_be_had_twice_and_is_no_module() -> None:
    for name in [*catalogue.operations(), *fd._PUBLIC]:
        first = getattr(fd, name)
        assert getattr(fd, name) is first
        assert callable(first), f"fd.{name} must be a function or a class"


def test_no_operation_bears_the_name_of_a_package_or_module() -> None:
    tops = {path.stem for path in catalogue.PACKAGE.iterdir()}
    assert not tops & set(catalogue.operations())


def test_an_unknown_name_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="gaussian"):
        fd.gausian  # noqa: B018
    with pytest.raises(AttributeError):
        fd.nothing_like_this  # noqa: B018
    assert not hasattr(fd, "nothing_like_this")


def test_dir_lists_operations() -> None:
    assert {"gaussian", "Image", "Grid"} <= set(dir(fd))


def test_a_plugin_is_found_and_a_broken_one_is_skipped_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "blur_plugin.py"
    package.write_text(
        "from fiducial.operation import operation\n"
        "from fiducial.image import Image\n"
        "@operation\n"
        "def plugin_copy(image: Image) -> Image:\n"
        "    '''Copy.'''\n"
        "    return image\n"
    )
    info = tmp_path / "blur_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: blur-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[fiducial.operations]\n"
        "plugin_copy = blur_plugin:plugin_copy\n"
        "plugin_broken = no_such_module:thing\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    catalogue._plugins.cache_clear()
    try:
        image = fd.Image([[1.0, 2.0]])
        assert catalogue.resolve("plugin_copy")(image).array.tolist() == [[1.0, 2.0]]
        with (
            pytest.warns(FiducialWarning, match="no_such_module"),
            pytest.raises(UnknownNameError, match="plugin_broken"),
        ):
            catalogue.resolve("plugin_broken")
        assert "gaussian" in catalogue.operations()
    finally:
        catalogue._plugins.cache_clear()


def test_a_star_import_and_the_list_of_names_hold_what_is_public() -> None:

    code = (
        "from fiducial import *\n"
        "assert Image and gaussian and read and rgb2hed\n"
        "assert not {'Any', 'annotations', 'catalogue', '_PUBLIC'} & set(globals())"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert {"Image", "gaussian", "read", "__version__"} <= set(dir(fd))
    assert not {"Any", "annotations"} & set(dir(fd))


def test_nobody_can_write_into_the_lists() -> None:
    for listing in (catalogue.operations, catalogue.figures):
        listing().clear()
        assert listing()
