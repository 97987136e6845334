"""THE permission matrix: who reaches which page. One row a route, one column a role; what is not in it is not served.

How to add a page
-----------------

1. In ``pipeline/web/routes/<group>.py``::

       from pipeline.web.seat import SeatWithMatter, desk_router
       from pipeline.web.pages import render

       router = desk_router()

       @router.get("/timeline", name="timeline")
       def timeline(request: Request, seat: SeatWithMatter, day: str = "") -> Response:
           found = casework_function(seat.services, seat.matter, day)
           return render(request, seat, "timeline.html", found=found)

   Every route has a ``name`` of its own, in words and underscores; ``POST /saved`` is another route than
   ``GET /saved`` and has another name. Use ``Seat`` where no evidence is shown, ``SeatWithMatter`` where it is: without
   a matter a page leads to ``/matter`` and back, and the API answers 428. Plain ``def`` functions run in threads, which
   the catalogue needs.

2. Add ``router`` to the tuple in ``pipeline/web/routes/__init__.py``.

3. Add a row for each name to ``MATRIX`` below. ``A``: all of it. ``O``: only what is the agent's own, and then the
   route calls ``seat.require_own(name of the agent whose it is)`` or asks the catalogue for the agent's own alone.
   ``N``: nothing; the answer is 404. The gate asks this table before anything else, also before a body is read. A route
   without a row, and a router that was not made with ``desk_router``, keep the desk from starting.

4. A thing that is not there and a thing that may not be seen look alike: raise ``NotHereError``, or let
   ``RecordNotFoundError`` and ``ConsentError`` of the casework pass; all three answer 404. What was filled in wrongly
   is ``InputRefusedError(field, words)``: 422, or shown again in the form.

5. Forms: ``{{ csrf_field(csrf) }}`` of ``parts/words.html``. htmx and ``fetch``: the header ``X-CSRF-Token``, from
   ``<meta name="csrf-token">`` (``desk.js`` does it for htmx). A form that uploads needs ``large=True`` in its row.

6. JSON for programs lives under ``/api/v1`` (``desk_router("/api/v1")``), returns pydantic models as
   ``response_model``, and its names begin with ``api_``. Errors become ``application/problem+json`` by themselves, and
   stand in the description of every route. Pages have ``include_in_schema=False``.

7. A place of the navigation is shown when its key in ``pipeline/web/places.py`` is the name of a route that is served
   and that the role reaches.

8. Pages for everybody lie under ``/near``: rows ``_PUBLIC``, templates ``near/...`` on ``near/base.html``, rendered
   with ``render_near`` (``pipeline/web/near.py``). A page with a form asks for its token there (``has_form=True``).

9. Pages of residents lie under ``/home``: rows ``_home()``, which no agent reaches, a router made with
   ``home_router()``, ``HomeSeat`` in place of ``Seat`` (``pipeline/web/home_seat.py``), templates ``home/...`` on
   ``home/base.html``, rendered with ``render_home`` (``pipeline/web/home.py``). A resident reaches what is their own
   and nothing else: the route calls ``seat.require_own(resident_id of whose it is)`` or asks for the resident's own
   alone. A place of home's navigation goes into ``pipeline/web/home.py``.

10. Tests: ``tests/web/conftest.py`` has ``desk``: an installation, agents of every role, browsers that are signed in.
   A route whose row has ``O``, or whose path names a thing, has a line in ``tests/web/belongings.py``; one of home in
   ``tests/web/home_things.py``. ``home`` (``tests/web/conftest.py``) has residents and browsers that are signed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from pipeline.domain.agents import Role, Stage


class Reach(StrEnum):
    """How much of a route a role reaches."""

    NOTHING = "nothing"
    OWN = "own"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Row:
    """Who reaches a route.

    Attributes:
        reaches: For each role of an agent; by an agent's session alone.
        stage: How far somebody must have come in signing in; exactly this far.
        is_public: Whether nobody has to be signed in.
        large: Whether uploads may be sent to it.
        is_for_programs: Whether no browser is asked for, and the route demands a proof of its own: a signature, or what
            the address holds. A program that ends a mail by one click brings neither cookie nor token (RFC 8058).
        home: For a resident; by a resident's session alone, and never more than their own.
    """

    reaches: Mapping[Role, Reach]
    stage: Stage = Stage.OPEN
    is_public: bool = False
    large: bool = False
    is_for_programs: bool = False
    home: Reach = Reach.NOTHING

    def __post_init__(self) -> None:
        if self.home is Reach.ALL:
            raise ValueError("a resident reaches their own and nothing else")
        if self.home is Reach.OWN and any(reach is not Reach.NOTHING for reach in self.reaches.values()):
            raise ValueError("a page of residents is none of agents")


N, O, A = Reach.NOTHING, Reach.OWN, Reach.ALL  # noqa: E741


def _row(
    investigator: Reach, supervisor: Reach, records: Reach, auditor: Reach, administrator: Reach, *, large: bool = False
) -> Row:
    return Row(dict(zip(Role, (investigator, supervisor, records, auditor, administrator), strict=True)), large=large)


def _step(stage: Stage) -> Row:
    return Row(dict.fromkeys(Role, O), stage)


def _home(*, stage: Stage = Stage.OPEN, large: bool = False) -> Row:
    return Row(dict.fromkeys(Role, N), stage, large=large, home=O)


_PUBLIC = Row(dict.fromkeys(Role, A), is_public=True)
_FROM_RING = Row(dict.fromkeys(Role, A), is_public=True, is_for_programs=True)

# fmt: off
MATRIX: Mapping[str, Row] = {
    "static":             _PUBLIC,
    "health":             _PUBLIC,
    "sign_in":            _PUBLIC,
    "sign_in_password":   _PUBLIC,
    "first_run":          _PUBLIC,
    "first_run_add":      _PUBLIC,
    "partner_code":       _FROM_RING,
    "partner_webhook":    _FROM_RING,
    "near":               _PUBLIC,
    "near_one":           _PUBLIC,
    "near_ground":        _PUBLIC,
    "near_places":        _PUBLIC,
    "near_feed":          _PUBLIC,
    "near_card":          _PUBLIC,
    "near_digest":        _PUBLIC,
    "near_digest_ask":    _PUBLIC,
    "near_digest_link":   _PUBLIC,
    "near_digest_begin":  _PUBLIC,
    "near_digest_over":   _PUBLIC,
    "near_digest_end":    replace(_PUBLIC, is_for_programs=True),
    "requests_log":       _PUBLIC,
    "requests_log_json":  _PUBLIC,
    "requests_log_atom":  _PUBLIC,
    "near_manifest":      _PUBLIC,
    "near_worker":        _PUBLIC,
    "near_offline":       _PUBLIC,
    "transparency":       _PUBLIC,
    "transparency_report": _PUBLIC,
    "transparency_json":  _PUBLIC,
    "near_token":         _PUBLIC,
    "near_report":        _PUBLIC,
    "near_send":          _PUBLIC,
    "near_return":        _PUBLIC,
    "near_receipt":       _PUBLIC,
    "near_take_back":     _PUBLIC,
    "near_forget":        _PUBLIC,
    "near_uploads":       _PUBLIC,
    "near_upload_begin":  _PUBLIC,
    "near_upload_offset": _PUBLIC,
    "near_upload_piece":  replace(_PUBLIC, large=True),
    "near_upload_end":    _PUBLIC,
    "near_medium":        _PUBLIC,

    "home_sign_in":       _PUBLIC,
    "home_mail_link":     _PUBLIC,
    "home_password":      _PUBLIC,
    "home_enter":         _PUBLIC,
    "home_follow":        _PUBLIC,

    "home_code":          _home(stage=Stage.CODE),
    "home_give_code":     _home(stage=Stage.CODE),
    "home":               _home(),
    "home_sign_out":      _home(),
    "home_account":       _home(),
    "home_mail_ask":      _home(),
    "home_mail_page":     _home(),
    "home_mail_take":     _home(),
    "home_password_begin": _home(),
    "home_password_done": _home(),
    "home_password_drop": _home(),
    "home_session_end":   _home(),
    "home_sessions_end":  _home(),
    "home_held":          _home(),
    "home_close":         _home(),
    "home_closed":        _home(),
    "home_ring":          _home(),
    "home_ring_link":     _home(),
    "home_ring_code":     _home(),
    "home_ring_unlink":   _home(),
    "home_ring_unlinked": _home(),
    "home_cameras":       _home(),
    "home_cameras_ask":   _home(),
    "home_camera_address": _home(),
    "home_partner":       _home(),
    "home_partner_link":  _home(),
    "home_partner_claim": _home(),
    "home_partner_unlink": _home(),
    "home_still":         _home(),
    "home_grants":        _home(),
    "home_grant_new":     _home(),
    "home_grant_again":   _home(),
    "home_grant_preview": _home(),
    "home_grant_sign":    _home(),
    "home_grant":         _home(),
    "home_grant_edit":    _home(),
    "home_grant_pause":   _home(),
    "home_grant_resume":  _home(),
    "home_grant_ending":  _home(),
    "home_grant_revoke":  _home(),
    "home_receipt":       _home(),
    "home_receipt_record": _home(),
    "home_receipt_paper": _home(),
    "home_looked":        _home(),
    "home_looked_table":  _home(),
    "home_looked_record": _home(),
    "home_requests":      _home(),
    "home_requests_mail": _home(),
    "home_request":       _home(),
    "home_request_clips": _home(),
    "home_request_case":  _home(),
    "home_request_hide":  _home(),
    "home_request_clip":  _home(),

    "code":               _step(Stage.CODE),
    "give_code":          _step(Stage.CODE),
    "renew":              _step(Stage.RENEW),
    "renew_password":     _step(Stage.RENEW),
    "enrol":              _step(Stage.ENROL),
    "finish_enrolment":   _step(Stage.ENROL),

    # name                  investigator, supervisor, records officer, auditor, administrator
    "sign_out":           _row(O, O, O, O, O),
    "account":            _row(O, O, O, O, O),
    "account_password":   _row(O, O, O, O, O),
    "account_session":    _row(O, O, O, O, O),
    "account_sessions":   _row(O, O, O, O, O),
    "account_enrol":      _row(O, O, O, O, O),
    "account_enrolled":   _row(O, O, O, O, O),
    "matter":             _row(O, O, O, O, O),
    "begin_matter":       _row(O, O, O, O, O),
    "agents":             _row(N, N, N, N, A),
    "add_agent":          _row(N, N, N, N, A),
    "change_agent":       _row(N, N, N, N, A),
    "audit":              _row(O, A, A, A, O),
    "audit_export":       _row(N, A, A, A, N),

    "event":              _row(A, A, A, N, N),
    "event_playing":      _row(A, A, A, N, N),
    "event_tag":          _row(A, A, N, N, N),
    "clip":               _row(A, A, A, N, N),
    "clip_playing":       _row(A, A, A, N, N),
    "clip_missed":        _row(A, A, N, N, N),
    "clip_missed_back":   _row(A, A, N, N, N),
    "media_clip":         _row(A, A, A, N, N),
    "media_whole_clip":   _row(A, A, A, N, N),
    "media_still":        _row(A, A, A, N, N),
    "media_pair":         _row(A, A, A, N, N),
    "media_picture":      _row(A, A, A, N, N),
    "media_highlight":    _row(A, A, A, N, N),
    "needs_review":       _row(A, A, N, N, N),
    "needs_review_next":  _row(A, A, N, N, N),
    "reviewed":           _row(A, A, A, N, N),
    "api_reviewed":       _row(A, A, A, N, N),
    "timeline":           _row(A, A, A, N, N),
    "cameras":            _row(A, A, A, N, N),
    "morning":            _row(A, A, A, A, A),
    "nights":             _row(A, A, A, A, A),
    "night":              _row(A, A, A, A, A),

    "triage":             _row(A, A, N, N, N),
    "triage_report":      _row(A, A, N, N, N),
    "triage_picture":     _row(A, A, N, N, N),
    "triage_contact":     _row(A, A, N, N, N),
    "triage_accept":      _row(A, A, N, N, N),
    "triage_decline":     _row(A, A, N, N, N),
    "triage_incident":    _row(A, A, N, N, N),
    "triage_films":       _row(A, A, N, N, N),
    "triage_film":        _row(A, A, N, N, N),
    "triage_copies":      _row(A, A, N, N, N),
    "triage_copy":        _row(A, A, N, N, N),
    "triage_publish":     _row(A, A, N, N, N),
    "triage_unpublish":   _row(A, A, N, N, N),

    "incidents":          _row(O, A, A, N, N),
    "incident_new":       _row(A, A, A, N, N),
    "incident_open":      _row(A, A, A, N, N),
    "incident_choose":    _row(O, A, A, N, N),
    "incident":           _row(O, A, A, N, N),
    "incident_edit":      _row(O, A, A, N, N),
    "incident_change":    _row(O, A, A, N, N),
    "incident_assign":    _row(O, A, A, N, N),
    "incident_status":    _row(O, A, A, N, N),
    "incident_merge":     _row(O, A, A, N, N),
    "incident_person":    _row(O, A, A, N, N),
    "incident_strike":    _row(O, A, A, N, N),
    "incident_attach":    _row(O, A, A, N, N),
    "incident_attached":  _row(O, A, A, N, N),
    "incident_suggested": _row(O, A, A, N, N),
    "incident_recut":     _row(O, A, A, N, N),
    "incident_recut_do":  _row(O, A, A, N, N),
    "incident_cut":       _row(O, A, A, N, N),
    "incident_cut_do":    _row(O, A, A, N, N),
    "incident_upload":    _row(O, A, A, N, N, large=True),
    "incident_received":  _row(O, A, A, N, N),
    "incident_ask":       _row(O, A, A, N, N),
    "incident_decide":    _row(N, A, A, N, N),
    "incident_make":      _row(O, A, A, N, N),
    "incident_job":       _row(O, A, A, N, N),
    "incident_progress":  _row(O, A, A, N, N),
    "incident_package":   _row(O, A, A, N, N),
    "incident_report":    _row(O, A, A, N, N),

    "transparency_desk": _row(N, A, A, A, N),
    "transparency_publish": _row(N, A, A, N, N),
    "requests":           _row(O, A, A, A, N),
    "request_new":        _row(A, A, N, N, N),
    "request_check":      _row(A, A, N, N, N),
    "request_write":      _row(A, A, N, N, N),
    "request_one":        _row(O, A, A, A, N),
    "request_decide":     _row(N, A, N, N, N),
    "request_close":      _row(O, A, N, N, N),

    "search":             _row(A, A, A, N, N),
    "search_suggest":     _row(A, A, A, N, N),
    "search_attach":      _row(O, A, A, N, N),
    "search_similar":     _row(A, A, A, N, N),
    "search_picture":     _row(A, A, A, N, N, large=True),
    "saved":              _row(O, O, O, N, N),
    "save_search":        _row(O, O, O, N, N),
    "saved_search":       _row(O, O, O, N, N),
    "change_saved_search": _row(O, O, O, N, N),
    "saved_search_seen":  _row(O, O, O, N, N),

    "api_search":         _row(A, A, A, N, N),
    "api_saved":          _row(O, O, O, N, N),
    "api_save_search":    _row(O, O, O, N, N),
    "api_saved_search":   _row(O, O, O, N, N),
    "api_saved_search_seen": _row(O, O, O, N, N),
    "api_drop_search":    _row(O, O, O, N, N),
    "api_openapi":        _row(A, A, A, A, A),
    "api_me":             _row(O, O, O, O, O),
}
# fmt: on


HOME = "/home"


def is_home(path: str) -> bool:
    """Whether an address belongs to residents."""
    return path == HOME or path.startswith(f"{HOME}/")


def reach_of(name: str, role: Role) -> Reach:
    """How much of a route a role reaches; nothing when there is no such route."""
    row = MATRIX.get(name)
    return Reach.NOTHING if row is None else row.reaches[role]
