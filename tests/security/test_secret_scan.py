"""Keys in the repository are found (`make audit`, `.ci/run`); here the control: planted ones are, words are not."""

import secrets
import string
import subprocess
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ROOT = Path(__file__).resolve().parents[2]
AWS_KEY = "AKIA" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _number in range(16))
PRIVATE_KEY = (
    rsa.generate_private_key(public_exponent=65537, key_size=2048)
    .private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    .decode()
)
PLANTED = {
    "settings.py": f'YOOKASSA_SECRET_KEY = "live_{secrets.token_urlsafe(32)}"\n',
    "deploy.env": f"AWS_ACCESS_KEY_ID={AWS_KEY}\n",
    "portal.pem": PRIVATE_KEY,
    "job.sh": f"psql postgres://portal:{secrets.token_hex(12)}@db.example/portal\n",
}
HARMLESS = {"README.md": "The password is asked once more.\n", "notes.py": 'NAME = "Водоканал"\n'}


def scan(folder: Path, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
    for name, text in files.items():
        (folder / name).write_text(text)
    command = [sys.executable, str(ROOT / "deploy" / "scan-secrets"), *(str(folder / name) for name in files)]
    return subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)


def test_planted_keys_are_found_and_words_are_not(tmp_path: Path) -> None:
    done = scan(tmp_path, PLANTED | HARMLESS)
    assert done.returncode == 1, done.stderr
    named = {Path(line.split(":")[0]).name for line in done.stdout.splitlines()[:-1]}
    assert named == set(PLANTED)
