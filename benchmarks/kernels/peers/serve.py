"""The peers' side of the protocol: JSON requests on standard input, one JSON answer per line. See protocol.ts."""

import json
import sys
import time

import numpy


def say(value):
    print(json.dumps(value), flush=True)


def floats(path, *shape):
    return numpy.fromfile(path, dtype="<f4").reshape(*shape)


def serve(version, operations):
    """`operations[name](task)` prepares and gives (run, result); only `run` is timed."""
    say({"version": version, "loadSeconds": time.process_time()})
    tasks = {}
    for line in sys.stdin:
        request = json.loads(line)
        key = request["key"]
        if request["do"] == "prepare":
            tasks[key] = operations[request["task"]["operation"]](request["task"])
            say({})
            continue
        if request["do"] == "forget":
            del tasks[key]
            say({})
            continue
        run, result = tasks[key]
        if request["do"] == "result":
            result().tofile(request["to"])
            say({})
            continue
        if request.get("warm", True):
            run()
        start = time.perf_counter()
        for _ in range(request["calls"]):
            run()
        say({"seconds": (time.perf_counter() - start) / request["calls"]})
