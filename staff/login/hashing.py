"""How passwords are hashed: Argon2id as OWASP advises it for servers, 19 MiB and two passes for each login.

Django's own figures take 100 MiB and eight lanes, with which a handful of logins at once fill a small machine.
Hashes made with those are still known, and made anew at the next login.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher


class LeanArgon2PasswordHasher(Argon2PasswordHasher):
    memory_cost = 19 * 1024  # KiB
    time_cost = 2  # passes
    parallelism = 1  # lanes
