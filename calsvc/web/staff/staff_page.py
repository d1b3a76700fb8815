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
from calsvc.web.staff.access import STAFF_PATH, get_staff_state
from calsvc.web.staff.uploads import CSRF_FIELD


@dataclass(frozen=True)
class StaffPage:
    """A page for staff: its request, its template, and the session whose token its forms have."""

    request: Request
    template: str
    session: str

    @property
    def catalog(self) -> Catalog:
        """The catalog of the clerk's language."""
        return get_request_catalog(self.request)

    def render(
        self, context: Mapping[str, object], status: HTTPStatus = HTTPStatus.OK, path: str = ""
    ) -> Response:
        """Return the response. ``path``: the path of the page below `STAFF_PATH`."""
        url = f"{root_path(self.request)}{STAFF_PATH}{path}"
        base_context = {
            "s": translator(self.catalog, "staff"),
            "staff": f"{root_path(self.request)}{STAFF_PATH}",
            "token": get_staff_state(self.request).sessions.csrf_token(self.session),
            "token_name": CSRF_FIELD,
            "signed_in": "staff_person" in self.request.scope,
            "person": self.request.scope.get("staff_person"),
            "languages": language_links({each: f"{url}?lang={each}" for each in LANGUAGES}),
        }
        page = Page(self.request, self.catalog, self.template)
        response = page.render({**base_context, **context}, PRIVATE, status)
        response.headers["Content-Security-Policy"] = STAFF_POLICY
        return response
