"""Logins, people, the address tree, accounts with what is dated about them, contracts, consent, ways in."""

from portal.accounts.models.access import (
    AccessSettings,
    ApiKey,
    EmailChange,
    KnownDevice,
    RecoveryRequest,
    Throttle,
)
from portal.accounts.models.accounts import Account, AccountService, Contract, Holder, Occupancy
from portal.accounts.models.addresses import House, Premises, Street
from portal.accounts.models.audit import AuditArchive, AuditCounter
from portal.accounts.models.people import Consent, ConsentText, Person, User
from portal.accounts.models.registration import (
    DataExport,
    PersonalRequest,
    RegistrationApplication,
    RegistrationDraft,
    RegistrationSettings,
)
from portal.accounts.models.retention import RetentionSettings

__all__ = [
    "AccessSettings",
    "Account",
    "AccountService",
    "ApiKey",
    "AuditArchive",
    "AuditCounter",
    "Consent",
    "ConsentText",
    "Contract",
    "DataExport",
    "EmailChange",
    "Holder",
    "House",
    "KnownDevice",
    "Occupancy",
    "Person",
    "PersonalRequest",
    "Premises",
    "RecoveryRequest",
    "RegistrationApplication",
    "RegistrationDraft",
    "RegistrationSettings",
    "RetentionSettings",
    "Street",
    "Throttle",
    "User",
]
