"""Whether a request that changes something comes from a page of the desk: by where it comes from, and by a token.

Both must hold. A browser says where a request comes from (Origin, Sec-Fetch-Site); the token is derived from the secret
of the session, so that nobody without the session can know it, and a new session has another. A program with a bearer
token needs neither, since no browser adds that header by itself.
Source: OWASP Cross-Site Request Forgery Prevention Cheat Sheet; W3C Fetch Metadata.
"""

from starlette.datastructures import Headers
from starlette.requests import Request

from pipeline.casework.proofs.secrets import bound_to, is_same
from pipeline.errors import ForgedRequestError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
FIELD, HEADER = "csrf", "x-csrf-token"


def token_for(secret: str) -> str:
    """The token of the session or of the door that this secret opens; empty without one."""
    return bound_to(secret, "forms of the desk") if secret else ""


def require_same_origin(headers: Headers, origins: frozenset[str]) -> None:
    """Returns when the browser says that the request comes from the desk itself.

    Raises:
        ForgedRequestError: It says something else, or nothing.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        raise ForgedRequestError("the browser does not say where it comes from")
    if site is not None and site != "same-origin":
        raise ForgedRequestError("it comes from another site")
    if origin is not None and origin not in origins:
        raise ForgedRequestError("it comes from another address")


async def require_token(request: Request, secret: str) -> None:
    """Returns when the request carries the token: in a header, or in a field of a form.

    Raises:
        ForgedRequestError: It does not.
    """
    given = request.headers.get(HEADER, "")
    if not given and request.headers.get("content-type", "").partition(";")[0].strip().lower() in _FORMS:
        field = (await request.form()).get(FIELD, "")
        given = field if isinstance(field, str) else ""
    if not secret or not given or not is_same(given, token_for(secret)):
        raise ForgedRequestError("its token is missing or old; are cookies allowed for this address?")
