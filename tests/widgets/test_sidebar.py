"""The names of podcasts have the room that their numbers leave."""

from __future__ import annotations

import pytest

from pptui.widgets.sidebar import Place, Sidebar


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (Place("a", "The Bread Podcast", 5), " The Bread Podca… 5 "),
        (Place("a", "The Bread Podcast", 1234), " The Bread Po… 1234 "),
        (Place("a", "The Bread Podcast"), " The Bread Podcast  "),
        (Place("a", "The Bread Podcast", failed=True), " The Bread Podca… ! "),
    ],
)
def test_a_title_is_cut_no_sooner_than_at_the_number(place: Place, line: str) -> None:
    sidebar = Sidebar()
    sidebar._places = [place]
    (parts,) = sidebar.parts(0, 20, here=False)
    assert "".join(value for value, _ in parts) == line
