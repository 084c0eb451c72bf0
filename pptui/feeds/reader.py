"""What the process (`child`) does that reads feeds for `reading`.

It takes a body by standard input, parses it, and puts what is in it to standard output, again and again until
the input ends. `packing` tells how it is written.
"""

from __future__ import annotations

import gc
import os
import resource
from collections.abc import Callable
from contextlib import suppress

from pptui.feeds.packing import ANSWER, GREETING, MEMORY, PIPE, SPENT, asked, packed, refused
from pptui.feeds.parsed import FeedError, ParsedFeed


def main() -> None:
    _limit()
    # A feed is thousands of objects that are needed until the last of it is read.
    gc.set_threshold(20_000)
    from pptui.feeds.parse import parse  # lxml and more: who asks can do without

    _send(GREETING)
    try:
        while True:
            _answer(parse)
    except MemoryError:
        os._exit(SPENT)


def _answer(parse: Callable[..., ParsedFeed]) -> None:
    body, url, content_type, known = asked(_received)
    try:
        head, text = packed(parse(body, url, content_type, known))
    except FeedError as problem:
        if isinstance(problem.__cause__, MemoryError):
            raise problem.__cause__ from None
        head, text = refused(str(problem))
    _send(ANSWER.pack(len(head), len(text)), head, text)


def _limit() -> None:
    for kind, limit in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CORE, 0)):
        hard = resource.getrlimit(kind)[1]
        limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (limit, hard))


def _received(length: int) -> bytes:
    parts: list[bytes] = []
    while length:
        part = os.read(0, min(length, PIPE))
        if not part:
            os._exit(0)
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _send(*parts: bytes) -> None:
    left = [memoryview(part) for part in parts if part]
    while left:
        try:
            sent = os.writev(1, left)
        except BrokenPipeError:
            os._exit(0)
        while left and sent >= len(left[0]):
            sent -= len(left.pop(0))
        if left:
            left[0] = left[0][sent:]
