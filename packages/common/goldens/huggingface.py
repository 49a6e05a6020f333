"""Writes huggingface.json: two tokenizers as HuggingFace trains and saves them, and the ids they give.

    pip install tokenizers==0.23.2
    python huggingface.py /bin/ls > huggingface.json

The file here was made from /bin/ls of Debian 12 (coreutils 9.1-1, amd64); its sha256 is in the output.
`cases` maps bytes (hexadecimal) to ids. For `gpt2` the bytes are spelled in the alphabet and the pre-tokenizer
is taken out, since a string API cannot pass bytes through ByteLevel.
"""

import hashlib
import json
import random
import sys

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

VOCABULARY_SIZE = 600
SPECIALS = ["<|start|>", "<|end|>", "<|pad|>"]


def gpt2_alphabet():
    kept = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    moved = [byte for byte in range(256) if byte not in kept]
    return {byte: chr(byte) for byte in kept} | {byte: chr(0x100 + i) for i, byte in enumerate(moved)}


def train(data, spelling, specials):
    def spell(data):
        return "".join(spelling[byte] for byte in data)

    tokenizer = Tokenizer(models.BPE())
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY_SIZE,
        min_frequency=2,
        special_tokens=specials,
        initial_alphabet=list(spelling.values()),
        show_progress=False,
    )
    pieces = [spell(data[i : i + 1024]) for i in range(0, len(data), 1024)]
    tokenizer.train_from_iterator(pieces, trainer)
    return tokenizer, lambda data: tokenizer.encode(spell(data), add_special_tokens=False).ids


def inputs(data):
    rng = random.Random(0)
    yield b""
    yield bytes(range(256))
    yield b"usage: ls [OPTION]...  [FILE]\n\t   \n" * 3
    yield b"".join(b"\x00" * length + b"\xff" for length in range(1, 33))
    yield b" " * 67
    yield b"\x00\xff" * 40
    yield rng.randbytes(200)
    for start in (0, 0x1000, 0x5001, len(data) // 2, len(data) - 400):
        yield data[start : start + 400]


def main():
    data = open(sys.argv[1], "rb").read()
    latin1, encode_latin1 = train(data, {byte: chr(byte) for byte in range(256)}, SPECIALS)
    latin1.decoder = decoders.Fuse()
    # Special tokens that are added later stand behind the vocabulary and not in it.
    gpt2, encode_gpt2 = train(data, gpt2_alphabet(), [])
    gpt2.add_special_tokens(SPECIALS)
    cases = list(inputs(data))
    encoded = {name: [encode(case) for case in cases] for name, encode in (("latin1", encode_latin1), ("gpt2", encode_gpt2))}
    gpt2.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    gpt2.decoder = decoders.ByteLevel()
    result = {
        "trained_on_sha256": hashlib.sha256(data).hexdigest(),
        "files": {"latin1": json.loads(latin1.to_str()), "gpt2": json.loads(gpt2.to_str())},
        "cases": [
            {"bytes": case.hex(), **{name: ids[i] for name, ids in encoded.items()}} for i, case in enumerate(cases)
        ],
    }
    json.dump(result, sys.stdout, separators=(",", ":"))
    print()


main()
