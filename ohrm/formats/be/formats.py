# Formats of Django's `date` filter; T is the time zone.
DATE_FORMAT = "j E Y г."
DATETIME_FORMAT = "j E Y г., H:i T"
DECIMAL_SEPARATOR = ","
