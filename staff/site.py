"""The admin site: who may enter, and through which door."""

from allauth.account import views as door
from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _

from staff.login.second_factor import must_enrol
from staff.roles import get_administrators


class DeskAdminSite(AdminSite):
    site_title = site_header = _("OHRM administration")
    index_title = _("Today")
    enable_nav_sidebar = False

    def index(self, request, extra_context=None):
        """Who is alone with the accounts is told so: nobody would notice what is done in their name."""
        alone = request.user.has_perm("staff.change_account") and get_administrators().count() == 1
        return super().index(request, {"is_only_administrator": alone, **(extra_context or {})})

    def has_permission(self, request):
        """The gate has asked this already; asked again for the day on which somebody moves the admin."""
        return super().has_permission(request) and not must_enrol(request)

    # Django's own login would ask for the password alone.

    def login(self, request, extra_context=None):
        return door.login(request)

    def logout(self, request, extra_context=None):
        return door.logout(request)

    def password_change(self, request, extra_context=None):
        return door.password_change(request)
