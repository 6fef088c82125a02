"""Every kernel is tested in both bodies, and the native one on every instruction set here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fiducial.kernels import body

SHAPES = [
    (7,),
    (1,),
    (150,),
    (5, 6),
    (1, 9),
    (9, 1),
    (67, 131),
    (4, 5, 6),
    (1, 1, 1),
    (1, 12, 70),
    (11, 1, 70),
    (11, 12, 1),
    (9, 40, 75),
]
"""Single samples, single slices, sizes around the width of a vector and past a block of 64."""

REAL_TYPES = ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", ">i2", ">f4"]


def native_bodies() -> list[str]:
    module = body.native()
    return [] if module is None else [f"native {name}" for name in module.instruction_sets()]


@pytest.fixture(params=["reference", *native_bodies()])
def kernel_body(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Run the test once in the reference and once on each instruction set of this machine."""
    if request.param == "reference":
        monkeypatch.setenv("FIDUCIAL_KERNELS", "reference")
        yield request.param
        return
    monkeypatch.delenv("FIDUCIAL_KERNELS", raising=False)
    module = body.native()
    assert module is not None
    before = module.instruction_set()
    module.set_instruction_set(request.param.removeprefix("native "))
    yield request.param
    module.set_instruction_set(before)
