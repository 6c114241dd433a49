"""The accounts of others, for administrators: make, invite, give roles, disable, help after a lost phone.

Nobody changes their own account here, one that may do more than they, or gives a role that holds
more than they hold; nobody becomes a superuser in a browser; nothing is deleted.
Not here: one's own account (`login/views.py`), the rule who may give what (`roles.py`).
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.chain import record
from audit.list_guards import GuardedAdmin
from staff.login.second_factor import fresh_factor_required, has_factor, reset_factor
from staff.login.sessions import end_sessions

from .emails import build_password_link, notify_account, notify_administrators
from .models import Account, Session
from .roles import ROLE_NAMES, can_manage, get_assignable_roles

# Rights are given by roles alone, and allauth's own lists would show and change secrets past every rule here.
for model in (Group, EmailAddress, Authenticator):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class RoleField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, group):
        return ROLE_NAMES[group.name]


class AccountForm(forms.ModelForm):
    groups = RoleField(
        Group.objects.none(),
        required=False,
        label=gettext_lazy("Roles"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "A change of role takes effect at once: the person is logged out and has to log in again."
        ),
    )
    languages = forms.MultipleChoiceField(
        choices=lambda: settings.LANGUAGES,
        required=False,
        label=gettext_lazy("Translates into"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("For translators: they see and edit only these languages."),
    )
    is_active = forms.BooleanField(
        required=False,
        initial=True,
        label=gettext_lazy("Active"),
        help_text=gettext_lazy("Untick this when somebody leaves: they are logged out at once and cannot log in."),
    )

    class Meta:
        model = Account
        fields = ["username", "first_name", "last_name", "email", "groups", "languages", "language", "is_active"]
        help_texts = {
            "username": gettext_lazy("The name to log in with, for example “ana”. It appears in the audit log."),
            "email": gettext_lazy("Receives the link to set a password, and notices of changes to the account."),
        }


@admin.register(Account)
class AccountAdmin(GuardedAdmin):
    form = AccountForm
    change_form_template = "staff/account.html"
    list_display = ["username", "name", "roles", "is_active", "last_login"]
    list_filter = ["groups", "is_active"]
    search_fields = ["username", "first_name", "last_name", "email"]
    ordering = ["username"]
    actions = None

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def get_search_results(self, request, queryset, search_term):
        # Thousands of words would make a condition deeper than SQLite reads.
        return super().get_search_results(request, queryset, search_term[:200])

    @admin.display(description=gettext_lazy("name"))
    def name(self, account):
        return account.get_full_name()

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, account):
        if account.is_superuser:
            return _("superuser")
        return ", ".join(group.name for group in account.groups.all())

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or can_manage(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        return False

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        if "groups" in form.base_fields:
            form.base_fields["groups"].queryset = get_assignable_roles(request.user)
        return form

    @method_decorator(fresh_factor_required)
    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.is_staff = True
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        before = get_role_names(form.instance) if change else []
        super().save_related(request, form, formsets, change)
        record_account_changes(request.user, form, before=before, after=get_role_names(form.instance), change=change)

    def response_add(self, request, obj, post_url_continue=None):
        return redirect("admin:staff_account_link", obj.pk)

    def get_urls(self):
        deeds = {"link": invite_account, "factor": remove_factor, "sessions": log_account_out}
        return [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(deed), name=f"staff_account_{name}")
            for name, deed in deeds.items()
        ] + super().get_urls()


def get_role_names(account):
    return sorted(account.groups.values_list("name", flat=True))


def record_account_changes(by, form, *, before, after, change):
    """The lines in the audit log, and the end of sessions that were opened with other rights."""
    account = form.instance
    subject = f"account:{account.pk}"
    if not change:
        account.makers.add(by)
        record("account.made", actor=by, subject=subject, roles=after)
        notify_administrators(account, "made", by=by)
        return
    if before != after:
        record("account.roles", actor=by, subject=subject, before=before, after=after)
        notify_account(account, "role")
        notify_administrators(account, "roles", by=by)
    if "is_active" in form.changed_data:
        record("account.enabled" if account.is_active else "account.disabled", actor=by, subject=subject)
    others = sorted(set(form.changed_data) - {"groups", "is_active"})
    if others:
        record("account.changed", actor=by, subject=subject, fields=others)
    if {"is_active", "username", "languages"} & set(form.changed_data) or before != after:
        end_sessions(account)


# --- Deeds with a page of their own -----------------------------------------------------------


def account_action(view):
    """For what is done to the account `pk`: by somebody who may manage it and has just proved who they are."""

    @fresh_factor_required
    def checked(request, pk):
        account = get_object_or_404(Account, pk=pk)
        if not can_manage(request.user, account):
            raise PermissionDenied
        return view(request, account)

    return checked


def render_account_action(request, account, **context):
    context |= admin.site.each_context(request) | {"account": account, "opts": Account._meta}
    return render(request, "staff/account_action.html", context)


@account_action
def invite_account(request, account):
    if request.method != "POST":
        return render_account_action(
            request,
            account,
            title=_("Invite %(name)s") % {"name": account},
            what=_(
                "This creates a link with which the person sets a password, once and within a day. A link created "
                "earlier still works until a password is set."
            ),
            button=_("Create the link"),
        )
    account.makers.add(request.user)
    record("account.link", actor=request.user, subject=f"account:{account.pk}")
    notify_account(account, "link")
    notify_administrators(account, "link", by=request.user)
    return render_account_action(
        request,
        account,
        title=_("Invite %(name)s") % {"name": account},
        what=_("Give this link to the person in a safe way. It is shown only once."),
        link=build_password_link(account),
    )


@account_action
def remove_factor(request, account):
    if request.method == "POST":
        reset_factor(account, by=request.user)
        messages.success(request, _("%(name)s chooses a new second factor at the next login.") % {"name": account})
        return redirect("admin:staff_account_change", account.pk)
    return render_account_action(
        request,
        account,
        title=_("Remove the second factor of %(name)s") % {"name": account},
        what=_(
            "For a lost phone or key. Until a new one is chosen, the password alone opens this account: "
            "make sure that it is really this person who asks you, by a call or face to face."
        ),
        button=_("Remove it"),
        impossible="" if has_factor(account) else _("This account has no second factor."),
    )


@account_action
def log_account_out(request, account):
    if request.method == "POST":
        end_sessions(account)
        record("session.closed", actor=request.user, subject=f"account:{account.pk}", others=True)
        messages.success(request, _("%(name)s is logged out everywhere.") % {"name": account})
        return redirect("admin:staff_account_change", account.pk)
    count = Session.objects.open().filter(account=account).count()
    return render_account_action(
        request,
        account,
        title=_("Log %(name)s out everywhere") % {"name": account},
        what=_("Open sessions: %(count)s. The person can log in again.") % {"count": count},
        button=_("Log out"),
    )
