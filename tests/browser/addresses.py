"""One address of every kind of page, on a ledger that is being served."""

from __future__ import annotations

from typing import Any

import httpx2

FIXED = (
    "/",
    "/about",
    "/factories",
    "/parties",
    "/investigations",
    "/open",
    "/open/knowledge",
    "/criteria",
    "/search",
    "/verify",
    "/submit",
    "/submit/keys",
    "/submit/done",
    "/submit/cosign",
    "/submit/allegation",
    "/submit/investigation",
    "/submit/document?event=DocumentCaptured",
    "/submit/amendment?event=StatementCorrected",
)


def addresses(url: str) -> list[str]:
    """Paths without their language; of statements one for each event that bears on the first factory."""

    def ask(path: str, **parameters: Any) -> Any:
        answer = httpx2.get(url + path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    factories = [one["name"].partition(":")[2] for one in ask("/v1/factories")["items"]]
    # The one about which most is said.
    timelines = {slug: ask(f"/v1/factories/{slug}/timeline", limit=1000)["items"] for slug in factories}
    busiest = max(factories, key=lambda slug: len(timelines[slug]))
    by_event = {item["event"]: item for item in timelines[busiest]}
    statements = [f"/statements/{item['id']}" for item in by_event.values()]
    investigations = [
        f"/investigations/{item['id']}" for item in by_event.values() if item["kind"] == "investigation"
    ]
    signer = timelines[busiest][-1]["provenance"]["signedBy"][0]
    return [
        *FIXED,
        f"/factories/{busiest}",
        f"/open/knowledge?about=factory:{busiest}",
        f"/parties/{signer}",
        "/search?q=training",
        *statements,
        *investigations[:1],
    ]
