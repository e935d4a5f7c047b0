"""Probing by ranges against downloading whole files and running ffprobe on them, as the documentation tells people to.

The same objects of one S3 server, in the same run; each step in a process of its own, so that its peak of memory is
its own. Where ffprobe is not installed, FFmpeg's libraries open the downloaded file in its place.
"""

import io
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import obstore
from obstore.store import S3Store

from demo.bucket_server import BucketServer, running_bucket_server
from encord_provider.buckets.bucket import Bucket
from encord_provider.manifest.kinds import Kind
from encord_provider.media.probe import probe as probe_file
from tests.bench.manifest import peak_mb
from tests.unit.media.corpus.documents import pdf
from tests.unit.media.corpus.pictures import picture
from tests.unit.media.corpus.scans import scan
from tests.unit.media.corpus.sounds import flac, recording

BUCKET = "bench"
IN_FLIGHT = 64
MEGABYTE = 1024 * 1024
FILMS = {"2 MB": 2, "50 MB": 50, "500 MB": 500}
"""Videos, by their size in MB."""

ROUNDS = 3
"""How often ours is measured with each size; the fastest counts."""

_SECONDS_A_GROUP, _RATE, _SIZE = 2, 30, (1280, 720)
_FACTORS = {"2 MB": 1, "50 MB": 8, "500 MB": 32}
"""By how much fewer files the baseline downloads: it would take all day otherwise, and counts per file."""


