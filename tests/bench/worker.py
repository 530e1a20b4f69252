"""The frame of a Python worker: answers one JSON line for each that it reads; see protocol.ts."""

import json
import math
import os
import sys
import time


class UnsupportedError(Exception):
    """A case that a framework does not do on this machine."""


# Replies have the standard output for themselves: what libraries print goes to the error output.
_replies = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)


def timed(step):
    """Makes of a step, which gives a number, what does n of them and tells how long each took."""

    def run(steps: int) -> dict:
        seconds = []
        for _ in range(steps):
            start = time.perf_counter()
            value = step()
            seconds.append(time.perf_counter() - start)
        return {"seconds": seconds, "value": value}

    return run


def words_of(form: str, known: set) -> set:
    """The words of a form of forms.ts, such as `autocast, torch.compile`."""
    words = set(form.split(", "))
    if words <= known:
        return words
    raise ValueError(f"a form must be words of {sorted(known)}. Received: {form}")


def serve(open_case) -> None:
    """`open_case` makes (version, parameters, run) of a case; run(n) does n steps."""
    try:
        version, parameters, run = open_case(json.loads(sys.stdin.readline())["open"])
    except UnsupportedError as error:
        _reply({"cannot": str(error)})
        return
    _reply({"version": version, "parameters": parameters})
    for line in sys.stdin:
        answer = run(json.loads(line)["steps"])
        # JSON knows no infinity, and no number that is none.
        _reply(answer if math.isfinite(answer["value"]) else {**answer, "value": None})


def _reply(answer: dict) -> None:
    _replies.write(json.dumps(answer) + "\n")
    _replies.flush()
