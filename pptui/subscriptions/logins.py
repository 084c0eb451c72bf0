"""Which subscriptions are behind a password, and where it is sent: nowhere but where it belongs.

What a password is, only `feeds.passwords` knows; the library is told that there is one. Everything here
but `user` may wait, also for a user who is asked to unlock the keyring, but not for ever.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from pptui.models import Episode, Login, Podcast, Subscription
from pptui.parts import part
from pptui.store.library import Library

if TYPE_CHECKING:
    from pptui.feeds.passwords import Passwords


class Logins:
    """The logins of a library's subscriptions. `tell` gets a line where one can't be had, or not be kept."""

    def __init__(self, library: Library, tell: Callable[[str], None]) -> None:
        self._library = library
        self._tell = tell
        self._withheld: set[str] = set()

    @part
    def passwords(self) -> Passwords:
        from pptui.feeds.passwords import Passwords

        return Passwords()

    def user(self, podcast: Podcast) -> str:
        """The user name for a podcast's feed, "" where it is not known yet; this never waits."""
        known: Passwords | None = self.__dict__.get("passwords")
        return known.user(podcast.id, podcast.url) if known else ""

    def keep(self, one: Subscription, login: Login) -> None:
        """The login of a subscription, from now on."""
        if not one.login:
            self._library.lock(one.id)
        if not self.passwords.put(one.id, one.url, login):
            self._tell(
                f"the password of {one.title} is known until pptui is closed: {self.passwords.problem}"
            )

    def take_out(self, subscriptions: Iterable[Subscription]) -> list[Subscription]:
        """The same, those with a user name and a password in their address without; the login is kept."""
        return [self._taken_out(one) if "@" in one.url else one for one in subscriptions]

    def _taken_out(self, one: Subscription) -> Subscription:
        from pptui.feeds.address import without_login

        bare, login = without_login(one.url)
        if login is None:
            return one
        bared = one._replace(url=bare, login=True)
        self._library.lock(one.id)
        self._library.move(one.id, bare)
        self.keep(bared, login)
        return bared

    def address(self, episode: Episode) -> str:
        """What is loaded to play an episode: with its podcast's login where the audio is on the same server.

        In the address it is ffmpeg's own way, and goes to no server that this one redirects to."""
        one = next((one for one in self._library.subscriptions() if one.id == episode.podcast), None)
        if one is None or not one.login or "://" not in episode.enclosure:
            return episode.enclosure
        from pptui.feeds.address import with_login
        from pptui.feeds.passwords import Withheld

        try:
            login = self.passwords.get(one.id, one.url)
        except Withheld as problem:
            # Some servers send their audio to everybody. That it was tried without is said once.
            if one.id not in self._withheld:
                self._withheld.add(one.id)
                self._tell(f"the password of {one.title} can't be had: {problem}")
            return episode.enclosure
        return with_login(episode.enclosure, login, one.url) if login else episode.enclosure

    def forget(self, gone: Iterable[Subscription], timeout: float) -> None:
        """Drop the logins of subscriptions that are no more, waiting for so many seconds; what the keyring
        may still have then is told, and stays there."""
        from pptui.feeds.passwords import SILENT

        left = list(gone)

        def forget() -> None:
            while left and self.passwords.forget(left[0].id, left[0].url):
                del left[0]

        forgetting = threading.Thread(target=forget, name="forgetting", daemon=True)
        forgetting.start()
        forgetting.join(timeout)
        for one in tuple(left):
            self._tell(
                f"the password of {one.title} may still be in the keyring: {self.passwords.problem or SILENT}"
            )
