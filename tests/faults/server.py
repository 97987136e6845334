"""The process that is disturbed: started once under the shim, it forks a child for each act, so that each is quick.

Requests and answers are lines of JSON on standard input and output.
"""

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from pipeline.errors import PipelineError
from pipeline.settings import Settings, StoreSettings
from tests.faults.acts import act_on
from tests.faults.shim import Fault, Kind, arm, steps

_PATIENCE_SECONDS = 120


def settings_of(told: dict[str, Any]) -> Settings:
    """The settings that a request names."""
    url = told["database_url"]
    return Settings(
        store=StoreSettings(
            directory=Path(told["directory"]),
            database_url=None if url is None else SecretStr(url),
            objects_url=told["objects_url"],
            s3_endpoint=told["s3_endpoint"],
            checkpoint_directory=Path(told["checkpoint_directory"]),
            database_wait_seconds=5,
            free_megabytes=16,
        )
    )


def serve() -> None:
    """Answers until the input ends."""
    for line in sys.stdin:
        request = json.loads(line)
        reads, writes = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reads)
            _act(request, writes)
        os.close(writes)
        with os.fdopen(reads, encoding="utf-8") as answer:
            said = [json.loads(one) for one in answer if one.endswith("\n")]
        _, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps({"exit": os.waitstatus_to_exitcode(status), "said": said}) + "\n")
        sys.stdout.flush()


def _act(request: dict[str, Any], writes: int) -> None:
    """Never returns: what was safe, and how it ended, goes into the pipe."""
    signal.alarm(_PATIENCE_SECONDS)
    fault = Fault(Kind[request["kind"]], request["at"])
    code = 0
    with os.fdopen(writes, "w", encoding="utf-8") as pipe:
        arm(Path(request["prefix"]), fault, with_sockets=request["with_sockets"])
        for word, said in _told(request):
            pipe.write(json.dumps([word, said]) + "\n")
            pipe.flush()
            code = 3 if word == "fault" else code
        pipe.write(json.dumps(["steps", str(steps())]) + "\n")
    os._exit(code)


def _told(request: dict[str, Any]) -> Iterator[tuple[str, str]]:
    try:
        for safe in act_on(request["act"], settings_of(request["settings"]), again=request["again"]):
            yield "safe", safe
    except PipelineError as error:
        yield "refused", f"{type(error).__name__}: {error}"
    except BaseException as error:  # noqa: BLE001 - whatever is no error of ours is what the test looks for
        yield "fault", f"{type(error).__name__}: {error}"


if __name__ == "__main__":
    serve()
