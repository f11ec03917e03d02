"""The benchmarks of the service and of its search run to their ends and say what they should; their figures are
nobody's test."""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

BENCH = Path(__file__).parents[2] / "bench"


def test_the_service_is_measured_beside_the_floor(tmp_path: Path) -> None:
    written, folder = tmp_path / "figures.json", Path(mkdtemp(prefix="b"))  # its sockets need a short path
    command: list[str | Path] = [sys.executable, BENCH / "service.py", "--quick", "--json", written, "--folder", folder]
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


def test_the_search_is_measured(tmp_path: Path) -> None:
    written, folder = tmp_path / "figures.json", Path(mkdtemp(prefix="b"))
    command: list[str | Path] = [sys.executable, BENCH / "search.py", "--quick", "--json", written, "--folder", folder]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(written.read_text())
    assert {"first page", "a slip", "author and common word"} <= {one["kind"] for one in found["alone"]}
    for one in found["alone"]:
        for lists in (one["times"], one["service"], one["database"]):
            assert [len(times) for times in lists] == [found["scale"]["rounds"]] * 2
        assert all(cpu > 0 for cpu in one["service"][1] + one["database"][1]), one["kind"]
    assert [(one["courses"], one["look"]) for one in found["crowds"]] == [(100, 3), (300, 3), (100, 0), (300, 0)]
    for one in found["crowds"]:
        assert one["answered"] > 0
        assert 0 < one["p50"] <= one["p95"]
    assert "4 people type" in ran.stdout
    folder.rmdir()
