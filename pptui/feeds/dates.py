"""Moments as HTTP headers have them (RFC 9110, 5.6.7)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def moment(value: str) -> datetime | None:
    """An aware moment; None for what is no date."""
    try:
        found = parsedate_to_datetime(value.strip())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    # "-0000" (RFC 5322, 3.3: UTC, from nobody knows where), and no zone at all, come without one; a date in
    # HTTP is always GMT.
    return found if found.tzinfo else found.replace(tzinfo=UTC)
