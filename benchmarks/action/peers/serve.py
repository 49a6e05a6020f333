"""What the peers in Python share: requests, one line of JSON each, and times of single calls."""
import json
import sys
import time


def serve(version, answers):
    """Says that it is ready, then answers each request by the function that its `do` names."""
    print(json.dumps({"version": version, "loadSeconds": 0}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(answers[request.pop("do")](**request)), flush=True)


def call_times(call, inputs):
    """Median and 99th percentile of single calls, one for each input, in microseconds."""
    times = []
    for value in inputs:
        start = time.perf_counter_ns()
        call(value)
        times.append((time.perf_counter_ns() - start) / 1000)
    times.sort()
    return {"median": times[len(times) // 2], "p99": times[int(0.99 * len(times))]}
