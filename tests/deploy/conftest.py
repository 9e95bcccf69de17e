"""Who runs the scripts of backup, restore and drill."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Operator:
    """Who runs the commands: a key, a place for backups, the settings of a portal."""

    folder: Path
    key: Path
    recipient: str

    def run(self, *command: str | Path, url: str, media: Path, **more: str) -> subprocess.CompletedProcess[str]:
        own = {
            "DATABASE_URL": url,
            "MEDIA_ROOT": str(media),
            "VAR_DIR": str(self.folder / "var"),
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "PORTAL_PYTHON": sys.executable,
            "BACKUP_DIR": str(self.folder / "backups"),
            "BACKUP_RECIPIENT": self.recipient,
            "PORTAL_ENV_FILE": str(self.folder / "portal.env"),
            "PATH": os.environ["PATH"],
        }
        return subprocess.run(
            [sys.executable, *map(str, command)], env=own | more, capture_output=True, text=True, check=False
        )

    def back_up(self, url: str, media: Path, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run(ROOT / "deploy" / "backup", url=url, media=media, **more)

    def status(self) -> dict[str, object]:
        """What the portal is told of the last run."""
        return json.loads((self.folder / "var" / "backup-status.json").read_text())

    def restore(self, copy: Path, url: str, media: Path, *flags: str) -> subprocess.CompletedProcess[str]:
        command = (ROOT / "deploy" / "restore", copy, "--identity", self.key, *flags)
        return self.run(*command, url=url, media=media)


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    key = tmp_path / "backup.key"
    subprocess.run(["age-keygen", "-o", key], check=True, capture_output=True)
    recipient = subprocess.run(["age-keygen", "-y", key], check=True, capture_output=True, text=True).stdout.strip()
    (tmp_path / "portal.env").write_text("DJANGO_SECRET_KEY=the-key-of-this-portal\n")
    return Operator(tmp_path, key, recipient)
