"""The pacer: learns any limit, is closed by `Retry-After`, leaves a share, keeps what it learned. In virtual time."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import json
import math
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.errors import UsageError
from reconciler.repository import local
from reconciler.webex import pace_file
from reconciler.webex.limits import Refusal, fitted
from reconciler.webex.pacing import FamilyPacer, KnownLimit, Pace, Pacer, family_of
from reconciler.webex.policy import Policy, rate_of
from reconciler.webex.session import Session
from tests.benchmarks import first_contact
from tests.support import virtual
from tests.support.virtual import Server, TokenBucket, Window, Wire

BASE = "https://tenant.example.com/v1"


def talk(
    server: Server, count: int, pace: Pace | None = None, known: KnownLimit | None = None, workers: int = 10
) -> tuple[float, Wire, Session]:
    """Ask `count` times for people; seconds, what the server saw, and the session."""

    async def inside() -> tuple[float, Wire, Session]:
        policy = Policy(pace=pace or Pace(), longest_call=math.inf, retries=1000)
        async with Session(
            base=BASE, token="t", writable=False, concurrency=workers, waiting=lambda *_: None, policy=policy
        ) as session:
            session.pacer.remember({"/people": known} if known else {})
            wire = Wire(server)
            wire.to(session)
            return await virtual.ask(count, workers, lambda: session.rest_get(session.ep("people"))), wire, session

    found: tuple[float, Wire, Session] = virtual.run(inside())
    return found


def share_of_refused(wire: Wire) -> float:
    return wire.refused.get("", 0) / wire.asked[""]


def bare(server: Server, count: int, known: KnownLimit | None = None, workers: int = 10) -> tuple[float, float]:
    """The same without a session, for properties: `workers` ask, answers take 0.15 s ± 30 %. Seconds for `count`
    answers, and the share of refusals."""
    pacer, name = Pacer(Pace(), {"/people": known} if known else {}), "/people"
    chance, now, sent, refused, answered = random.Random(1), 0.0, 0, 0, 0
    under_way: list[tuple[float, int, float, float | None]] = []
    while answered < count:
        turn = now + pacer.delay(name, now) if len(under_way) < workers and sent - refused < count else math.inf
        if under_way and under_way[0][0] <= turn:
            now, _, left, wait = heapq.heappop(under_way)
            if wait is None:
                pacer.accepted(name, now, left)
                answered += 1
            else:
                pacer.refused(name, now, left, wait)
                refused += 1
        elif (now := turn) and pacer.delay(name, now) > 0:
            continue
        else:
            pacer.sent(name, now)
            sent += 1
            latency = 0.15 * chance.uniform(0.7, 1.3)
            heapq.heappush(under_way, (now + latency, sent, now, server.ask(now + latency / 2, "")))
    return now, refused / sent


#: How many times what it may be refused a first run is refused at worst, by how far away the server is.
WORST = {first_contact.HOME: 2.0, 0.02: 2.0, 0.15: 6.0}
RATES = st.floats(0.5, 60)
BURSTS = st.integers(2, 60)


@given(rate=RATES, burst=BURSTS, wait=st.sampled_from([0, 1, 2, 5, 10, 30, 60]))
def test_a_persisted_limit_is_used_and_not_passed(rate: float, burst: int, wait: float) -> None:
    """Whatever the limit and the style of refusing: at least 94 % of it from the first request on, and hardly a
    refusal. The burst holds what overtakes on the way: 0.045 s of it."""
    burst += int(rate * 0.1)
    count = max(300, int(rate * 30))
    seconds, refused = bare(TokenBucket(rate, burst, wait), count, KnownLimit(rate, wait or 1), workers=40)
    assert refused < 0.002
    assert seconds <= (count / rate) / 0.94 + 1  # the last answer has to come


@given(rate=st.floats(0.5, 45), burst=st.integers(5, 60), wait=st.sampled_from([0, 1, 2]))
@settings(max_examples=10)
@example(rate=5.0, burst=10, wait=0)
@example(rate=45.0, burst=50, wait=0)
def test_an_unknown_limit_is_learned(rate: float, burst: int, wait: float) -> None:
    """Over five minutes; beginning ten times too fast costs some refusals, however few are asked in all."""
    count = int(rate * 300)
    seconds, refused = bare(TokenBucket(rate, burst, wait), count)
    assert 300 / seconds >= 0.85
    assert refused * count < 15 + 0.01 * count


@given(rate=st.floats(0.5, 45), burst=st.integers(5, 60), wait=st.sampled_from([5, 10, 30, 60]))
@settings(max_examples=10)
@example(rate=5.0, burst=10, wait=30)
@example(rate=2.0, burst=10, wait=30)
def test_an_unknown_limit_with_dear_refusals_is_learned(rate: float, burst: int, wait: float) -> None:
    """Over an hour, or 10,000 requests: some ten long waits, and near the limit in between."""
    count = int(min(rate * 3600, 10_000))
    seconds, refused = bare(TokenBucket(rate, burst, wait), count)
    assert seconds <= count / rate * 1.4 + 10 * wait
    assert refused * count < 15 + 0.005 * count


def test_one_dear_refusal_in_hours_does_not_halve_the_rate() -> None:
    """Found by a run of 60,000: the first probe after 2.5 hours was refused, cut by half, and the next fit was at 2.6
    of 5 a second, where it stayed: .87 of the permitted rate."""
    seconds, refused = bare(TokenBucket(5, 10, 30), 60_000, KnownLimit(5, 30))
    assert 60_000 / 5 / seconds >= 0.97
    assert 0 < refused < 0.001  # it did probe


def test_m6_a_limit_that_nobody_knew_is_used_and_hardly_a_request_is_refused() -> None:
    """Five minutes at 300 a minute, from the first request on; tests/benchmarks/pacing.py has more servers."""
    seconds, wire, _ = talk(TokenBucket(5, 10), 1500)
    assert 1500 / 5 / seconds >= 0.95 and 0 < share_of_refused(wire) < 0.01


@pytest.mark.issue10(34)
@pytest.mark.parametrize(("kind", "latency"), [*first_contact.HELD, *first_contact.HELD_BELOW])
def test_a_first_run_uses_a_limit_that_nobody_knows_and_is_hardly_refused(kind: str, latency: float) -> None:
    """Of 30 and 60 s, at 5 to 50 a second, with `Retry-After` and without: at most three refusals, or one in a hundred,
    and nine tenths of the rate from the tenth second on."""
    rows = [row for row in first_contact.contacts((5, 10, 20, 50), latencies=(latency,)) if row.kind == kind]
    held = [row for row in rows if row.held]
    assert len(rows) == 16 and len(held) >= 12
    for row in held:
        met = first_contact.meet(row, seed=3)
        assert met.good, (row.words, met)


@pytest.mark.issue10(34)
@pytest.mark.parametrize("latency", [0.005, 0.02, 0.05, 0.1])
@pytest.mark.parametrize("kind", ["second", "minute"])
def test_a_first_run_uses_the_limit_of_a_server_on_this_machine_that_takes_its_time(kind: str, latency: float) -> None:
    """Found by real runs against `simulate --rate 50/1s --latency 20ms`: one request after the other never reached it,
    and then a bucket of a second was taken for the quota of a minute, and stayed it."""
    rows = [row for row in first_contact.contacts((5, 20, 40, 50), (30,), (latency,)) if row.kind == kind and row.says]
    for row in rows:
        met = first_contact.meet(replace(row, home=True), seed=3)
        assert met.good, (row.words, met)


@pytest.mark.issue10(34)
@pytest.mark.parametrize("latency", [first_contact.HOME, 0.02, 0.15])
def test_whatever_the_limit_is_a_first_run_is_not_refused_much_more_than_it_may(latency: float) -> None:
    """Every shape, also those whose rate is not reached: never a storm of refusals."""
    for row in first_contact.contacts((5, 20), (30,), (latency,)):
        met = first_contact.meet(row)
        assert met.refused <= WORST[latency] * met.allowed, (row.kind, row.words, met)


def test_a_limit_far_below_the_assumed_one_is_found() -> None:
    seconds, _, session = talk(TokenBucket(2, 10, 30), 1200, known=KnownLimit(5, 30))
    assert 1200 / 2 / seconds >= 0.8
    (learned,) = session.pacer.learned().values()
    assert learned.rate == pytest.approx(2, rel=0.05) and learned.retry_after == 30


@pytest.mark.parametrize("wait", [1, 30])
def test_retry_after_closes_the_family_for_every_worker(wait: float) -> None:
    """Nothing arrives between a refusal and the end of its wait but what was under way; another family goes on."""
    arrivals: list[tuple[float, str]] = []

    class Strict(TokenBucket):
        refusals: list[float]

        def ask(self, now: float, client: str) -> float | None:
            refused = super().ask(now, client)
            if refused:
                self.refusals = [*getattr(self, "refusals", []), now]
            return refused

    server = Strict(2, 5, wait)
    _, wire, _ = talk(server, 60)
    first = server.refusals[0]
    arrivals_after = [time for time in wire.times if time > first]
    late = [time for time in arrivals_after if first + 0.2 < time < first + wait]
    assert late == [] and arrivals == []
    assert min(time for time in arrivals_after if time > first + 0.2) >= first + wait


def test_a_closed_family_is_in_nobody_elses_way() -> None:
    """The SDK holds a slot while it waits; with as many waiting as there are slots nothing else would move."""

    class People(TokenBucket):
        def ask(self, now: float, client: str) -> float | None:
            return super().ask(now, client) if client == "people" else None

    async def inside() -> float:
        async with Session(
            base=BASE, token="t", writable=False, concurrency=2, waiting=lambda *_: None, policy=Policy()
        ) as session:
            wire = Wire(People(1, 1, 100))

            async def answer(request: Any, handler: Any) -> Any:
                name = request.url.path.rpartition("/")[2]
                await asyncio.sleep(0.1)
                wait = wire.server.ask(asyncio.get_running_loop().time(), name)
                headers = {} if wait is None else {"Retry-After": f"{wait}"}
                return virtual.response(session, request, 200 if wait is None else 429, headers)

            session._middlewares = (*session._middlewares, answer)
            people = [asyncio.ensure_future(session.rest_get(session.ep("people"))) for _ in range(6)]
            await asyncio.sleep(2)  # all wait by now
            before = asyncio.get_running_loop().time()
            await session.rest_get(session.ep("locations"))
            took: float = asyncio.get_running_loop().time() - before
            for task in people:
                task.cancel()
            return took

    assert virtual.run(inside()) < 0.2


def test_first_come_first_served() -> None:
    async def inside() -> list[int]:
        async with Session(
            base=BASE,
            token="t",
            writable=False,
            concurrency=10,
            waiting=lambda *_: None,
            policy=Policy(pace=Pace(rate=5)),
        ) as session:
            Wire(TokenBucket(1000, 1000), latency=0.01).to(session)
            done: list[int] = []

            async def get(number: int) -> None:
                await session.rest_get(session.ep("people"))
                done.append(number)

            await asyncio.gather(*(get(number) for number in range(20)))
            return done

    assert virtual.run(inside()) == list(range(20))


@given(interval=st.floats(0.01, 3), rate=st.one_of(st.just(math.inf), st.floats(1, 50)))
@settings(max_examples=20)
def test_min_interval(interval: float, rate: float) -> None:
    """S97: two requests are never nearer than that, of whatever family."""

    async def inside() -> list[float]:
        policy = Policy(pace=Pace(interval=interval, rate=rate))
        async with Session(
            base=BASE, token="t", writable=False, concurrency=10, waiting=lambda *_: None, policy=policy
        ) as session:
            sent: list[float] = []
            pacer_sent = session.pacer.sent

            def noted(name: str, now: float) -> None:
                sent.append(now)
                pacer_sent(name, now)

            session.pacer.sent = noted  # type: ignore[method-assign]
            Wire(TokenBucket(1e6, 1e6)).to(session)
            names = itertools.cycle(["people", "locations", "telephony/config/queues"])
            await asyncio.gather(*(session.rest_get(session.ep(next(names))) for _ in range(30)))
            return sent

    sent = virtual.run(inside())
    assert len(sent) == 30
    assert all(later - earlier >= interval - 1e-9 for earlier, later in itertools.pairwise(sent))


@given(rate=st.floats(1, 40))
@settings(max_examples=8)
def test_a_given_rate_is_never_passed(rate: float) -> None:
    """Not even after a long time without a refusal: it is the operator's."""
    _, wire, session = talk(TokenBucket(1e6, 1e6), 400, Pace(rate=rate), workers=20)
    assert len(wire.times) / (wire.times[-1] - wire.times[0] + 1 / rate) <= rate * 1.01
    assert session.pacer.learned() == {}  # it was told, not learned


