"""One pace for all, and a pause for all."""

import asyncio
from math import inf

import pytest

from pipeline.acquire.limiter import PauseTooLongError, RateLimiter
from pipeline.ring_simulator.request_log import most_within
from tests.acquire.ring_story import FakeClock, play


def test_a_burst_leaves_at_once_and_the_rest_at_the_pace() -> None:
    async def act() -> None:
        clock = FakeClock()
        limiter = RateLimiter(calls_per_minute=60, burst=3, clock=clock)
        left: list[float] = []
        for _ in range(6):
            await limiter.acquire(inf)
            left.append(clock.seconds - 1000)
        assert left == pytest.approx([0, 0, 0, 1, 2, 3])

    play(act)


def test_many_callers_together_never_exceed_the_pace() -> None:
    async def act() -> None:
        limiter = RateLimiter(calls_per_minute=6000, burst=5)
        moments: list[float] = []

        async def call() -> None:
            await limiter.acquire(inf)
            moments.append(limiter.clock.monotonic())

        await asyncio.gather(*(call() for _ in range(40)))
        assert max(moments) - min(moments) >= 0.35 - 0.01
        assert most_within(0.1, moments) <= 5 + 10 + 1

    play(act)


def test_a_pause_holds_everyone_until_it_ends() -> None:
    async def act() -> None:
        clock = FakeClock()
        limiter = RateLimiter(60, 10, clock)
        limiter.pause(30)
        limiter.pause(5)
        await limiter.acquire(clock.seconds + 31)
        assert clock.seconds - 1000 == pytest.approx(30)

    play(act)


def test_a_pause_that_comes_while_the_pace_is_waited_for_holds_too() -> None:
    async def act() -> None:
        clock = FakeClock()
        limiter = RateLimiter(60, 1, clock)
        await limiter.acquire(inf)
        waiting = asyncio.create_task(limiter.acquire(inf))
        while len(clock.naps) < 2:
            await asyncio.sleep(0)
        limiter.pause(50)
        await waiting
        assert clock.seconds - 1000 == pytest.approx(51)

    play(act)


def test_a_pause_beyond_patience_is_told_at_once() -> None:
    async def act() -> None:
        clock = FakeClock()
        limiter = RateLimiter(60, 10, clock)
        limiter.pause(3600)
        with pytest.raises(PauseTooLongError) as caught:
            await limiter.acquire(clock.seconds + 300)
        assert caught.value.seconds == pytest.approx(3600)
        assert clock.seconds == 1000

    play(act)


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-1, 1), (60, 0)])
def test_a_limiter_that_lets_nothing_through_cannot_be_built(rate: float, burst: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        RateLimiter(rate, burst)
