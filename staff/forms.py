"""What people may set about themselves."""

from django import forms

from .models import Account, Session


class ProfileForm(forms.ModelForm):
    class Meta:
        model = Account
        fields = ["first_name", "last_name", "email", "language"]


class DeviceForm(forms.ModelForm):
    class Meta:
        model = Session
        fields = ["device"]
