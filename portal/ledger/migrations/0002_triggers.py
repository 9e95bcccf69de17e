"""The database itself refuses UPDATE and DELETE of ledger entries."""

from django.db import migrations

SQLITE = [
    (
        "CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry "
        "BEGIN SELECT RAISE(ABORT, 'ledger entries only grow'); END",
        "DROP TRIGGER ledger_entry_no_update",
    ),
    (
        "CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry "
        "BEGIN SELECT RAISE(ABORT, 'ledger entries only grow'); END",
        "DROP TRIGGER ledger_entry_no_delete",
    ),
]
POSTGRESQL = [
    (
        "CREATE FUNCTION ledger_entry_only_grows() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'ledger entries only grow' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        "DROP FUNCTION ledger_entry_only_grows()",
    ),
    (
        "CREATE TRIGGER ledger_entry_only_grows BEFORE UPDATE OR DELETE ON ledger_entry "
        "FOR EACH ROW EXECUTE FUNCTION ledger_entry_only_grows()",
        "DROP TRIGGER ledger_entry_only_grows ON ledger_entry",
    ),
]


def _statements(schema_editor):
    return POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE


def create(apps, schema_editor):
    for statement, _ in _statements(schema_editor):
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    for _, statement in reversed(_statements(schema_editor)):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
