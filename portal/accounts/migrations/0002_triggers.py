"""The database itself refuses: to change or delete the audit; to change or delete a consent text somebody agreed to."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

AUDIT, AUDIT_WORDS = "wagtailcore_modellogentry", "the audit can only grow"
TEXTS, TEXTS_WORDS = "accounts_consenttext", "an accepted consent text never changes"
ACCEPTED = "EXISTS (SELECT 1 FROM accounts_consent WHERE text_id = OLD.id)"
REFUSED = "USING ERRCODE = 'integrity_constraint_violation'"


def add(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Triggers of the engine in use."""
    if editor.connection.vendor == "postgresql":
        _add_postgresql(editor)
        return
    for act in ("UPDATE", "DELETE"):
        editor.execute(
            f"CREATE TRIGGER accounts_audit_no_{act.lower()} BEFORE {act} ON {AUDIT} "
            f"BEGIN SELECT RAISE(ABORT, '{AUDIT_WORDS}'); END"
        )
        editor.execute(
            f"CREATE TRIGGER accounts_text_no_{act.lower()} BEFORE {act} ON {TEXTS} WHEN {ACCEPTED} "
            f"BEGIN SELECT RAISE(ABORT, '{TEXTS_WORDS}'); END"
        )


def _add_postgresql(editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute(
        f"CREATE FUNCTION accounts_audit_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{AUDIT_WORDS}' {REFUSED}; END $$"
    )
    editor.execute(
        f"CREATE FUNCTION accounts_text_stands() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {ACCEPTED} THEN RAISE EXCEPTION '{TEXTS_WORDS}' {REFUSED}; END IF; "
        f"IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    for name, table in (("accounts_audit_grows", AUDIT), ("accounts_text_stands", TEXTS)):
        editor.execute(
            f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        )


def remove(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take them away."""
    if editor.connection.vendor == "postgresql":
        for name, table in (("accounts_audit_grows", AUDIT), ("accounts_text_stands", TEXTS)):
            editor.execute(f"DROP TRIGGER {name} ON {table}")
            editor.execute(f"DROP FUNCTION {name}()")
        return
    for act in ("update", "delete"):
        editor.execute(f"DROP TRIGGER accounts_audit_no_{act}")
        editor.execute(f"DROP TRIGGER accounts_text_no_{act}")


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0001_initial"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(add, remove)]
