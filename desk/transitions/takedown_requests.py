"""This module knows who may still hold a copy of what was withdrawn, and what to write to them.

The words are to be copied by hand: nothing is sent and nothing is fetched, since asking would tell what is being
looked for. A request names addresses and never a title, so that it spreads nothing anew.
"""

from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publishing import external_copies

REASONS = {
    "": gettext_lazy("give no reason"),
    "person": gettext_lazy("it could put a person in danger"),
    "consent": gettext_lazy("the person it is about has withdrawn consent"),
    "wrong": gettext_lazy("it was wrong"),
}
WEB_ARCHIVES = {
    "Internet Archive": ("info@archive.org", "https://web.archive.org/web/*/{}"),
    "archive.today": ("https://archive.ph/", "https://archive.ph/{}"),
}
SEARCH_ENGINES = {
    "Google": "https://search.google.com/search-console/remove-outdated-content",
    "Bing": "https://www.bing.com/webmasters/tools/contentremoval",
    "Yandex": "https://webmaster.yandex.com/tools/del-url/",
}


@dataclass(frozen=True)
class TakedownRequest:
    """One sort of holder: `places` are (who, where to look or write); `request` is ready to be sent to each."""

    heading: str
    hint: str
    request: str = ""
    places: list = field(default_factory=list)


def build_takedown_requests(item, *, why=""):
    """Every sort of holder in the active language, those that are known by name first."""
    known = external_copies.find_copies(item)
    addresses = external_copies.get_page_urls(item) + external_copies.get_file_urls(item)
    found = {kind: [(copy.where, copy.note) for copy in known if copy.kind == kind] for kind in COPY_KINDS}
    words = RequestTexts(addresses, why)
    mailed, partners = found["edition"], found["partner"]
    return [
        TakedownRequest(
            _("Copies of this site"), get_mirror_hint(found["mirror"]), words.for_mirrors(), found["mirror"]
        ),
        TakedownRequest(
            _("E-mail that was sent"), get_edition_hint(mailed), *request_if_held(words.for_readers, mailed)
        ),
        TakedownRequest(
            _("Partners who are named in it"), get_partner_hint(partners), *request_if_held(words.for_sites, partners)
        ),
        TakedownRequest(_("Web archives"), get_archive_hint(), words.for_archives(), get_archive_contacts(addresses)),
        TakedownRequest(_("Search engines"), get_search_hint(), words.for_searches(), list(SEARCH_ENGINES.items())),
        TakedownRequest(_("Social media and chats"), get_social_hint(), words.for_posts()),
        TakedownRequest(_("Feed readers and users of the data interface"), get_feed_hint(), words.for_sites()),
    ]


def request_if_held(request, found):
    """The request and those whom to send it to, if there are any."""
    return (request() if found else "", found)


COPY_KINDS = ("mirror", "edition", "partner")


# --- Where to look ----------------------------------------------------------------------------


def get_mirror_hint(found):
    own = _("Copies made with “manage.py mirror” contain it until you make them again: do that now.")
    if found:
        return own
    return own + " " + _("No other copies are listed. The organisation's form has a field for copies that you know of.")


def get_edition_hint(found):
    if found:
        return _("E-mail that has been delivered cannot be recalled. You can ask the recipients to delete it.")
    return _("It was not in any e-mail that was sent.")


def get_partner_hint(found):
    if found:
        return _("They may have published it too.")
    return _("Nobody else is named in it.")


def get_archive_hint():
    return _("Check there whether they have a copy, if possible not from your own connection, and write to them.")


def get_archive_contacts(addresses):
    """(who and where to write, where to look) for each; the first address stands for all, which the request lists."""
    first = addresses[0] if addresses else f"{settings.SITE_URL}/"
    return [(f"{name}: {contact}", look.format(first)) for name, (contact, look) in WEB_ARCHIVES.items()]


def get_search_hint():
    return _(
        "The pages now answer “410 Gone”, so search engines will drop them in time. Their removal forms are quicker."
    )


def get_social_hint():
    return _("Delete your own posts first. Then search for the addresses below and write to whoever posted them.")


def get_feed_hint():
    return _("They remove it the next time they check the feed. Write to those who you know keep what they downloaded.")


# --- What to write ----------------------------------------------------------------------------


@dataclass(frozen=True)
class RequestTexts:
    """The requests about one list of addresses."""

    addresses: list
    why: str = ""

    def letter(self, ask):
        reason = _("The reason: %s.") % REASONS[self.why] if self.why else ""
        heard = _("Please do not quote or describe it when you answer. Thank you.")
        return "\n\n".join(filter(None, [ask, "\n".join(self.addresses), reason, heard]))

    def for_mirrors(self):
        return self.letter(_("We have withdrawn what was published at these addresses. Please remove it from your "
                             "copy of our site, or make a new copy."))  # fmt: skip

    def for_readers(self):
        return self.letter(_("We have withdrawn something that appeared in a newsletter we sent you. Please delete "
                             "that e-mail and do not pass on anything from it. It linked to one of these "
                             "addresses:"))  # fmt: skip

    def for_sites(self):
        return self.letter(_("We have withdrawn what was published at these addresses. If you keep or show a copy, "
                             "please delete it, and tell anyone who got it from you."))  # fmt: skip

    def for_archives(self):
        ask = _("We publish the site at %(site)s and have withdrawn what was published at these addresses. Please "
                "remove your captures of them from public view.")  # fmt: skip
        return self.letter(ask % {"site": settings.SITE_URL})

    def for_searches(self):
        ask = _("These addresses of our site answer “410 Gone”. Please remove them, and your cached copies, from "
                "your results.")  # fmt: skip
        return self.letter(ask)

    def for_posts(self):
        return self.letter(_("Your post links to or shows something that we have withdrawn. Please delete the post and "
                             "its picture. It is about one of these addresses:"))  # fmt: skip
