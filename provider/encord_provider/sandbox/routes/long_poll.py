"""Long polls: a question that is held until its answer is final, or its time is up."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool

from encord_provider.sandbox.world import World


async def hold(world: World, job_uuid: str, seconds: float, is_over: Callable[[], bool]) -> None:
    """Return as soon as a job is over, and at the latest after *seconds* or the sandbox's own limit.

    The SDK sends its whole timeout, up to a week, and asks again at once after each PENDING; holding is what keeps it
    from asking hundreds of times a second.

    Args:
        world: Whose clock and bells count.
        job_uuid: The job that rings the bell.
        seconds: How long the client would wait.
        is_over: Whether the job is over; reads the database, so it is called in a thread.
    """
    until = world.clock.timestamp() + min(seconds, world.limits.long_poll_seconds)
    with world.bells.listening(job_uuid) as bell:
        while not await run_in_threadpool(is_over):
            left = until - world.clock.timestamp()
            if left <= 0 or world.bells.closing:
                return
            await bell.wait(left)
