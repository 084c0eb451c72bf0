"""The keys: what the user's `[keys]` may change, and what help and the palette show of them.

What may be changed has an id, and the ids are the names in `[keys]`; so a key, its line in the help and
its entry in the palette come from one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from textual.app import App
from textual.binding import Binding, BindingsMap
from textual.keys import KEY_TO_UNICODE_NAME, REPLACED_KEYS, Keys, key_to_character
from textual.screen import Screen

_NAMED = {key.value for key in Keys} | {"space", *KEY_TO_UNICODE_NAME.values()}
_MODIFIERS = ("ctrl+", "shift+", "alt+")


def _places() -> tuple[type, ...]:
    """What has keys of its own. Most of it is not shown at the start, and not loaded for it either."""
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
    from pptui.widgets.player_bar import PlayerBar
    from pptui.widgets.rows import RowList
    from pptui.widgets.show_notes import ShowNotes

    return (
        Room,
        LibraryScreen,
        SearchScreen,
        Words,
        EpisodeScreen,
        RowList,
        ShowNotes,
        PlayerBar,
        HelpScreen,
        AddScreen,
        LoginScreen,
        NewsScreen,
        ArrangeScreen,
        QuestionScreen,
    )


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
        for kind in (app, *_places())
        for binding in _bindings(kind)
        if binding.id is not None
    }


def is_key(name: str) -> bool:
    """Whether a terminal can send such a key. Textual takes any name, and the action then has no key."""
    while name.startswith(_MODIFIERS):
        name = name.partition("+")[2]
    return len(name) == 1 or name in _NAMED or key_to_character(REPLACED_KEYS.get(name, name)) is not None


def apply(app: App[int], wanted: Mapping[str, str]) -> list[str]:
    """Bind the keys that the user set; the rest stays. Lines for the user about what can't be."""
    if not wanted:
        return []
    known = names(type(app))
    problems = []
    good = {}
    for name, value in wanted.items():
        keys = [key.strip() for key in value.split(",") if key.strip()]
        strange = [key for key in keys if not is_key(key)]
        if name not in known:
            problems.append(f"[keys] {name}: there is no such action")
        elif strange or not keys:
            problems.append(f"[keys] {name}: {', '.join(strange) or 'nothing'} is not a key")
        else:
            good[name] = ",".join(keys)
    for kind in (type(app), *_places()):
        # What a screen or a list binds shadows the app: meant where it is ours, a mistake where it is new.
        above = () if kind is type(app) else _bindings(type(app))
        taken: dict[str, str] = {}
        for binding in (*above, *_bindings(kind)):
            if binding.id is None:
                continue
            keys = good[binding.id].split(",") if binding.id in good else [binding.key]
            for key in keys:
                other = taken.setdefault(key, binding.id)
                if other != binding.id and (binding.id in good or other in good):
                    problems.append(f"[keys] {key} is both {other} and {binding.id}")
    app.set_keymap(good)
    return list(dict.fromkeys(problems))


def active(app: App[int], screen: Screen[object]) -> list[tuple[str, str, str]]:
    """The bindings that work on a screen now: id, keys as shown, what each does.

    Keys without an id of their own that do the same by its description make one line."""
    shown: dict[str, tuple[list[str], str]] = {}
    for key, (_, binding, enabled, _) in screen.active_bindings.items():
        if not enabled or not binding.description:
            continue
        keys, _ = shown.setdefault(binding.id or binding.description, ([], binding.description))
        keys.append(app.get_key_display(Binding(key, binding.action)))
    return [(identifier, " ".join(keys), said) for identifier, (keys, said) in shown.items()]


def commands(app: App[int], screen: Screen[object]) -> Iterator[tuple[str, str, Callable[[], object]]]:
    """The same for the palette: what each does, its keys, and what runs it; moving about is left out."""
    from pptui.widgets.rows import RowList
    from pptui.widgets.show_notes import ShowNotes

    found = {active.binding.id: active for active in screen.active_bindings.values() if active.binding.id}
    for identifier, keys, said in active(app, screen):
        if identifier not in found or isinstance(found[identifier].node, (RowList, ShowNotes)):
            continue
        node, binding = found[identifier].node, found[identifier].binding
        yield said, keys, partial(app.run_action, binding.action, node)
