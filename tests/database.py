"""Test databases copied from a migrated template, so that migrations run once.

The template is keyed by the migrations' content and the installed packages. On SQLite it is a file under var/,
on PostgreSQL a database beside the one of DATABASE_URL.
"""

import contextlib
import fcntl
import gc
import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ModelState, ProjectState
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "var" / "testdb"


def template_key() -> str:
    """A short hash of our migrations, of the pinned packages, and of the reports, whose rights `migrate` makes."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for path in sorted([*ROOT.glob("portal/*/migrations/*.py"), *ROOT.glob("cms_pages/*/migrations/*.py")]):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    for path in sorted(ROOT.glob("portal/office/reports/*.py")):
        digest.update(" ".join(re.findall(r'^    slug = "(\w+)"', path.read_text(), re.MULTILINE)).encode())
    return digest.hexdigest()[:12]


@contextlib.contextmanager
def _locked() -> Iterator[None]:
    WORK.mkdir(parents=True, exist_ok=True)
    with (WORK / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _migrate() -> None:
    """All migrations, those of other packages first.

    A migration that changes a model makes Django build all models related to it anew. While our tables are not there
    yet, few are related to the pages and images that Wagtail's migrations change a hundred times.
    """
    with mock.patch.object(ProjectState, "add_model", _add_model), _no_garbage_collection():
        executor = MigrationExecutor(connection)
        leaves = executor.loader.graph.leaf_nodes()
        executor.migrate([leaf for leaf in leaves if not _is_ours(leaf[0])])
        call_command("migrate", verbosity=0, interactive=False)
    connections.close_all()


def _add_model(state: ProjectState, model: ModelState) -> None:
    """Add a model as Django does, but build anew only what it points to.

    Django builds everything that is related to it over any number of steps, which takes half of the time. The next
    migration that changes one of these models builds it anyway.
    """
    key = model.app_label, model.name_lower
    state.models[key] = model
    if state._relations is not None:  # type: ignore[attr-defined]
        state.resolve_model_relations(key)
    state.reload_model(*key, delay=True)


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Migrating makes a million short-lived models, which the collector would scan again and again."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _is_ours(app: str) -> bool:
    return apps.get_app_config(app).name.startswith(("portal.", "cms_pages."))


class SQLite:
    """Copies are files."""

    def __init__(self) -> None:
        self.template = WORK / f"template-{template_key()}.sqlite3"

    def prepare(self) -> None:
        with _locked():
            if self.template.exists():
                return
            building = WORK / f"building-{os.getpid()}.sqlite3"
            connection.settings_dict["NAME"] = str(building)
            _migrate()
            for stale in WORK.glob("template-*"):
                stale.unlink()
            building.rename(self.template)

    def create(self) -> str:
        name = str(WORK / f"run-{os.getpid()}-{uuid.uuid4().hex[:8]}.sqlite3")
        shutil.copyfile(self.template, name)
        return name

    def copy(self, source: str) -> str:
        """A copy of a database that nobody is writing to."""
        name = str(WORK / f"run-{os.getpid()}-{uuid.uuid4().hex[:8]}.sqlite3")
        shutil.copyfile(source, name)
        return name

    def drop(self, name: str) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(name + suffix).unlink(missing_ok=True)

    def url(self, name: str) -> str:
        return f"sqlite:///{name}"


class PostgreSQL:
    """Copies are databases made from a template."""

    def __init__(self) -> None:
        self.options: dict[str, Any] = dict(settings.DATABASES["default"])
        self.template = f"portal_template_{template_key()}"

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=self.options["HOST"] or None,
            port=self.options["PORT"] or None,
            user=self.options["USER"] or None,
            password=self.options["PASSWORD"] or None,
            dbname="postgres",
            autocommit=True,
        )

    def _execute(self, statement: sql.Composed) -> None:
        with self._connect() as admin:
            admin.execute(statement)

    def _exists(self, name: str) -> bool:
        with self._connect() as admin:
            return admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def prepare(self) -> None:
        with _locked():
            if self._exists(self.template):
                return
            building = f"portal_building_{os.getpid()}"
            self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(building)))
            connection.settings_dict["NAME"] = building
            _migrate()
            self._execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(building), sql.Identifier(self.template)
                )
            )

    def create(self) -> str:
        return self.copy(self.template)

    def copy(self, source: str) -> str:
        name = f"portal_run_{uuid.uuid4().hex[:12]}"
        with _locked():
            self._execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(source))
            )
        return name

    def drop(self, name: str) -> None:
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def url(self, name: str) -> str:
        options = self.options
        password = f":{options['PASSWORD']}" if options["PASSWORD"] else ""
        return f"postgres://{options['USER']}{password}@{options['HOST']}:{options['PORT'] or 5432}/{name}"


def backend() -> SQLite | PostgreSQL:
    """The class that makes and drops test databases for the engine in use."""
    return PostgreSQL() if connection.vendor == "postgresql" else SQLite()


@contextlib.contextmanager
def switched_to(name: str) -> Iterator[None]:
    """Point the default connection at another database for a while (this thread and new ones)."""
    before = connection.settings_dict["NAME"]
    connections.close_all()
    connection.settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before
        settings.DATABASES["default"]["NAME"] = before
