"""The audit only grows: the database itself refuses to change or delete entries of Wagtail's log of records."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLE = "wagtailcore_modellogentry"
WORDS = "the audit can only grow"


def add(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Triggers of the engine in use."""
    if editor.connection.vendor == "postgresql":
        editor.execute(
            f"CREATE FUNCTION accounts_audit_grows() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        editor.execute(
            f"CREATE TRIGGER accounts_audit_grows BEFORE UPDATE OR DELETE ON {TABLE} "
            f"FOR EACH ROW EXECUTE FUNCTION accounts_audit_grows()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        editor.execute(
            f"CREATE TRIGGER accounts_audit_no_{act.lower()} BEFORE {act} ON {TABLE} "
            f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
        )


def remove(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take them away."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP TRIGGER accounts_audit_grows ON {TABLE}")
        editor.execute("DROP FUNCTION accounts_audit_grows()")
        return
    for act in ("update", "delete"):
        editor.execute(f"DROP TRIGGER accounts_audit_no_{act}")


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0001_initial"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(add, remove)]
