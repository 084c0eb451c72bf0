"""The words by which a reader tells a chapter list from a timetable, in the languages that notes are
mostly written in. Every pattern here is meant for a short piece of text."""

from __future__ import annotations

import re


def _any(words: str) -> str:
    return "|".join(word.replace("_", " ?") for word in words.split())


def _set(*words: str) -> frozenset[str]:
    return frozenset(word for line in words for word in line.split())


# What stands above or in front of a chapter list.
HEADINGS = re.compile(
    r"(?i)(?<!\w)(?:"
    + _any(
        r"chapters? time\W?stamps? time\W?codes? time\W?lines? outline topics?"
        r" (?:table_of_)?contents? rundown segments?"
        r" highlights kapitel\w* inhalt\w* themen zeitmarken zeitstempel"
        r" sommaire chapitr\w+ minutage cap[ií]tulos?"
        r" capitoli [ií]ndice minutaggio hoofdstukken tijdcodes rozdział\w*"
        r" kapitler bölümler тайм\W?код\w* содержание"
        r" темы главы 目录 目錄 章节 章節 时间[轴戳线] 時間[軸戳線] 目次"
        r" チャプター タイムスタンプ 챕터 타임스탬프 목차"
        r" الفصول פרקים"
    )
    + r")(?!\w)"
)

# What may stand in front of a time that begins its line: bullets, emoji, a number, a label.
_LABEL = _any(
    r"chapter kapitel chapitre cap[ií]tulo capitolo part teil partie parte section segment"
    r" topic track ch ep глава часть"
)
_UNIT = _any(r"minuten? minutes? min time(?:stamp|code)? start ab t")
LEADING = re.compile(
    rf"(?i)[\W_]*(?:(?:n[or]\.? ?)?\d{{1,3}}[\W_]+|(?:{_LABEL})\.? ?\d{{1,3}}[\W_]+|(?:{_UNIT})\b[\W_]*)?"
)

# Words after which a time is spoken of, and others that as well end a title.
AT = _set(
    "at around approx approximately circa ca by until till um gegen à vers às las alle dalle kl om rond",
    "minute minuten около до",
)
PREPOSITIONS = AT | _set(
    "about from to for after before since of on is was see call page the and or ab bis von nach vor seit bei",
    "depuis de ore в во с после на",
)

# Books whose verses are written as times are.
BOOKS = _set(
    "gen genesis exod exodus lev leviticus num numbers deut deuteronomy josh",
    "joshua judges ruth sam samuel kings",
    "chronicles ezra nehemiah esther job ps psa psalm psalms psalter",
    "salmo salmos psaume proverbs prov ecclesiastes",
    "isaiah isa jesaja jeremiah lamentations ezekiel daniel hosea joel amos",
    "obadiah jonah micah nahum habakkuk",
    "zephaniah haggai zechariah malachi matt matthew matthäus matthieu mateo mark",
    "markus luke lukas john johannes",
    "acts apostelgeschichte rom romans römer cor corinthians korinther gal",
    "galatians eph ephesians phil philippians",
    "col colossians thess thessalonians tim timothy titus philemon heb hebrews",
    "hebräer james jas peter pet petrus",
    "jude rev revelation revelations offenbarung mose surah sura sure koran quran",
)
VERSE_AFTER = re.compile(r"[-–,;] ?\d{1,3}(?=\s*(?:[,;.)\n]|\Z))")

# A line that states something about the episode, not a moment of it.
FACT = re.compile(
    r"(?i)[\W_]*(?:(?:(?:episode|total|running|run|play|spiel|gesamt) ?)?(?:"
    + _any("duration length time dauer länge durée duración")
    + ")|"
    + _any(
        "laufzeit runtime recorded aufgenommen aufnahme released? published aired veröffentlicht date datum"
    )
    + r")(?: \w{1,4})?[\W_]*"
)

_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
DATED = re.compile(
    r"(?i)(?<!\w)(?:"
    + _any(
        "(?:mon|tues|wednes|thurs|fri|satur|sun)days? (?:mon|diens|donners|frei|sams|sonn)tags? mittwochs?"
    )
    + rf"|\d{{1,2}}(?:st|nd|rd|th|\.)? (?:of )?{_MONTH}|{_MONTH} \d{{1,2}}"
    r"|\d{1,2}[./]\d{1,2}[./](?:\d\d){1,2})(?!\w)"
    r"|(?<!\w)(?-i:" + _any("Mo Di Mi Do Fr Sa So Mon Tue Wed Thu Fri Sat Sun") + r")[.:,–-]"
)

ABBREVIATED = re.compile(
    r"(?i)(?<!\w)(?:"
    + _any("dr mr mrs ms prof st sr jr vs feat ft no nr inc ep pt vol hr fr [a-z]")
    + r")\.\Z"
)
SENTENCE = re.compile(r"(?<=[.!?…。！？])\s+(?=[^\W\da-z_])")

# What begins after the last title of a list that is run on in a paragraph: a heading in capitals, a link,
# a label, or, where the title has become too long to be one, words that speak to the listener.
SECTION = re.compile(
    r"\s(?:[A-ZÄÖÜ][A-ZÄÖÜ&' ]{2,40}:\s|(?:https?://|www\.)\S|[^\W\da-z_]\w{1,20}(?:"
    r" \w{1,20}){0,2}: ?(?:https?://|@)|(?:"
    + _any(
        "Links? Show_notes Sponsors? Resources References Credits Music Follow"
        " Subscribe Support Connect Hosts? Guests?"
        " Musik Quellen"
    )
    + r") ?:)"
)
SPEAKS = re.compile(
    r"\s(?=(?:"
    + _any(
        "This These Please Follow Subscribe Thanks? Join Check Support Become Find Listen"
        " Visit Connect Get Our We If"
        " For In You Learn Sign Don['’]t Watch Read Like Share Hosted"
        " Produced Music Links Folgt Mehr Abonniert"
    )
    + r")\s)"
)
