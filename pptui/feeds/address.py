"""Addresses of feeds: what may be fetched, where a redirect may lead, and who gets the password."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from pptui import text
from pptui.feeds.failures import FetchError


@dataclass(frozen=True, slots=True)
class Address:
    """An address without its user name and password, and the header that they make."""

    url: str
    parts: SplitResult
    login: str = ""
    userinfo: str = ""

    @property
    def host(self) -> str:
        return text.line(self.parts.hostname or "", 100)

    @property
    def origin(self) -> tuple[str, str, int]:
        secure = self.parts.scheme == "https"
        return (
            self.parts.scheme,
            (self.parts.hostname or "").lower(),
            self.parts.port or (443 if secure else 80),
        )


def address_of(url: str) -> Address:
    """An http(s) address taken apart. Raises FetchError for any other."""
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
    login = ""
    if userinfo:
        user, _, password = userinfo.partition(":")
        # RFC 7617, 2.1: UTF-8 unless the server says otherwise, and none does.
        pair = f"{unquote(user)}:{unquote(password)}".encode()
        login = "Basic " + base64.b64encode(pair).decode("ascii")
    return Address(bare.geturl(), bare, login, userinfo)


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
    if old.login and not new.login and _same_server(old, new):
        return Address(new.url, new.parts, old.login, old.userinfo)
    return new


def _same_server(old: Address, new: Address) -> bool:
    """Whether a password for the one may be sent to the other: the same origin, or the same one encrypted."""
    if old.origin == new.origin:
        return True
    return (
        old.origin[1] == new.origin[1]
        and (old.origin[0], old.origin[2]) == ("http", 80)
        and ((new.origin[0], new.origin[2]) == ("https", 443))
    )


def with_login(address: Address) -> str:
    """The address as the user has it, with user name and password."""
    if not address.userinfo:
        return address.url
    return address.parts._replace(netloc=f"{address.userinfo}@{address.parts.netloc}").geturl()
