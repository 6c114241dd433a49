"""Mail that comes back, in the words of many servers: (name, message, what it has to come to).

Made up after public descriptions; names and addresses are nobody's. In each `{verp}` is the address of the envelope,
`{returned}` the head of the mail that came back. What it comes to is a status (RFC 3463), "complaint", or "" for what
counts as nothing. A status of class 4 was given up by its server; 5.2.2 is a full mailbox, which costs nobody anything.
"""

# ruff: noqa: E501 - a line of a mail stays one line

import base64

DSN = """\
Return-Path: <>
From: {sender}
To: {{verp}}
Subject: {subject}
{more}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8

{words}
--b
Content-Type: {type}
{encoding}
{fields}
--b
Content-Type: {copy}

{{returned}}
--b--
"""
DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.example>"


def report(status, diagnostic="", *, action="failed", words="I'm sorry.", sender=DAEMON, **other):
    """A report for programs, as RFC 3464 has it; `other` says what differs."""
    fields = other.pop("fields", None) or (
        "Reporting-MTA: dns; mx.example\nArrival-Date: Tue, 1 Jun 2021 10:00:00 +0000\n\n"
        f"Final-Recipient: rfc822; reader@example.net\nAction: {action}\nStatus: {status}\n"
        + (f"Diagnostic-Code: {diagnostic}\n" if diagnostic else "")
    )
    filled = {
        "subject": "Undelivered Mail Returned to Sender",
        "type": "message/delivery-status",
        "copy": "message/rfc822",
        "encoding": "",
        "more": "",
    } | other
    return DSN.format(sender=sender, words=words, fields=fields, **filled)


def letter(body, *, sender=DAEMON, subject="Undeliverable mail", more="", kind="text/plain; charset=utf-8"):
    """A message for people alone."""
    head = f"Return-Path: <>\nFrom: {sender}\nTo: {{verp}}\nSubject: {subject}\n{more}MIME-Version: 1.0\n"
    return f"{head}Content-Type: {kind}\n\n{body}"


def person(body, *, subject="Re: 1 update", more=""):
    return f"From: A Reader <reader@example.net>\nTo: {{verp}}\nSubject: {subject}\n{more}\n{body}"


def complaint(kind="abuse", *, type="message/feedback-report", encoding="", feedback=None):
    feedback = feedback or f"Feedback-Type: {kind}\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n"
    return (
        "From: <feedback@arf.mail.example>\nTo: fbl@example.org\nSubject: FW: 1 update\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n--b\nContent-Type: text/plain\n\n'
        f"This is an email abuse report.\n--b\nContent-Type: {type}\n{encoding}\n{feedback}\n"
        "--b\nContent-Type: message/rfc822\n\n{returned}\n--b--\n"
    )


GLOBAL_FIELDS = (
    "Reporting-MTA: dns; почта.example\n\nOriginal-Recipient: utf-8; читатель@example.net\n"
    "Final-Recipient: utf-8; читатель@example.net\nAction: failed\nStatus: 5.1.1\n"
    "Diagnostic-Code: smtp; 550 5.1.1 нет такого пользователя\n"
)
TWO_RECIPIENTS = (
    "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; list@example.net\nAction: expanded\nStatus: 2.0.0\n\n"
    "Final-Recipient: rfc822; reader@example.net\nAction: failed\nStatus: 5.1.1\n"
)
FOLDED = (
    "Reporting-MTA: dns; mx.example\n\nfinal-recipient: RFC822; reader@example.net\nACTION: Failed\nstatus: 5.0.0\n"
    "diagnostic-code: smtp; 550 Requested action not taken:\n    mailbox unavailable\n"
)
QMAIL = (
    "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver your message to the following "
    "addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<reader@example.net>:\n{}\n\n"
    "--- Below this line is a copy of the message.\n\n{{returned}}\n"
)
EXIM = (
    "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered "
    "to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  "
    "reader@example.net\n    {}\n\n------ This is a copy of the message, including all the headers. ------\n\n{{returned}}\n"
)
EXIM_HEAD = "X-Failed-Recipients: reader@example.net\nAuto-Submitted: auto-replied\n"
GOOGLE = (
    "Delivery to the following recipient failed permanently:\n\n     reader@example.net\n\nTechnical details of permanent "
    "failure:\nGoogle tried to deliver your message, but it was rejected by the recipient domain. The error that the other "
    "server returned was:\n{}\n\n----- Original message -----\n\n{{returned}}\n"
)


def base64_of(text):
    return base64.encodebytes(text.encode()).decode()


