"""Send a meter's reading and read the balance, as a Home Assistant script would: python home_assistant.py COMMAND.

Environment: PORTAL_URL (https://portal.example/api/v1/), PORTAL_KEY (a key with the scopes read and readings).
"""

import os
import sys
import uuid

import requests


class Portal:
    """The resident's API with one key."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers.update({"Authorization": f"Bearer {key}", "Accept-Language": "en"})

    def call(self, method: str, path: str, json: dict | None = None, headers: dict | None = None) -> requests.Response:
        """An answer; exits with the words of a refusal."""
        answer = self.session.request(method, self.url + path, json=json, headers=headers, timeout=30)
        if not answer.ok:
            problem = answer.json()
            sys.exit(f"{problem['code']}: {problem['detail']}")
        return answer

    def accounts(self) -> list[dict]:
        return self.call("GET", "accounts/").json()

    def meters(self, account: int) -> list[dict]:
        return self.call("GET", f"accounts/{account}/meters/").json()

    def send(self, account: int, meter: int, value: str) -> dict:
        """Send a reading once, whatever the network does: a lost answer is asked for again with the same key."""
        reading, once = {"meter": meter, "value": value}, {"Idempotency-Key": uuid.uuid4().hex}
        try:
            return self.call("POST", f"accounts/{account}/readings/", reading, once).json()
        except requests.ConnectionError:
            return self.call("POST", f"accounts/{account}/readings/", reading, once).json()


def main() -> None:
    portal = Portal(os.environ["PORTAL_URL"], os.environ["PORTAL_KEY"])
    account = portal.accounts()[0]
    match sys.argv[1:]:
        case ["meters"]:
            for meter in portal.meters(account["id"]):
                print(meter["id"], meter["serial_number"], meter["service"], meter["last_value"])
        case ["send", meter, value]:
            print(portal.send(account["id"], int(meter), value)["message"])
        case _:
            print(account["balance"])


if __name__ == "__main__":
    main()
