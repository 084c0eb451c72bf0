"""Unsubscribing: a podcast is hidden at once, so that it can be taken back, and forgotten when pptui ends."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from pptui.models import Subscription
from pptui.store.catalogue import StoreError
from pptui.store.keeping import Keeping
from pptui.subscriptions.logins import Logins

_LATELY = timedelta(days=30)


class Leaving:
    """What has been unsubscribed from since pptui began."""

    def __init__(self, keeping: Keeping, logins: Callable[[], Logins]) -> None:
        self._keeping = keeping
        self._library = keeping.library
        self._catalogue = keeping.catalogue
        self._logins = logins
        self._gone: dict[str, Subscription] = {}

    def leave(self, podcast_id: str) -> None:
        """Unsubscribe; what was heard is kept, and what was fetched until `forget`."""
        self._gone.update({one.id: one for one in self._library.subscriptions() if one.id == podcast_id})
        self._keeping.unsubscribe(podcast_id)

    def forget(self, timeout: float) -> None:
        """Drop what was fetched, and the passwords: the keyring is waited for so many seconds, and
        the library is not changed."""
        still = {one.id for one in self._library.subscriptions()}
        # Only what was unsubscribed here: another process's newest subscription may not be known here.
        gone = {key: one for key, one in self._gone.items() if key not in still}
        self._gone.clear()
        locked = [one for one in gone.values() if one.login]
        if locked:
            self._logins().forget(locked, timeout)
        for podcast_id in {*gone, *self._left_behind(still)}:
            with suppress(StoreError):  # it is hidden, and forgotten another time
                self._catalogue.remove(podcast_id)

    def _left_behind(self, subscribed: Collection[str]) -> list[str]:
        """Ids of podcasts that a pptui which was killed had still to forget.

        What was fetched lately may be another's newest subscription, or be taken back there: one that is
        open for weeks refreshes when it is told to."""
        lately = datetime.now(UTC) - _LATELY
        others = (one for one in self._catalogue.podcasts() if one.id not in subscribed)
        return [one.id for one in others if one.refreshed is not None and one.refreshed < lately]
