"""What should not go out: words in a text by which a person could be found.

A finding is shown beside the text and acknowledged; nothing here blocks. Every pattern starts at a fixed
word or at the edge of a number and repeats a bounded number of times, so that a text of any length is read
in one pass a pattern. Not here: what may stand in a text at all (`text/cleaning.py`).
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from .reading import Reading

FINDING_KINDS = {
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
class TextFinding:
    """`kind` is a key of KINDS; `excerpt` is text[start:end]."""

    kind: str
    excerpt: str
    start: int
    end: int


def screen_text(text, *, language):
    """Everything of KINDS in `text`, plain or as a RichField keeps it, in order. `language` is its ISO 639 code."""
    reading = Reading(text)
    rest = reading.text
    found, has_digits = [], DIGIT.search(rest)
    for kind, pattern, is_one in PATTERNS:
        if kind in NUMERIC_KINDS and not has_digits:
            continue
        spans = [match.span() for match in pattern.finditer(rest) if is_one is None or is_one(match, language)]
        places = [_trim_lead(text, *reading.locate(*span)) for span in spans]
        found += [TextFinding(kind, text[start:end], start, end) for start, end in places]
        rest = _mask_spans(rest, spans)
    return sorted((finding for finding in found if finding.kind in FINDING_KINDS), key=lambda finding: finding.start)


# --- Reading ----------------------------------------------------------------------------------

LEAD_AND_TAG = re.compile(r"[^<\d+]*<[^<>]*>(?=\+?[\d(])")
# Kinds that hold a number: where a text has none, half of the patterns need not be tried.
DIGIT, NUMERIC_KINDS = re.compile("[0-9]"), {"birth-date", "phone", "identity", "plate", "address"}


def _trim_lead(text, start, end):
    """Without words that stand before the tag in which a number begins: they are no part of it."""
    lead = LEAD_AND_TAG.match(text, start, end)
    return (lead.end() if lead else start), end


def _mask_spans(text, spans):
    """What was found once is not found again as something else."""
    pieces, at = [], 0
    for start, end in spans:
        pieces += [text[at:start], "\0" * (end - start)]
        at = end
    return "".join(pieces) + text[at:]


# --- Building blocks --------------------------------------------------------------------------


def _join_alternatives(*lines):
    """One of many words, a language a line; a blank in a word is any blank of the text."""
    return "(?:" + "|".join(lines).replace(" ", r"\s") + ")"


def _compile_pattern(*parts, flags=re.IGNORECASE):
    return re.compile("".join(parts), flags)


# Where a word begins, a word or a number begins, and a number begins and ends: elsewhere the long lists of
# words need not be tried at all.
WORD = r"(?<!\w)(?=[^\W\d])"
HOST = r"(?<![\w-])(?=\w)"
START, END = r"(?<![\w.,/-])", r"(?![\w/-]|[.,]\d)"
IN_LINK = r"[^\s\"'<>]"
SPACE = r"[\s:;.,#№°º()–—-]{0,4}"
NUMBER_WORD = _join_alternatives(
    r"numbers?|no|series|is",
    r"номер\w{0,2}|нумар\w{0,2}|сер[иы][ияі]\w?",
    r"numéro|número|n|est|es",
    r"رقم\w{0,2}|هو|هي|شماره|است",
)
GAP = rf"(?:{SPACE}\b{NUMBER_WORD}\b){{0,3}}{SPACE}"

# --- Links, mail, networks --------------------------------------------------------------------

SHARED = _join_alternatives(
    r"(?:docs|drive|sheets|forms|photos)\.google\.com/|forms\.gle/|photos\.app\.goo\.gl/|(?:www\.)?dropbox\.com/",
    r"disk\.yandex\.\w{2,3}/|yadi\.sk/|cloud\.mail\.ru/|onedrive\.live\.com/|1drv\.ms/|[\w-]{1,60}\.sharepoint\.com/",
    r"(?:www\.)?icloud\.com/|mega\.(?:nz|io)/|(?:www\.)?wetransfer\.com/|we\.tl/|app\.box\.com/|cryptpad\.\w{2,5}/",
    r"pad\.riseup\.net/|(?:www\.)?swisstransfer\.com/|(?:www\.)?mediafire\.com/|(?:share|drive)\.proton\.me/",
    r"[\w-]{1,60}\.notion\.site/|(?:www\.)?notion\.so/|airtable\.com/",
    # Nextcloud and its like, on any host
    r"(?:[\w-]{1,60}\.){1,4}\w{2,10}/(?:index\.php/)?s/(?=\w{0,20}\d)\w{15}\b",
)
TRACKING = _join_alternatives(
    r"utm_\w{1,20}|mtm_\w{1,20}|pk_campaign|at_medium|at_campaign|fbclid|gclid|dclid|gbraid|wbraid|yclid|ysclid",
    r"msclkid|twclid|ttclid|mc_[ce]id|igshi?d?|_ga|_gl|_hsenc|_hsmi|mkt_tok|vero_id|li_fat_id|_openstat|ref_src",
    r"oly_enc_id|s_cid|spm",
)
MAP = _join_alternatives(
    r"(?:www\.)?google\.\w{2,3}(?:\.\w{2})?/maps|maps\.google\.\w{2,3}|maps\.app\.goo\.gl|goo\.gl/maps|maps\.apple\.com",
    r"yandex\.\w{2,3}/maps|(?:www\.)?openstreetmap\.org/|osm\.org/go|waze\.com/ul|2gis\.\w{2,3}/|what3words\.com/",
    r"w3w\.co/|geo:-?\d",
)
NETWORK = _join_alternatives(
    r"t\.me|telegram\.me|instagram\.com|facebook\.com|fb\.com|vk\.com|ok\.ru|twitter\.com|x\.com|wa\.me|signal\.me",
    r"tiktok\.com|linkedin\.com/in|threads\.net|youtube\.com(?=/@)|snapchat\.com/add",
)
NETWORK_NAME = _join_alternatives(
    r"telegram|instagram|discord|snapchat|signal|nick(?:name)?",
    r"телеграм\w{0,2}|тэлеграм\w{0,2}|инстаграм\w{0,2}|ник",
    r"تلغرام|تيليجرام|تلگرام",
)
AT = r"(?:@|\s?[(\[{]\s?(?:at|@|собака|сабака|arobase|arroba)\s?[)\]}]\s?)"
DOT = r"(?:\.|\s?[(\[{]\s?(?:dot|точка|кропка|point|punto)\s?[)\]}]\s?)"

# --- Places -----------------------------------------------------------------------------------

FINE, ROUGH = r"\d{1,3}[.,]\d{4,10}", r"\d{1,3}[.,]\d{2,10}"
POINT_WORD = _join_alternatives(
    r"(?:gps[ -])?coordinat\w{0,3}|gps|latitude",
    r"координат\w{0,3}|широт\w|каардынат\w{0,3}|шырат\w",
    r"coordonn\w{1,5}|coordenad\w{1,3}",
    r"(?:ال)?إحداثيات\w{0,3}|مختصات",
)
COORDINATES = [
    rf"(?<![\w.,])[+-]?{FINE}\s?°?\s?[NSСЮ]?\s{{0,2}}[,;/\s]\s{{0,2}}[+-]?{FINE}(?!\w|[.,]\d)",
    r"(?<![\w.,])\d{1,3}\s?°\s?\d{1,2}(?:[.,]\d{1,6})?\s?['′’](?:\s?\d{1,2}(?:[.,]\d{1,6})?\s?(?:[\"″”]|''|’’))?(?:\s?[NSEWСЮВЗ]\b)?",
    rf"(?<![\w.,]){ROUGH}\s?°\s?[NSСЮ]?[\s,;]{{0,3}}{ROUGH}\s?°",
    rf"{WORD}{POINT_WORD}[^\d\n]{{0,25}}{ROUGH}[^\d\n]{{1,20}}{ROUGH}",
    r"(?<![\w+])[23456789CFGHJMPQRVWX]{8}\+[23456789CFGHJMPQRVWX]{2,3}(?!\w)",  # Open Location Code
]

NAME = r"[«\"“]?[^\W\d_a-zа-яёіў][\w.’'»\"”-]{0,30}+"
HOUSE = r"(?i:д\.|дом\w{0,2}|буд\.|корп\.|no\.?|house|building|n[.º°o]{1,3}|núm\.?|número|№|#)"
STREET = {
    "slavic": _join_alternatives(
        r"(?:ул|вул|просп|пр|пр-т|пер|зав|завул|бул|бульв|б-р|пл|наб|мкр)\.?|улиц[аеуы]|вуліц[аыу]|пр[оа]спек\w{1,3}",
        r"переул\w{2,4}|завул\w{2,4}|бульвар\w{0,2}|площад\w{1,2}|плошч\w{1,2}|шоссе|набережн\w{2,3}|микрорайон\w{0,2}",
    ),
    "en": r"(?:Street|St\b|Road|Rd\b|Avenue|Ave\b|Lane|Boulevard|Blvd|Square|Drive|Court|Terrace)",
    "fr": r"(?:rue|avenue|av\.|boulevard|bd|chemin|impasse|allée|quai|place)",
    "es": r"(?:calle|avenida|avda\.|av\.|plaza|paseo|carrera|c/|travesía)",
}
ARABIC_HOUSE = _join_alternatives(r"(?:ال)?(?:رقم|بناية|مبنى|منزل|شقة|عمارة|بيت|طابق)")
ADDRESS = [
    # ул. Кирова, д. 8; вуліца Якуба Коласа 12
    rf"{WORD}(?i:{STREET['slavic']})(?:\s{{0,2}}(?:{NAME}|\d{{1,2}})){{1,4}}"
    rf"[\s,]{{1,3}}{HOUSE}?\s{{0,2}}\d{{1,4}}(?:[-/]\d{{1,4}})?",
    # 14 Lenin Street; Independence Avenue 65
    rf"{START}\d{{1,4}}[A-Za-z]?,?\s(?:{NAME}\s){{1,4}}{STREET['en']}",
    rf"{WORD}(?:{NAME}\s){{1,3}}{STREET['en']}\.?,?\s(?:{HOUSE}\s?)?\d{{1,4}}[A-Za-z]?\b",
    # 12 bis, rue des Lilas
    rf"{START}\d{{1,4}}(?:\s?(?i:bis|ter))?,?\s(?i:{STREET['fr']})\s"
    r"(?:de\s|du\s|des\s|la\s|le\s|les\s|l['’]|d['’]){0,3}[^\W\d_][\w’'-]{1,30}+",
    # calle de Alcalá, n.º 20
    rf"{WORD}(?i:{STREET['es']})\s?(?:(?:de|del|la|las|los|el)\s){{0,3}}{NAME}(?:\s[\w.-]{{1,30}}+){{0,3}}"
    rf",?\s(?:{HOUSE}\s?)?\d{{1,4}}\b",
    # شارع الثورة، بناية 12
    rf"{WORD}[وب]?(?:شارع|زقاق|نهج)\s(?:[^\W\d_]{{1,20}}+[\s,]{{1,2}}){{1,4}}(?:{ARABIC_HOUSE}\s){{0,2}}\d{{1,4}}(?!\d)",
    # خیابان آزادی، پلاک ۱۲
    rf"{WORD}(?:خیابان|کوچه|بلوار)\s(?:[\w\u200c]{{1,20}}+[\s,]{{1,2}}){{1,8}}(?:شماره|پلاک|واحد|طبقه)\s?\d{{1,5}}",
    r"(?<!\w)پلاک\s?\d{1,4}(?!\w)",
]
# "Independence Avenue, 16 August", "на проспекте 200 человек": a number that is no house.
COUNTED = _join_alternatives(
    r"people|persons?|women|men|protest\w*|demonstrat\w*|detain\w*|officers?|police|were|was|and|years?|percent",
    r"thousand|million|чел\w*|чал\w*|тыс\w*|мил\w*|лет|гад\w*|год\w*|г\.|было|были|задерж\w*|затрым\w*",
    r"personas?|personnes?|mil|de |شخص\w*|ألف|آلاف|نفر|هزار|عام|سنة|سال|%",
)
MONTHS = _join_alternatives(
    r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек",
    r"студ|лют|сак|крас|трав|чэрв|ліп|жні|верас|кастр|ліст|снеж|févr|avr|mai|juin|juil|août|ene|abr|ago|dic",
    r"يناير|فبراير|مارس|أبريل|ابريل|مايو|يونيو|يوليو|أغسطس|اغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر",
    r"كانون|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين",
    r"فروردین|اردیبهشت|خرداد|تیر|مرداد|شهریور|مهر|آبان|آذر|دی|بهمن|اسفند",
)
NO_HOUSE = _compile_pattern(rf"(?:-?(?:st|nd|rd|th|го|га)\b)?[\s,]{{0,2}}(?:{COUNTED}|{MONTHS})")
BEGINS_WITH_YEAR = re.compile(r"(?:19|20)\d\d,?\s")
ARABIC_TIME = re.compile(r"\s(?:في|يوم|منذ|قبل|خلال|بعد|حوالي|أكثر|من|نحو)\s")


def _is_address(match, _language):
    after = match.string[match.end() : match.end() + 25] if match[0][-1].isdigit() else ""
    return not (NO_HOUSE.match(after) or BEGINS_WITH_YEAR.match(match[0]) or ARABIC_TIME.search(match[0]))


# --- Documents, births, cars ------------------------------------------------------------------

CAPITALS = "[A-ZА-ЯІ]"
IDENTITY_WORD = _join_alternatives(
    r"passports?(?:'s)?|(?:national |personal |identity )?id(?: card|entity card)?|ssn",
    r"паспорт\w{0,3}|(?:личн|идентификационн)\w{2,4}|удостоверени\w{1,2}(?: личности)?|снилс|инн",
    r"пашпарт\w{0,3}|(?:асабіст|ідэнтыфікацыйн)\w{2,4}|пасведчанн\w",
    r"passeport|carte (?:nationale )?d['’]identité|cni|pasaporte|cédula|dni|nie",
    r"(?:ال|و|ب)?جواز (?:ال)?سفر\w{0,2}|(?:ال|ب)?رقم (?:ال)?(?:وطني|قومي|مدني)|(?:ال)?رقم (?:ال)?هوية|(?:ال)?هوية",
    r"بطاقت?\w{0,3}(?: (?:ال)?(?:هوية|شخصية|وطنية))?",
    r"گذرنامه|پاسپورت|کد ملی|شماره ملی|شماره شناسنامه|شناسنامه|کارت ملی",
)
SERIES = "(?:MP|AB|BM|HB|KH|MC|KB|PP|SP|DP|МР|АВ|ВМ|НВ|КН|МС|КВ|РР)"
IDENTITY = [
    rf"(?<!\w)\d{{7}}\s?{CAPITALS}\s?\d{{3}}\s?{CAPITALS}{{2}}\s?\d(?!\w)",  # Belarus, personal
    rf"(?<!\w){SERIES}\s?№?\s?\d{{7}}(?!\w)",  # Belarus, passport
    r"(?<!\w)\d{2}\s?\d{2}\s№\s?\d{6}(?!\w)",  # Russia, passport
    r"(?<![\w-])(?:\d{3}-\d{3}-\d{3}[\s-]\d{2}|\d{3}-\d{2}-\d{4}|\d{3}-\d{6}-\d)(?![\w-])",  # Russia, USA, Iran
    r"(?<![\w.,])[12]\s?\d{2}\s?(?:0[1-9]|1[0-2])\s?\d{2}\s?\d{3}\s?\d{3}(?:\s?\d{2})?(?!\w|[.,]\d)",  # France
    r"(?<![\w.,])[23]\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{7}(?!\w|[.,]\d)",  # Egypt
    rf"{WORD}{IDENTITY_WORD}(?:{GAP}(?:{CAPITALS}{{1,3}}{SPACE}(?:{NUMBER_WORD}{SPACE})?)?\d[\d\s-]{{4,15}}\d[A-ZА-Я]?"
    rf"|\s\w{{1,15}}{GAP}\d{{6,14}})(?!\w)",
]
SPANISH_IDENTITY = r"(?<!\w)(?:(\d{8})|([XYZ])-?(\d{7}))-?([A-HJ-NP-TV-Z])(?!\w)"


def _is_spanish_identity(match, _language):
    digits = match[1] or str("XYZ".index(match[2].upper())) + match[3]
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == match[4].upper()


MONTH = r"[^\W\d_]{3,12}(?:/[^\W\d_]{3,12})?"
DATE = (
    r"(?:\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{2,4}|\d{4}[./-]\d{1,2}[./-]\d{1,2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|-?го|-?га|º)?\s{{1,2}}(?:of\s|de\s)?{MONTH}\.?,?\s{{1,2}}(?:de\s|del\s)?\d{{4}}"
    rf"|{MONTH}\.?\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}})"
)
BORN = _join_alternatives(
    r"born|(?:date|day) of birth|birth ?dat[ea]\w?|birthday|d\.?o\.?b\b|b\.(?= \d)",
    r"родил(?:ся|ась)|рождени\w{1,2}|род\.|д\. ?р\.|нарадзі(?:ўся|лася)|нараджэнь?н\w|нар\.",
    r"née?(?:\(e\))? le|naissance|nacid[oa]|nació|nacimiento",
    r"(?:ال|من )?مواليد|(?:تاريخ )?(?:ال)?ميلاد\w{0,2}|و?ولدت?|(?:ال)?ولادة|(?:ال)?مولود\w?|متولد|تولد\w?|زاده",
)
OF_BIRTH = _join_alternatives(r"г\.? ?р\b|года рождения|г\.? ?н\b\.|года нараджэнь?ня")
BIRTH_DATE = [
    rf"{WORD}{BORN}[^\d\n]{{0,25}}{DATE}(?!\w)",
    rf"(?<![\w.,]){DATE}[\s,(]{{0,3}}{OF_BIRTH}",
    rf"(?<![\w.,])(?:19|20)\d\d\s?{OF_BIRTH}",
]

PLATE_LETTER = "[ABEIKMHOPCTYXАВЕІКМНОРСТУХ]"
PLATE_WORD = _join_alternatives(
    r"(?:number|licen[cs]e|registration) plates?|plates?|(?:car|vehicle) registration",
    r"гос\.? ?номер\w{0,3}|(?:номерн|регистрационн)\w{1,3} знак\w{0,3}|номер\w{0,2} (?:автомобил|машин)\w{1,2}",
    r"дзяржнумар\w{0,3}|(?:нумарн|рэгістрацыйн)\w{1,3} знак\w{0,3}|нумар\w{0,2} (?:аўтамабіл|машын)\w{1,2}",
    r"plaque(?: d['’]immatriculation)?|immatricul\w{1,8}|matrícula|placas?",
    r"(?:ال)?لوحة(?: (?:ال)?سيارة)?|نمره پلاک|پلاک (?:خودرو|ماشین)",
)
PLATE = [
    rf"{START}\d{{4}}\s?{PLATE_LETTER}{{2}}\s?-\s?[0-8](?![\w/-])",  # Belarus
    rf"(?<![\w/-]){PLATE_LETTER}\s?\d{{3}}\s?{PLATE_LETTER}{{2}}\s?(?:\d{{2,3}}|rus)(?![\w/-])",  # Russia
    rf"(?<![\w/-]){PLATE_LETTER}{{2}}\s?\d{{4}}\s?{PLATE_LETTER}{{2}}(?![\w/-])",  # Ukraine
    r"(?<![\w/-])[A-Z]{2}-\d{3}-[A-Z]{2}(?![\w/-])",  # France
    r"(?<!\w)\d{2}\s?[\u0622-\u06cc]{1,3}\s?\d{3}\s?(?:[-–/]|ایران)\s?\d{2}(?!\w)",  # Iran
    rf"{WORD}{PLATE_WORD}{GAP}(?=[\w\s-]{{0,8}}\d)(?:[\w-]{{1,8}}+\s?){{1,3}}",
]


def _is_plate(match, _language):
    return 3 <= sum(character.isdigit() for character in match[0]) <= 8


# --- Phones -----------------------------------------------------------------------------------

PHONE_WORD = _join_alternatives(
    r"(?:tele|cell |mobile )?phones?|tel|mobile|whats?app|viber|signal|call",
    r"телефон\w{0,3}|тел|моб|мобильн\w{1,3}|вайбер|ватсап\w?|тэлефон\w{0,3}|тэл|мабільн\w{1,3}|звон[іи]\w{0,3}",
    r"(?:по|па)званіть?|tél|téléphon\w{1,2}|portable|teléfono|móvil|celular",
    r"(?:ال|و|ب)?هاتف\w{0,3}|(?:ال)?جوال\w{0,2}|موبايل\w{0,2}|واتس ?اب|تلفن|موبایل|تماس|واتساپ",
)
PHONE_NAMED = rf"{WORD}{PHONE_WORD}\b{GAP}\+?\(?\d(?:[\s().–-]{{0,3}}\d){{5,14}}(?!\w)"
PHONE = r"(?<![\w/.,+-])(?:\+\s?)?\(?\d(?:[ .()–-]{0,3}\d){6,14}(?![\w/]|[.,-]\d)"
# Numbers without a country's code, by how they are grouped.
NATIONAL = _compile_pattern(
    "|".join(
        [
            r"8[ -]?\(?0?\d{2,4}\)?(?:[ -]?\d{2,3}){2,4}",  # Belarus, Russia: 8 (029) 123-45-67
            r"7[ -]?\(\d{3}\)[ -]?\d{3}[ -]?\d\d[ -]?\d\d",
            r"\d{3}-\d\d-\d\d",  # within a city: 222-33-44
            r"0\d(?:[ .-]\d\d){4}",  # France: 06 12 34 56 78
            r"0\d{9,10}",  # 0912 345 6789 and many more, unbroken
            r"0\d{1,4}[ -]\d{3,4}[ -]?\d{2,4}(?:[ -]?\d{2,4})?",
            r"\(0?\d{1,5}\)[ -]?\d{2,4}(?:[ -]?\d{2,4}){1,3}",
            r"\d{3}([-. ])\d{3}\1\d{4}",  # North America
            r"[679]\d\d[ -]\d\d[ -]\d\d[ -]\d\d",  # Spain
        ]
    )
)
SPANISH_PHONE = re.compile(r"[67]\d\d ?\d{3} ?\d{3}")


def _is_phone(match, language):
    written = match[0]
    digits = re.sub(r"\D", "", written)
    if written.startswith("+") or digits.startswith("00"):
        return 9 <= len(digits.removeprefix("00")) <= 15
    if language == "es" and SPANISH_PHONE.fullmatch(written):
        return not written.endswith("000")
    return 7 <= len(digits) <= 11 and not digits.endswith("0000") and bool(NATIONAL.fullmatch(written))


# --- All of it --------------------------------------------------------------------------------

# In this order: what is found by one pattern is hidden from the next. Whatever else stands in a link is
# no number of a person, so links are hidden before numbers are looked for.
PATTERNS = [
    ("shared-document", _compile_pattern(HOST, SHARED, IN_LINK, "{0,300}"), None),
    ("coordinates", _compile_pattern(HOST, MAP, IN_LINK, "{0,300}"), None),
    ("tracking", _compile_pattern(rf"[?&;]{TRACKING}=[^\s\"'<>&]{{0,300}}"), None),
    ("email", _compile_pattern(rf"(?<![\w.+-])[\w.+-]{{1,64}}+{AT}[\w-]{{1,63}}(?:{DOT}[\w-]{{1,63}}){{1,5}}"), None),
    ("handle", _compile_pattern(r"(?<![\w@/.])@[a-z][a-z0-9_.]{2,31}(?!\w|@)"), None),
    ("handle", _compile_pattern(HOST, NETWORK, "/", IN_LINK, "{2,100}"), None),
    ("handle", _compile_pattern(WORD, NETWORK_NAME, r"\s?[:–—-]\s?(?=[\w.]{0,30}[\d_])[a-z][\w.]{3,31}"), None),
    ("handle", _compile_pattern(WORD, r"(?:skype|скайп\w?|سكايب|اسکایپ)\s?[:–—-]\s?[a-z][\w.:]{3,40}"), None),
    ("link", _compile_pattern(rf"(?<!\w)(?:https?://|www\.){IN_LINK}{{1,2000}}+"), None),
    ("coordinates", _compile_pattern("|".join(COORDINATES)), None),
    ("birth-date", _compile_pattern("|".join(BIRTH_DATE)), None),
    ("phone", _compile_pattern(PHONE_NAMED), None),
    ("identity", _compile_pattern("|".join(IDENTITY)), None),
    ("identity", _compile_pattern(SPANISH_IDENTITY), _is_spanish_identity),
    ("plate", _compile_pattern("|".join(PLATE)), _is_plate),
    *[("address", _compile_pattern(address, flags=0), _is_address) for address in ADDRESS],
    ("phone", _compile_pattern(PHONE), _is_phone),
]
