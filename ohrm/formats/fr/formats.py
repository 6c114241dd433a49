# Formats of Django's `date` filter; T is the time zone.
DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i T"
