"""Migrations after 1.0 neither lock a busy table nor break the old code, which serves until the new one has started.

How to change a table in steps: docs/how-to/migration.md.
"""

from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_migration_linter import MigrationLinter
from django_migration_linter.sql_analyser.analyser import analyse_sql_statements
from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser

BEFORE_1_0 = frozenset((Path(__file__).parent / "migrations-before-1.0.txt").read_text(encoding="utf-8").split())
"""Migrations that make a new site; on one that stands none of them runs any more."""


def migrations_after() -> list[tuple[str, str]]:
    """Our migrations that are not exempt, as (app, name)."""
    ours = {app.label for app in apps.get_app_configs() if app.name.startswith(("portal.", "cms_pages."))}
    known = MigrationLoader(connection).graph.nodes
    return sorted(key for key in known if key[0] in ours and ".".join(key) not in BEFORE_1_0)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="locks are PostgreSQL's")
@pytest.mark.django_db
def test_no_migration_locks_or_breaks_the_old_code(capsys: pytest.CaptureFixture[str]) -> None:
    linter = MigrationLinter(no_cache=True, all_warnings_as_errors=True)
    for app, name in migrations_after():
        linter.lint_migration(linter.migration_loader.graph.nodes[app, name])
    assert not linter.has_errors, f"see docs/how-to/migration.md\n{capsys.readouterr().out}"


def found(*statements: str) -> set[str]:
    """Codes of the linter's findings in the SQL of one migration on PostgreSQL."""
    errors, _ignored, warnings = analyse_sql_statements(PostgresqlAnalyser, list(statements), [])
    return {issue.code for issue in (*errors, *warnings)}


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        ("RENAME_COLUMN", 'ALTER TABLE "billing_rate" RENAME COLUMN "price" TO "amount";'),
        ("RENAME_TABLE", 'ALTER TABLE "billing_rate" RENAME TO "billing_price";'),
        ("DROP_COLUMN", 'ALTER TABLE "billing_rate" DROP COLUMN "source" CASCADE;'),
        ("DROP_TABLE", 'DROP TABLE "billing_rate" CASCADE;'),
        ("NOT_NULL", 'ALTER TABLE "billing_rate" ALTER COLUMN "page_id" SET NOT NULL;'),
        ("ALTER_COLUMN", 'ALTER TABLE "billing_rate" ALTER COLUMN "source" TYPE varchar(10);'),
        ("CREATE_INDEX", 'CREATE INDEX "by_day" ON "billing_rate" ("valid_from");'),
    ],
)
def test_what_locks_or_breaks_is_found(code: str, statement: str) -> None:
    assert code in found(statement)


@pytest.mark.parametrize(
    "statement",
    [
        'ALTER TABLE "billing_rate" ADD COLUMN "note" varchar(20) NULL;',
        'ALTER TABLE "billing_rate" ADD COLUMN "note" varchar(20) DEFAULT \'\' NOT NULL;',
        'CREATE INDEX CONCURRENTLY "by_day" ON "billing_rate" ("valid_from");',
        'CREATE TABLE "billing_note" ("id" bigint NOT NULL PRIMARY KEY, "text" text NOT NULL);',
    ],
)
def test_what_the_old_code_does_not_see_passes(statement: str) -> None:
    assert found(statement) == set()
