"""Bytes out of a file whose sizes and offsets nobody has checked."""

from __future__ import annotations

from typing import Protocol

_FURTHEST = 1 << 62


class Octets(Protocol):
    """A file open for reading bytes, as far as readers of chapters need one: on disk or on a server."""

    def seek(self, offset: int, /) -> int:
        """Go to so many bytes from the beginning."""

    def read(self, size: int, /) -> bytes:
        """So many bytes, fewer only at the end."""


def at(file: Octets, position: int, length: int) -> bytes:
    """Up to `length` bytes from `position` on; fewer, or none, where the file ends before."""
    if length <= 0 or not 0 <= position < _FURTHEST:
        return b""
    file.seek(position)
    return file.read(length)
