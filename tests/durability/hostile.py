"""What a stranger could send to do something to a terminal, feeds full of it, and what must not come out."""

from __future__ import annotations

import base64
import re
import unicodedata
from xml.sax.saxutils import escape

TAIL = "END"
"""What comes after the attack in each string: where it is shown, the string was read to its end."""

STEERING = {
    "title": "\x1b]0;PWNED\x07",
    "title, ST": "\x1b]2;PWNED\x1b\\",
    "title, never ended": "\x1b]0;PWNED",
    "clipboard": "\x1b]52;c;UFdORUQ=\x07",
    "link": "\x1b]8;;https://evil.example/\x1b\\PWNED\x1b]8;;\x1b\\",
    "notification": "\x1b]9;PWNED\x07\x1b]777;notify;PWNED;x\x07",
    "palette": "\x1b]4;1;rgb:00/00/00\x07\x1b]10;#000\x07",
    "current folder": "\x1b]7;file:///etc\x07",
    "picture": "\x1b]1337;File=inline=1:AAAA\x07",
    "DCS": "\x1bP$qm\x1b\\\x1bPq#0;2;0;0;0\x1b\\",
    "APC": "\x1b_Ga=T;AAAA\x1b\\",
    "PM and SOS": "\x1b^PWNED\x1b\\\x1bXPWNED\x1b\\",
    "clear": "\x1b[2J\x1b[3J\x1b[H",
    "colour": "\x1b[38;5;213;53mred",
    "report": "\x1b[6n\x1b[c\x1b[21t\x1b[>q\x1b[?1$p",
    "modes": "\x1b[?1049l\x1b[?25l\x1b[?2004l\x1b[4h",
    "scroll region": "\x1b[5;10r\x1bD\x1bM\x1bE",
    "reset": "\x1bc\x1b[!p",
    "charset": "\x1b(0\x1b)0\x0e\x0f\x1b#8",
    "keypad and media copy": "\x1b=\x1b>\x1b[5i\x1b[4i",
    "C1 CSI": "\x9b31;53m\x9b2J",
    "C1 OSC": "\x9d0;PWNED\x9c\x9d52;c;UFdORUQ=\x9c",
    "C1 DCS": "\x90q\x9c\x9eq\x9c\x9fq\x9c\x98q\x9c",
    "C1 others": "".join(map(chr, range(0x80, 0xA0))),
    "C0": "".join(map(chr, range(0x20))),
    "backspaces": "shown\b\b\b\b\b\x7f\x7f",
    "returns": "one\rtwo\x85three\x0bfour\x0cfive\u2028six\u2029seven",
    "nul": "\0\0\0",
    "escape after escape": "\x1b\x1b[2J\x1b\x1b]0;PWNED\x07",
    "split escape": "\x1b\u200b[2J\x1b\u202e]0;PWNED\x07",
    "nested escape": "\x1b[\x1b[2J2J\x1b]\x1b]0;x\x070;PWNED\x07",
    "bidi overrides": "\u202egpj.exe\u202c\u202d\u202a\u202b",
    "bidi isolates": "\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
    "zero width": "\u200b\u200c\u200d\u2060\ufeff\u180e\u00ad" * 400,
    "marks": "e" + "\u0301" * 3000 + "\u20dd" * 100,
    "marks alone": "\u0301\u0489\u1abe" * 500,
    "variation selectors": "a" + "\ufe0f" * 500 + "\U000e0100" * 500,
    "tags": "\U0001f3f4" + "".join(chr(0xE0000 + ord(one)) for one in "gbeng") + "\U000e007f" * 300,
    "joined emoji": "\U0001f468\u200d" * 300 + "\U0001f466",
    "skin tones": "\U0001f44b" + "\U0001f3ff" * 200,
    "flags": "\U0001f1e9" * 301,
    "keycaps": "1\ufe0f\u20e3" * 100,
    "wide": "漢字ｗｉｄｅ한글" * 80,
    "hangul jamo": "\u1100\u1161\u11a8" * 200,
    "ambiguous": "①★…─█" * 100,
    "long words": "\ufdfd\u12031\U0001242b" * 100,
    "interlinear": "\ufff9a\ufffab\ufffb",
    "private": "\ue000\U000f0000\U0010fffd" * 50,
    "not characters": "\ufdd0\ufffe\uffff\U0001ffff",
    "hangul fillers": "\u115f\u1160\u3164\uffa0" * 200,
    "braille blank": "\u2800" * 300,
    "invisible operators": "\u2061\u2062\u2063\u2064\u206a\u206f" * 100,
}
"""What steers, hides or stretches."""

