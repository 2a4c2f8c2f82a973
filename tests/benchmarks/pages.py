"""`python -m tests.benchmarks.pages`: the page of a factory with many statements.

A factory with as many statements as one page shows, entered into a ledger of its own and served as a user
would serve it. On the server: how long the page's parts take, how many bytes it has and when the first of
them leave. In the browser, in a fresh profile each round: when something is painted first, when the largest
part is, when all is there; then how long it takes to jump to the last statement, and from one key press to
the next.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import httpx2
from playwright.sync_api import sync_playwright
from starlette.testclient import TestClient

from api.app import create_app
from api.client.keyfile import public_half, write_key_file
from api.composition import Service
from api.settings import Settings, load
from api.web.environment import environment
from api.web.factory import FactoryPage
from api.web.language import language
from api.web.routes.factories import LINES
from ledger.core.envelope import to_json_value
from ledger.core.grammar import milliseconds
from projections.factory_queries import factory, find
from projections.queries import Chosen
from tests.support.builder import LOG_KEY, OPERATOR, ORIGIN, REGISTRAR, Log
from tests.support.long_history import FACTORY, FIRST_DAY, History

from . import machine
from .load import CannotMeasure
from .site import EVIDENCE, free_port, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from tests.support.builder import Signed

PATH = f"/en/factories/{FACTORY.partition(':')[2]}"
BATCH = 500
KEYS = 40  # key presses a round
WINDOW = {"width": 1280, "height": 900}

Figures = dict[str, list[float]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pages", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--statements", type=int, default=LINES)
    asked = parser.parse_args()
    try:
        result = measure(asked.statements, asked.rounds)
    except CannotMeasure as missing:
        print(f"bench: {missing}", file=sys.stderr)
        return 1
    print_table(result)
    Path("bench-pages.json").write_text(json.dumps(result, indent=1) + "\n")
    print("\nwritten to bench-pages.json")
    return 0


def measure(statements: int, rounds: int) -> dict[str, Any]:
    """Every figure of one run, a value a round."""
    figures: Figures = {}
    with tempfile.TemporaryDirectory(prefix="evidence-bench-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the embedded server's own user passes through
        settings = _settings(folder / "ledger")
        tell(f"entering {statements} statements")
        size = enter(settings, statements)
        tell("the parts of the page")
        stages(settings, size, rounds, figures)
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        command = [EVIDENCE, "serve", "--data", str(settings.data), "--port", str(port)]
        with running(command, f"{url}/readyz", folder / "serve.log"):
            tell("over HTTP and in the browser")
            over_http(url + PATH, rounds, figures)
            in_browser(url + PATH, rounds, figures)
    return {
        "machine": machine.describe(),
        "plan": {"statements": statements, "entries": size, "rounds": rounds},
        "rounds": figures,
    }


def _settings(data: Path) -> Settings:
    keys = data / "keys"
    keys.mkdir(parents=True, mode=0o700)
    write_key_file(keys / "log.key", LOG_KEY.seed, public_half(LOG_KEY.seed, "device", ("any",)), None)
    return load(data=data, origin=ORIGIN, max_batch_lines=1000)


def enter(settings: Settings, count: int) -> int:
    """A factory with `count` statements, through the API; how many entries the log has then."""
    signed = drafts(count)
    with TestClient(create_app(settings)) as client:
        client.post("/v1/statements", content=_line(signed[0])).raise_for_status()
        for at in range(1, len(signed), BATCH):
            lines = "\n".join(map(_line, signed[at : at + BATCH])) + "\n"
            answer = client.post("/v1/statements:batch", content=lines)
            if any('"status":201' not in line for line in answer.text.splitlines()):
                raise CannotMeasure(f"a statement was refused: {answer.text[:300]}")
        client.get(f"/v1/factories?at_least={len(signed)}").raise_for_status()
    return len(signed)


def drafts(count: int) -> list[Signed]:
    """Everything that is entered, entry 0 first."""
    found: list[Signed] = []

    class Kept(Log):
        def append(self, signed: Signed) -> Any:
            found.append(signed)
            return super().append(signed)

    log = Kept("demo", now=milliseconds(FIRST_DAY))
    log.keys = {"operator": OPERATOR, "registrar": REGISTRAR}
    log.append(log.genesis())
    history = History(log)
    history.open()
    history.enter(count)
    return found


def _line(signed: Signed) -> str:
    return json.dumps({"envelope": to_json_value(signed.envelope), "disclosures": list(signed.disclosures)})


def stages(settings: Settings, size: int, rounds: int, figures: Figures) -> None:
    """Milliseconds that reading takes, and each fold of what was read."""
    with Service(settings) as service:
        service.wait_for(size)
        environment(language("en")).get_template("factory.html")
        for number in range(rounds + 1):
            found: dict[str, float] = {}
            chosen = Chosen(limit=LINES)
            one = _timed(found, "finding", lambda: service.read(lambda conn: find(conn, FACTORY, today="")))
            read = _timed(
                found,
                "reading",
                lambda one=one, chosen=chosen: service.read(lambda conn: factory(conn, one, chosen)),
            )
            page = FactoryPage(one, lambda read=read: read, language("en"), lambda names: names.of, None)
            _timed(found, "drawing", lambda page=page: page.overview)
            _timed(found, "matrix", lambda page=page: page.matrix)
            _timed(found, "timeline", lambda page=page: list(page.told()))
            _timed(found, "open items", lambda page=page: page.opened)
            if number:  # the first round warms caches
                for part, taken in found.items():
                    figures.setdefault(f"server: {part} ms", []).append(taken)


def _timed(found: dict[str, float], part: str, work: Callable[[], Any]) -> Any:
    started = time.perf_counter()
    done = work()
    found[part] = (time.perf_counter() - started) * 1000
    return done


def over_http(url: str, rounds: int, figures: Figures) -> None:
    """Milliseconds to the first and to the last byte; bytes."""
    for number in range(rounds + 1):
        started = time.perf_counter()
        with httpx2.stream("GET", url, timeout=60) as answer:
            pieces = answer.iter_bytes()
            length = len(next(pieces))
            first = time.perf_counter() - started
            length += sum(map(len, pieces))
        if number:
            figures.setdefault("HTTP: first byte ms", []).append(first * 1000)
            figures.setdefault("HTTP: last byte ms", []).append((time.perf_counter() - started) * 1000)
            figures.setdefault("HTTP: kilobytes", []).append(length / 1000)


def in_browser(url: str, rounds: int, figures: Figures) -> None:
    """Milliseconds as a reader has them, from the navigation's start."""
    program = shutil.which("chromium")
    if program is None:
        raise CannotMeasure("Chromium is missing; on Debian or Ubuntu: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for number in range(rounds + 1):
            for part, taken in visited(browser, url):
                if number:
                    figures.setdefault(f"Chromium: {part}", []).append(taken)
        browser.close()


_PAINTED = """
() => new Promise((done) => {
  const largest = new PerformanceObserver((list) => {
    const [navigation] = performance.getEntriesByType("navigation");
    done({
      first: performance.getEntriesByName("first-contentful-paint")[0].startTime,
      largest: list.getEntries().at(-1).startTime,
      whole: navigation.loadEventEnd,
      statements: document.querySelectorAll("ol.timeline > li").length,
    });
  });
  largest.observe({ type: "largest-contentful-paint", buffered: true });
})
"""
# When the first statement stands in the page, however much follows.
_WATCH = """
new MutationObserver((_, watching) => {
  if (document.querySelector("ol.timeline > li") === null) return;
  window.firstStatement = performance.now();
  watching.disconnect();
}).observe(document, { childList: true, subtree: true });
"""
# The last statement is on the screen, and two frames have gone by since.
_JUMPED = """
() => new Promise((done) => {
  const last = document.querySelector("ol.timeline > li:last-child");
  const started = performance.now();
  location.hash = last.id;
  const seen = () => {
    const { top, bottom } = last.getBoundingClientRect();
    if (top < innerHeight && bottom > 0) requestAnimationFrame(() => done(performance.now() - started));
    else requestAnimationFrame(seen);
  };
  requestAnimationFrame(seen);
})
"""


def visited(browser: Browser, url: str) -> Iterator[tuple[str, float]]:
    """One visit in a fresh profile."""
    context = browser.new_context(viewport=WINDOW)  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script(_WATCH)
    page.goto(url)
    painted = page.evaluate(_PAINTED)
    yield "first contentful paint ms", painted["first"]
    yield "largest contentful paint ms", painted["largest"]
    yield "first statement of the timeline ms", page.evaluate("window.firstStatement")
    yield "whole page ms", painted["whole"]
    yield "jump to the last statement ms", page.evaluate(_JUMPED)
    started = time.perf_counter()
    for _ in range(KEYS):
        page.keyboard.press("Tab")
    yield "a key press ms", (time.perf_counter() - started) / KEYS * 1000
    if page.evaluate("document.activeElement.closest('ol.timeline, #claims, #open') === null"):
        raise CannotMeasure("the keyboard did not get anywhere")
    yield "statements on the page", painted["statements"]
    context.close()


def print_table(result: dict[str, Any]) -> None:
    """The medians, their range and the machine."""
    here, plan = result["machine"], result["plan"]
    print(f"\n{here['processor']}, {here['cores']} cores, Linux {here['kernel']}, Python {here['python']}")
    print(f"a factory with {plan['statements']} statements; medians of {plan['rounds']} rounds\n")
    print(f"{'figure':44}{'median':>10}{'least':>10}{'most':>10}")
    for label, values in result["rounds"].items():
        print(f"{label:44}{median(values):>10,.0f}{min(values):>10,.0f}{max(values):>10,.0f}")
    print("\nto reach: first contentful paint < 1,000 ms")


def tell(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
