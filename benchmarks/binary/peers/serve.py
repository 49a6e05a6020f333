"""The peers' side of the protocol: JSON requests on standard input, one JSON answer per line."""

import json
import struct
import sys
import time


def say(value):
    print(json.dumps(value), flush=True)


def cut(data, piece):
    return [data[k : k + piece] for k in range(0, len(data), piece)] if piece else [data]


def serve(version, load):
    """`load()` gives methods by name: (prepare, encode, ids), of which only `encode` is timed."""
    start = time.perf_counter()
    methods = load()
    say({"version": version, "loadSeconds": time.perf_counter() - start})
    for line in sys.stdin:
        request = json.loads(line)
        prepare, encode, ids_of = methods[request["method"]]
        with open(request["file"], "rb") as file:
            data = file.read()[request.get("start", 0) : request.get("end")]
        prepared = prepare(cut(data, request["piece"]))
        start = time.perf_counter()
        output = encode(prepared)
        seconds = time.perf_counter() - start
        pieces = ids_of(output)
        if "idsTo" in request:
            with open(request["idsTo"], "wb") as file:
                for ids in pieces:
                    file.write(struct.pack(f"<{len(ids)}I", *ids))
        say({"seconds": seconds, "tokens": sum(map(len, pieces))})