MARKUP = {
    "action": "[@click=app.quit]PWNED[/]",
    "action in quotes": "[@click=\"app.bell()\"]x[/] [@click='app.quit']y[/]",
    "closing": "[/]",
    "closing a name": "[/b]",
    "open": "[b",
    "style": "[bold red on blue]x",
    "variable": "$error [$error]x[/$error]",
    "link": "[link=https://evil.example/]x[/link] [link='file:///etc/passwd']y[/]",
    "escaped": "\\[b]x\\[/b] \\",
    "emoji": ":warning: :skull:",
    "rich": "[blink][reverse][not a style]",
    "half": "[@click=",
    "deep": "[b]" * 200,
    "template": "{0} {self} %s %(x)s ${HOME} `id` $(id)",
}
"""What Textual, Rich or a shell could read as theirs."""


def written(attack: str, how: str) -> str:
    """An attack as a feed has it: `raw`, by `number` in its XML, or by number in the `html` within that."""
    if how == "raw":
        return escape(attack, {'"': "&quot;"})
    numbers = "".join(f"&#{ord(one)};" for one in attack[:300])
    return numbers if how == "number" else numbers.replace("&", "&amp;")


HOW = ("raw", "number", "html")


def item(name: str, attack: str, *, audio: str, chapters: str = "") -> str:
    """An episode with the attack in each of its fields."""
    return f"""<item>
<title>T {name} {attack} {TAIL}</title><itunes:title>{attack}</itunes:title>
<itunes:author>{attack}</itunes:author><author>{attack}</author><dc:creator>{attack}</dc:creator><category>{attack}</category>
<itunes:keywords>{attack}</itunes:keywords><itunes:season>{attack}</itunes:season>
<guid isPermaLink="false">{name} {attack}</guid><link>https://example.org/{name}?{attack}</link>
<pubDate>Thu, 04 Feb 2021 12:00:00 GMT</pubDate><itunes:duration>52:00</itunes:duration>
<itunes:subtitle>{attack}</itunes:subtitle><itunes:summary>S {attack} {TAIL}</itunes:summary>
<description>D {attack} {TAIL}</description>
<content:encoded>&lt;h2 title="{attack}"&gt;H {attack}&lt;/h2&gt;&lt;p style='{attack}'&gt;P {attack} {TAIL}
&lt;a href="https://example.org/{attack}" onclick="{attack}"&gt;A {attack}&lt;/a&gt;&lt;/p&gt;
&lt;pre&gt;C {attack}&lt;/pre&gt;&lt;ul&gt;&lt;li&gt;L {attack}&lt;/li&gt;&lt;/ul&gt;
&lt;table&gt;&lt;tr&gt;&lt;td&gt;{attack}&lt;/td&gt;&lt;td&gt;x&lt;/td&gt;&lt;/tr&gt;&lt;/table&gt;
&lt;img alt="{attack}" src="{attack}"&gt; 12:34 {attack} and more to be read, so that these notes are chosen
</content:encoded>
<psc:chapters version="1.2"><psc:chapter start="0" title="K {attack} {TAIL}"
 href="https://example.org/{attack}" image="{attack}"/><psc:chapter start="60" title="{attack}"/>
<psc:chapter start="{attack}" title="x"/></psc:chapters>
<podcast:person role="{attack}" href="{attack}">{attack}</podcast:person>
<podcast:transcript url="{attack}" type="{attack}"/>
{f'<podcast:chapters url="{chapters}" type="{attack}"/>' if chapters else ""}
<enclosure url="{audio}?{attack}" type="audio/mpeg;{attack}" length="{attack}"/></item>"""


