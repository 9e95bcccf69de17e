"""The Russian texts that a fresh site starts with: contract.md and consent.md. Staff change both in the admin."""

from pathlib import Path

FOLDER = Path(__file__).parent
CONSENT_VERSION = "2026-1"


def default_contract() -> str:
    """The text of the contract with its fields in braces."""
    return (FOLDER / "contract.md").read_text(encoding="utf-8")


def default_consent() -> str:
    """The first version of the consent to the processing of personal data."""
    return (FOLDER / "consent.md").read_text(encoding="utf-8")
