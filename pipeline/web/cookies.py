"""Cookies of the desk and of home: none that a script reads, none that another host or plain http sets.

``__Host-`` binds a cookie to this very host, to https and to the whole path. Chromium and Firefox keep such cookies on
plain http at loopback too, since they count loopback as trustworthy; for a browser that does not there is a setting.
Source: RFC 6265bis, 4.1.3.2.
"""

from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response


@dataclass(frozen=True, slots=True)
class Jar:
    """Reads and writes cookies under the names that the setting asks for."""

    secure: bool

    def get(self, request: Request, name: str) -> str:
        """The value of a cookie; empty when there is none."""
        return request.cookies.get(self._name(name), "")

    def put(self, response: Response, name: str, value: str, lasts: timedelta | None = None) -> None:
        """Sets a cookie; without a time it ends with the browser."""
        seconds = None if lasts is None else int(lasts.total_seconds())
        response.set_cookie(
            self._name(name), value, max_age=seconds, path="/", secure=self.secure, httponly=True, samesite="lax"
        )

    def take(self, response: Response, name: str) -> None:
        """Takes a cookie away."""
        response.delete_cookie(self._name(name), path="/", secure=self.secure, httponly=True, samesite="lax")

    def _name(self, name: str) -> str:
        return f"__Host-{name}" if self.secure else name


SESSION = "desk"
DOOR = "desk-door"
"""Binds the token of a form that is shown before anybody is signed in."""
KNOWN = "desk-known"
"""Knows a browser again from which somebody has signed in."""
HOME = "home"
"""A resident's session; neither opens the other's door."""
HOME_DOOR = "home-door"
"""As ``DOOR``, of home."""
