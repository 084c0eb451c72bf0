"""Addresses of feeds: what may be fetched, where a redirect may lead, and who gets the password."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from pptui import text
from pptui.feeds.failures import FetchError
from pptui.models import Login

Origin = tuple[str, str, int]
"""Scheme, host in lower case, port."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address without a user name and password, and what it is asked with."""

    url: str
    parts: SplitResult
    login: Login | None = None

    @property
    def authorization(self) -> str:
        """The value of the header (RFC 7617), "" without a login."""
        if self.login is None:
            return ""
        # RFC 7617, 2.1: UTF-8 unless the server says otherwise, and none does.
        pair = f"{self.login.user}:{self.login.password}".encode()
        return "Basic " + base64.b64encode(pair).decode("ascii")

    @property
    def host(self) -> str:
        return text.line(self.parts.hostname or "", 100)

    @property
    def origin(self) -> Origin:
        """What a password belongs to (RFC 6454)."""
        secure = self.parts.scheme == "https"
        return (
            self.parts.scheme,
            (self.parts.hostname or "").lower(),
            self.parts.port or (443 if secure else 80),
        )


def address_of(url: str, login: Login | None = None) -> Address:
    """An http(s) address taken apart; `login` holds where there is none in it. Raises FetchError for any
    other address."""
    try:
        parts = urlsplit(url.strip())
        if not parts.hostname or parts.port == 0:
            raise ValueError
    except ValueError:
        raise FetchError(f"not an address: {text.shown_url(url)}") from None
    if parts.scheme not in ("http", "https"):
        raise FetchError(f"only http and https addresses can be fetched, not {parts.scheme}:")
    if not url.strip().isprintable():
        raise FetchError("not an address: it has control characters in it")
    userinfo, _, place = parts.netloc.rpartition("@")
    bare = parts._replace(netloc=place, fragment="")
    if userinfo:
        user, _, password = userinfo.partition(":")
        login = Login(unquote(user), unquote(password))
    return Address(bare.geturl(), bare, login)


def without_login(url: str) -> tuple[str, Login | None]:
    """An address, and the user name and password that were in it; as it is where it is none of ours."""
    try:
        address = address_of(url)
    except FetchError:
        return url, None
    return (address.url, address.login) if address.login else (url, None)


def with_login(url: str, login: Login, owner: str) -> str:
    """An address with the login that belongs to the server of `owner`, if it is one of that server's."""
    try:
        address, there = address_of(url), address_of(owner)
    except FetchError:
        return url
    if address.login is not None or not same_server(there.origin, address.origin):
        return url
    return with_user(address.url, f"{quote(login.user, safe='')}:{quote(login.password, safe='')}")


def with_user(url: str, userinfo: str) -> str:
    """An address with a user name in it, percent-encoded."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{userinfo}@{parts.netloc}").geturl()


def redirected(old: Address, location: str) -> Address:
    """Where a redirect leads, with the login only if it belongs there too. Raises FetchError."""
    try:
        # http.client reads headers as Latin-1; many servers write UTF-8.
        location = location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        pass
    try:
        target = urljoin(old.url, location.strip())
        scheme = urlsplit(target).scheme
    except ValueError:
        raise FetchError(f"{old.host} redirects to what is not an address") from None
    if not location.strip():
        raise FetchError(f"{old.host} redirects to nowhere")
    if scheme not in ("http", "https"):
        raise FetchError(
            f"{old.host} redirects to {text.line(scheme, 20)}: addresses of that kind are refused"
        )
    new = address_of(target)
    if old.parts.scheme == "https" and new.parts.scheme == "http":
        raise FetchError(f"{old.host} redirects to an address that is not encrypted (http): refused")
    if old.login and not new.login and same_server(old.origin, new.origin):
        return Address(new.url, new.parts, old.login)
    return new


def goes_along(old: str, new: str) -> bool:
    """Whether the password of a feed that was at one address may be sent to the other."""
    try:
        return same_server(address_of(old).origin, address_of(new).origin)
    except FetchError:
        return False


def same_server(old: Origin, new: Origin) -> bool:
    """Whether a password for the one may be sent to the other: the same origin, or the same one encrypted."""
    if old == new:
        return True
    return old[1] == new[1] and (old[0], old[2]) == ("http", 80) and (new[0], new[2]) == ("https", 443)
