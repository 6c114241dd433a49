"""What should not go out: words in a text by which a person could be found.

A finding is shown beside the text and acknowledged; nothing here blocks. Every pattern starts at a fixed
word or at the edge of a number and repeats a bounded number of times, so that a text of any length is read
in one pass a pattern. Not here: what may stand in a text at all (`text.py`).
"""

import re
import sys
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

KINDS = {
    "shared-document": _("link to a shared document"),
    "tracking": _("tracking parameter in a link"),
    "coordinates": _("coordinates or a point on a map"),
    "email": _("e-mail address"),
    "handle": _("name in a social network or messenger"),
    "identity": _("number of an identity document"),
    "birth-date": _("date of birth"),
    "plate": _("number plate"),
    "address": _("exact address"),
    "phone": _("phone number"),
}


@dataclass(frozen=True)
class Finding:
    """`kind` is a key of KINDS; `excerpt` is text[start:end]."""

    kind: str
    excerpt: str
    start: int
    end: int


def findings(text, *, language):
    """Everything of KINDS in `text`, plain or as a RichField keeps it, in order. `language` is its ISO 639 code."""
    rest = _readable(text)
    found = []
    for kind, pattern, is_one in PATTERNS:
        spans = [match.span() for match in pattern.finditer(rest) if is_one is None or is_one(match, language)]
        found += [Finding(kind, text[start:end], start, end) for start, end in spans]
        rest = _without(rest, spans)
    return sorted((finding for finding in found if finding.kind in KINDS), key=lambda finding: finding.start)


# --- Reading ----------------------------------------------------------------------------------

# Digits of every script as ours; the marks of bidi text and no-break spaces as spaces. Each is one
# character for one, so that places in the text stay what they are.
SAME = {
    code: str(unicodedata.digit(chr(code)))
    for code in range(128, sys.maxunicode)
    if unicodedata.category(chr(code)) == "Nd"
}
SAME |= dict.fromkeys(map(ord, "\u200e\u200f\u061c\u00a0\u202f\u2009\u2007"), " ")
SAME |= {ord(odd): plain for odd, plain in zip("＠＋－‐‑‒−٫،؛", "@+-----.,;", strict=True)}
TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
LINK = re.compile(r"https?://[^\s\"'<>]+")


def _readable(text):
    return TAG.sub(_only_links, text.translate(SAME))


def _only_links(tag):
    """Blanks in place of a tag, but for the address it leads to."""
    links = LINK.findall(tag[0])
    kept = tag[0] if not links else "".join(" " * (tag[0].find(links[0])) + links[0])
    return kept.ljust(len(tag[0])) if links else " " * len(kept)


def _without(text, spans):
    """What was found once is not found again as something else."""
    pieces, at = [], 0
    for start, end in spans:
        pieces += [text[at:start], "\0" * (end - start)]
        at = end
    return "".join(pieces) + text[at:]


# --- Words and shapes -------------------------------------------------------------------------


# Where a word can begin: everywhere else a long list of words need not be tried.
WORD = r"(?<!\w)(?=[^\W\d])"


def _compiled(pattern):
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE)


SPACE = r"[\s:;.,\#№°º()–—-]{0,4}"
NUMBER_WORD = r"(?:numbers?|no|номер\w{0,2}|нумар\w{0,2}|сер[иы][ияі]\w?|series|numéro|número|n|رقم\w{0,2}|شماره|is|est|es|هو|هي|است)"
GAP = rf"(?:{SPACE}\b{NUMBER_WORD}\b){{0,3}}{SPACE}"

