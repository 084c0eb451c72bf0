"""The keys: what the user's `[keys]` may change, and what help and the palette show of them.

What may be changed has an id, and the ids are the names in `[keys]`; so a key, its line in the help and
its entry in the palette come from one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain

from textual.app import App
from textual.binding import Binding, BindingsMap
from textual.keys import KEY_TO_UNICODE_NAME, REPLACED_KEYS, Keys, format_key, key_to_character
from textual.screen import Screen

_NAMED = {key.value for key in Keys} | {"space", *KEY_TO_UNICODE_NAME.values()}
_SPELLED = {"enter": "enter", "backspace": "backspace", "pageup": "PgUp", "pagedown": "PgDn"}
_MODIFIERS = ("ctrl+", "shift+", "alt+")


def _chains(app: type) -> list[tuple[type, ...]]:
    """What may take a key at one time, from the app to what has the focus. Windows stand alone, and so does
    the help: what closes them comes first.

    Most of it is not shown at the start, and not loaded for it either."""
    from pptui.screens.add import AddScreen
    from pptui.screens.arrange import ArrangeScreen
    from pptui.screens.episode import EpisodeScreen
    from pptui.screens.help import HelpScreen
    from pptui.screens.library import LibraryScreen
    from pptui.screens.login import LoginScreen
    from pptui.screens.news import NewsScreen
    from pptui.screens.question import QuestionScreen
    from pptui.screens.room import Room
    from pptui.screens.search import SearchScreen, Words
    from pptui.widgets.page import Page
    from pptui.widgets.player_bar import PlayerBar
    from pptui.widgets.rows import RowList
    from pptui.widgets.show_notes import ShowNotes

    rooms = {LibraryScreen: (), SearchScreen: (Words,), EpisodeScreen: (ShowNotes,)}
    return [
        *((app, Room, room, one) for room, own in rooms.items() for one in (*own, RowList, PlayerBar)),
        (HelpScreen, Page),
        (AddScreen,),
        (LoginScreen,),
        (NewsScreen, Page),
        (ArrangeScreen, RowList),
        (QuestionScreen,),
    ]


def _bindings(kind: type) -> list[Binding]:
    return [
        binding
        for bindings in BindingsMap(kind.__dict__.get("BINDINGS", [])).key_to_bindings.values()
        for binding in bindings
    ]


def names(app: type) -> dict[str, str]:
    """The ids that `[keys]` may name, each with what it does."""
    return {
        binding.id: binding.description
        for kind in dict.fromkeys(chain.from_iterable(_chains(app)))
        for binding in _bindings(kind)
        if binding.id is not None
    }


def is_key(name: str) -> bool:
    """Whether a terminal can send such a key. Textual takes any name, and the action then has no key."""
    while name.startswith(_MODIFIERS):
        name = name.partition("+")[2]
    return len(name) == 1 or name in _NAMED or key_to_character(REPLACED_KEYS.get(name, name)) is not None


def _is_typed(name: str) -> bool:
    character = name if len(name) == 1 else key_to_character(name)
    return character is not None and character.isprintable()


def checked(app: type, wanted: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The keys that the user set and that can be bound, and lines about what can't be, or takes a key from
    something else that works at the same time."""
    if not wanted:
        return {}, []
    known = names(app)
    # They would be taken from what is typed into a field as well.
    first = {binding.id for binding in _bindings(app) if binding.priority}
    problems = []
    good: dict[str, str] = {}
    for name, value in wanted.items():
        keys = [key.strip() for key in value.split(",") if key.strip()]
        strange = [key for key in keys if not is_key(key)]
        if name not in known:
            problems.append(f"[keys] {name}: there is no such action")
        elif strange or not keys:
            problems.append(f"[keys] {name}: {', '.join(strange) or 'nothing'} is not a key")
        elif name in first and (typed := [key for key in keys if _is_typed(key)]):
            problems.append(f"[keys] {name}: {', '.join(typed)} is needed for typing")
        else:
            good[name] = ",".join(keys)
    for kinds in _chains(app):
        taken: dict[str, tuple[str, bool]] = {}
        # What a screen or a list binds shadows the app: meant where it is ours, a mistake where it is new.
        for name, ours in _by_id(chain.from_iterable(map(_bindings, kinds))).items():
            for written in good[name].split(",") if name in good else ours:
                (binding,) = Binding.make_bindings([Binding(written, "")])
                new = binding.key not in ours
                other, new_there = taken.setdefault(binding.key, (name, new))
                if other != name and (new or new_there):
                    shown = written if new else key_to_character(binding.key) or binding.key
                    problems.append(f"[keys] {shown} is both {other} and {name}")
    return good, list(dict.fromkeys(problems))


def _by_id(bindings: Iterable[Binding]) -> dict[str, set[str]]:
    """The keys of ours that each id has."""
    found: dict[str, set[str]] = {}
    for binding in bindings:
        if binding.id is not None:
            found.setdefault(binding.id, set()).add(binding.key)
    return found


def active(app: App[int], screen: Screen[object]) -> list[tuple[str, str, str]]:
    """The bindings that work on a screen now: id, keys as shown, what each does.

    Keys that do the same by its description make one line; one without any id has that for it."""
    shown: dict[str, list[tuple[str, str]]] = {}
    for key, (_, binding, enabled, _) in screen.active_bindings.items():
        if enabled and binding.description:
            shown.setdefault(binding.description, []).append((binding.id or "", _spelled(key)))
    return [
        (
            max(identifier for identifier, _ in keys) or said,
            " ".join(sorted((key for _, key in keys), key=len)),
            said,
        )
        for said, keys in shown.items()
    ]


def _spelled(key: str) -> str:
    """A key as the README writes it."""
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, _SPELLED.get(last) or format_key(last)])


def commands(app: App[int], screen: Screen[object]) -> Iterator[tuple[str, str, Callable[[], object]]]:
    """The same for the palette: what each does, its keys, and what runs it; moving about is left out."""
    from pptui.widgets.page import Page
    from pptui.widgets.rows import RowList
    from pptui.widgets.show_notes import ShowNotes

    found = {active.binding.id: active for active in screen.active_bindings.values() if active.binding.id}
    for identifier, keys, said in active(app, screen):
        if identifier not in found or isinstance(found[identifier].node, (Page, RowList, ShowNotes)):
            continue
        node, binding = found[identifier].node, found[identifier].binding
        yield said, keys, partial(app.run_action, binding.action, node)
