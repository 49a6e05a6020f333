"""HuggingFace's Rust tokenizer through its Python binding: huggingface.py <tokenizer.json>"""

import sys

import tokenizers
from serve import serve


def load():
    tokenizer = tokenizers.Tokenizer.from_file(sys.argv[1])

    def prepare(pieces):
        return [piece.decode("latin-1") for piece in pieces]

    def ids(encodings):
        return [encoding.ids for encoding in encodings]

    def one_by_one(texts):
        return [tokenizer.encode(text, add_special_tokens=False) for text in texts]

    def batch(texts):
        return tokenizer.encode_batch(texts, add_special_tokens=False)

    def batch_fast(texts):
        return tokenizer.encode_batch_fast(texts, add_special_tokens=False)

    return {
        "encode": (prepare, one_by_one, ids),
        "encode-batch": (prepare, batch, ids),
        "encode-batch-fast": (prepare, batch_fast, ids),
    }


serve(tokenizers.__version__, load)
