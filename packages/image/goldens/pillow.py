"""Makes pillow.json: what Pillow does to small images, by LlamaGen's centre crop and when it reads files.

    python packages/image/goldens/pillow.py

needs pillow and numpy.
"""

import base64
import io
import json
import pathlib

import numpy as np
import PIL
from PIL import Image


def sample(height, width):
    """Smooth parts, edges and noise, from integers alone."""
    i, j, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    noise = (i * 7919 + j * 104729 + c * 1299709) % 97
    return ((3 * i + 2 * j * (c + 1) + np.where((i // 5 + j // 7) % 2 == 0, 120, 0) + noise) % 256).astype(np.uint8)


def center_crop(image, size):
    """As the ADM and DiT repositories, and LlamaGen after them, define it."""
    while min(image.size) >= 2 * size:
        image = image.resize(tuple(side // 2 for side in image.size), resample=Image.BOX)
    scale = size / min(image.size)
    image = image.resize(tuple(round(side * scale) for side in image.size), resample=Image.BICUBIC)
    pixels = np.array(image)
    top, left = (pixels.shape[0] - size) // 2, (pixels.shape[1] - size) // 2
    return pixels[top : top + size, left : left + size]


def encoded(image, **options):
    file = io.BytesIO()
    image.save(file, **options)
    return file.getvalue()


def text(data):
    return base64.b64encode(bytes(data)).decode()


crops = []
for height, width, size in [(53, 37, 16), (41, 131, 16), (9, 7, 16), (16, 16, 16), (32, 33, 16), (70, 64, 24)]:
    pixels = center_crop(Image.fromarray(sample(height, width)), size)
    crops.append({"height": height, "width": width, "size": size, "pixels": text(pixels.tobytes())})

rgb = Image.fromarray(sample(24, 40))
gray = Image.fromarray(sample(24, 40)[:, :, 0])
rgba = Image.fromarray(np.dstack([sample(24, 40), sample(24, 40)[:, :, :1]]))
sixteen = Image.fromarray((sample(24, 40)[:, :, 0].astype(np.uint16) << 8) + 77)
turned = Image.Exif()
turned[0x0112] = 6  # to be turned by 90 degrees clockwise
frames = [Image.fromarray(sample(24, 40) // 64 * 64), Image.fromarray(255 - sample(24, 40))]
files = {
    "png": encoded(rgb, format="PNG"),
    "gray.png": encoded(gray, format="PNG"),
    "alpha.png": encoded(rgba, format="PNG"),
    "16-bit.png": encoded(sixteen, format="PNG"),
    "palette.png": encoded(rgb.quantize(16), format="PNG"),
    "jpeg": encoded(rgb, format="JPEG", quality=90),
    "gray.jpeg": encoded(gray, format="JPEG", quality=90),
    "turned.jpeg": encoded(rgb, format="JPEG", quality=90, exif=turned),
    "cmyk.jpeg": encoded(rgb.convert("CMYK"), format="JPEG", quality=95),
    "webp": encoded(rgb, format="WEBP", lossless=True),
    "animated.gif": encoded(frames[0], format="GIF", save_all=True, append_images=frames[1:], duration=100),
    "tiff": encoded(rgb, format="TIFF"),
}
read = {name: text(np.array(Image.open(io.BytesIO(data)).convert("RGB")).tobytes()) for name, data in files.items()}
golden = {
    "pillow": PIL.__version__,
    "crops": crops,
    "files": {name: {"file": text(data), "rgb": read[name]} for name, data in files.items()},
}
(pathlib.Path(__file__).parent / "pillow.json").write_text(json.dumps(golden) + "\n")
print({name: len(data) for name, data in files.items()})
