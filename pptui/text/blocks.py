"""Show notes as blocks of styled text, as they are laid out on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BlockKind(StrEnum):
    """What a block of show notes is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    QUOTE = "quote"
    CODE = "code"
    RULE = "rule"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text in one style; a newline in it is a line break.

    `link` is a `safe_url` or empty; `at` is a moment of the episode, in seconds, that can be followed.
    """

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str = ""
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of some kind. `depth` is a heading's level, or how deep an item or quote is nested
    (from 1); `marker` is an item's bullet or number, empty for its further paragraphs."""

    kind: BlockKind
    spans: tuple[Span, ...]
    depth: int = 0
    marker: str = ""

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Notes:
    """Show notes as blocks, ready to be laid out."""

    blocks: tuple[Block, ...]