SHARED = _compiled(r"""
    (?<![\w-]) (?=\w) (?:
        (?:docs|drive|sheets|forms|photos)\.google\.com/ | forms\.gle/ | photos\.app\.goo\.gl/ | (?:www\.)?dropbox\.com/
      | disk\.yandex\.\w{2,3}/ | yadi\.sk/ | onedrive\.live\.com/ | 1drv\.ms/ | [\w-]{1,60}\.sharepoint\.com/
      | (?:www\.)?icloud\.com/ | mega\.(?:nz|io)/ | (?:www\.)?wetransfer\.com/ | we\.tl/ | cloud\.mail\.ru/ | app\.box\.com/
      | cryptpad\.\w{2,5}/ | pad\.riseup\.net/ | (?:www\.)?swisstransfer\.com/ | (?:www\.)?mediafire\.com/
      | [\w-]{1,60}\.notion\.site/ | (?:www\.)?notion\.so/ | airtable\.com/ | share\.proton\.me/ | drive\.proton\.me/
      | (?:[\w-]{1,60}\.){1,4}\w{2,10}/(?:index\.php/)?s/(?=\w{0,20}\d)\w{15}\b
    ) [^\s"'<>]{0,300}
""")
TRACKING = _compiled(r"""
    [?&;] (?: utm_\w{1,20} | fbclid | gclid | dclid | gbraid | wbraid | yclid | ysclid | msclkid | twclid | ttclid
      | mc_[ce]id | igshi?d? | _ga | _gl | _hsenc | _hsmi | mkt_tok | vero_id | li_fat_id | _openstat | ref_src | oly_enc_id
      | s_cid | spm | at_medium | at_campaign | pk_campaign | mtm_\w{1,20} | cid_source )
    = [^\s"'<>&]{0,300}
""")
MAP = _compiled(r"""
    (?<![\w-]) (?=\w) (?: (?:www\.)?google\.\w{2,3}(?:\.\w{2})?/maps | maps\.google\.\w{2,3} | maps\.app\.goo\.gl | goo\.gl/maps
      | maps\.apple\.com | (?:yandex\.\w{2,3}/maps | (?:www\.)?openstreetmap\.org/ | osm\.org/go) | waze\.com/ul
      | 2gis\.\w{2,3}/ | what3words\.com/ | w3w\.co/ | geo:-?\d )
    [^\s"'<>]{0,300}
""")
COORDINATES = _compiled(r"""
    (?<![\w.,]) [+-]?\d{1,2}[.,]\d{4,10} \s?°?\s?[NSСЮ]? \s{0,2} [,;/\s] \s{0,2} [+-]?\d{1,3}[.,]\d{4,10} (?!\w|[.,]\d) \s?°?
  | (?<![\w.,]) \d{1,3}\s?°\s?\d{1,2}(?:[.,]\d{1,6})?\s?['′’]
      (?: \s?\d{1,2}(?:[.,]\d{1,6})?\s?(?:["″”]|''|’’) )? (?:\s?[NSEWСЮВЗ]\b)?
  | (?<![\w.,]) \d{1,2}[.,]\d{2,10}\s?°\s?[NSСЮ]? [\s,;]{0,3} \d{1,3}[.,]\d{2,10}\s?°
  | {WORD} (?: (?:gps[\s-])?coordinat\w{0,3} | координат\w{0,3} | каардынат\w{0,3} | coordonn\w{1,5} | coordenad\w{1,3}
      | (?:ال)?إحداثيات\w{0,3} | مختصات | gps | latitude | широт\w | шырат\w )
      [^\d\n]{0,25} \d{1,3}[.,]\d{2,10} [^\d\n]{1,20} \d{1,3}[.,]\d{2,10}
  | (?<![\w+]) [23456789CFGHJMPQRVWX]{8}\+[23456789CFGHJMPQRVWX]{2,3} (?!\w)
""")
EMAIL = _compiled(r"""
    (?<![\w.+-]) [\w.+-]{1,64}+ (?: @ | \s?[(\[{]\s?(?:at|@|собака|сабака|arobase|arroba)\s?[)\]}]\s? )
    [\w-]{1,63} (?: (?:\. | \s?[(\[{]\s?(?:dot|точка|кропка|point|punto)\s?[)\]}]\s? ) [\w-]{1,63} ){1,5}
""")
HANDLE = _compiled(r"""
    (?<![\w@/.]) @ [a-z][a-z0-9_.]{2,31} (?!\w|@)
  | (?<![\w-]) (?=[^\W\d]) (?: t\.me | telegram\.me | instagram\.com | facebook\.com | fb\.com | vk\.com | ok\.ru | twitter\.com | x\.com
      | (?:www\.)?tiktok\.com | linkedin\.com/in | wa\.me | threads\.net | (?:www\.)?youtube\.com(?=/@) | snapchat\.com/add
      | signal\.me ) / [^\s"'<>]{2,100}
  | {WORD} (?: telegram | телеграм\w{0,2} | тэлеграм\w{0,2} | تلغرام | تيليجرام | تلگرام | instagram | инстаграм\w{0,2}
      | discord | snapchat | signal | nick(?:name)? | ник ) \s?[:–—-]\s? (?=[\w.]{0,30}[\d_]) [a-z][\w.]{3,31}
  | {WORD} (?:skype|скайп\w?|سكايب|اسکایپ) \s?[:–—-]\s? [a-z][\w.:]{3,40}
""")
ANY_LINK = _compiled(r"(?<!\w)(?:https?://|www\.)[^\s\"'<>]{1,2000}+")

