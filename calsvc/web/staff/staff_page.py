"""Builds a page for staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from calsvc.i18n.catalogs import Catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.web.pages import PRIVATE, Page, language_links, root_path, translator
from calsvc.web.security_headers import STAFF_POLICY
from calsvc.web.service import get_request_catalog
from calsvc.web.staff.access import PATH, desk_of
from calsvc.web.staff.uploads import TOKEN


@dataclass(frozen=True)
class StaffPage:
    """A page for staff: the request it answers, its template, whose token its forms carry."""

    request: Request
    template: str
    session: str

    @property
    def catalog(self) -> Catalog:
        """The clerk's language."""
        return get_request_catalog(self.request)

    def render(
        self, context: Mapping[str, object], status: HTTPStatus = HTTPStatus.OK, place: str = ""
    ) -> Response:
        """The page with ``context``; ``place`` is where the same is had in other languages."""
        address = f"{root_path(self.request)}{PATH}{place}"
        frame = {
            "s": translator(self.catalog, "staff"),
            "staff": f"{root_path(self.request)}{PATH}",
            "token": desk_of(self.request).sessions.token(self.session),
            "token_name": TOKEN,
            "signed_in": "staff_person" in self.request.scope,
            "person": self.request.scope.get("staff_person"),
            "languages": language_links({each: f"{address}?lang={each}" for each in LANGUAGES}),
        }
        page = Page(self.request, self.catalog, self.template)
        response = page.render({**frame, **context}, PRIVATE, status)
        response.headers["Content-Security-Policy"] = STAFF_POLICY
        return response
