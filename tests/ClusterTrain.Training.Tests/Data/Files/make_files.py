"""Writes own.zip: the same rows in every format, by the programs that users make such files with.

python3 make_files.py        needs numpy and Pillow; each folder in own.zip is one data set.
"""
import csv, gzip, io, struct, zipfile
import numpy as np
from PIL import Image

random = np.random.RandomState(7)
out = zipfile.ZipFile("own.zip", "w", zipfile.ZIP_DEFLATED)


def put(path, data):
    out.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


def npz(path, compressed=False, **arrays):
    buffer = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(buffer, **arrays)
    put(path, buffer.getvalue())


def npy(path, array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    put(path, buffer.getvalue())


def idx(array, kind, dtype):
    return struct.pack(">BBBB", 0, 0, kind, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.astype(dtype).tobytes()


def picture(array, kind, **options):
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, kind, **options)
    return buffer.getvalue()


# Pictures, sorted by class, as folders of classes give them: 24 and 9 rows of 5 x 6.
names = ["apple", "pear", "plüm tree"]
y_train, y_test = np.repeat([0, 1, 2], 8), np.repeat([0, 1, 2], 3)
x_train = (random.randint(0, 120, (24, 5, 6)) + 60 * y_train[:, None, None]).astype(np.uint8)
x_test = (random.randint(0, 120, (9, 5, 6)) + 60 * y_test[:, None, None]).astype(np.uint8)
grey = dict(x_train=x_train, y_train=y_train, x_test=x_test, y_test=y_test)
npz("grey-npz/data.npz", **grey)
npz("grey-npz-compressed/data.npz", True, **grey)
npz("grey-npz-int64/data.npz", **{**grey, "x_train": x_train.astype(np.int64), "x_test": x_test.astype(">i2")})
npz("grey-npz-float32/data.npz", **{**grey, "x_train": x_train.astype(np.float32) / 255, "x_test": x_test / 255.0})
npz("grey-npz-fortran/data.npz", **{**grey, "x_train": np.asfortranarray(x_train), "x_test": np.asfortranarray(x_test)})
npz("grey-npz-channel/data.npz", **{**grey, "x_train": x_train[..., None], "x_test": x_test[..., None], "y_train": y_train[:, None]})
npz("grey-npz-names/data.npz", **{**grey, "y_train": np.array(names)[y_train], "y_test": np.array(names)[y_test]})
npz("grey-npz-gaps/data.npz", **{**grey, "y_train": np.array([3, 5, 90])[y_train].astype(np.float64), "y_test": np.array([3, 5, 90])[y_test]})
for name, array in grey.items():
    npy(f"grey-npy/{name}.npy", array)
for half, x, y in (("train", x_train, y_train), ("t10k", x_test, y_test)):
    put(f"grey-idx/{half}-images.idx3-ubyte", idx(x, 8, "u1"))
    put(f"grey-idx/{half}-labels.idx1-ubyte", idx(y, 8, "u1"))
    put(f"grey-idx-gz/{half}-images-idx3-ubyte.gz", gzip.compress(idx(x, 8, "u1"), mtime=0))
    put(f"grey-idx-gz/{half}-labels-idx1-ubyte.gz", gzip.compress(idx(y, 8, "u1"), mtime=0))
    put(f"grey-idx-members/{half}-images-idx3-ubyte.gz", gzip.compress(idx(x, 8, "u1")[:50], mtime=0) + gzip.compress(idx(x, 8, "u1")[50:], mtime=0) + gzip.compress(b"", mtime=0) + bytes(512))
    put(f"grey-idx-members/{half}-labels-idx1-ubyte.gz", idx(y + 4, 12, ">i4"))
    put(f"grey-idx-float/{half}-images-idx3-float", idx(x / 255.0, 13, ">f4"))
    put(f"grey-idx-float/{half}-labels-idx1-int", idx(y, 12, ">i4"))
    folder = "train" if half == "train" else "test"
    for i, (row, label) in enumerate(zip(x, y)):
        put(f"grey-png/{folder}/{names[label]}/Bild {i:02}.PNG", picture(row, "PNG"))

# Colours, channels first in IDX.
c_train = random.randint(0, 256, (24, 5, 6, 3)).astype(np.uint8)
c_test = random.randint(0, 256, (9, 5, 6, 3)).astype(np.uint8)
labels = dict(y_train=y_train, y_test=y_test)
npz("colour-npz-last/data.npz", x_train=c_train, x_test=c_test, **labels)
npz("colour-npz-first/data.npz", x_train=c_train.transpose(0, 3, 1, 2), x_test=c_test.transpose(0, 3, 1, 2), **labels)
for half, x, y in (("train", c_train, y_train), ("t10k", c_test, y_test)):
    put(f"colour-idx/{half}-images-idx4-ubyte", idx(x.transpose(0, 3, 1, 2), 8, "u1"))
    put(f"colour-idx/{half}-labels-idx1-ubyte", idx(y, 8, "u1"))
    folder = "train" if half == "train" else "test"
    for i, (row, label) in enumerate(zip(x, y)):
        put(f"colour-png/{folder}/{names[label]}/{i:02}.png", picture(row, "PNG"))

put("colour-png/train/pear/.hidden.png", b"not for anybody")
put("colour-png/train/pear/Thumbs.db", b"of some system")

# A table with a name for each column; floats that are the same in any precision, classes called by name.
columns = ["age", "income, gross", 'the "x"', "größe"]
t_train = (random.randint(-4000, 4000, (24, 4)) / 64).astype(np.float32)
t_test = (random.randint(-4000, 4000, (9, 4)) / 64).astype(np.float32)
npz("table-npz-float32/data.npz", x_train=t_train, x_test=t_test, **labels)
npz("table-npz-float64/data.npz", x_train=np.asfortranarray(t_train.astype(np.float64)), x_test=t_test.astype(">f8"), **labels)
for half, x, y in (("train", t_train, y_train), ("t10k", t_test, y_test)):
    put(f"table-idx/{half}-images-idx2-double", idx(x, 14, ">f8"))
    put(f"table-idx/{half}-labels-idx1-ubyte", idx(y, 8, "u1"))


def table(x, y, names=names, header=True, first=False, index=False, **options):
    text = io.StringIO()
    writer = csv.writer(text, **options)
    if header:
        writer.writerow(([""] if index else []) + (["class"] + columns if first else columns + ["class"]))
    for i, (row, label) in enumerate(zip(x, y)):
        cells = [repr(float(value)) for value in row]
        writer.writerow(([i] if index else []) + ([names[label]] + cells if first else cells + [names[label]]))
    return text.getvalue()


for half, x, y in (("train", t_train, y_train), ("test", t_test, y_test)):
    put(f"table-csv/{half}.csv", table(x, y))
    put(f"table-csv-bom/{half}.csv", table(x, y, first=True).encode("utf-8-sig"))
    put(f"table-csv-utf16/{half}.csv", table(x, y).encode("utf-16"))
    put(f"table-csv-plain/{half}.csv", table(x, y, header=False, lineterminator="\n"))
    put(f"table-csv-quoted/{half}.csv", table(x, y, quoting=csv.QUOTE_ALL) + "\r\n\r\n")
    put(f"table-csv-pandas/{half}.csv", table(x, y, index=True, delimiter=";"))
    put(f"table-csv-gz/{half}.csv.gz", gzip.compress(table(x, y, names=[1, 2, 7]).encode(), mtime=0))
    put(f"table-tsv/{half}.tsv", table(x, y, dialect="excel-tab"))

# Photographs: what libjpeg makes of them is beside them.
shown = []
for i in range(6):
    hue = np.add.outer(np.arange(40) * (i + 1), np.arange(48) * 3)[..., None] + np.array([0, 40 * i, 90])
    photo = (127 + 120 * np.sin(hue / 25)).astype(np.uint8)
    data = picture(photo, "JPEG", quality=90, progressive=i % 2 == 1, subsampling=0 if i < 3 else 2)
    put(f"photos/{'low' if i < 3 else 'high'}/{i}.jpg", data)
    shown.append(np.array(Image.open(io.BytesIO(data))))
npy("photos-decoded/x.npy", np.array(shown))
put("photos/dataset.yaml", "testShare: 0.34\n")
out.close()
