from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pptui.services import Services
from tests import material

TITLES = (
    "Bread, and how to bake it",
    "日本のパン屋さんと話す、とても長い題名の回",
    "A title so long that no terminal has room for all of it, not even one that is two hundred columns wide, "
    "which is what the author wanted to find out by writing it",
    "[/] [@click=app.quit]markup[/] that is none [b]",
    "Short",
)


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """A library with a podcast of several episodes, one with a single episode, and one whose file is gone."""
    monkeypatch.setenv("TZ", "UTC")
    made = material.services(tmp_path)
    items = [material.item(number, title) for number, title in enumerate(TITLES, 1)]
    material.add(made, tmp_path, "bread.xml", material.feed("The Bread Podcast", items))
    one = [material.item(1, "The only one", notes="No list of chapters here.", duration="")]
    material.add(made, tmp_path, "one.xml", material.feed("One Talk [/] with 漢字 in its name", one))
    material.add(
        made, tmp_path, "failed.xml", material.feed("Podcast That Failed", [material.item(1, "Old")])
    )
    made.catalogue.set_error(
        made.podcast("Podcast That Failed").id, "the server says 503: service unavailable"
    )
    yield made
    made.close()
