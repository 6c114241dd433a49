"""What SparkPost has to be told beyond django-anymail, so that a mail arrives as it was written.

SparkPost puts a List-Unsubscribe of its own in place of ours unless a mail is called transactional, and takes two
braces in a row for its template language, wherever they stand. Not here: the other providers (`provider.py`).
"""

import re

from anymail.backends.sparkpost import EmailBackend, SparkPostPayload

# Between two braces of any kind: a sign without width, which readers do not see.
BETWEEN_BRACES_PATTERN = re.compile(r"(?<=[{}])(?=[{}])")
WORD_JOINER = "\u2060"


def escape_template_braces(text):
    return BETWEEN_BRACES_PATTERN.sub(WORD_JOINER, text)


class Backend(EmailBackend):
    def build_message_payload(self, message, defaults):
        return Payload(message, defaults, self)


class Payload(SparkPostPayload):
    def init_payload(self):
        super().init_payload()
        self.data["options"] = {"transactional": True}

    def set_subject(self, subject):
        super().set_subject(escape_template_braces(subject))

    def set_text_body(self, body):
        super().set_text_body(escape_template_braces(body))

    def set_html_body(self, body):
        super().set_html_body(escape_template_braces(body))