FORMATS = {
    # --- Reports for programs -----------------------------------------------------------------
    "Postfix, no such user": (
        report("5.1.1", "smtp; 550 5.1.1 <reader@example.net>: Recipient address rejected: User unknown", more="Auto-Submitted: auto-replied\n"),
        "5.1.1",
    ),
    "Postfix, no such domain": (
        report("5.4.4", "X-Postfix; Host or domain name not found. Name service error for name=gone.example type=A: Host not found"),
        "5.4.4",
    ),
    "Postfix, expired": (
        report("4.4.1", "X-Postfix; connect to mx.gone.example[192.0.2.7]:25: Connection timed out"),
        "4.4.1",
    ),
    "Postfix, still trying": (
        report("4.4.1", "X-Postfix; connect to mx.gone.example[192.0.2.7]:25: Connection timed out", action="delayed", subject="Delayed Mail (still being retried)"),
        "",
    ),
    "Postfix, full": (report("5.2.2", "X-Postfix; maildir delivery failed: disk quota exceeded"), "5.2.2"),
    "Postfix, blocked": (
        report("5.7.1", "smtp; 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.blocklist.example"),
        "5.7.1",
    ),
    "Sendmail, no such user": (
        report("5.1.1", "SMTP; 550 5.1.1 <reader@example.net>... User unknown", subject="Returned mail: see transcript for details", sender="Mail Delivery Subsystem <MAILER-DAEMON@mx.example>"),
        "5.1.1",
    ),
    "Sendmail, a status that says little": (
        report("5.3.0", "SMTP; 553 5.3.0 <reader@example.net>... No such user here", subject="Returned mail: see transcript for details"),
        "5.1.1",
    ),
    "Sendmail, warning": (
        report("4.4.7", action="delayed", words="    ** THIS IS A WARNING MESSAGE ONLY **\n    ** YOU DO NOT NEED TO RESEND YOUR MESSAGE **"),
        "",
    ),
    "Sendmail, five days": (report("4.4.7", "SMTP; 451 4.4.1 reply: read error", words="Message could not be delivered for 5 days"), "4.4.7"),
    "Exim, with a report": (
        report("5.0.0", "smtp; 550 No Such User Here", more=EXIM_HEAD, subject="Mail delivery failed: returning message to sender", copy="text/rfc822-headers"),
        "5.1.1",
    ),
    "Exim, RFC 6533": (report("5.1.1", "smtp; 550 5.1.1 unknown", type="message/global-delivery-status", copy="message/global-headers"), "5.1.1"),
    "RFC 6533 in UTF-8": (report("", type="message/global-delivery-status", fields=GLOBAL_FIELDS, copy="message/global"), "5.1.1"),
    "RFC 6533 in base64": (
        report("", type="message/global-delivery-status", fields=base64_of(GLOBAL_FIELDS), encoding="Content-Transfer-Encoding: base64\n", copy="message/global-headers"),
        "5.1.1",
    ),
    "a report in base64": (
        report("", fields=base64_of(TWO_RECIPIENTS), encoding="Content-Transfer-Encoding: base64\n"),
        "5.1.1",
    ),
    "a report in quoted-printable": (
        report("", fields=TWO_RECIPIENTS.replace("5.1.1", "5=2E1=2E1"), encoding="Content-Transfer-Encoding: quoted-printable\n"),
        "5.1.1",
    ),
    "of two recipients one failed": (report("", fields=TWO_RECIPIENTS), "5.1.1"),
    "small letters and folded lines": (report("", fields=FOLDED), "5.1.1"),
    "a comment behind the status": (report("5.1.1 (bad destination mailbox address)"), "5.1.1"),
    "GroupWise, without an action": (
        report("", fields="Reporting-MTA: dns; gw.example\n\nFinal-Recipient: rfc822; reader@example.net\nStatus: 5.1.1\n"),
        "5.1.1",
    ),
    "delivered": (report("2.0.0", action="delivered", subject="Successful Mail Delivery Report"), ""),
    "relayed": (report("2.0.0", action="relayed"), ""),
    "Exchange 2016, no such user": (
        report("5.1.10", "smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", sender="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@corp.example>", subject="Undeliverable: 1 update"),
        "5.1.10",
    ),
    "Exchange 2007, full": (report("5.2.2", "smtp;554-5.2.2 mailbox full; STOREDRV.Deliver: mailbox full. The mailbox has exceeded the maximum mailbox size"), "5.2.2"),
    "Exchange 2010, expired": (report("4.4.7", "smtp;550 4.4.7 QUEUE.Expired; message expired", subject="Undeliverable: 1 update"), "4.4.7"),
    "Outlook.com, no such user": (
        report("5.5.0", "smtp;550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).", sender="postmaster@outlook.example"),
        "5.1.1",
    ),
    "Microsoft 365, no such user": (report("5.4.1", "smtp;550 5.4.1 Recipient address rejected: Access denied."), "5.4.1"),
    "Microsoft 365, expired": (report("5.4.300", "smtp;550 5.4.300 Message expired -> 421 4.4.0 DNS query failed"), "4.4.7"),
    "Microsoft 365, our reputation": (report("5.7.606", "smtp;550 5.7.606 Access denied, banned sending IP [192.0.2.1]"), "5.7.606"),
    "Gmail, no such user": (
        report("5.1.1", "smtp; 550-5.1.1 The email account that you tried to reach does not exist. Please try\n 550-5.1.1 double-checking the address", sender="Mail Delivery Subsystem <mailer-daemon@googlemail.example>", subject="Delivery Status Notification (Failure)"),
        "5.1.1",
    ),
    "Gmail, out of room": (report("5.2.2", "smtp; 552-5.2.2 The email account that you tried to reach is over quota."), "5.2.2"),
    "Gmail, disabled": (report("5.2.1", "smtp; 550 5.2.1 The email account that you tried to reach is disabled."), "5.2.1"),
    "Gmail, will try again": (report("4.4.2", "smtp; 421 4.4.2 Connection dropped", action="delayed", subject="Delivery Status Notification (Delay)"), ""),
    "Yahoo, no such account": (
        report("5.0.0", "smtp; 554 delivery error: dd Sorry, your message to reader@example.net cannot be delivered. This mailbox is disabled (554.30). - mta4.mail.example"),
        "5.1.1",
    ),
    "Zimbra, no such user": (report("5.1.1", "smtp; 550 5.1.1 <reader@example.net>: Recipient address rejected: example.net", more="X-Mailer: Zimbra 8.8\n"), "5.1.1"),
    "Yandex, no such user": (report("5.7.1", "smtp; 550 5.7.1 No such user!", sender="mailer-daemon@yandex.example"), "5.1.1"),
    "Mail.ru, full": (report("5.2.2", "smtp; 550 Mailbox is full: quota exceeded"), "5.2.2"),
    "Courier": (
        report("5.0.0", "smtp; 550 5.1.1 <reader@example.net>... User Unknown", sender='"Courier mail server at mx.example" <@>', subject="NOTICE: mail delivery status."),
        "5.1.1",
    ),
    "Domino": (report("5.0.0", "X-Notes; User reader (reader@example.net) not listed in Domino Directory", subject="DELIVERY FAILURE: User reader not listed in Domino Directory"), "5.1.1"),
    "Apache James": (report("500", "smtp; 550 5.1.1 Requested action not taken: mailbox unavailable"), "5.1.1"),
    "OpenSMTPD": (report("5.0.0", "smtp; 550 Invalid recipient: <reader@example.net>"), "5.1.1"),
    "Amazon SES": (report("5.1.1", "smtp; 550 5.1.1 user unknown", sender="MAILER-DAEMON@eu-west-1.amazonses.example"), "5.1.1"),
    "our own address is refused": (report("5.1.8", "smtp; 550 5.1.8 Bad sender's system address"), "5.1.8"),
    "too large": (report("5.3.4", "smtp; 552 5.3.4 Message size exceeds fixed limit"), "5.3.4"),
    "a mailbox without room that is called unknown": (report("5.1.1", "smtp; 550 5.1.1 user over quota"), "5.2.2"),
    # --- For people alone ---------------------------------------------------------------------
    "qmail, no such user": (letter(QMAIL.format("Sorry, no mailbox here by that name. (#5.1.1)"), subject="failure notice"), "5.1.1"),
    "qmail, refused by the other server": (
        letter(QMAIL.format("192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 user unknown\nGiving up on 192.0.2.1."), subject="failure notice"),
        "5.1.1",
    ),
    "qmail, no such host": (letter(QMAIL.format("Sorry, I couldn't find any host named gone.example. (#5.1.2)"), subject="failure notice"), "5.1.2"),
    "qmail, too long in the queue": (
        letter(QMAIL.format("Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)\nI'm not going to try again; this message has been in the queue too long."), subject="failure notice"),
        "4.4.1",
    ),
    "qmail, full": (letter(QMAIL.format("user is over quota. (#5.2.2)"), subject="failure notice"), "5.2.2"),
    "Exim, no such user": (
        letter(EXIM.format("SMTP error from remote mail server after RCPT TO:<reader@example.net>:\n    host mx.example.net [192.0.2.7]: 550 Unknown user"), more=EXIM_HEAD),
        "5.1.1",
    ),
    "Exim, no such domain": (letter(EXIM.format("all relevant MX records point to non-existent hosts"), more=EXIM_HEAD), "5.1.2"),
    "Exim, gave up": (letter(EXIM.format("retry timeout exceeded"), more=EXIM_HEAD), "4.4.7"),
    "Exim, full": (letter(EXIM.format("mailbox is full (quota exceeded while writing to file)"), more=EXIM_HEAD), "5.2.2"),
    "Exim, warning": (
        letter("A message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours.\nNo action is required on your part. Delivery attempts will continue for\nsome time.\n{returned}", more="Auto-Submitted: auto-replied\n", subject="Warning: message 1abcde-000001-Ab delayed 24 hours"),
        "",
    ),
    "Gmail in words": (letter(GOOGLE.format("550 550 Unknown user reader@example.net (state 18)."), subject="Delivery Status Notification (Failure)"), "5.1.1"),
    "Gmail in words, no such domain": (letter(GOOGLE.format("DNS Error: Domain name not found"), subject="Delivery Status Notification (Failure)"), "5.1.2"),
    "Yahoo in words": (
        letter("Sorry, we were unable to deliver your message to the following address.\n\n<reader@example.net>:\n554: delivery error: dd This user doesn't have a yahoo.example account (reader@example.net) [0]\n\n--- Below this line is a copy of the message.\n\n{returned}", subject="Failure Notice"),
        "5.1.1",
    ),
    "Mail.ru in words": (
        letter("Это письмо создано автоматически сервером Mail.Ru, отвечать на него не нужно.\n\nК сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям:\n\nreader@example.net\n  user not found\n\n------ This is a copy of the message, including all the headers. ------\n{returned}", sender="mailer-daemon@corp.mail.example", subject="Mail failure."),
        "5.1.1",
    ),
    "Yandex in words": (
        letter("Письмо не может быть доставлено: нет такого пользователя reader@example.net.\n\nИсходное письмо:\n{returned}", sender="mailer-daemon@yandex.example", subject="=?utf-8?b?0J3QtdC00L7RgdGC0LDQstC70LXQvdC90L7QtSDRgdC+0L7QsdGJ0LXQvdC40LU=?="),
        "5.1.1",
    ),
    "Exchange 2003": (
        letter("Your message\n\n  To:      reader@example.net\n  Subject: 1 update\n\ndid not reach the following recipient(s):\n\nreader@example.net on Thu, 29 Apr 2021 16:51:51 -0500\n    The recipient name is not recognized\n    MSEXCH:IMS:EXAMPLE:EXCHANGE 0 (000C05A6) Unknown Recipient\n\nOriginal message follows.\n{returned}", sender="System Administrator <postmaster@corp.example>", subject="Undeliverable: 1 update"),
        "5.1.1",
    ),
    "Exchange in HTML": (
        letter("<html><body><p><b>Delivery has failed to these recipients or groups:</b></p><p>reader@example.net<br>The email address you entered couldn&#8217;t be found.</p><p>#550 5.1.1 RESOLVER.ADR.ExRecipNotFound; not found ##</p></body></html>", kind="text/html; charset=utf-8", more="X-Original-To: {verp}\n", subject="Undeliverable: 1 update"),
        "5.1.1",
    ),
    "IMail": (letter("Unknown user: reader@example.net\n\nOriginal message follows.\n\n{returned}", subject="Undeliverable Mail "), "5.1.1"),
    "hMailServer": (
        letter("Your message did not reach some or all of the intended recipients.\n\n   Sent: Tue, 1 Jun 2021\n   Subject: 1 update\n\nThe following recipient(s) could not be reached:\n\nreader@example.net\n   Error Type: SMTP\n   Remote server replied: 550 Unknown user\n\nhMailServer\n{returned}", subject="Message undeliverable: 1 update"),
        "5.1.1",
    ),
    "MDaemon": (letter("The following data may contain sections which represent BASE64 encoded\nfile attachments.\n\nreader@example.net - no such user here\n\n: Message contains [1] file attachments\n{returned}", subject="Permanent Delivery Failure"), "5.1.1"),
    "Kerio": (letter("Your e-mail could not be delivered.\n\nreader@example.net: 5.1.1 User does not exist\n{returned}", subject="Delivery failed"), "5.1.1"),
    "MailEnable": (letter("MailEnable: Message delivery failure.\nThe following recipient(s) could not be reached:\nReason: 553 sorry, that domain isn't in my list: Mailbox unavailable or not local\n{returned}", subject="Message Delivery Failure"), "5.1.1"),
    "1&1": (letter("This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered.\nThe following address failed:\n\nreader@example.net\n\nSMTP error from remote server for RCPT TO command, host: mx.example.net\nreason: 550 unknown recipient\n\n--- The header of the original message is following. ---\n{returned}", subject="Mail delivery failed: returning message to sender"), "5.1.1"),
    "in French": (letter("Votre message n'a pas été remis.\nreader@example.net : cette adresse n'existe pas\n{returned}", subject="Non remis : 1 update", kind="text/plain; charset=iso-8859-1"), "5.1.1"),
    "in German": (letter("Die Nachricht konnte nicht zugestellt werden.\nreader@example.net: Empfänger unbekannt (550)\n{returned}", subject="Unzustellbar: 1 update"), "5.1.1"),
    "in base64": (
        letter(base64_of("Delivery failed.\n550 5.1.1 user unknown\n"), more="Content-Transfer-Encoding: base64\nDelivered-To: {verp}\n"),
        "5.1.1",
    ),
    "in a charset nobody knows": (letter("550 5.1.1 user unknown\n{returned}", kind="text/plain; charset=x-nothing"), "5.1.1"),
    "blocked in words": (letter("Your message was rejected by the recipient: 550 Blocked by our spam policy, see https://block.example/192.0.2.1\n{returned}"), "5.7.0"),
    "a final answer without a word": (letter("<reader@example.net>: 550\n{returned}"), "5.0.0"),
    "a version is no status": (letter("ESMTP Exim 4.94.2 at 192.0.2.1 could not deliver it.\n{returned}"), ""),
    "what came back is not what was said": (letter("We tell you nothing.\n\nReceived: from mx.example\nSubject: user unknown 550 5.1.1\n{returned}"), ""),
    # --- Complaints ---------------------------------------------------------------------------
    "ARF": (complaint(), "complaint"),
    "ARF, fraud": (complaint("fraud"), "complaint"),
    "ARF, opt-out": (complaint("opt-out"), "complaint"),
    "ARF, not spam after all": (complaint("not-spam"), ""),
    "ARF, a virus": (complaint("virus"), ""),
    "ARF in base64": (complaint(encoding="Content-Transfer-Encoding: base64\n", feedback=base64_of("Feedback-Type: abuse\nVersion: 1\n")), "complaint"),
    "ARF in a part without a name": (complaint(type="text/plain"), "complaint"),
    "JMRP": (
        'From: staff@hotmail.example\nTo: abuse@example.org\nSubject: complaint about message from 192.0.2.1\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: message/rfc822\n\nX-HmXmrOriginalRecipient: <reader@example.net>\n{returned}\n--b--\n',
        "complaint",
    ),
    # --- No word about the mail ---------------------------------------------------------------
    "away (RFC 3834)": (person("I am out. For user unknown 550 5.1.1 ask somebody else.", more="Auto-Submitted: auto-replied\n"), ""),
    "away, with an empty envelope": (
        letter("I no longer work here; this address does not exist. 550 5.1.1\n", sender="reader@example.net", subject="Out of Office: 1 update", more="Auto-Submitted: auto-replied (vacation)\n"),
        "",
    ),
    "away, Exchange": (person("Mailbox unavailable to me until Monday.", subject="Automatic reply: 1 update", more="X-Auto-Response-Suppress: All\n"), ""),
    "away, an older program": (letter("user unknown", sender="reader@example.net", subject="Re: 1 update", more="X-Autoreply: yes\nPrecedence: auto_reply\n"), ""),
    "away, in Russian": (letter("Меня нет, ящик не существует.", sender="reader@example.net", subject="Автоответ: 1 update"), ""),
    "away, in Arabic": (letter("غير موجود", sender="reader@example.net", subject="رد تلقائي: 1 update"), ""),
    "read": (
        'From: reader@example.net\nTo: {verp}\nSubject: Read: 1 update\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=disposition-notification; boundary="b"\n\n--b\nContent-Type: text/plain\n\nDeleted unread, user unknown.\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; reader@example.net\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--\n',
        "",
    ),
    "a challenge": (person("Please confirm that you are a person. Unknown senders are blocked."), ""),
    "a person": (person("My old address does not exist any more, 550 user unknown, please take the new one."), ""),
}  # fmt: skip
