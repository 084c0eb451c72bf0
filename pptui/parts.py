"""Parts of something that are made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class part(Generic[T]):
    """A property that is made when it is first asked for, and then the same for all threads.

    Where several ask first, each may make one, and that of the first is everybody's: what that one is told,
    the others have to know. (`functools.cached_property` has each keep its own from Python 3.12 on.)"""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, whole: Any, owner: type) -> T:
        made: T = whole.__dict__.setdefault(self._name, self._make(whole))
        return made
