"""The family of a calendar client is read from its User-Agent header."""

import pytest

from calsvc.web.observability.client_families import ClientFamily, client_family

AGENTS = [
    (b"iOS/18.1 (22B83) dataaccessd/1.0", ClientFamily.APPLE),
    (b"macOS/14.5 (23F79) CalendarAgent/1028.1.1", ClientFamily.APPLE),
    (b"Google-Calendar-Importer", ClientFamily.GOOGLE),
    (b"Microsoft.Exchange/15.20 (Windows NT 10.0; Win64; x64)", ClientFamily.OUTLOOK),
    (b"Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17)", ClientFamily.OUTLOOK),
    (b"Mozilla/4.0 (compatible; ms-office; MSOffice 16)", ClientFamily.OUTLOOK),
    (b"ICSx5/2.2.4 (ical4j/3.2.19 okhttp/4.12.0) Android/14", ClientFamily.ANDROID),
    (b"Dalvik/2.1.0 (Linux; U; Android 13; SO-51C)", ClientFamily.ANDROID),
    (b"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0", ClientFamily.OTHER),
    (b"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Thunderbird/128.4", ClientFamily.OTHER),
    (b"", ClientFamily.OTHER),
    (b"\xff\xfe", ClientFamily.OTHER),
    (b"x" * 200 + b"Google-Calendar-Importer", ClientFamily.OTHER),
]


@pytest.mark.parametrize(("agent", "family"), AGENTS)
def test_a_header_names_its_family(agent: bytes, family: ClientFamily) -> None:
    assert client_family(agent) is family
