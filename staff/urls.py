"""The addresses of the door and of one's own account, all below /admin/, before those of the admin itself.

Names without a namespace are those that allauth looks up. What allauth offers besides (sign-up,
e-mail addresses, login by mail) has no address here and so does not exist.
"""

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkey
from django.urls import path, re_path

from staff.login import views

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("login/code/", factor.authenticate, name="mfa_authenticate"),
    path("login/passkey/", passkey.login_webauthn, name="mfa_login_webauthn"),
    path("logout/", account.logout, name="account_logout"),
    path("password_change/", account.password_change, name="account_change_password"),
    path("password/", account.password_reset, name="account_reset_password"),
    path("password/asked/", account.password_reset_done, name="account_reset_password_done"),
    path("password/set/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.SetPasswordView.as_view(),
        name="account_reset_password_from_key",
    ),
    path("me/", views.edit_profile, name="staff_me"),
    path("me/sessions/", views.list_sessions, name="staff_sessions"),
    path("me/sessions/close/", views.close_other_sessions, name="staff_close_other_sessions"),
    path("me/sessions/<slug:mark>/name/", views.name_session, name="staff_name_session"),
    path("me/sessions/<slug:mark>/close/", views.close_session, name="staff_close_session"),
    path("me/proof/password/", account.reauthenticate, name="account_reauthenticate"),
    path("me/proof/code/", factor.reauthenticate, name="mfa_reauthenticate"),
    path("me/proof/passkey/", passkey.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("me/factor/", factor.index, name="mfa_index"),
    path("me/factor/choose/", views.choose_factor, name="staff_enrol"),
    path("me/factor/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("me/factor/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("me/factor/codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("me/factor/codes/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("me/factor/codes/file/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("me/factor/passkeys/", passkey.list_webauthn, name="mfa_list_webauthn"),
    path("me/factor/passkeys/add/", passkey.add_webauthn, name="mfa_add_webauthn"),
    path("me/factor/passkeys/<int:pk>/name/", passkey.edit_webauthn, name="mfa_edit_webauthn"),
    path("me/factor/passkeys/<int:pk>/remove/", views.RemovePasskeyView.as_view(), name="mfa_remove_webauthn"),
    path("close/", views.close_desk, name="staff_close_desk"),
]
