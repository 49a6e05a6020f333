"""Checks a LeRobot folder with pyarrow, pandas and HuggingFace datasets, and rewrites its data files as LeRobot does.

    python check_with_pyarrow.py FOLDER REWRITTEN
"""

import json
import pathlib
import shutil
import sys

import datasets
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

folder, rewritten = map(pathlib.Path, sys.argv[1:3])
info = json.loads((folder / "meta/info.json").read_text())
stats = json.loads((folder / "meta/stats.json").read_text())
tasks = pd.read_parquet(folder / "meta/tasks.parquet")
episodes = pq.read_table(folder / "meta/episodes").to_pandas()
files = sorted((folder / "data").glob("*/*.parquet"))
data = pa.concat_tables([pq.read_table(file) for file in files]).to_pandas()

assert list(tasks["task_index"]) == list(range(info["total_tasks"]))
assert tasks.index.name == "task" and all(isinstance(task, str) for task in tasks.index)
assert len(episodes) == info["total_episodes"] and len(data) == info["total_frames"]
assert (data["index"] == np.arange(len(data))).all()
for episode in episodes.itertuples():
    rows = data[episode.dataset_from_index : episode.dataset_to_index]
    assert len(rows) == episode.length and (rows["episode_index"] == episode.episode_index).all()
    assert (rows["frame_index"] == np.arange(len(rows))).all()
    assert np.allclose(rows["timestamp"], rows["frame_index"] / info["fps"])
    assert [tasks.index[i] for i in set(rows["task_index"])] == list(episode.tasks)
for name in ("action", "observation.state"):
    values = np.stack(data[name]).astype(np.float64)
    expected = {"min": values.min(0), "max": values.max(0), "mean": values.mean(0), "std": values.std(0)}
    spread = expected["max"] - expected["min"]
    for key, value in expected.items():
        assert np.allclose(stats[name][key], value, atol=1e-6), (name, key)
    for q in (1, 10, 50, 90, 99):
        # Estimates are at most a bin away from the two values of that rank, between which NumPy interpolates.
        least, most = (np.quantile(values, q / 100, axis=0, method=method) for method in ("lower", "higher"))
        estimate = np.array(stats[name][f"q{q:02d}"])
        assert ((least - spread / 2500 <= estimate) & (estimate <= most + spread / 2500)).all(), (name, q)

# Lists of a fixed length, numbers where the shape is [1].
features = {
    name: datasets.Value(feature["dtype"])
    if feature["shape"] == [1]
    else datasets.Sequence(datasets.Value(feature["dtype"]), length=feature["shape"][0])
    for name, feature in info["features"].items()
}
loaded = datasets.Dataset.from_parquet(
    [str(file) for file in files], features=datasets.Features(features), cache_dir=str(rewritten.parent / "datasets")
)
assert loaded.num_rows == len(data) and (np.array(loaded[0]["action"], np.float32) == data["action"][0]).all()

# pyarrow's defaults: Snappy, dictionaries that give way to plain pages, data pages of version 1, small row groups here.
shutil.copytree(folder, rewritten)
for file in files:
    table = pq.read_table(file)
    for name in ("action", "observation.state"):
        at = table.schema.get_field_index(name)
        width = info["features"][name]["shape"][0]
        fixed = table.column(at).cast(pa.list_(pa.float32(), width))
        table = table.set_column(at, pa.field(name, fixed.type), fixed)
    pq.write_table(table, rewritten / file.relative_to(folder), row_group_size=777)
print(f"pyarrow {pa.__version__}, pandas {pd.__version__}, datasets {datasets.__version__}: {len(data)} frames, {len(episodes)} episodes agree")