def gathered(how: str, *, audio: str, chapters: str = "") -> str:
    """An episode whose notes and chapters have all the attacks, one in each paragraph and each chapter."""
    attacks = [written(one, how)[:3000] for one in (STEERING | MARKUP).values()]
    notes = "".join(
        f"&lt;p&gt;N{number} {one} "
        f"&lt;a href='https://example.org/{number}/{one}'&gt;A {one}&lt;/a&gt; {TAIL}&lt;/p&gt;"
        for number, one in enumerate(attacks)
    )
    rows = "".join(
        f'<psc:chapter start="{number}:00" title="K{number} {one} {TAIL}" href="https://example.org/{one}"/>'
        for number, one in enumerate(attacks)
    )
    return f"""<item><title>Gathered {how}</title><guid>gathered-{how}</guid>
<link>https://example.org/{how}</link><pubDate>Fri, 05 Feb 2021 12:00:00 GMT</pubDate>
<description>{notes}</description><psc:chapters>{rows}</psc:chapters>
{f'<podcast:chapters url="{chapters}" type="application/json"/>' if chapters else ""}
<enclosure url="{audio}" type="audio/mpeg" length="1"/></item>"""


def feed(name: str, attack: str, items: str) -> bytes:
    """A feed with the attack in each field of its channel. Lone surrogates are written as they are."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:psc="http://podlove.org/simple-chapters" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>
<title>F {name} {attack} {TAIL}</title><description>{attack}</description>
<itunes:author>{attack}</itunes:author><link>https://example.org/{attack}</link><language>{attack}</language><generator>{attack}</generator>
<category>{attack}</category><itunes:category text="{attack}"/><copyright>{attack}</copyright>
<itunes:owner><itunes:name>{attack}</itunes:name><itunes:email>{attack}</itunes:email></itunes:owner>
<image><url>{attack}</url><title>{attack}</title></image><ttl>{attack}</ttl>
<podcast:funding url="{attack}">{attack}</podcast:funding>
{items}</channel></rss>""".encode("utf-8", "surrogatepass")


# --- what came out

# What Textual 8 and pptui write themselves (ECMA-48, xterm's ctlseqs, kitty's keyboard protocol).
_OURS = re.compile(
    rb"\x1b\[(?:[0-9;]*m|[0-9]+;[0-9]+H|\?[0-9]+[hl]|\?[0-9]+\$p|2[23];2t|>[0-9]+u|<u)"
    rb"|\x1b\](?:22;[a-z-]+|2;[^\x07\x1b]*|52;c;[A-Za-z0-9+/=]*)\x07"
)
_STRANGE = re.compile(rb"PWNED\x07|\x1b\[38;5;213|\x1b\]52;c;UFdORUQ|\x1b\](?!22?;|52;)[0-9]*|\x1b[PX^_]")
_CLIPBOARD = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)")
_TITLE = re.compile(rb"\x1b\]2;([^\x07\x1b]*)\x07")
_MARKS = 4


def problems(out: bytes, *, terminal: bool = False) -> list[str]:
    """What is in the output that must not be; with `terminal`, the sequences of the app itself may be."""
    found = [f"sent as it came: {one!r}" for one in _STRANGE.findall(out)]
    text = out
    if terminal:
        for one in _CLIPBOARD.findall(out):
            found += [f"in the clipboard: {why}" for why in _unfit(base64.b64decode(one).decode())]
        for one in _TITLE.findall(out):
            found += [f"in the title: {why}" for why in _unfit(one.decode())]
        text = _OURS.sub(b"", out)
    return found + _unfit(text.decode("utf-8", "surrogateescape").replace("\r\n", "\n"))


def _unfit(text: str) -> list[str]:
    found: set[str] = set()
    marks = 0
    for place, one in enumerate(text):
        kind = unicodedata.category(one)
        marks = marks + 1 if kind[0] == "M" else 0
        if (
            (kind in ("Cc", "Cs") and one not in "\n\t")
            or kind in ("Zl", "Zp")
            or (kind == "Cf" and one not in "\u200c\u200d" and not _shown(one))
            or marks > _MARKS
            or 0xE0100 <= ord(one) <= 0xE01EF
        ):
            found.add(f"U+{ord(one):04X} in {text[max(0, place - 20) : place + 20]!r}")
    return sorted(found)[:10]


def _shown(format_character: str) -> bool:
    """Whether it has a shape of its own: marks of numbers in Arabic, Syriac and Kaithi."""
    return unicodedata.bidirectional(format_character) in ("AN", "AL", "L", "R")