def test_a_share_leaves_the_rest_to_others() -> None:
    seconds, wire, session = talk(TokenBucket(20, 5, 1), 1000, Pace(share=0.5), KnownLimit(20, 1))
    assert 0.94 <= 1000 / 10 / seconds <= 1
    assert not wire.refused
    assert session.pacer.learned() == {"/people": KnownLimit(20, 1)}  # the limit is still the whole one


def test_a_window_is_no_bucket_and_still_kept_to() -> None:
    seconds, wire, _ = talk(Window(300, 60), 1500)
    assert 1500 / 5 / seconds >= 0.9 and share_of_refused(wire) < 0.02


def test_more_is_tried_after_a_long_quiet_time() -> None:
    """A limit that was raised is found, slowly."""
    family = FamilyPacer(Pace(), KnownLimit(5, 1))
    now = 0.0
    while now < 900:
        now += family.delay(now) or 0.001
        if family.delay(now) <= 1e-9:
            family.sent(now)
            family.accepted(now, now)
        if now < 290:
            assert family.rate <= 5
    assert 6 < family.rate < 20
    assert family.learned is not None and family.learned.rate == pytest.approx(family.rate, rel=0.01)


def test_idle_time_is_not_saved_up() -> None:
    """After an hour's pause the next hundred leave at the rate, not at once."""
    family = FamilyPacer(Pace(rate=10))
    family.sent(0.0)
    sent, now = [], 3600.0
    while len(sent) < 100:
        now += family.delay(now)
        family.sent(now)
        sent.append(now)
    assert sent[-1] - sent[0] >= 99 / 10 - 0.1


