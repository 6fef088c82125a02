"""A record as lines of text."""

from __future__ import annotations

from collections.abc import Mapping

from .node import Lineage, Opaque, Source

__all__ = ["tree"]


def tree(lineage: Lineage) -> list[str]:
    r"""Return the record as lines of text, the result first and what it came from below.

    Examples
    --------
    >>> from fiducial.lineage import Call
    >>> print("\n".join(tree(Call("add", "1.0", {"other": 2}, {}, (("image", Opaque("array")),)))))
    add(other=2)
      image: array, from memory (opaque)
    """
    lines: list[str] = []
    seen: set[str] = set()
    stack: list[tuple[Lineage, str, int]] = [(lineage, "", 0)]
    while stack:
        node, role, depth = stack.pop()
        lead = "  " * depth + (f"{role}: " if role else "")
        if isinstance(node, Source):
            lines.append(f"{lead}{node.path} ({node.format}, {node.digest[:19]})")
        elif isinstance(node, Opaque):
            lines.append(f"{lead}{node.what}, from memory (opaque)")
        else:
            given = ", ".join(f"{key}={_short(value)}" for key, value in node.given.items())
            which = f" -> {node.output}" if node.output else ""
            assumed = f" [assumed: {'; '.join(node.assumed)}]" if node.assumed else ""
            repeated = node.id in seen and bool(node.parents)
            lines.append(
                f"{lead}{node.operation}({given}){which}{assumed}"
                + (" (above)" if repeated else "")
            )
            if repeated:
                continue
        seen.add(node.id)
        stack.extend((parent, name, depth + 1) for name, parent in reversed(node.parents))
    return lines


def _short(value: object) -> str:
    if isinstance(value, Mapping) and {"shape", "affine"} <= set(value):
        return "Grid(" + " x ".join(str(size) for size in value["shape"]) + ")"
    if isinstance(value, Mapping) and {"shape", "digest"} <= set(value):
        return "array(" + " x ".join(str(size) for size in value["shape"]) + ")"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
