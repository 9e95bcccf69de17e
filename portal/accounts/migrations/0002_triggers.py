"""The database itself refuses: to change the audit, to delete what of it is not archived or younger than a year, to
change an archive's row; to change or delete a consent text somebody agreed to."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

LOGS, LOG_REFUSAL = ("wagtailcore_modellogentry", "wagtailcore_pagelogentry"), "the audit can only grow"
ARCHIVES, ARCHIVE_REFUSAL = "accounts_auditarchive", "an archive of the audit never changes"
TEXTS, TEXTS_REFUSAL = "accounts_consenttext", "an accepted consent text never changes"
ACCEPTED = "EXISTS (SELECT 1 FROM accounts_consent WHERE text_id = OLD.id)"
ERROR_CODE = "USING ERRCODE = 'integrity_constraint_violation'"
YEAR_AGO = {"sqlite": "datetime('now', '-1 year')", "postgresql": "now() - interval '1 year'"}


def _archived(vendor: str, log: str) -> str:
    """SQL: whether OLD, an entry of a log, lies in an archived span that ended more than a year ago."""
    return (
        f"EXISTS (SELECT 1 FROM {ARCHIVES} WHERE log = {log} AND since <= OLD.timestamp "
        f"AND OLD.timestamp < until AND until < {YEAR_AGO[vendor]})"
    )


def add(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Triggers of the engine in use."""
    if editor.connection.vendor == "postgresql":
        _add_postgresql(editor)
        return
    for name, act, table, condition, words in _sqlite():
        editor.execute(
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} {condition}BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )


def _sqlite() -> list[tuple[str, str, str, str, str]]:
    """Name, act, table, condition and words of each trigger."""
    made = []
    for log in LOGS:
        unless = f"WHEN NOT {_archived('sqlite', repr(log))} "
        made.append((f"accounts_{log}_no_update", "UPDATE", log, "", LOG_REFUSAL))
        made.append((f"accounts_{log}_no_delete", "DELETE", log, unless, LOG_REFUSAL))
    for act in ("UPDATE", "DELETE"):
        made.append((f"accounts_archive_no_{act.lower()}", act, ARCHIVES, "", ARCHIVE_REFUSAL))
        made.append((f"accounts_text_no_{act.lower()}", act, TEXTS, f"WHEN {ACCEPTED} ", TEXTS_REFUSAL))
    return made


def _postgresql() -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Name, the condition on which it refuses, words and tables of each function with its triggers."""
    unless = f"TG_OP = 'UPDATE' OR NOT {_archived('postgresql', 'TG_TABLE_NAME')}"
    return [
        ("accounts_audit_grows", unless, LOG_REFUSAL, LOGS),
        ("accounts_archive_stands", "TRUE", ARCHIVE_REFUSAL, (ARCHIVES,)),
        ("accounts_text_stands", ACCEPTED, TEXTS_REFUSAL, (TEXTS,)),
    ]


def _add_postgresql(editor: BaseDatabaseSchemaEditor) -> None:
    for name, condition, words, tables in _postgresql():
        editor.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN IF {condition} THEN RAISE EXCEPTION '{words}' {ERROR_CODE}; END IF; "
            f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        )
        for table in tables:
            editor.execute(
                f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
            )


def remove(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take them away."""
    if editor.connection.vendor == "postgresql":
        for name, _condition, _words, tables in _postgresql():
            for table in tables:
                editor.execute(f"DROP TRIGGER {name} ON {table}")
            editor.execute(f"DROP FUNCTION {name}()")
        return
    for name, *_rest in _sqlite():
        editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(add, remove)]
