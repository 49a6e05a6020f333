"""tiktoken without its splitting pattern: tiktoken_bytes.py <rank list>"""

import base64
import sys

import tiktoken
from serve import serve


def load():
    with open(sys.argv[1], encoding="ascii") as file:
        ranks = {base64.b64decode(token): int(rank) for token, rank in map(str.split, file)}
    encoding = tiktoken.Encoding("benchmark", pat_str=r"[\s\S]+", mergeable_ranks=ranks, special_tokens={})
    core = encoding._core_bpe

    def one_by_one(pieces):
        return [core.encode_single_piece(piece) for piece in pieces]

    return {"encode": (lambda pieces: pieces, one_by_one, lambda ids: ids)}


serve(tiktoken.__version__, load)
