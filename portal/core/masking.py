"""E-mail addresses as somebody sees them who need not know them: `a***@mail.example`."""

import re

ADDRESS = re.compile(r"[\w.+%-]+@[\w.-]+")


def masked_address(address: str) -> str:
    """The first letter and the domain; an empty address stays empty."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}***{at}{domain}" if address else ""


def masked_addresses(text: str) -> str:
    """A text, such as a mail server's answer, with every address in it masked."""
    return ADDRESS.sub(lambda match: masked_address(match[0]), text)
