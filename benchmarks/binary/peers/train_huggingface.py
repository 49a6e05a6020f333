"""Trains with HuggingFace's BpeTrainer on request. Without a pre-tokenizer each piece is one word."""

import json
import sys
import time

import tokenizers
from serve import cut, say
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer


def train(request):
    words = []
    for path in request["files"]:
        with open(path, "rb") as file:
            words += [piece.decode("latin-1") for piece in cut(file.read(), request["piece"])]
    tokenizer = tokenizers.Tokenizer(BPE())
    trainer = BpeTrainer(
        vocab_size=request["vocabularySize"],
        min_frequency=request["minCount"],
        max_token_length=request["maxTokenBytes"],
        initial_alphabet=[chr(byte) for byte in range(256)],
        special_tokens=[],
        show_progress=False,
    )
    start = time.perf_counter()
    tokenizer.train_from_iterator(words, trainer, length=len(words))
    seconds = time.perf_counter() - start
    tokens = sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])[256:]
    return {"seconds": seconds, "tokens": [token.encode("latin-1").hex() for token, _ in tokens]}


say({"version": tokenizers.__version__, "loadSeconds": 0})
for line in sys.stdin:
    say(train(json.loads(line)))