IDENTITY = _compiled(rf"""
    (?<!\w) \d{{7}}\s?[A-ZА-ЯІ]\s?\d{{3}}\s?[A-ZА-ЯІ]{{2}}\s?\d (?!\w)
  | (?<!\w) (?:MP|AB|BM|HB|KH|MC|KB|PP|SP|DP|МР|АВ|ВМ|НВ|КН|МС|КВ|РР)\s?№?\s?\d{{7}} (?!\w)
  | (?<!\w) \d{{2}}\s?\d{{2}}\s?№\s?\d{{6}} (?!\w)
  | (?<![\w-]) \d{{3}}-\d{{3}}-\d{{3}}[\s-]\d{{2}} (?![\w-])
  | (?<![\w-]) \d{{3}}-\d{{2}}-\d{{4}} (?![\w-])
  | (?<![\w-]) \d{{3}}-\d{{6}}-\d (?![\w-])
  | (?<![\w.,]) [12]\s?\d{{2}}\s?(?:0[1-9]|1[0-2])\s?\d{{2}}\s?\d{{3}}\s?\d{{3}}(?:\s?\d{{2}})? (?![\w]|[.,]\d)
  | {WORD} (?: passports?(?:'s)? | паспорт\w{{0,3}} | пашпарт\w{{0,3}} | passeport | pasaporte | (?:ال|و|ب)?جواز\s(?:ال)?سفر\w{{0,2}}
      | گذرنامه | پاسپورت | (?:national\s|personal\s|identity\s)?id(?:\scard|entity\scard)? | (?:личн|идентификационн|асабіст|ідэнтыфікацыйн)\w{{2,4}}
      | удостоверени\w{{1,2}}(?:\sличности)? | пасведчанн\w | снилс | инн | ssn | dni | nie | cni
      | carte\s(?:nationale\s)?d['’]identité | cédula | (?:ال|ب)?رقم\s(?:ال)?(?:وطني|قومي|مدني) | (?:ال)?رقم\s(?:ال)?هوية | (?:ال)?هوية
      | بطاقت?\w{{0,3}}(?:\s(?:ال)?(?:هوية|شخصية|وطنية))? | کد\sملی | شماره\sملی | شماره\sشناسنامه | شناسنامه | کارت\sملی )
    (?: {GAP} (?:[A-ZА-ЯІ]{{1,3}}{SPACE}(?:{NUMBER_WORD}{SPACE})?)? \d[\d\s-]{{4,15}}\d[A-ZА-Я]? | \s\w{{1,15}}{GAP} \d{{6,14}} ) (?!\w)
""")
SPANISH_ID = re.compile(r"(?<!\w)(?:(\d{8})|([XYZ])-?(\d{7}))-?([A-HJ-NP-TV-Z])(?!\w)")
EGYPTIAN_ID = re.compile(r"(?<![\w.,])[23]\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{7}(?![\w]|[.,]\d)")


def _is_spanish_id(match, _language):
    digits = match[1] or str("XYZ".index(match[2])) + match[3]
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == match[4]


MONTH = r"[^\W\d_]{3,12}(?:/[^\W\d_]{3,12})?"
DATE = rf"""(?: \d{{1,2}}\s?[./-]\s?\d{{1,2}}\s?[./-]\s?\d{{2,4}} | \d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}
    | \d{{1,2}}(?:st|nd|rd|th|er|-?го|-?га|º)?\s{{1,2}}(?:of\s|de\s)?{MONTH}\.?,?\s{{1,2}}(?:de\s|del\s)?\d{{4}}
    | {MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}} )"""
