"""What happens to an item, as lines of the audit log."""

from audit.chain import AuditRecord, record_all

OPERATOR = "operator"  # whoever works at the command line


def record_item_event(verb, item, *, by, **detail):
    """`by` is a staff account, or None for an operator."""
    record_all([build_item_record(verb, item, by=by, **detail)])


def build_item_record(verb, item, *, by, **detail):
    return AuditRecord(f"{item.TYPE}.{verb}", by or OPERATOR, item.audit_subject, detail)