@pytest.mark.parametrize("said", [None, 0.1, 7.0, 300.0])
def test_refusals_of_one_burst_count_once(said: float | None) -> None:
    """Ten were under way when the first was refused: one cut, not ten."""
    family = FamilyPacer(Pace(), KnownLimit(10, 1))
    for number in range(10):
        family.sent(number / 10)
    family.refused(1.05, 0.1, said)
    after = family.rate
    assert after < 10
    for number in range(2, 10):
        family.refused(1.06, number / 10, said)
    assert family.rate == after


def test_without_retry_after_the_waits_grow() -> None:
    family, now, waits = FamilyPacer(Pace(first=math.inf)), 0.0, []
    for _ in range(8):
        now += family.delay(now)
        family.sent(now)
        waits.append(family.refused(now + 0.1, now, None))
        now += 0.1
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    now += family.delay(now)
    family.sent(now)
    family.accepted(now, now)
    now += family.delay(now)
    family.sent(now)
    assert family.refused(now, now, None) == 1


@given(st.floats(0.5, 50), st.integers(1, 50))
def test_two_refusals_tell_a_token_bucket(rate: float, burst: int) -> None:
    """Fast until refused, and again more slowly: the fit is the rate, or it says nothing."""

    def until_refused(pace: float, start: float, since: float) -> Refusal:
        tokens, now, times = float(burst), start, []
        while tokens >= 1:
            tokens -= 1
            times.append(now)
            now += 1 / pace
            tokens = min(burst, tokens + rate / pace)
        return Refusal(now, since, tuple(times))

    one = until_refused(rate * 4, 0.0, -math.inf)
    two = until_refused(rate * 1.1, one.at + burst / rate + 30, one.at)
    found = fitted([one, two], rate * 1.1)
    assert found is None or found == pytest.approx(rate, rel=0.08)
    if burst >= 10:
        assert found is not None


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_a_pace_file_may_hold_anything(tmp_path_factory: pytest.TempPathFactory, document: object) -> None:
    root = tmp_path_factory.mktemp("pace")
    (root / ".reconcile").mkdir()
    path = root / ".reconcile" / "pace.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert pace_file.load(root, "org") == {}
    pace_file.save(root, "org", {"/people": KnownLimit(5, 30)})
    assert pace_file.load(root, "org") == {"/people": KnownLimit(5, 30)}
    path.write_text(json.dumps({local.tenant_key("org"): document}), encoding="utf-8")
    pace_file.load(root, "org")
    pace_file.save(root, "org", {"/people": KnownLimit(5, 30)})
    assert pace_file.load(root, "org")["/people"] == KnownLimit(5, 30)


