"""The published FAST processor's algorithm (arXiv 2501.09747) on SciPy and HuggingFace tokenizers.

`published` goes through transformers, with a batch of one, as the published class does; `kindest` does neither.
"""
import json
import os
from importlib.metadata import version
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"

import numpy as np  # noqa: E402
from scipy.fft import dct, idct  # noqa: E402
from serve import call_times, serve  # noqa: E402
from tokenizers import ByteLevelBPETokenizer, Tokenizer  # noqa: E402
from tokenizers.trainers import BpeTrainer  # noqa: E402
from transformers import PreTrainedTokenizerFast  # noqa: E402


def coefficients_of(chunk, scale):
    return np.around(dct(chunk, axis=0, norm="ortho") * scale)


class Kindest:
    def __init__(self, folder):
        config = json.loads(Path(folder, "processor_config.json").read_text())
        self.scale, self.min_token = config["scale"], config["min_token"]
        self.shape = config["time_horizon"], config["action_dim"]
        self.bpe = Tokenizer.from_file(str(Path(folder, "tokenizer.json")))

    def encode(self, chunk):
        codes = np.maximum(coefficients_of(chunk, self.scale).flatten() - self.min_token, 0)
        return self.bpe.encode("".join(map(chr, codes.astype(int)))).ids

    def decode(self, ids):
        codes = np.array(list(map(ord, self.bpe.decode(ids))))
        return idct((codes + self.min_token).reshape(self.shape) / self.scale, axis=0, norm="ortho")


class Published(Kindest):
    def __init__(self, folder):
        super().__init__(folder)
        self.bpe = PreTrainedTokenizerFast(tokenizer_object=self.bpe, clean_up_tokenization_spaces=False)

    def encode(self, chunk):
        batch = np.around(dct(chunk[None], axis=1, norm="ortho") * self.scale)
        texts = ("".join(map(chr, np.maximum(each.flatten() - self.min_token, 0).astype(int))) for each in batch)
        return [self.bpe(text)["input_ids"] for text in texts][0]

    def decode(self, ids):
        texts = (self.bpe.decode(each) for each in [ids])
        codes = [(np.array(list(map(ord, text))) + self.min_token).reshape(self.shape) for text in texts]
        return np.stack([idct(each / self.scale, axis=0, norm="ortho") for each in codes])[0]


KINDS = {"published": Published, "kindest": Kindest}


class Peer:
    def chunks(self, chunks, steps, columns):
        self.inputs = [np.array(chunk).reshape(steps, columns) for chunk in chunks]
        self.shape = steps, columns
        return len(self.inputs)

    def train(self, folder, scale, vocabulary_size):
        rows = [coefficients_of(chunk, scale).flatten().astype(int) for chunk in self.inputs]
        least, most = (int(pick([pick(row) for row in rows])) for pick in (min, max))
        bpe = ByteLevelBPETokenizer()
        trainer = BpeTrainer(
            vocab_size=vocabulary_size,
            min_frequency=2,
            show_progress=False,
            special_tokens=[],
            initial_alphabet=[chr(code) for code in range(most - least + 1)],
            max_token_length=10000,
        )
        bpe._tokenizer.train_from_iterator(("".join(map(chr, row - least)) for row in rows), trainer=trainer)
        os.makedirs(folder, exist_ok=True)
        bpe._tokenizer.save(str(Path(folder, "tokenizer.json")))
        steps, columns = self.shape
        config = {"scale": scale, "min_token": least, "action_dim": columns, "time_horizon": steps}
        Path(folder, "processor_config.json").write_text(json.dumps(config))
        return least

    def load(self, folder):
        self.processors = {kind: make(folder) for kind, make in KINDS.items()}
        self.folder = folder
        return list(KINDS)

    def encoded(self, kind):
        self.ids = [self.processors[kind].encode(chunk) for chunk in self.inputs]
        return self.ids

    def decoded(self, kind):
        return [self.processors[kind].decode(ids).flatten().tolist() for ids in self.ids]

    def time_encode(self, kind):
        # A control loop never sees a chunk twice. A new tokenizer does not remember the words of these.
        return call_times(KINDS[kind](self.folder).encode, self.inputs)

    def time_decode(self, kind):
        return call_times(self.processors[kind].decode, self.ids)


peer = Peer()
names = ["chunks", "train", "load", "encoded", "decoded", "time_encode", "time_decode"]
versions = ", ".join(f"{name} {version(name)}" for name in ["tokenizers", "transformers", "scipy", "numpy"])
serve(versions, {name: getattr(peer, name) for name in names})
