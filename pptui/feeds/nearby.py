"""The local network: what is on it, and who may lead there.

An address from a feed that is elsewhere must not: routers, printers and a cloud's metadata answer
everybody who can reach them. A feed that is on it itself may name what it likes there, and so may the user.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from pptui import text

NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""IPv4 addresses as an IPv6 network has them (RFC 6052)."""

_NOT_NEAR = ipaddress.ip_network("198.18.0.0/15")
"""For benchmarks (RFC 2544); some VPNs give every name on the internet an address out of it."""

_UNICAST = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is the internet's (IANA's address space registry)."""

_NAMES = (".localhost", ".local", ".lan", ".internal", ".home.arpa")


def astray(url: str, asker: str) -> str:
    """Why an address is not asked: it leads into the local network on behalf of one that is not there.

    `asker` is the address of the feed: an absolute path is this machine, "" is nobody known. It is "" for
    what may be asked, for paths, and for hosts that are not to be found. Waits for the name server."""
    host = host_of(url)
    if not host or host == host_of(asker) or not is_near(host, proxy_of(url)) or is_home(asker):
        return ""
    return refusal(host)


def refusal(host: str) -> str:
    """What is said of a host that is not asked."""
    return f"{text.line(host, 100)} is in the local network, where its feed is not: refused"


def is_home(asker: str) -> bool:
    """Whether a feed is on the local network or this machine, with every address that its host has."""
    if asker.startswith("/"):
        return True
    host = host_of(asker)
    found = _resolved(host, proxy_of(asker)) if host else ()
    return _is_named_so(host) or (bool(found) and all(map(is_near_address, found)))


def is_near(host: str, proxy: str = "") -> bool:
    """Whether a host is on the local network or this machine, with any address that it has.

    What a name is to a `proxy` only that knows: then nothing but the name itself is judged."""
    return _is_named_so(host) or any(map(is_near_address, _resolved(host, proxy)))


def is_near_address(address: str) -> bool:
    """Whether this IP address is anything but one of the internet's (IANA's special-purpose registries)."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is None:
            return ip not in _UNICAST or not ip.is_global
        ip = inner
    if ip in _NOT_NEAR:
        return False
    return not ip.is_global or ip.is_multicast


def host_of(url: str) -> str:
    """The host of an address in lower case, without the zone of an IPv6 one; "" where there is none."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""
    return host.partition("%")[0] if ":" in host else host


def proxy_of(url: str) -> str:
    """The proxy that the environment names for an address; "" where it is asked straight."""
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all") or ""
    return "" if proxy and proxy_bypass(parts.hostname or "") else proxy


def _is_named_so(host: str) -> bool:
    return host == "localhost" or host.endswith(_NAMES)


def _resolved(host: str, proxy: str) -> tuple[str, ...]:
    flags = socket.AI_NUMERICHOST if proxy else 0
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=flags)
    except (OSError, UnicodeError):
        return ()
    return tuple(str(one[4][0]) for one in found)
