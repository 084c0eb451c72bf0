"""Changes that wait for the disk mean the same when they get there."""

from __future__ import annotations

from pptui.store.documents import Change, Changes, followed_by
from pptui.store.versions import Documents

CHANGES = [
    Change(None),
    Change({"a": 1, "b": 2}),
    Change({"a": 3, "c": None}, existing=True),
    Change({"b": None}, fresh=True),
    Change({"c": 5}),
]

STARTS: list[Documents] = [{}, {"x": {"c": 0, "d": 1}}]


def test_changes_put_together_while_the_disk_is_full_do_the_same_as_one_after_the_other() -> None:
    for first in CHANGES:
        for second in CHANGES:
            for third in CHANGES:
                for start in STARTS:
                    single: Documents = dict(start)
                    joined: Documents = dict(start)
                    pending: Changes = ()
                    for change in (first, second, third):
                        change.apply(single, "x")
                        pending = followed_by(pending, change)
                    for change in pending:
                        change.apply(joined, "x")
                    assert joined == single, (first, second, third, start)


def test_a_disk_that_is_full_for_long_does_not_fill_the_memory() -> None:
    for change in CHANGES:
        pending: Changes = (Change(None),)
        for _ in range(1000):
            pending = followed_by(pending, change)
        assert len(pending) <= 2
