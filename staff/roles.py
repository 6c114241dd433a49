"""The roles and what each may do, as data; and the one rule of who may give which.

A role is a group of the same name. A right is written "app.codename". Some rights belong to rooms
that are installed later or not at all, so a name that nobody defines is left out in silence when
the groups are written, and told by `find_unknown_permissions()`, which the tests ask.
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


def build_permission_names(deeds, *models):
    """`rights("view change", "updates.update")` is {"updates.view_update", "updates.change_update"}."""
    pairs = [model.split(".") for model in models]
    return {f"{app}.{deed}_{name}" for app, name in pairs for deed in deeds.split()}


VIEWER = build_permission_names("view", *PUBLICATIONS, PARTNER, TAG, ATTACHMENT)

CONTRIBUTOR = (
    VIEWER
    # Who may press the button is one question, whether a second person has to approve first is another:
    # that one is SECOND_PERSON's, and no right gets round it.
    | build_permission_names("add change submit publish", UPDATE, STORY, ALERT)
    | build_permission_names("withdraw", *PUBLICATIONS)
    | build_permission_names("view add change", CONSENT)
    | build_permission_names("add change delete", ATTACHMENT)
    | build_permission_names("add", TAG)
)
APPROVER = (
    CONTRIBUTOR
    | build_permission_names("approve", UPDATE, STORY)
    | build_permission_names("add change submit approve publish", SITUATION, ORGANISATION, PAGE, ALERT)
    | build_permission_names("add change", PARTNER, TAG)
    | build_permission_names("view add delete", "publishing.listedname")
)
TRANSLATOR = VIEWER | build_permission_names("translate", *PUBLICATIONS)
NEWSLETTER = (
    VIEWER
    | build_permission_names("view add change send", EDITION)
    | build_permission_names("view delete", SUBSCRIBER)
    | build_permission_names("view", "newsletter.delivery")
    | build_permission_names("view add change", "newsletter.wording")
)
AUDITOR = build_permission_names("view", "audit.event")
ADMINISTRATOR = (
    APPROVER
    | TRANSLATOR
    | NEWSLETTER
    | AUDITOR
    | build_permission_names("delete purge", *PUBLICATIONS)
    | build_permission_names("delete", PARTNER, TAG)
    | build_permission_names("add change export", SUBSCRIBER)
    | build_permission_names("delete", "newsletter.wording")
    | build_permission_names("view add change delete", "desk.guideline")
    | build_permission_names("view add change", "staff.account")
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
    "contributor": _("Contributor: writes, submits for review, withdraws, publishes alerts"),
    "approver": _("Approver: also approves and publishes"),
    "translator": _("Translator: edits the chosen languages only"),
    "newsletter": _("Newsletter: composes and sends editions"),
    "administrator": _("Administrator: everything, and the accounts"),
    "auditor": _("Auditor: reads the audit log"),
}


@transaction.atomic
def install_roles(*, using="default"):
    """Make each group exactly what `ROLES` says; a right added by hand is taken away again."""
    known = get_known_permissions(using=using)
    for role, names in ROLES.items():
        group, _made = Group.objects.using(using).get_or_create(name=role)
        group.permissions.set([known[name] for name in names if name in known])


def find_unknown_permissions():
    """The rights that `ROLES` names and no installed model defines."""
    return set().union(*ROLES.values()) - get_known_permissions().keys()


def get_known_permissions(*, using="default"):
    """Every right in the database, {"app.codename": Permission}, of those apps that the roles speak of."""
    apps = {name.split(".")[0] for names in ROLES.values() for name in names}
    found = Permission.objects.using(using).select_related("content_type").filter(content_type__app_label__in=apps)
    return {f"{right.content_type.app_label}.{right.codename}": right for right in found}


def get_administrators():
    """The accounts that can make others, and could watch each other do so."""
    is_one = Q(groups__name="administrator") | Q(is_superuser=True)
    return Account.objects.filter(pk__in=Account.objects.filter(is_one, is_active=True).values("pk"))


def get_assignable_roles(giver):
    """The groups whose every right `giver` holds: nobody can hand out more than they have."""
    if not giver.has_perm("staff.change_account"):
        return Group.objects.none()
    held, known = giver.get_all_permissions(), get_known_permissions().keys()
    return Group.objects.filter(name__in=[role for role, names in ROLES.items() if names & known <= held])


def can_manage(manager, account):
    """Whether `manager` may change `account`: never oneself, never one who may do something `manager` may not."""
    if manager.pk == account.pk or not manager.has_perm("staff.change_account"):
        return False
    if manager.is_superuser:
        return True
    return not account.is_superuser and get_account_permissions(account) <= get_account_permissions(manager)


def get_account_permissions(account):
    """The rights an account has by its roles, whether or not it is disabled just now."""
    held = Permission.objects.filter(Q(group__user=account) | Q(user=account)).values_list(
        "content_type__app_label", "codename"
    )
    return {f"{app}.{codename}" for app, codename in held}


def get_translator_languages(account):
    """The languages an account may edit as a list of codes, or None for all of them."""
    names = set(account.groups.values_list("name", flat=True))
    if account.is_superuser or names - {"translator", "auditor", "newsletter"}:
        return None
    return list(account.languages)


@transaction.atomic
def create_account(name, *, role, password, email=""):
    """An account that may log in at once. Raises ValidationError if the name is taken or the password is weak."""
    account = Account(username=name, email=email, is_staff=True)
    validate_password(password, account)
    account.set_password(password)
    account.full_clean()
    account.save()
    account.groups.add(Group.objects.get(name=role))
    return account