BORN_AFTER = r"(?: г\.?\s?р\b | года\sрождения | г\.?\s?н\b\. | года\sнараджэння | года\sнараджэньня )"
BIRTH_DATE = _compiled(rf"""
    {WORD} (?: born | (?:date|day)\sof\sbirth | birth\s?dat[ea]\w? | birthday | d\.?o\.?b\b | b\.(?=\s\d)
      | родил(?:ся|ась) | рождени\w{{1,2}} | род\. | д\.\s?р\. | нарадзі(?:ўся|лася) | нараджэнь?н\w | нар\.
      | née?(?:\(e\))?\sle | naissance | nacid[oa] | nació | nacimiento
      | (?:ال|من\s)?مواليد | (?:تاريخ\s)?(?:ال)?ميلاد\w{{0,2}} | و?ولدت? | (?:ال)?ولادة | (?:ال)?مولود\w? | متولد | تولد\w? | زاده )
    [^\d\n]{{0,25}} {DATE} (?!\w)
  | (?<![\w.,]) {DATE} [\s,(]{{0,3}} {BORN_AFTER}
  | (?<![\w.,]) (?:19|20)\d\d \s? {BORN_AFTER}
""")

PLATE_LETTER = "[ABEIKMHOPCTYXАВЕІКМНОРСТУХ]"
PLATE = _compiled(rf"""
    (?<![\w.,/-]) \d{{4}}\s?{PLATE_LETTER}{{2}}\s?-\s?[0-8] (?![\w/-])
  | (?<![\w/-]) {PLATE_LETTER}\s?\d{{3}}\s?{PLATE_LETTER}{{2}}\s?(?:\d{{2,3}}|rus) (?![\w/-])
  | (?<![\w/-]) [A-Z]{{2}}-\d{{3}}-[A-Z]{{2}} (?![\w/-])
  | (?<![\w/-]) {PLATE_LETTER}{{2}}\s?\d{{4}}\s?{PLATE_LETTER}{{2}} (?![\w/-])
  | (?<!\w) \d{{2}}\s?[\u0622-\u06cc]{{1,3}}\s?\d{{3}}\s?(?:[-–/]|ایران)\s?\d{{2}} (?!\w)
  | {WORD} (?: (?:number|licen[cs]e|registration)\splates? | plates? | (?:car|vehicle)\sregistration | гос\.?\s?номер\w{{0,3}}
      | (?:номерн|нумарн|регистрационн|рэгістрацыйн)\w{{1,3}}\sзнак\w{{0,3}} | дзяржнумар\w{{0,3}} | номер\w{{0,2}}\s(?:автомобил|машин)\w{{1,2}}
      | нумар\w{{0,2}}\s(?:аўтамабіл|машын)\w{{1,2}} | plaque(?:\sd['’]immatriculation)? | immatricul\w{{1,8}} | matrícula | placas?
      | (?:ال)?لوحة(?:\s(?:ال)?سيارة)? | نمره\sپلاک | پلاک\s(?:خودرو|ماشین) )
    {GAP} (?=(?:[\w\s-]?\d){{1,1}}|[\w\s-]{{1,8}}\d) (?:[\w-]{{1,8}}\s?){{1,3}}
""")


def _has_digits(match, _language):
    return 3 <= sum(character.isdigit() for character in match[0]) <= 8


PEOPLE = r"""people|persons?|women|men|protest\w*|demonstrat\w*|detain\w*|officers?|police|were|was|and|years?|percent|thousand|million
    |чел\w*|чал\w*|тыс\w*|мил\w*|лет|гад\w*|год\w*|г\.|было|были|задерж\w*|затрым\w*|personas?|personnes?|mil|شخص\w*|ألف|آلاف|نفر|هزار|عام|سنة|سال"""
