"""The roles and what each may do, as data; and the one rule of who may give which.

A role is a group of the same name. A right is written "app.codename". Some rights belong to rooms
that are installed later or not at all, so a name that nobody defines is left out in silence when
the groups are written, and told by `unknown_rights()`, which the tests ask.
Not here: which rights a page demands; each page says that itself.
"""

from django.contrib.auth.models import Group, Permission
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .models import Account

UPDATE, STORY, ALERT = "updates.update", "stories.survivorstory", "situations.alert"
SITUATION, ORGANISATION, PAGE = "situations.situation", "situations.organisation", "situations.page"
PUBLICATIONS = [UPDATE, STORY, ALERT, SITUATION, ORGANISATION, PAGE]
PARTNER, TAG = "situations.partner", "situations.tag"
CONSENT, ATTACHMENT = "stories.consent", "updates.attachment"
SUBSCRIBER, EDITION = "newsletter.subscriber", "newsletter.edition"


def rights(deeds, *models):
    """`rights("view change", "updates.update")` is {"updates.view_update", "updates.change_update"}."""
    pairs = [model.split(".") for model in models]
    return {f"{app}.{deed}_{name}" for app, name in pairs for deed in deeds.split()}


SEES = rights("view", *PUBLICATIONS, PARTNER, TAG, ATTACHMENT)

CONTRIBUTOR = (
    SEES
    # Who may press the button is one question, whether a second person has to approve first is another:
    # that one is SECOND_PERSON's, and no right gets round it.
    | rights("add change submit publish", UPDATE, STORY, ALERT)
    | rights("withdraw", *PUBLICATIONS)
    | rights("view add change", CONSENT)
    | rights("add change delete", ATTACHMENT)
    | rights("add", TAG)
)
APPROVER = (
    CONTRIBUTOR
    | rights("approve", UPDATE, STORY)
    | rights("add change submit approve publish", SITUATION, ORGANISATION, PAGE, ALERT)
    | rights("add change", PARTNER, TAG)
    | rights("view add delete", "publishing.listedname")
)
TRANSLATOR = SEES | rights("translate", *PUBLICATIONS)
NEWSLETTER = (
    SEES
    | rights("view add change send", EDITION)
    | rights("view delete", SUBSCRIBER)
    | rights("view", "newsletter.delivery")
    | rights("view add change", "newsletter.wording")
)
AUDITOR = rights("view", "audit.event")
ADMINISTRATOR = (
    APPROVER
    | TRANSLATOR
    | NEWSLETTER
    | AUDITOR
    | rights("delete purge", *PUBLICATIONS)
    | rights("delete", PARTNER, TAG)
    | rights("add change export", SUBSCRIBER)
    | rights("delete", "newsletter.wording")
    | rights("view add change delete", "desk.guideline")
    | rights("view add change", "staff.account")
    | {"staff.lock_down"}
)

ROLES = {
    "contributor": CONTRIBUTOR,
    "approver": APPROVER,
    "translator": TRANSLATOR,
    "newsletter": NEWSLETTER,
    "administrator": ADMINISTRATOR,
    "auditor": AUDITOR,
}
ROLE_NAMES = {
    "contributor": _("Contributor: writes, hands in for review, withdraws, sends alerts"),
    "approver": _("Approver: also approves and publishes"),
    "translator": _("Translator: edits the chosen languages only"),
    "newsletter": _("Newsletter: composes and sends editions"),
    "administrator": _("Administrator: everything, and the accounts"),
    "auditor": _("Auditor: reads the audit log"),
}


@transaction.atomic
def install_roles(*, using="default"):
    """Make each group exactly what `ROLES` says; a right added by hand is taken away again."""
    known = known_rights(using=using)
    for role, names in ROLES.items():
        group, _made = Group.objects.using(using).get_or_create(name=role)
        group.permissions.set([known[name] for name in names if name in known])


def unknown_rights():
    """The rights that `ROLES` names and no installed model defines."""
    return set().union(*ROLES.values()) - known_rights().keys()


def known_rights(*, using="default"):
    """Every right in the database, {"app.codename": Permission}, of those apps that the roles speak of."""
    apps = {name.split(".")[0] for names in ROLES.values() for name in names}
    found = Permission.objects.using(using).select_related("content_type").filter(content_type__app_label__in=apps)
    return {f"{right.content_type.app_label}.{right.codename}": right for right in found}


def roles_given_by(giver):
    """The groups whose every right `giver` holds: nobody can hand out more than they have."""
    if not giver.has_perm("staff.change_account"):
        return Group.objects.none()
    held, known = giver.get_all_permissions(), known_rights().keys()
    return Group.objects.filter(name__in=[role for role, names in ROLES.items() if names & known <= held])


def may_manage(manager, account):
    """Whether `manager` may change `account`: never oneself, never one who may do something `manager` may not."""
    if manager.pk == account.pk or not manager.has_perm("staff.change_account"):
        return False
    if manager.is_superuser:
        return True
    return not account.is_superuser and account_rights(account) <= account_rights(manager)


def account_rights(account):
    """The rights an account has by its roles, whether or not it is disabled just now."""
    held = Permission.objects.filter(Q(group__user=account) | Q(user=account)).values_list(
        "content_type__app_label", "codename"
    )
    return {f"{app}.{codename}" for app, codename in held}


def translator_languages(account):
    """The languages an account may edit as a list of codes, or None for all of them."""
    names = set(account.groups.values_list("name", flat=True))
    if account.is_superuser or names - {"translator", "auditor", "newsletter"}:
        return None
    return list(account.languages)


@transaction.atomic
def make_account(name, *, role, password, email=""):
    """An account that may log in at once. Raises ValidationError if the name is taken or the password is weak."""
    account = Account(username=name, email=email, is_staff=True)
    validate_password(password, account)
    account.set_password(password)
    account.full_clean()
    account.save()
    account.groups.add(Group.objects.get(name=role))
    return account
