"""Writing behind: what changes in memory is put on disk by a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from pptui.store.files import reason

RETRY_AFTER = 5.0
"""Seconds until a failed write is tried again by itself; the next change and `flush` try it at once."""
TOGETHER = 0.2
"""Seconds that a change waits for others to be written with it, unless it is asked for."""


class Writer:
    """Calls `put` on its own thread whenever something is `due`, never twice at once.

    `put` writes everything that is due when it begins and raises OSError. Trouble is told to `tell`
    once, from that thread, as a line that begins with `name`; `put` is called again until it succeeds,
    and until then `problem` says why. All methods may be called from any thread."""

    def __init__(
        self,
        name: str,
        put: Callable[[], None],
        tell: Callable[[str], None],
        retry_after: float = RETRY_AFTER,
        together: float = TOGETHER,
    ) -> None:
        self._name = name
        self._put = put
        self._tell = tell
        self._retry_after = retry_after
        self._together = together
        self._state = threading.Condition()  # guards all below
        self._made = 0
        self._saved = 0
        self._attempts = 0
        self._writing = False
        self._hurry = False
        self._urgent = 0
        self._closing = False
        self._waiting: list[tuple[int, int, Callable[[bool], None]]] = []
        self._thread: threading.Thread | None = None
        self.problem = ""

    def due(self) -> None:
        """There is something to write, and `put` would find it. Returns at once."""
        with self._state:
            self._made += 1
            self._wake()

    def flush(self, timeout: float) -> bool:
        """Wait until all that is due by now is on disk: False when that failed or took `timeout` seconds."""
        with self._state:
            target = self._made
            if self._saved >= target:
                return True
            enough = self._enough()
            self._urgent = target
            self._wake()
            self._state.wait_for(lambda: self._saved >= target or self._attempts >= enough, timeout)
            return self._saved >= target

    def when_written(self, call: Callable[[bool], None], *, hurry: bool = True) -> None:
        """Have `call` told, once, whether all that is due by now is on disk or writing it has failed.

        It comes at once where there is nothing to wait for, else from the writer's thread, and before a
        `flush` for the same returns. With `hurry` no other change is waited for. It must not raise."""
        with self._state:
            if self._saved < self._made:
                self._waiting.append((self._made, self._enough(), call))
                if hurry:
                    self._urgent = self._made
                self._wake()
                return
        call(True)

    def close(self, timeout: float) -> bool:
        """Write what is left and end the thread; the answer is that of `flush`. `due` starts a new one."""
        saved = self.flush(timeout)
        with self._state:
            self._closing = True
            thread = self._thread
            self._state.notify_all()
        if thread is not None:
            thread.join(timeout if saved else 0.1)
        return saved

    def _enough(self) -> int:
        """How many attempts there will have been when one was made of all that is due by now."""
        # A write already under way may be without the last changes: its end is not the answer.
        return self._attempts + (2 if self._writing else 1)

    def _wake(self) -> None:
        self._hurry = True
        self._closing = False
        if self._thread is None:
            # A daemon: a disk that hangs must not keep the program from ending.
            self._thread = threading.Thread(
                target=self._write_behind, name=f"{self._name}-writer", daemon=True
            )
            self._thread.start()
        self._state.notify_all()

    def _write_behind(self) -> None:
        while True:
            with self._state:
                self._state.wait_for(lambda: self._saved < self._made or self._closing)
                if self.problem:
                    self._state.wait_for(lambda: self._hurry or self._closing, self._retry_after)
                if self._closing:
                    self._thread = None
                    return
                # Each write is of everything: two hundred podcasts added at once would be as many writes.
                self._state.wait_for(lambda: self._urgent > self._saved or self._closing, self._together)
                made = self._made
                self._hurry = False
                self._writing = True
            trouble = self._attempt()
            news = trouble if trouble != self.problem else ""
            self.problem = trouble
            if news:
                self._tell(news)
            self._end_attempt(self._saved if trouble else made)

    def _end_attempt(self, saved: int) -> None:
        """Answer all who waited for it, those of `when_written` before those of `flush`."""
        while True:
            with self._state:
                attempts = self._attempts + 1
                answered = [one for one in self._waiting if saved >= one[0] or attempts >= one[1]]
                if not answered:
                    self._saved, self._attempts = saved, attempts
                    self._writing = False
                    self._state.notify_all()
                    return
                self._waiting = [one for one in self._waiting if one not in answered]
            for target, _, call in answered:
                call(saved >= target)

    def _attempt(self) -> str:
        """What went wrong, in one line."""
        try:
            self._put()
        except OSError as trouble:
            return f"{self._name} can't be saved: {reason(trouble)}; it is kept in memory and tried again"
        except Exception as trouble:  # the writer must live: what it is to write is nowhere else
            return f"{self._name} can't be saved: {trouble!r}"
        return ""
