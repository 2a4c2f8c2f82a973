"""A factory with as long a history as is asked for: parties, audits, claims, findings, questions, replies.

For what a page or a view costs when there is much to show. Nothing in it is about anybody.
"""

from __future__ import annotations

from itertools import cycle, islice
from typing import Any

from tests.support.builder import Log, Recorded

FACTORY = "factory:works"
FIRST_DAY = "2016-01-04T09:00:00.000Z"
"""When a demo log that is to hold such a history may open: some years of it are over by now."""
DAY = 86_400_000  # milliseconds
NGOS = ("mill-watch", "fair-line", "yarn-forum")
ISSUES = (
    "osh/pre-job-training",
    "working-time/monthly-overtime",
    "compensation/wages",
    "freedom-of-association",
    "osh/fire-exit",
    "harassment-gbv",
)
METHODS = ("records-review", "worker-interview", "offsite-interview", "site-observation")
OUTCOMES = ("not-evidenced", "corroborated", "partly-corroborated")
AUDIT_EVERY = 50  # statements


class History:
    """Enters statements about one factory into `log`, from its present on, each kind in its turn."""

    def __init__(self, log: Log, days_apart: float = 1.5) -> None:
        self._log, self._apart, self._start = log, days_apart, log.now
        self._number = 0
        self._claims: list[Recorded] = []
        self._questions: list[Recorded] = []

    def open(self) -> None:
        """Register everybody, the factory and a clause."""
        log = self._log
        for slug in NGOS:
            log.register(slug)
        log.register("certifier", roles=("certifier",))
        names = [text("River Works"), {"lang": "zh", "text": "河厂"}]
        level = {"level": "factory", "country": "CN", "identifiers": ["own:1"]}
        log.say("FactoryRegistered", "registrar", about=[FACTORY], claim=level, hidden={"names": names})
        quantity = {"value": "24", "unit": "h"}
        log.criterion("training-clause", "mill-watch", quantity=quantity)

    def enter(self, count: int) -> None:
        """`count` statements about the factory."""
        for kind in islice(cycle(("allege", "observe", "observe", "find", "ask", "reply", "observe")), count):
            self._set_day(self._number * self._apart)
            if self._number % AUDIT_EVERY == 0:
                self._describe()
            else:
                getattr(self, f"_{kind}")()
            self._number += 1

    def _set_day(self, days: float) -> None:
        self._log.now = max(self._log.now, self._start + int(days) * DAY)

    def _describe(self) -> None:
        claim = {"notice": "announced", "methods": ["records-review"], "competence": "not-disclosed"}
        self._audit = self._log.investigation("certifier", [FACTORY], ["certifier"], claim=claim)
        document = {"title": text(f"Audit report {self._number // AUDIT_EVERY + 1}")}
        self._report = self._log.say(
            "DocumentReferenced",
            NGOS[0],
            about=[FACTORY],
            claim={"form": "report", "availability": "public"},
            hidden=document,
        )

    def _allege(self) -> None:
        self._claims.append(
            self._log.say(
                "AllegationMade",
                self._ngo(),
                about=[FACTORY],
                claim={"issue": self._issue(), "period": str(self._log.today[:4])},
                hidden={"text": text(f"Statement {self._number} of the workers of one line about it.")},
                occurred=self._log.today[:7],
            )
        )

    def _observe(self) -> None:
        """What the certifier is said to have seen, as an NGO takes it from the report."""
        quantity = {"value": str(2 + self._number % 9), "unit": "h"}
        share = {"group": "workers", "n": 10 + self._number % 50, "share": "90"}
        self._claims.append(
            self._log.say(
                "ObservationMade",
                self._ngo(),
                about=[FACTORY],
                claim={"issue": self._issue(), "method": self._method(), "result": "present"},
                hidden={"quantity": quantity, "sample": share, "text": text("As the report has it.")},
                refs=[("within", self._audit), ("statedIn", self._report, f"p{1 + self._number % 40}")],
                claimants=["certifier"],
                attribution={"form": "paraphrase"},
                said=self._log.today[:7],
                occurred=self._log.today[:7],
            )
        )

    def _find(self) -> None:
        self._log.say(
            "DeterminationIssued",
            "certifier",
            about=[FACTORY],
            claim={"outcome": OUTCOMES[self._number % len(OUTCOMES)]},
            refs=[("about", self._claims[-1]), ("within", self._audit)],
        )

    def _ask(self) -> None:
        claim = {"addressees": ["certifier"], "topic": "notice"}
        about = [("about", self._audit)]
        self._questions.append(
            self._log.say("QuestionAsked", self._ngo(), about=[FACTORY], claim=claim, refs=about)
        )

    def _reply(self) -> None:
        disputed = [("disputes", self._claims[-1])]
        answered = [("partlyAnswers", self._questions[-1])] if self._number % 2 else []
        self._log.say(
            "ResponseGiven",
            "certifier",
            about=[FACTORY],
            refs=[*disputed, *answered],
            hidden={"text": text(f"Reply {self._number}.")},
        )

    def _ngo(self) -> str:
        return NGOS[self._number % len(NGOS)]

    def _issue(self) -> str:
        return ISSUES[self._number // 3 % len(ISSUES)]

    def _method(self) -> str:
        return METHODS[self._number % len(METHODS)]


def text(words: str) -> dict[str, Any]:
    """A text of a statement."""
    return {"lang": "en", "text": words}
