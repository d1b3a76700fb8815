"""Query parameters of feeds and milestones: each fault is reported by its field."""

import pytest
from starlette.testclient import TestClient

from calsvc.i18n.languages import LANGUAGES
from tests.support.clients import FEED_PATH, PARAMETERS


def errors_of(api_client: TestClient, address: str, **headers: str) -> dict[str, str]:
    response = api_client.get(address, headers=headers)
    assert response.status_code == 400
    return {each["field"]: each["message"] for each in response.json()["errors"]}


def test_faulty_input_gets_japanese_messages_by_default(api_client: TestClient) -> None:
    assert errors_of(api_client, "/calendar.ics?issued=2020-05-32&birth=1990-10-10&alarms=no") == {
        "birth": f"この項目はありません。使える項目：{PARAMETERS}",
        "alarms": "on、few、off のどれかを指定してください。",
        "issued": "その日付はありません。年、月、日を確認してください。",
        "born": "生年月日を入力してください。",
    }


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("issued=6/1/2020", "日付として読めません。2020-06-01、2020年6月1日、令和2年6月1日の"),
        ("issued=平成32年6月1日", "その日は令和2年（R2）です。元号と年を確認してください。"),
        ("issued=2015-12-31", "マイナンバーカードの発行が始まったのは2016年1月です。発行日は"),
        ("issued=1990-10-09", "マイナンバーカードの発行が始まったのは2016年1月です。発行日は"),
        ("issued=2027-11-25", "発行日が1年より先の日です。今日から1年以内の日を入力してください。"),
        ("", "カードの発行日か、カードに印字された有効期限のどちらか"),
    ],
)
def test_faulty_issue_date_gets_its_message(
    api_client: TestClient, query: str, message: str
) -> None:
    found = errors_of(api_client, f"/calendar.ics?born=1990-10-10&{query}")
    assert list(found) == ["issued"]
    assert found["issued"].startswith(message)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("born=1990-10-10&born=1990-10-10", "born"),
        ("born=1990-10-10&born=1990-10-11", "born"),
        ("born=1990-10-10&issued=2020-05-15", "issued"),
        ("born=1990-10-10&alarms=on&alarms=off", "alarms"),
        ("born=1990-10-10&lang=ja&lang=en", "lang"),
    ],
)
def test_repeated_parameter_is_an_error(api_client: TestClient, query: str, field: str) -> None:
    found = errors_of(api_client, f"/calendar.ics?issued=2020-05-15&{query}")
    expected = {
        "ja": "同じ項目が2回以上あります。1回だけにしてください。",
        "en": "This parameter is given more than once. Give it once.",
    }
    assert found == {field: expected["en" if field == "lang" else "ja"]}


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("birth", "birth"),
        ("Born", "Born"),
        ("born%20", "(unknown)"),
        ("1990-10-10", "(unknown)"),
        ("小樽花子", "(unknown)"),
        ("x" * 31, "(unknown)"),
        ("", "(unknown)"),
        ("<script>", "(unknown)"),
    ],
)
def test_an_unknown_parameter_is_named_only_if_it_can_be_no_date(
    api_client: TestClient, name: str, shown: str
) -> None:
    found = errors_of(api_client, f"{FEED_PATH}&{name}=1&lang=en")
    assert found == {shown: f"There is no such parameter. Known ones: {PARAMETERS}"}


@pytest.mark.parametrize("lang", ["fr", "JA", "ja-JP", "en%20"])
def test_an_unknown_language_is_an_error(api_client: TestClient, lang: str) -> None:
    assert errors_of(api_client, f"{FEED_PATH}&lang={lang}") == {
        "lang": f"この言語はありません。使える言語：{', '.join(LANGUAGES)}"
    }


@pytest.mark.parametrize("alarms", ["no", "OFF", "Few", "0", "false", "on%20"])
def test_alarms_are_on_few_or_off(api_client: TestClient, alarms: str) -> None:
    assert errors_of(api_client, f"{FEED_PATH}&alarms={alarms}") == {
        "alarms": "on、few、off のどれかを指定してください。"
    }
