"""Pages of one's own account: what it is, its sessions, choosing a second factor; and closing the desk.

Not here: login, passwords and codes (allauth's views, put in place by `urls.py`), other people's accounts (`admin.py`).
"""

from allauth.account.views import PasswordResetFromKeyView
from allauth.mfa.adapter import get_adapter as get_factor_adapter
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit.chain import record
from staff.form_recovery import render_recovered_form
from staff.lockdown import lock_down
from staff.models import Account, Session

from .second_factor import get_reauthentication_url, has_factor, is_fresh, must_enrol
from .sessions import end_sessions, hash_session_key
from .throttle import remember_device


class ProfileForm(forms.ModelForm):
    class Meta:
        model = Account
        fields = ["first_name", "last_name", "email", "language"]


class DeviceForm(forms.ModelForm):
    class Meta:
        model = Session
        fields = ["device"]


def edit_profile(request):
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        if "email" in form.changed_data:
            if not is_fresh(request):
                return render_recovered_form(request, get_reauthentication_url(request), why="stale")
            record("account.email", actor=request.user, subject=f"account:{request.user.pk}")
        form.save()
        messages.success(request, _("Saved."))
        return redirect("staff_me")
    return render(request, "staff/me.html", {"form": form, "has_factor": has_factor(request.user)})


def list_sessions(request):
    found = Session.objects.open().filter(account=request.user).order_by("-seen", "-created")
    here = hash_session_key(request.session.session_key)
    rows = [(row, row.pk == here, DeviceForm(instance=row, prefix=row.pk[:8])) for row in found]
    return render(request, "staff/sessions.html", {"rows": rows})


def get_own_session(request, mark):
    """The session whose digest begins with `mark`, if it is the reader's own; else 404."""
    return get_object_or_404(Session, account=request.user, session_key__startswith=mark)


@require_POST
def name_session(request, mark):
    form = DeviceForm(request.POST, instance=get_own_session(request, mark), prefix=mark[:8])
    if form.is_valid():
        form.save()
    return redirect("staff_sessions")


@require_POST
def close_session(request, mark):
    session = get_own_session(request, mark)
    session.delete()
    record("session.closed", actor=request.user, subject=f"account:{request.user.pk}")
    messages.success(request, _("“%(device)s” is logged out.") % {"device": session})
    return redirect("staff_sessions")


@require_POST
def close_other_sessions(request):
    end_sessions(request.user, but=request)
    record("session.closed", actor=request.user, subject=f"account:{request.user.pk}", others=True)
    messages.success(request, _("All other devices are logged out."))
    return redirect("staff_sessions")


def choose_factor(request):
    """Choosing the first second factor; whoever has one manages it elsewhere."""
    if not must_enrol(request):
        return redirect("mfa_index")
    return render(request, "staff/enrol.html")


@permission_required("staff.lock_down", raise_exception=True)
def close_desk(request):
    """Asks for no fresh factor: whoever needs this has no time, and the worst it does is to stop work."""
    if request.method != "POST":
        return render(request, "staff/lock_down.html")
    by = request.user
    request.session.flush()
    lock_down(by=by)
    return render(request, "staff/locked_down.html", {"just_now": True})


class RemovePasskeyView(RemoveWebAuthnView):
    def form_valid(self, form):
        adapter = get_factor_adapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            messages.error(self.request, adapter.error_messages["cannot_delete_authenticator"])
            return redirect("mfa_index")
        return super().form_valid(form)


class SetPasswordView(PasswordResetFromKeyView):
    """Whoever has the link is no stranger to this account: guessing by others does not slow them afterwards."""

    def form_valid(self, form):
        response = super().form_valid(form)
        if isinstance(response, HttpResponseRedirect):
            remember_device(self.request, response, self.reset_user)
        return response
