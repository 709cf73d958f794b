"""What an account says of itself, and what its own posts tell: everything that linking reads of an author."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from analysis.identity import names
from core.mention import Author

MAX_KEYS = 20
"""Ids read of one author: a post that lists a thousand numbers is no evidence of anything."""
LONGEST_TEXT = 2000
LONGEST_BIO = 600
FREE_MAIL = frozenset(
    """
    gmail.com googlemail.com yahoo.com yahoo.co.in yahoo.in hotmail.com outlook.com live.com icloud.com me.com
    aol.com gmx.com gmx.de proton.me protonmail.com mail.com rediffmail.com zoho.com yandex.com mynet.com ymail.com
    msn.com fastmail.com twitter.com x.com instagram.com facebook.com linkedin.com youtube.com t.me linktr.ee
    github.com medium.com bit.ly t.co reddit.com bsky.app bsky.social mastodon.social tiktok.com about.me carrd.co
    wa.me
    """.split()  # noqa: SIM905 (words read better as words)
)
"""Domains that everybody may use: they tell of no employer."""


class Whose(IntEnum):
    """Of whom a text speaks where it gives an id."""

    UNSAID = 0
    OWN = 1
    ANOTHERS = 2


class Told(NamedTuple):
    """An id in an author's words. `kind` is email, phone or order_id; the value is as the CRM's keys have it."""

    kind: str
    value: str
    whose: Whose
    in_bio: bool


@dataclass(frozen=True, slots=True)
class Person:
    """An author as linking sees them. Places are keys of `names.city` and `names.country`."""

    author: Author
    name: tuple[names.Word, ...]
    handle: str
    """Lower case, as the platform tells accounts apart."""
    plain: str
    core: str
    cities: tuple[str, ...]
    countries: tuple[str, ...]
    domains: tuple[str, ...]
    told: tuple[Told, ...]
    no_person: bool
    """A fan page, a parody, a newspaper, a bot or a shop, by its own words."""
    feigned: bool
    """The handle insists on being somebody: official, real."""


_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONE = re.compile(r"(?<![\w@])\+?\(?\d[\d\s().-]{8,18}\d(?!\w)")
_ORDER = re.compile(r"(?<![\w@/.])(?:(?=[\w/-]{0,12}\d{2})[A-Za-z0-9][A-Za-z0-9_/-]{4,29}|(?<=#)\d{3,4})(?![\w@])")
_DOMAIN = re.compile(
    r"(?<![\w.@-])(?:https?://)?(?:www\.)?((?:[a-z0-9][a-z0-9-]{0,62}\.){1,3}[a-z]{2,12})(?![\w@])", re.IGNORECASE
)
_FIRST = re.compile(
    r"\b(?:my|mine|i|i'm|i've|me|our|we)\b|\b(?:mera|meri|mere|mujhe|hamara|maine)\b|\b(?:sipari[sş]im|kargom|"
    r"benim|bana|hesab[ıi]m|ald[ıi]m)\w*|"
    r"मेरा|मेरी|मेरे|मुझे|हमारा|मैंने|"
    # who says where to be reached speaks of themselves
    r"\bregistered (?:with|under|on|to|e-?mail|mobile|number)\b|\bcontact(?: (?:no|number|info|details))?\s*[:=]|"
    r"\b(?:ileti[sş]im|ula[sş](?:[ıi]n|abilir)\w*)|\b(?:pe|par) (?:contact|call|msg|message|whatsapp)\b|"
    r"पर (?:कॉल|संपर्क|फ़ोन|फोन)|संपर्क(?: नंबर)?\s*:",
    re.IGNORECASE,
)
_KIN = (
    r"friend|mate|mother|mom|mum|mam|mummy|father|dad|daddy|sister|sis|brother|bro|wife|husband|hubby|spouse|aunt\w*|uncle|"
    r"neighbou?r|co-?worker|colleague|boss|manager|gran\w*|nan|nana|niece|nephew|cousin|partner|room-?mate|flat-?mate|"
    r"house-?mate|son|daughter|kid|fianc\w+|girlfriend|boyfriend|gf|bf|parents|in-?laws?|\w+-in-law|step\w+|client|"
    r"customer|tenant|landlord|landlady|student|teacher|buddy|pal"
)
_GOODS = r"order|account|parcel|refund|package|number|delivery|ticket|case|shipment|booking|complaint"
_THIRD = re.compile(
    rf"\b(?:my|our|his|her|their) (?:\w+ )?(?:{_KIN})\b|\b(?:{_KIN})['’]s\b|"
    rf"\b(?:a|one of my|some) (?:{_KIN})s?\b|\b(?:my|our) \w+['’]s? (?:{_GOODS})\b|"
    rf"\b(?:my|our) (?!{_GOODS})\w+ (?:ordered|bought|paid|placed|purchased|got|received)\b|"
    rf"\bon behalf\b|\b(?:his|her|their|someone(?:['’]?s)?|somebody(?:['’]?s)?|(?:someone|somebody) else['’]?s) "
    rf"(?:{_GOODS})\b|"
    r"\b(?:treat|help|answer|ignor)\w* (?:him|her|them)\b|\b(?:to|for|of) (?:him|her|them)\b|"
    r"\b(?:this|that|another) (?:person|guy|lady|man|woman|customer|user)\b|\bsaw (?:a|this|someone)\b|"
    r"\b(?:dost|yaar|saheli|behen|behan|didi|bhaiya|bhai|bhabhi|mummy|mumma|maa|papa|pitaji|patni|pati|biwi|beta|bete|"
    r"beti|padosi|padosan|chacha|chachi|mama|mami|mausi|bua|nana|nani|dada|dadi|saas|sasur|jija|roommate|boss|uncle|"
    r"aunty) (?:ji )?(?:ka|ki|ke|ko)\b|"
    r"\b(?:arkada[sş]|annem|annean|babam|babaan|karde[sş]|e[sş]im|kocam|kar[ıi]m[ıi]n|han[ıi]m[ıi]n|abim|ablam|kom[sş]u|"
    r"teyze|amcam|day[ıi]m|halam|yengem|eni[sş]te|ye[gğ]eni|dedem|ninem|k[ıi]z[ıi]m|o[gğ]lum|torun|kuzen|kaynana|"
    r"kay[ıi]n(?:valide|peder)|sevgilim|ni[sş]anl[ıi]m|patron|m[uü]d[uü]r[uü]m|m[uü][sş]teri|ba[sş]kas[ıi])\w*|"
    r"(?:दोस्त|सहेली|मां|माँ|मम्मी|पापा|पिता|पिताजी|बहन|भाई|भाभी|पति|पत्नी|बीवी|पड़ोसी|पड़ोसन|चाचा|चाची|मामा|मौसी|बुआ|"
    r"नाना|नानी|दादा|दादी|सास|ससुर|जीजा|बेटे|बेटी) (?:जी )?(?:का|की|के|को)(?![\u0900-\u097f])|"
    r"^\s*(?:RT\b|>|&gt;)|[\"“«]",
    re.IGNORECASE,
)
_NO_PERSON_NAME = re.compile(
    r"\bparody\b|\bfan(?:s|club| club| page| account|page)?\b|\bnot the real\b|^not\b|\bnews\b|\bdaily\b|"
    r"\btimes\b|\bhaber\w*|\bgazete\w*|"
    r"\bbot\b|\bdeals\b|\balerts?\b|\bofficial\b|\bstore\b|\bshop\b|\bsupport\b|\bcare\b|\bhelp\b|\bltd\b|"
    r"\bllc\b|\binc\b|\bpvt\b|& sons\b|"
    r"\btv\b|\bmedia\b|\bmemes?\b|\bquotes?\b|\bfacts?\b|\bhayran\w*|\belectronics\b|\bupdates?\b|समाचार|न्यूज़|न्यूज",
    re.IGNORECASE,
)
_NO_PERSON_BIO = re.compile(
    r"\bparody\b|\bsatire\b|\bparodi\b|\bnot affiliated\b|\bunofficial\b|\bfan (?:account|page|club)\b|"
    r"\bfanpage\b|\bfan hesab\w*|\bhayran (?:sayfa|hesab)\w*|"
    r"\bfake account\b|\bimpersonat\w+|\bbreaking (?:news|stories)\b|\blatest news\b|\bnews (?:and|portal|"
    r"channel|updates|agency)\b|\bheadlines\b|\bson dakika\b|\bhaber\w*\b|"
    r"\b(?:i am|i'm) a bot\b|\bautomated\b|\bbot (?:account|by)\b|\bbeep boop\b|\bposts? every\b|"
    r"\bofficial (?:account|page|store|twitter|handle)\b|"
    r"\bcustomer (?:service|care|support)\b|\bfamily business\b|\bwe (?:ship|sell|deliver|are)\b|"
    r"\bresmi hesap\w*|\btribute\b|समाचार|ताज़ा खबर",
    re.IGNORECASE,
)
_NO_PERSON_HANDLE = re.compile(
    r"[_.\d-](?:bot|fans?|fc|store|shop|media|daily)\d*$|(?:news|haber|gazetesi|fanclub|fanpage|parody|deals|newsbot)\d*$"
)
_FEIGNED = re.compile(r"^_|_$|__|official|(?:^|_)real|_real$|^the_?real|^not_?the|fake|original|(?:^|_)orig")


_NO_DIGITS = re.compile(r"[^0-9]+")


def normal_phone(text: str) -> str:
    """A phone number's last ten digits: country codes and trunk zeros are written in too many ways to compare. What is
    shorter than seven is no number."""
    if text.isascii():
        digits = _NO_DIGITS.sub("", text)
    else:
        digits = "".join(str(unicodedata.digit(c)) for c in text if c.isdecimal())
    return digits[-10:] if len(digits) >= 7 else ""


LONGEST_PHONE = 15
"""Digits (ITU-T E.164)."""
_BETWEEN = re.compile(r"[^A-Z0-9]+")


def normal_order(text: str) -> str:
    """An order number as a key: nw-10442, NW 10442 and #NW10442 are one. Digits alone keep their dashes, or a date would be
    one."""
    value = text.strip().upper().strip("#-_/. ")
    return _BETWEEN.sub("", value) if any("A" <= c <= "Z" for c in value) else value


def read(author: Author, texts: Iterable[str] = ()) -> Person:
    """Read an author; `texts` are their own posts, never what they quote. What is very long is read in part."""
    bio = author.bio[:LONGEST_BIO]
    where = names.platform(author.platform)
    handle = names.handle(where, author.handle)
    own = names.own_part(where, handle)
    plain = names.plain_handle(own)
    display = author.display_name[: names.LONGEST]
    cities, countries = _places(author.location)
    found = _told(bio, True) if _may_tell(bio) else {}
    for text in texts:
        if len(found) >= MAX_KEYS:
            break
        if _may_tell(text):
            for key, whose in _told(text[:LONGEST_TEXT], False).items():
                found.setdefault(key, whose)
    told = tuple(Told(kind, value, whose, in_bio) for (kind, value, in_bio), whose in list(found.items())[:MAX_KEYS])
    domains = [d for d in _domains(bio) if d not in FREE_MAIL] if "." in bio else []
    domains += [d for d in _domains(author.url[: names.LONGEST]) if d not in FREE_MAIL] if author.url else []
    domains += [
        t.value.rpartition("@")[2] for t in told if t.kind == "email" and t.value.rpartition("@")[2] not in FREE_MAIL
    ]
    return Person(
        author,
        names.words(display) if names.plain_handle(display) != plain or " " in display.strip() else (),
        handle,
        plain,
        names.handle_core(plain),
        cities,
        countries,
        tuple(dict.fromkeys(domains))[:4],
        told,
        bool(_NO_PERSON_NAME.search(display) or (bio and _NO_PERSON_BIO.search(bio)) or _NO_PERSON_HANDLE.search(own)),
        _FEIGNED.search(own) is not None,
    )


@lru_cache(names.REMEMBERED)
def _places(location: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    cities, countries = names.places(location) if location else ([], [])
    return tuple(cities), tuple(countries)


_DIGIT = re.compile(r"\d")
_KINDS = (
    ("email", re.compile(r"[\w.+-]@[\w-]"), _EMAIL),
    ("phone", re.compile(r"\d[\d\s().-]{8}"), _PHONE),
    (
        "order_id",  # two digits in a row of five such characters, or three after a "#"
        re.compile(
            r"\d\d(?:(?=[\w/-]{3})|(?<=[\w/-]{3})(?=[\w/-]{2})|(?<=[\w/-]{4})(?=[\w/-])|(?<=[\w/-]{5})|(?<=#\d\d)\d)"
        ),
        _ORDER,
    ),
)
"""The ids that a text may hold, each with a sign that all of its kind bear and that is soon looked for."""
_AT, _DOT = (
    re.compile(r"\s?[\[(]\s?at\s?[\])]\s?", re.IGNORECASE),
    re.compile(r"\s?[\[(]\s?dot\s?[\])]\s?", re.IGNORECASE),
)


def _may_tell(text: str) -> bool:
    text = text[:LONGEST_TEXT]
    return "@" in text or "at)" in text or "at]" in text or _DIGIT.search(text) is not None


def _domains(text: str) -> list[str]:
    return [d.lower().removeprefix("www.") for d in _DOMAIN.findall(text)] + [
        e.rpartition("@")[2].lower() for e in _EMAIL.findall(text)
    ]


def _told(text: str, in_bio: bool) -> dict[tuple[str, str, bool], Whose]:
    """The ids in a text, each with whose it seems to be by the words around it."""
    found: dict[tuple[str, str, bool], Whose] = {}
    if "at)" in text or "at]" in text:
        text = _DOT.sub(".", _AT.sub("@", text))
    spoken, whole = text, Whose.OWN
    for kind, sign, pattern in _KINDS:
        if sign.search(text) is None:
            continue
        for match in pattern.finditer(text):
            value = match[0]
            if kind == "phone":
                if _ORDER.fullmatch(value) is None:  # its parts are no order numbers; as one word it may well be one
                    text = text.replace(value, " ")
                value = normal_phone(value) if sum(map(str.isdecimal, value)) <= LONGEST_PHONE else ""
                if len(value) < 10:
                    continue
            elif kind == "email":
                text = text.replace(value, " ")
                value = value.lower().rstrip(".-_")
            else:
                value = normal_order(value)
            if not found and not in_bio:  # most texts hold no id: they need not be asked of whom they speak
                whole = _of_whom(spoken)
            found.setdefault((kind, value, in_bio), whole)
            if len(found) >= MAX_KEYS:
                return found
    return found


def _of_whom(text: str) -> Whose:
    return Whose.ANOTHERS if _THIRD.search(text) else Whose.OWN if _FIRST.search(text) else Whose.UNSAID
