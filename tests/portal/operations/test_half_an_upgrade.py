"""Half an upgrade: code on a database that lacks its migrations, and an update that was ended in the middle.

Old code on the new schema, with requests all the time, is in tests/deploy/test_upgrade_without_stopping.py.
"""

import os
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from django.test import Client

from portal.core import schema_state
from tests.conftest import OwnDatabase
from tests.people import make_cast
from tests.processes import TestProcess

NEWEST = ("accounts", "0002_triggers")


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has not asked for the migrations yet."""
    monkeypatch.setattr(schema_state, "_is_complete", False)


def execute(statement: str) -> None:
    """One statement of SQL."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_code_whose_migrations_are_missing_says_so_and_shows_no_error(own_database: OwnDatabase) -> None:
    """A column of the newest migration is not there yet. The control is the same page once it is."""
    client = Client(raise_request_exception=False)
    client.force_login(make_cast().anna.user)
    MigrationRecorder(connection).record_unapplied(*NEWEST)
    execute("ALTER TABLE accounts_account RENAME COLUMN delivery TO not_yet")
    probe = client.get("/readyz")
    assert probe.status_code == 503
    assert probe.json()["schema"] == "failed: 1 migrations are missing, first accounts.0002_triggers"
    page = client.get("/personal/")
    assert (page.status_code, page["Retry-After"]) == (503, "30")
    execute("ALTER TABLE accounts_account RENAME COLUMN not_yet TO delivery")
    MigrationRecorder(connection).record_applied(*NEWEST)
    assert client.get("/readyz").json()["schema"] == "ok"
    assert client.get("/personal/").status_code == 200


def test_migrations_of_newer_code_are_no_fault(own_database: OwnDatabase) -> None:
    """Old code goes on while the new migrations are there already."""
    MigrationRecorder(connection).record_applied("core", "9999_of_newer_code")
    assert Client().get("/readyz").json()["schema"] == "ok"


def two_tables(*, atomic: bool) -> migrations.Migration:
    """A migration of two statements."""
    migration = migrations.Migration("9999_two_tables", "core")
    migration.atomic = atomic
    key = [("id", models.AutoField(primary_key=True))]
    migration.operations = [migrations.CreateModel("First", list(key)), migrations.CreateModel("Second", list(key))]
    return migration


def migrate(*, atomic: bool, dies: bool = False) -> None:
    """Apply that migration as `manage.py migrate` does; `dies` ends the process between its statements."""
    created = 0

    def end_at_the_second(run: Any, sql: str, *arguments: Any) -> Any:
        nonlocal created
        created += dies and sql.startswith("CREATE TABLE")
        if created > 1:
            os._exit(9)
        return run(sql, *arguments)

    with connection.execute_wrapper(end_at_the_second):
        MigrationExecutor(connection).apply_migration(ProjectState(), two_tables(atomic=atomic))


def die_in_the_middle(atomic: bool) -> None:
    """The process of an update that is killed."""
    migrate(atomic=atomic, dies=True)


def made() -> tuple[bool, bool, bool]:
    """Whether there are the first table, the second, and the note that the migration was applied."""
    connection.close()
    tables = connection.introspection.table_names()
    noted = ("core", "9999_two_tables") in MigrationRecorder(connection).applied_migrations()
    return "core_first" in tables, "core_second" in tables, noted


def test_an_update_ended_in_the_middle_runs_again(own_database: OwnDatabase) -> None:
    connection.close()
    assert TestProcess(die_in_the_middle, True, database=own_database.name).finished() == 9
    assert made() == (False, False, False)
    migrate(atomic=True)
    assert made() == (True, True, True)


def test_the_control_without_a_transaction_half_of_it_stays(own_database: OwnDatabase) -> None:
    connection.close()
    assert TestProcess(die_in_the_middle, False, database=own_database.name).finished() == 9
    assert made() == (True, False, False)
    with pytest.raises(DatabaseError, match="already exists"):
        migrate(atomic=False)


def test_each_migration_of_ours_is_one_transaction(db: None) -> None:
    ours = {app.label for app in apps.get_app_configs() if app.name.startswith(("portal.", "cms_pages."))}
    graph = MigrationLoader(connection).graph
    assert [key for key, migration in graph.nodes.items() if key[0] in ours and not migration.atomic] == []