def film(megabytes: int) -> bytes:
    """Film noise at 4 Mbit/s; one group of pictures is encoded, and repeated until there are enough bytes."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        options = {
            "preset": "ultrafast",
            "bf": "2",
            "x264-params": "nal-hrd=cbr:vbv-maxrate=4000:vbv-bufsize=4000",
        }
        stream = container.add_stream("libx264", rate=_RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = *_SIZE, "yuv420p"
        stream.bit_rate = 4_000_000
        group = list(_group(stream))
        ticks = int(_SECONDS_A_GROUP / Fraction(1, _RATE))
        size = sum(packet.size for packet in group)
        for number in range(max(1, round(megabytes * MEGABYTE / size))):
            for original in group:
                packet = av.Packet(bytes(original))
                packet.stream, packet.time_base = stream, original.time_base
                packet.is_keyframe = original.is_keyframe
                packet.pts = (original.pts or 0) + number * ticks
                packet.dts = (original.dts or 0) + number * ticks
                container.mux(packet)
    return out.getvalue()


def _group(stream: av.VideoStream) -> Any:  # noqa: ANN401 - av's packets
    random_ = np.random.default_rng(0)
    noise = (
        random_.integers(0, 256, (_SIZE[1] // 8, _SIZE[0] // 8, 3), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
    )
    for number in range(_SECONDS_A_GROUP * _RATE):
        frame = av.VideoFrame.from_ndarray(np.roll(noise, 4 * number, axis=1), format="rgb24")
        frame.pts, frame.time_base = number, Fraction(1, _RATE)
        yield from stream.encode(frame)
    yield from stream.encode()


def others() -> dict[str, tuple[Kind, bytes]]:
    """Return one file of each other kind, as large as such files are."""
    return {
        "photo.jpg": (Kind.IMAGE, picture("JPEG", (3000, 2000), quality=95)),
        "photo.png": (Kind.IMAGE, picture("PNG", (1600, 1000), compress_level=1)),
        "photo.tif": (Kind.IMAGE, picture("TIFF", (3000, 2000))),
        "sound.wav": (Kind.AUDIO, recording(60, 48_000, 16, 2)),
        "sound.flac": (Kind.AUDIO, flac(48_000, 2, 3_000_000)),
        "paper.pdf": (Kind.PDF, pdf(40, 200_000)),
        "slice.dcm": (Kind.DICOM_SERIES, scan(_large)),
    }


def _large(found: Any) -> None:  # noqa: ANN401 - pydicom's
    found.Rows = found.Columns = 2048
    found.PixelData = bytes(2048 * 2048 * 2)


def ours(store: S3Store, key: str, kind: Kind) -> dict[str, Any]:
    """Probe one object."""
    found = probe_file(Bucket(BUCKET, store, str), key, obstore.head(store, key)["size"], kind)
    return {"bytes": found.fetched, "requests": found.requests, "grade": found.grade.value}


@dataclass
class Noted:
    """A bucket that notes which ranges are read of it."""

    bucket: Bucket
    ranges: list[tuple[int, int]] = field(default_factory=list)

    def read_range(self, key: str, start: int, length: int) -> bytes:
        """Read, and note."""
        self.ranges.append((start, length))
        return self.bucket.read_range(key, start, length)


def ranges_of(store: S3Store, key: str, kind: Kind) -> list[tuple[int, int]]:
    """Return which ranges of an object are read to probe it."""
    noted = Noted(Bucket(BUCKET, store, str))
    probe_file(noted, key, obstore.head(store, key)["size"], kind)
    return noted.ranges


RANGES: dict[str, list[tuple[int, int]]] = {}
"""What was found by `ranges_of`; a step runs many times in one process."""


def bare(store: S3Store, key: str, kind: Kind) -> dict[str, Any]:
    """Read the ranges that `ours` reads, and do nothing with them: what the server takes for them."""
    obstore.head(store, key)
    ranges = RANGES.get(key) or RANGES.setdefault(key, ranges_of(store, key, kind))
    size = sum(len(obstore.get_range(store, key, start=start, length=n)) for start, n in ranges)
    return {"bytes": size, "requests": len(ranges), "grade": "-"}


def baseline(store: S3Store, key: str, kind: Kind) -> dict[str, Any]:  # noqa: ARG001 - as `ours`
    """Download one object, and ask ffprobe."""
    with tempfile.NamedTemporaryFile(suffix=key.rpartition("/")[2]) as file:
        size = 0
        for chunk in obstore.get(store, key).stream(min_chunk_size=MEGABYTE):
            size += file.write(chunk)
        file.flush()
        ffprobe = shutil.which("ffprobe")
        if ffprobe:
            shown = [ffprobe, "-v", "error", "-show_format", "-show_streams", "-of", "json", file.name]
            subprocess.run(shown, check=True, stdout=subprocess.DEVNULL)
        else:
            with av.open(file.name) as container:
                assert container.streams
    return {"bytes": size, "requests": 1, "grade": "-"}


STEPS: dict[str, Callable[[S3Store, str, Kind], dict[str, Any]]] = {
    "ours": ours,
    "bare": bare,
    "baseline": baseline,
}


def measured(server: BucketServer, step: str, key: str, kind: Kind, times: int) -> dict[str, Any]:
    """Do *step* with one object *times* over, many of them together, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.probe", step, key, kind.value, str(times)],
        check=True,
        stdout=subprocess.PIPE,
        env={
            **os.environ,
            "BENCH_ENDPOINT": server.endpoint,
            "AWS_REGION": server.region,
            "AWS_ACCESS_KEY_ID": server.access_key_id,
            "AWS_SECRET_ACCESS_KEY": server.secret_access_key,
        },
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def probe(items: int = 256) -> dict[str, Any]:
    """Measure both with films of all sizes, *items* files of each, and ours with a file of each other kind."""
    with tempfile.TemporaryDirectory() as directory, running_bucket_server(Path(directory)) as server:
        server.create_bucket(BUCKET)
        store = server.store(BUCKET)
        sizes = {}
        for name, megabytes in FILMS.items():
            key = f"{megabytes}.mp4"
            obstore.put(store, key, film(megabytes))
            fewer = max(2, items // 4 // _FACTORS[name])
            sizes[name] = {"baseline": measured(server, "baseline", key, Kind.VIDEO, fewer)}
        for _ in range(ROUNDS):  # all sizes in turn, as the machine may have other work
            for name, megabytes in FILMS.items():
                for step in ("ours", "bare"):
                    found = measured(server, step, f"{megabytes}.mp4", Kind.VIDEO, items)
                    before = sizes[name].get(step, found)
                    sizes[name][step] = max(before, found, key=lambda one: one["per_second"])
        kinds = {}
        for key, (kind, content) in others().items():
            obstore.put(store, key, content)
            kinds[key] = {"size": len(content), **measured(server, "ours", key, kind, 1)}
    middle = sizes["50 MB"]
    return {
        "bench": "probe",
        "size": items,
        "ours": middle["ours"]["bytes"],
        "baseline": middle["baseline"]["bytes"],
        "ratio": round(middle["baseline"]["bytes"] / middle["ours"]["bytes"], 1),
        "peak_mb": max(found["ours"]["peak_mb"] for found in sizes.values()),
        "peak_mb_at_64_in_flight": {n: f["ours"]["peak_mb"] for n, f in sizes.items()},
        "speed_to_bare_ranges": {
            n: round(f["ours"]["per_second"] / f["bare"]["per_second"], 2) for n, f in sizes.items()
        },
        "speed_of_50_mb_to_2_mb": _to_smallest(sizes, "50 MB", "per_second"),
        "speed_of_500_mb_to_2_mb": _to_smallest(sizes, "500 MB", "per_second"),
        "cpu_of_500_mb_to_2_mb": _to_smallest(sizes, "500 MB", "cpu_ms"),
        "times_fewer_bytes": {
            n: round(f["baseline"]["bytes"] / f["ours"]["bytes"], 1) for n, f in sizes.items()
        },
        "times_as_fast": {
            n: round(f["ours"]["per_second"] / f["baseline"]["per_second"], 1) for n, f in sizes.items()
        },
        "films": sizes,
        "kinds": kinds,
    }


def _to_smallest(sizes: dict[str, dict[str, Any]], name: str, what: str) -> float:
    """Return a figure of ours with films of one size, as a multiple of that with the smallest."""
    return round(float(sizes[name]["ours"][what]) / float(sizes["2 MB"]["ours"][what]), 2)


def main() -> None:
    """Run one step and print what it took."""
    step, key, kind, times = sys.argv[1:]
    store = S3Store(
        BUCKET, endpoint=os.environ["BENCH_ENDPOINT"], client_options={"allow_http": True, "timeout": "600s"}
    )
    imported = peak_mb()
    STEPS[step](store, key, Kind(kind))
    begun, cpu = time.monotonic(), time.process_time()
    with ThreadPoolExecutor(IN_FLIGHT) as threads:
        work = itertools.repeat((store, key, Kind(kind)), int(times))
        results = list(threads.map(lambda arguments: STEPS[step](*arguments), work))
    seconds = time.monotonic() - begun
    took = {
        "per_second": round(int(times) / seconds, 2),
        "cpu_ms": round((time.process_time() - cpu) / int(times) * 1000, 1),
        "peak_mb": round(peak_mb(), 1),
        "start_mb": round(imported, 1),
    }
    print(json.dumps({**results[0], **took}))


if __name__ == "__main__":
    main()
