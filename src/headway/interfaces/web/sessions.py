"""How a browser gets an identity: a code that is good once becomes a cookie that is good for a week.

The cookie names a person and is signed; nothing is kept of it. It also carries a mark of the person's token,
so whoever is removed, or given a new token, is signed out with the next request. It opens pages and nothing
of the API: a page of another site that makes a browser send it gains nothing.
"""

import base64
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from headway.app.service import Identities

CODE_LASTS = timedelta(minutes=1)
COOKIE_LASTS = timedelta(days=7)
_MOST_CODES = 1000
_MOST_COOKIE = 1024
_FORM_LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Code:
    person: str
    until: datetime


class Sessions:
    """Codes, cookies and what guards forms. For one event loop."""

    def __init__(self, identities: Identities, key: bytes, now: Callable[[], datetime]) -> None:
        self._identities = identities
        self._key = key
        self._now = now
        self._codes: dict[str, _Code] = {}
        self._used_forms: dict[str, datetime] = {}

    def new_code(self, person: str) -> str:
        """Make a code that signs a person in once, within a minute."""
        self._codes = {code: one for code, one in self._codes.items() if one.until > self._now()}
        while len(self._codes) >= _MOST_CODES:
            self._codes.pop(next(iter(self._codes)))
        code = secrets.token_urlsafe(24)
        self._codes[code] = _Code(person, self._now() + CODE_LASTS)
        return code

    def redeem(self, code: str) -> str | None:
        """Give the person whose code this is, once; None: nobody's, used already, or too late."""
        found = self._codes.pop(code, None)
        return found.person if found is not None and found.until > self._now() else None

    def cookie_for(self, person: str) -> str:
        """Make the cookie of a person."""
        until = int((self._now() + COOKIE_LASTS).timestamp())
        text = f"{person}\n{self._identities.mark_of(person)}\n{until}"
        return self._signed("session", text)

    def person_of(self, cookie: str) -> str | None:
        """Give the person whom a cookie signs in; None: nobody."""
        read = self._read("session", cookie)
        if read is None:
            return None
        person, mark, until = read.split("\n")
        if int(until) <= self._now().timestamp() or self._identities.mark_of(person) != mark:
            return None
        return person

    def new_form(self, person: str) -> str:
        """Make what a form carries back: it is good once, for an hour, for this person."""
        until = int((self._now() + _FORM_LASTS).timestamp())
        return self._signed("form", f"{person}\n{secrets.token_urlsafe(12)}\n{until}")

    def takes_form(self, person: str, form: str) -> bool:
        """Take a form in, once; False: it is not ours, not theirs, too old, or was taken in before."""
        read = self._read("form", form)
        if read is None:
            return False
        owner, nonce, until = read.split("\n")
        now = self._now()
        self._used_forms = {one: end for one, end in self._used_forms.items() if end > now}
        if owner != person or int(until) <= now.timestamp() or nonce in self._used_forms:
            return False
        self._used_forms[nonce] = now + _FORM_LASTS
        return True

    def _signed(self, purpose: str, text: str) -> str:
        payload = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        return f"{payload}.{self._signature(purpose, payload)}"

    def _read(self, purpose: str, value: str) -> str | None:
        payload, _, signature = value.partition(".")
        if len(value) > _MOST_COOKIE or not value.isascii():
            return None
        if not hmac.compare_digest(signature, self._signature(purpose, payload)):
            return None
        return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()

    def _signature(self, purpose: str, payload: str) -> str:
        return hmac.new(self._key, f"{purpose}:{payload}".encode(), sha256).hexdigest()
