"""Keys in their turn: a screen is given one when all that the last one did is done."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic

from textual.app import App
from textual.dom import DOMNode
from textual.events import Callback, Event, Key, Paste
from textual.screen import Screen
from textual.widget import Widget

_BURST = 0.1
"""Seconds within which a key comes behind another in one burst: fingers are slower."""
_LONGEST = 2.0
"""Seconds for which what one key does is waited for by the next."""


class _Runner:
    """Goes from node to node through their queues, and at the last of them does what it came for."""

    def __init__(self, way: list[DOMNode], done: Callable[[], Awaitable[None]]) -> None:
        self._way = iter(way)
        self._done = done

    async def run(self) -> None:
        for node in self._way:
            # Not by `call_later`: for each of its callbacks Textual inspects the signature. One that is being
            # closed takes no more messages, and had none that matter.
            if node.post_message(Callback(self.run)):
                return
        await self._done()


class InTurn(App[int]):
    """What is typed in one burst does what it would have done typed slowly.

    Textual hands a key to what has the focus when it comes. Its action is run only when it has gone up from
    there to the app, from queue to queue; where that opens a screen or moves the focus, the rest of the burst
    is with what had it before. So the rest waits here, until what was sent for the key has arrived as well,
    and a screen that it opened has been drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: deque[Key | Paste] = deque()
        self._turn = 0
        self._given = 0.0
        self._under_way = False
        self._drawn: Screen[object] | None = None
        self._undrawn: Screen[object] | None = None
        self._holds: set[object] = set()
        self._alarm: asyncio.TimerHandle | None = None

    def on_mount(self) -> None:
        self.screen_change_signal.subscribe(self, self._on_change)

    async def on_event(self, event: Event) -> None:
        if not isinstance(event, (Key, Paste)):
            await super().on_event(event)
        elif self.return_value is not None or not self.screen_stack:
            pass  # it ends
        elif event.is_forwarded:
            await super().on_event(event)
        elif self._under_way or self._holds or self._kept:
            self._keep(event)
        elif self.screen is not self._drawn or monotonic() - self._given < _BURST:
            self._keep(event)
            await self._follow_last()
        else:
            await self._give(event)

    async def _give(self, *events: Key | Paste) -> None:
        self._turn += 1
        self._under_way = False
        self._undrawn = None
        for event in events:
            await super().on_event(event)
        self._given = monotonic()
        if self._kept and not self._holds:
            await self._follow_last()

    async def _follow_last(self) -> None:
        """Once behind the last key on its way up, and once behind what was sent for it."""
        self._under_way = True
        await self._follow(2)

    async def _follow(self, times: int = 1) -> None:
        """Go the way that messages go, from what has the focus up to the app, behind all that are on it."""
        if self.return_value is not None:
            self._kept.clear()  # it ends
            return
        start, turn = self.focused or self.screen, self._turn
        await _Runner(start.ancestors_with_self, lambda: self._arrived(start, times, turn)).run()

    async def _arrived(self, start: Widget, times: int, turn: int) -> None:
        if turn != self._turn:
            return  # it took too long, and was no longer waited for
        if self.screen is not self._drawn:
            # What a key does may depend on sizes, which are known when it has been laid out.
            self._undrawn = self.screen
            self.screen.call_after_refresh(self._on_drawn, self.screen)
        elif times > 1 or (self.focused or self.screen) is not start:
            await self._follow(max(1, times - 1))
        else:
            self._under_way = False
            if self._kept and not self._holds:
                await self._give(self._kept.popleft())

    async def _on_drawn(self, screen: Screen[object]) -> None:
        if screen is self._undrawn:
            self._drawn, self._undrawn = screen, None
            await self._follow()

    async def _on_change(self, _: Screen[object]) -> None:
        # Of one that another has covered, Textual may never say that it is drawn.
        if self._undrawn not in (None, self.screen):
            self._undrawn = None
            await self._follow()

    def hold_keys(self) -> Callable[[], None]:
        """Keep what is typed from now on until the function given back is called on the app's thread.

        For what is done behind the screen and the next key depends on. It ends by itself after a while."""
        hold = object()
        self._holds.add(hold)

        def over() -> None:
            if hold not in self._holds:
                return
            self._holds.remove(hold)
            self._drawn = None
            if not self._holds and not self._under_way:
                self._under_way = True
                self.call_later(self._follow)

        return over

    def forget_keys(self) -> None:
        """Drop what was typed and not given to a screen yet."""
        self._kept.clear()

    # No key is kept for ever.

    def _keep(self, event: Key | Paste) -> None:
        self._kept.append(event)
        if self._alarm is None:
            self._set_alarm()

    def _set_alarm(self) -> None:
        self._alarm = asyncio.get_running_loop().call_later(_LONGEST, self._look, self._turn)

    def _look(self, turn: int) -> None:
        self._alarm = None
        if not self._kept:
            return
        if turn == self._turn:
            self._turn += 1
            self._holds.clear()
            self.call_later(self._give_all)
        else:
            self._set_alarm()

    async def _give_all(self) -> None:
        kept = list(self._kept)
        self._kept.clear()
        await self._give(*kept)