MONTHS = r"""jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек
    |студ|лют|сак|крас|трав|чэрв|ліп|жні|верас|кастр|ліст|снеж|janv|févr|mars|avr|mai|juin|juil|août|sept|déc
    |ener|ene|abr|ago|dic|يناير|فبراير|مارس|أبريل|ابريل|مايو|يونيو|يوليو|أغسطس|اغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر
    |كانون|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين|فروردین|اردیبهشت|خرداد|تیر|مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند"""
NOT_A_HOUSE = _compiled(rf"(?:-?(?:st|nd|rd|th|го|га)\b)?[\s,]{{0,2}}(?:de\s|%|{PEOPLE}|{MONTHS})")
NAME = r"[«\"“]?[^\W\d_a-zа-яёіў][\w.’'»\"”-]{0,30}+"
HOUSE = r"(?:д\.|дом\w{0,2}|буд\.|корп\.|no\.?|house|building|n[.º°o]{1,3}|núm\.?|número|№|\#)"
STREET_WORDS = r"""(?: (?:ул|вул|просп|пр|пр-т|пер|зав|завул|бул|бульв|б-р|пл|наб|мкр)\.? | улиц[аеуы] | вуліц[аыу] | пр[оа]спек\w{1,3}
    | переул\w{2,4} | завул\w{2,4} | бульвар\w{0,2} | площад\w{1,2} | плошч\w{1,2} | шоссе | набережн\w{2,3} | микрорайон\w{0,2} )"""
ADDRESS = [
    # ул. Кирова, д. 8; вуліца Якуба Коласа 12
    re.compile(
        rf"{WORD}(?i:{STREET_WORDS})(?:\s{{0,2}}(?:{NAME}|\d{{1,2}})){{1,4}}[\s,]{{1,3}}(?i:{HOUSE})?\s{{0,2}}\d{{1,4}}(?:[-/]\d{{1,4}})?",
        re.VERBOSE,
    ),
    # 14 Lenin Street; Independence Avenue 65
    re.compile(
        rf"(?<![\w.,/-])\d{{1,4}}[A-Za-z]?,?\s(?:{NAME}\s){{1,4}}(?:Street|St\b|Road|Rd\b|Avenue|Ave\b|Lane|Boulevard|Blvd|Square|Drive|Court|Terrace)",
    ),
    re.compile(
        rf"(?<!\w)(?:{NAME}\s){{1,3}}(?:Street|St\.|Road|Avenue|Ave\.|Lane|Boulevard|Square),?\s(?i:{HOUSE}\s?)?\d{{1,4}}[A-Za-z]?\b",
    ),
    # 12 bis, rue des Lilas
    re.compile(
        r"(?<![\w.,/-])\d{1,4}(?:\s?(?:bis|ter))?,?\s(?:rue|avenue|av\.|boulevard|bd|chemin|impasse|allée|quai|place)\s(?:de\s|du\s|des\s|la\s|le\s|les\s|l['’]|d['’]){0,3}[^\W\d_][\w’'-]{1,30}+",
        re.IGNORECASE,
    ),
    # calle de Alcalá, n.º 20
    re.compile(
        rf"{WORD}(?i:calle|avenida|avda\.|av\.|plaza|paseo|carrera|c/|travesía)\s?(?:(?:de|del|la|las|los|el)\s){{0,3}}{NAME}(?:\s[\w.-]{{1,30}}+){{0,3}},?\s(?i:{HOUSE}\s?)?\d{{1,4}}\b",
    ),
    # شارع الثورة، بناية 12
    re.compile(
        rf"{WORD}[وب]?(?:شارع|زقاق|نهج)\s(?:[^\W\d_]{1,20}+[\s،,]{1,2}){1,4}(?:(?:ال)?(?:رقم|بناية|مبنى|منزل|شقة|عمارة|بيت|طابق)\s){0,2}\d{1,4}(?!\d)",
    ),
    # خیابان آزادی، پلاک ۱۲
    re.compile(rf"{WORD}(?:خیابان|کوچه|بلوار)\s(?:[\w\u200c]{1,20}+[\s،,]{1,2}){1,8}(?:شماره|پلاک|واحد|طبقه)\s?\d{1,5}"),
    re.compile(r"(?<!\w)پلاک\s?\d{1,4}(?!\w)"),
]
BEGINS_WITH_YEAR = re.compile(r"(?:19|20)\d\d,?\s")
TIME_WORDS = re.compile(r"\s(?:في|يوم|منذ|قبل|خلال|بعد|حوالي|أكثر|من|نحو)\s")


