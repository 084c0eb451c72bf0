"""Inputs for a target, as hypothesis makes them: what is right with something wrong in it."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.fuzz.targets import Target

LONGEST = 60_000
"""Bytes: enough for what takes quadratic time to be seen."""


def inputs(target: Target, longest: int = LONGEST) -> st.SearchStrategy[bytes]:
    """Mostly seeds with some changes, sometimes words alone, one of them very often, or mere bytes."""
    words = st.sampled_from(target.words)
    slices = st.builds(_slice, st.sampled_from(target.seeds), st.integers(0, 4000), st.integers(1, 200))
    small = st.one_of(words, slices, st.text(max_size=8).map(_encoded), st.binary(max_size=8))
    many = st.builds(_many, st.one_of(words, slices), st.integers(2, 5000))
    piece = st.one_of(small, small, small, small, many)
    changes = st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 60), piece), min_size=1, max_size=4)
    changed = st.builds(_changed, st.sampled_from(target.seeds), changes)
    alone = st.lists(piece, max_size=6).map(b"".join)
    framed = st.builds(_framed, st.sampled_from(target.seeds), st.integers(0, 4000), many)
    return st.one_of(changed, changed, changed, alone, framed).map(lambda data: data[:longest])


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _slice(seed: bytes, at: int, length: int) -> bytes:
    at %= len(seed)
    return seed[at : at + length]


def _many(word: bytes, times: int) -> bytes:
    return word * min(times, LONGEST // max(1, len(word)))


def _framed(seed: bytes, at: int, many: bytes) -> bytes:
    """The beginning of a seed, and then no end of something."""
    return seed[: at % (len(seed) + 1)] + many


def _changed(seed: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for at, length, new in changes:
        at %= len(seed) + 1
        seed = seed[:at] + new + seed[at + length :]
    return seed