@pytest.mark.parametrize("text", ["", "{", "\x00", '{"a":', "[" * 100_000, '{"x": NaN}'])
def test_a_torn_pace_file_is_an_empty_one(tmp_path: Path, text: str) -> None:
    (tmp_path / ".reconcile").mkdir()
    (tmp_path / ".reconcile" / "pace.json").write_text(text, encoding="utf-8")
    assert pace_file.load(tmp_path, "org") == {}


def test_what_was_learned_is_kept_by_tenant_and_family(tmp_path: Path) -> None:
    pace_file.save(tmp_path, "one", {"/people": KnownLimit(5, 30), "/locations": KnownLimit(7, 1)})
    pace_file.save(tmp_path, "two", {"/people": KnownLimit(9, 1)})
    pace_file.save(tmp_path, "one", {"/people": KnownLimit(4, 30)})
    assert pace_file.load(tmp_path, "one") == {"/people": KnownLimit(4, 30), "/locations": KnownLimit(7, 1)}
    assert pace_file.load(tmp_path, "two") == {"/people": KnownLimit(9, 1)}
    files = sorted(path.name for path in (tmp_path / ".reconcile").iterdir())
    assert files == [".gitignore", "pace.json"]  # no temporary file is left
    assert '"one"' not in (tmp_path / ".reconcile" / "pace.json").read_text()  # the org id is not in it


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / ".reconcile").write_text("a file", encoding="utf-8")
    pace_file.save(tmp_path, "org", {"/people": KnownLimit(5, 30)})


