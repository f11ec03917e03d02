"""The benchmark of the service runs to its end and says what it should; its figures are nobody's test."""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

BENCH = Path(__file__).parents[2] / "bench" / "service.py"


def test_the_service_is_measured_beside_the_floor(tmp_path: Path) -> None:
    written, folder = tmp_path / "figures.json", Path(mkdtemp(prefix="b"))  # its sockets need a short path
    command: list[str | Path] = [sys.executable, BENCH, "--quick", "--json", written, "--folder", folder]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(written.read_text())
    compared = {(one["operation"], one["courses"]): one for one in found["compared"]}
    assert list(compared) == [("page", 200), ("page", 1_000), ("save", 1_000)]
    assert found["page_growth"] > 0
    for one in compared.values():
        assert one["reached"] == (one["ratio"] >= one["goal"] == 0.7)
        assert one["cpu_ratio"] > 0
        for runs in (one["floor"], one["service"]):
            assert len(runs) == found["scale"]["pairs"]
            assert all(run["per_second"] > 0 and run["cpu"] > 0 and 0 < run["p50"] <= run["p95"] for run in runs)
    assert all(f"{operation:5}{courses:>8,} service" in ran.stdout for operation, courses in compared)
    folder.rmdir()  # which fails where the benchmark leaves anything behind
