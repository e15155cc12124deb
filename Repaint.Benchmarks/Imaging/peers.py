"""The peers of `bench imaging`, one command a line on standard input: METHOD PHOTO WIDTH HEIGHT COUNT OUT.

Writes WIDTH x HEIGHT bytes, the cluster of each pixel, to OUT; answers the seconds of processor time it took, child
processes included, from the file's bytes in memory to labels. All on one thread, as a worker of Re:paint works.
"""
import os
import subprocess
import sys

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import cv2
import numpy as np
import skimage
import skimage.segmentation
import sklearn
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture

cv2.setNumThreads(1)


def decode(data):
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)


def place(image):
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / max(height, width)
    return np.stack([x, y], axis=2)


def gmm_of(data, count):
    """The original project's specification: a mixture on HSV and position."""
    image = decode(data)
    hsv = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_BGR2HSV)
    hsv[..., 0] /= 360
    points = np.concatenate([hsv, place(image)], axis=2).reshape(-1, 5)
    sample = points[np.random.default_rng(1).choice(len(points), 20000, replace=False)]
    model = GaussianMixture(count, random_state=1, reg_covar=1e-5).fit(sample)
    return model, points.reshape(image.shape[:2] + (5,))


def gmm(data, width, height, count):
    """Only the pixels that the quality is worked out on: the same labels as below, in less time."""
    model, points = gmm_of(data, count)
    rows, columns = (np.arange(size) * whole // size for size, whole in ((height, points.shape[0]), (width, points.shape[1])))
    return model.predict(points[rows][:, columns].reshape(-1, 5)).astype(np.uint8).reshape(height, width)


def gmm_every_pixel(data, width, height, count):
    """As specified: every pixel of the photograph is labelled. This is what is timed."""
    model, points = gmm_of(data, count)
    points = points.reshape(-1, 5)
    return np.concatenate([model.predict(part) for part in np.array_split(points, max(1, len(points) // 500000))]).astype(np.uint8)


def lab_points(image):
    lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    return np.concatenate([lab, 50 * place(image)], axis=2).reshape(-1, 5)


def kmeans(data, width, height, count):
    image = cv2.resize(decode(data), (width, height), interpolation=cv2.INTER_AREA)
    return KMeans(count, n_init=1, random_state=1).fit_predict(lab_points(image)).astype(np.uint8).reshape(height, width)


def opencv(data, width, height, count):
    image = cv2.resize(decode(data), (width, height), interpolation=cv2.INTER_AREA)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.1)
    cv2.setRNGSeed(1)
    labels = cv2.kmeans(lab_points(image).astype(np.float32), count, None, criteria, 1, cv2.KMEANS_PP_CENTERS)[1]
    return labels.astype(np.uint8).reshape(height, width)


def felzenszwalb(data, width, height, count):
    """Felzenszwalb's segments at 1024 px, merged by Ward on their mean colour and place, weighted by area."""
    image = cv2.resize(decode(data), (width, height), interpolation=cv2.INTER_AREA)
    segments = skimage.segmentation.felzenszwalb(image[..., ::-1], scale=200, sigma=0.8, min_size=width * height // 1000)
    points, areas = lab_points(image), np.bincount(segments.ravel())
    means = np.stack([np.bincount(segments.ravel(), points[:, d]) / areas for d in range(5)], axis=1)
    repeats = np.maximum(1, np.round(areas / areas.sum() * 2000)).astype(int)
    groups = fcluster(linkage(np.repeat(means, repeats, axis=0), "ward"), count, "maxclust") - 1
    first = np.concatenate([[0], np.cumsum(repeats)[:-1]])
    return groups[first][segments].astype(np.uint8)


def palette_tool(data, width, height, command):
    image = cv2.resize(decode(data), (width, height), interpolation=cv2.INTER_AREA)
    png = cv2.imencode(".png", image)[1].tobytes()
    answer = subprocess.run(command, input=png, stdout=subprocess.PIPE, check=True).stdout
    reduced = cv2.imdecode(np.frombuffer(answer, np.uint8), cv2.IMREAD_COLOR).astype(np.uint32)
    packed = reduced[..., 0] | reduced[..., 1] << 8 | reduced[..., 2] << 16
    return np.unique(packed, return_inverse=True)[1].astype(np.uint8).reshape(height, width)


def imagemagick(data, width, height, count):
    return palette_tool(data, width, height, ["/usr/bin/convert", "-limit", "thread", "1", "png:-", "+dither", "-colors", str(count), "png:-"])


def pngquant(data, width, height, count):
    return palette_tool(data, width, height, ["pngquant", "--nofs", str(count), "-"])


METHODS = {method.__name__: method for method in (gmm, gmm_every_pixel, kmeans, opencv, felzenszwalb, imagemagick, pngquant)}

magick = subprocess.run(["/usr/bin/convert", "-version"], stdout=subprocess.PIPE, check=True).stdout.decode().split("\n")[0].split("https")[0]
quant = subprocess.run(["pngquant", "--version"], stdout=subprocess.PIPE, check=True).stdout.decode().strip()
print(f"scikit-learn {sklearn.__version__}, OpenCV {cv2.__version__}, scikit-image {skimage.__version__}, {magick.strip()}, pngquant {quant}", flush=True)
for line in sys.stdin:
    method, photo, width, height, count, target = line.rstrip("\n").split("\t")
    with open(photo, "rb") as file:
        data = file.read()
    begun = os.times()
    labels = METHODS[method](data, int(width), int(height), int(count))
    seconds = sum(os.times()[:4]) - sum(begun[:4])
    labels.tofile(target)
    print(seconds, flush=True)