def test_a_second_run_begins_where_the_first_ended(tmp_path: Path) -> None:
    def once() -> tuple[float, Wire]:
        async def inside() -> tuple[float, Wire]:
            async with Session(
                base=BASE, token="t", writable=False, concurrency=10, waiting=lambda *_: None,
                policy=Policy(root=tmp_path),
            ) as session:  # fmt: skip
                wire = Wire(TokenBucket(5, 10, 30))
                wire.to(session)
                session.belongs_to("org")
                return await virtual.ask(600, 10, lambda: session.rest_get(session.ep("people"))), wire

        found: tuple[float, Wire] = virtual.run(inside())
        return found

    first, learning = once()
    assert learning.refused
    second, knowing = once()
    assert not knowing.refused
    assert 600 / 5 / second >= 0.92 > 600 / 5 / first


def test_what_is_remembered_spares_what_was_learned_since() -> None:
    pacer = Pacer(Pace())
    pacer.sent("/people", 0.0)
    pacer.remember({"/people": KnownLimit(2, 30), "/locations": KnownLimit(3, 1)})
    assert pacer.family("/people").rate < 2 and pacer.family("/locations").rate < 3
    pacer.sent("/people", 1.0)
    pacer.refused("/people", 1.1, 1.0, 30)
    slowed = pacer.family("/people").rate
    pacer.remember({"/people": KnownLimit(50, 1)})
    assert pacer.family("/people").rate == slowed


@pytest.mark.parametrize(
    ("text", "rate"),
    [("300/60s", 5), ("300/m", 5), ("300/1min", 5), ("5", 5), ("5/s", 5), ("7200/h", 2), ("1/2s", 0.5)],
)
def test_rates_are_read(text: str, rate: float) -> None:
    assert rate_of(text) == pytest.approx(rate)


@pytest.mark.parametrize("text", ["", "fast", "0/60s", "-1", "1/0s", "1/x", "nan", "inf", "1/60d", "1//2"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="not a rate"):
        rate_of(text)


@pytest.mark.parametrize(
    ("path", "family"),
    [
        ("/v1/people/x", "/people"),
        ("/v1/telephony/config/queues", "/telephony/config"),
        ("/identity/scim/o/v2/Users", "/identity"),
        ("/v1", ""),
        ("/", "/"),
    ],
)
def test_families(path: str, family: str) -> None:
    assert family_of(path) == family