def _is_address(match, _language):
    after = match.string[match.end() : match.end() + 25] if match[0][-1].isdigit() else ""
    return not (NOT_A_HOUSE.match(after) or BEGINS_WITH_YEAR.match(match[0]) or TIME_WORDS.search(match[0]))


PHONE_NAMED = _compiled(rf"""
    {WORD} (?: (?:tele|cell\s|mobile\s)?phones? | tel | mobile | whats?app | viber | signal | call | тел | телефон\w{{0,3}} | моб | мобильн\w{{1,3}}
      | вайбер | ватсап\w? | тэл | тэлефон\w{{0,3}} | мабільн\w{{1,3}} | звон[іи]\w{{0,3}} | (?:по|па)званіть? | tél | téléphon\w{{1,2}} | portable
      | teléfono | móvil | celular | (?:ال|و|ب)?هاتف\w{{0,3}} | (?:ال)?جوال\w{{0,2}} | موبايل\w{{0,2}} | واتس\s?اب | تلفن | موبایل | تماس | واتساپ )
    \b {GAP} \+?\(?\d(?:[\s().–-]{{0,3}}\d){{5,14}} (?!\w)
""")
PHONE = re.compile(r"(?<![\w/.,+-])(?:\+\s?)?\(?\d(?:[ .()–-]{0,3}\d){6,14}(?![\w/]|[.,-]\d)")
# How numbers without a country's code are written, by their digits and by their groups.
NATIONAL = re.compile(r"""
    8[ -]?\(?0?\d{2,4}\)?(?:[ -]?\d{2,3}){2,4}    # Belarus, Russia: 8 (029) 123-45-67
  | 0\d(?:[ .-]\d\d){4}                           # France: 06 12 34 56 78
  | 0\d{9,10}                                     # 0912 345 6789 and many more, unbroken
  | 0\d{1,4}[ -]\d{3,4}[ -]?\d{2,4}(?:[ -]?\d{2,4})?
  | \(0?\d{1,5}\)[ -]?\d{2,4}(?:[ -]?\d{2,4}){1,3}
  | \d{3}[-.]\d{3}[-.]\d{4} | \d{3}[ ]\d{3}[ ]\d{4}   # North America
  | \d{3}-\d\d-\d\d                               # within a city: 222-33-44
  | [679]\d\d[ -]\d\d[ -]\d\d[ -]\d\d             # Spain
  | 7[ -]?\(\d{3}\)[ -]?\d{3}[ -]?\d\d[ -]?\d\d
""", re.VERBOSE)  # fmt: skip
SPANISH_PHONE = re.compile(r"[67]\d\d ?\d{3} ?\d{3}")


def _is_phone(match, language):
    written = match[0]
    digits = re.sub(r"\D", "", written)
    if written.startswith("+") or digits.startswith("00"):
        return 9 <= len(digits.removeprefix("00")) <= 15
    if language == "es" and SPANISH_PHONE.fullmatch(written):
        return not written.endswith("000")
    return 7 <= len(digits) <= 11 and not digits.endswith("0000") and bool(NATIONAL.fullmatch(written))


# In this order: what is found by one pattern is hidden from the next. Whatever else stands in a link is
# no number of a person, so links are hidden before numbers are looked for.
PATTERNS = [
    ("shared-document", SHARED, None),
    ("coordinates", MAP, None),
    ("tracking", TRACKING, None),
    ("email", EMAIL, None),
    ("handle", HANDLE, None),
    ("link", ANY_LINK, None),
    ("coordinates", COORDINATES, None),
    ("birth-date", BIRTH_DATE, None),
    ("phone", PHONE_NAMED, None),
    ("identity", IDENTITY, None),
    ("identity", SPANISH_ID, _is_spanish_id),
    ("identity", EGYPTIAN_ID, None),
    ("plate", PLATE, _has_digits),
    *[("address", pattern, _is_address) for pattern in ADDRESS],
    ("phone", PHONE, _is_phone),
]
