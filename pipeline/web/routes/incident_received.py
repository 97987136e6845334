"""What neighbours sent, on the page of the incident that it was accepted into."""

from starlette.responses import Response

from pipeline.casework.received import received_picture
from pipeline.web.reached import incident_of
from pipeline.web.seat import SeatWithMatter, desk_router

router = desk_router()


@router.get("/incidents/{incident_id}/received/{medium_id}", name="incident_received", include_in_schema=False)
def shown(seat: SeatWithMatter, incident_id: str, medium_id: str) -> Response:
    """A picture of a photo or video, made behind walls."""
    content = received_picture(seat.services, seat.matter, incident_of(seat, incident_id), medium_id)
    return Response(content, headers={"Content-Disposition": "inline"}, media_type="image/jpeg")
