"""Lloyd's k-means of scikit-learn and of faiss, from given centres: kmeans.py <threads>"""

import sys
import warnings

import faiss
import numpy
import sklearn
from serve import floats, serve
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning

THREADS = int(sys.argv[1])
faiss.omp_set_num_threads(THREADS)
# Stopping before it converges is what we ask for.
warnings.simplefilter("ignore", ConvergenceWarning)


def kmeans(task):
    start = floats(task["centres"], -1, task["dimensions"])
    vectors = floats(task["vectors"], -1, task["dimensions"])
    count, iterations = len(start), task["iterations"]
    found = {}

    def scikit_learn():
        model = KMeans(count, init=start, n_init=1, max_iter=iterations, tol=0, algorithm="lloyd", copy_x=False)
        found["centres"] = model.fit(vectors).cluster_centers_

    def with_faiss():
        model = faiss.Kmeans(task["dimensions"], count, niter=iterations, max_points_per_centroid=len(vectors))
        model.train(vectors, init_centroids=start)
        found["centres"] = model.centroids

    run = {"scikit-learn": scikit_learn, "faiss": with_faiss}[task["method"]]
    return run, lambda: found["centres"].astype(numpy.float32)


serve(f"scikit-learn {sklearn.__version__}, faiss {faiss.__version__}", {"kmeans": kmeans})
