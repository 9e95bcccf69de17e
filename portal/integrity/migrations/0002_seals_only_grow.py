"""The database itself refuses UPDATE and DELETE of seals and their blocks."""

from django.db import migrations

TABLES = ("integrity_seal", "integrity_sealblock")
MESSAGE = "seals only grow"


def _sqlite(table):
    for action in ("update", "delete"):
        name = f"{table}_no_{action}"
        yield (
            f"CREATE TRIGGER {name} BEFORE {action.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
            f"DROP TRIGGER {name}",
        )


def _postgresql(table):
    name = f"{table}_only_grows"
    yield (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"DROP FUNCTION {name}()",
    )
    yield (
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        f"DROP TRIGGER {name} ON {table}",
    )


def _statements(schema_editor):
    make = _postgresql if schema_editor.connection.vendor == "postgresql" else _sqlite
    return [pair for table in TABLES for pair in make(table)]


def create(apps, schema_editor):
    for statement, _ in _statements(schema_editor):
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    for _, statement in reversed(_statements(schema_editor)):
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("integrity", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
