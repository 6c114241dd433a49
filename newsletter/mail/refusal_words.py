"""How servers word a refusal: a status (RFC 3463) for what they say, where they give none or one that says little.

Made after what Postfix, Sendmail, Exim, qmail, Courier, Exchange, Domino, Zimbra, Gmail, Outlook.com, Yahoo, Mail.ru,
Yandex and others are known to say. Not here: what a status comes to (`results.py`), which text of a mail is the
server's own (`delivery/returned_mail.py`).
"""

import re

# A class, a subject that RFC 3463 knows, a detail; no number of a version or a machine.
STATUS = re.compile(r"(?<![\d.])([45])\.([0-7])\.(\d{1,3})(?!\.?\d)")
REPLY = re.compile(r"(?<![\d.#:@/-])(4[2-5]\d|5[0-7]\d)(?![\d.@:]|-\d)")  # RFC 5321 4.2
# Statuses that say hardly more than “no”; the words beside them say more.
VAGUE = re.compile(r"[45]\.([0-7]\.0|5\.\d+)")

UNKNOWN_USER, UNKNOWN_HOST, FULL, POLICY, EXPIRED = "5.1.1", "5.1.2", "5.2.2", "5.7.0", "4.4.7"
EXPIRED_STATUS = re.compile(r"[45]\.4\.(7|300|316|317)")
REPLY_STATUSES = {"552": FULL, "554": POLICY}

# The server is still trying: nothing is decided.
DELAY = re.compile(
    r"\bdelay(ed|s in delivering)\b|will (be retried|retry|keep (on )?trying|continue to be|try again)|"
    r"attempts will continue|(do not|don['’]t) need to resend|warning message only|not yet been delivered|"
    r"still (being tried|trying)|no action is required on your part|not been delivered to all recipients yet|"
    r"будут продолжены|retardé|se reintentará|wird weiterhin versucht",
    re.I,
)
WORDS = [
    (EXPIRED, re.compile(
        r"(in the queue|been queued|queued for) too long|retry timeout exceeded|"
        r"(message|delivery)( time)?( has)? expired|retry time not reached|failing for a long time|timed? ?out|"
        r"not going to try again|queue period|"
        r"could not (be )?contact|gave up trying|expired after|too many (delivery )?attempts|within the allowed|"
        r"not (?:responding|reachable)|for more than \d+ (days|hours)|did not (?:respond|accept our requests)|"
        r"истекло время|срок .{0,20}истек", re.I)),
    (FULL, re.compile(
        r"quota|mailbox (is )?(too )?full|full (mailbox|box)|over ?quota|not enough (storage|space|disk)|"
        r"storage (allocation|full)|exceed(s|ed|ing)? .{0,30}(storage|space|mailbox|allowed size)|space has been used|"
        r"insufficient (disk|storage|system)|mailfolder is full|size limit.{0,20}mailbox|too many messages|"
        r"переполнен|mailbox .{0,40}exceed|boite .{0,20}pleine|buzón .{0,20}lleno", re.I)),
    (UNKNOWN_HOST, re.compile(
        r"(host|domain)( or domain name| name)? (was )?(not found|unknown|does(n['’]t| not) exist|could not be found)|"
        r"(unknown|no such|find any|bad destination) (host|domain)|unroutable domain|non-existent hosts|nxdomain|"
        r"null ?mx|does not accept mail|indicated no smtp service|lookups failed permanently|name or service not known|"
        r"no mail exchanger|couldn['’]t find a mail exchanger", re.I)),
    (UNKNOWN_USER, re.compile(
        r"(user|recipient|mailbox|account|address|addressee|alias|id|name)['’]?s?.{0,80}?"
        r"(unknown|not (be )?(found|exist|known|valid|active|listed|recogni[sz]ed|present|local|here)|"
        r"(does|do|did)(n['’]t| not) (exist|have)|no longer|non-?exist\w*|undeliverable|invalid|inactive|disabled|"
        r"suspended|terminated|deactivated|unavailable|is gone|not our|has moved)|"
        r"(unknown|invalid|no such|no valid|nonexistent|non-existent|bad|unrouteable|inactive|disabled|undeliverable) "
        r"(local|user|recipient|mailbox|account|address|addressee|final|virtual|destination|e-?mail|person|mail ?box)|"
        r"no (mailbox|account|one|person|matches)\b.{0,40}(here|name|address|available|found|query)|"
        r"not a (known|valid) (user|mailbox)|does not like recipient|badrcptto|addresses? rejected|"
        r"not listed in|recip(ient)?notfound|user not found|can['’]t accept user|we don['’]t handle mail for|"
        r"that you (tried|are trying) to reach|mailaddress is administratively disabled|closed (the|this) account|"
        r"нет такого (пользователя|ящика)|не существует|не найден|заблокирован|n['’]existe pas|no existe|"
        r"existiert nicht|unbekannt|nicht bekannt|غير موجود", re.I)),
]  # fmt: skip
# About us, or what we say.
POLICY_WORDS = re.compile(
    r"spam|\bblock(ed|list)?\b|black-?list|\brbl\b|dnsbl|reputation|\bpolic(y|ies)\b|\bspf\b|\bdkim\b|dmarc|"
    r"unsolicited|not (authori[sz]ed|permitted|allowed)|relay|unauthenticated|virus|phish|banned|prohibited|"
    r"content (rejected|filter)|sender .{0,40}(reject|denied|refused)|\bptr\b|reverse dns|rate.?limit|"
    r"too (large|big)|(message|mail).{0,30}(size|rejected as)|спам",
    re.I,
)
# So clearly that a word about spam beside it is of no weight.
PLAINLY_UNKNOWN = re.compile(
    r"(user|recipient|mailbox|address) (is )?(unknown|not found|does not exist|invalid)|"
    r"no such (user|mailbox|recipient)",
    re.I,
)


def find_status(text, *, told=""):
    """What a refusal comes to: `told` is the status that stands in a field of its own, `text` what was said besides.

    "" if nothing in it is a refusal. A class of 4 means that the server gave up what was no final refusal.
    """
    status = pick_status(told) or pick_status(text)
    if status and EXPIRED_STATUS.fullmatch(status):
        return EXPIRED
    if status and is_telling(status):
        return correct_status(status, text)
    if said := read_words(text):
        return said
    return status or read_reply(text)


def pick_status(text):
    """The one in it that is final, and among equals the first that tells something."""
    found = [match[0] for match in STATUS.finditer(text)]
    final = [status for status in found if status[0] == "5"] or found
    return next(filter(is_telling, final), final[0] if final else "")


def is_telling(status):
    return not VAGUE.fullmatch(status)


def correct_status(status, text):
    """Some say “no such address” of a mailbox that has no room, or “policy” of one that is not there."""
    if status.startswith("5.1.") and dict(WORDS)[FULL].search(text):
        return FULL
    if status.startswith("5.7.") and PLAINLY_UNKNOWN.search(text) and not POLICY_WORDS.search(text):
        return UNKNOWN_USER
    return status


def read_words(text):
    said = next((status for status, words in WORDS if words.search(text)), "")
    if said in {"", UNKNOWN_USER, UNKNOWN_HOST} and POLICY_WORDS.search(text) and not PLAINLY_UNKNOWN.search(text):
        return POLICY
    return said


def read_reply(text):
    """The status that the last three digits come to, if a server was quoted with a final answer."""
    codes = REPLY.findall(text)
    final = [code for code in codes if code[0] == "5"]
    if final:
        return REPLY_STATUSES.get(final[-1], "5.0.0")
    return "4.0.0" if codes else ""
