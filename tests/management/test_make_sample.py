from io import StringIO
from pathlib import Path

from django.core.management import call_command


def test_make_sample_writes_both_files_and_names_them(tmp_path: Path) -> None:
    out = StringIO()
    call_command("make_sample", "--rows", "20", "--seed", "2", "--flaws", "--out", str(tmp_path), stdout=out)
    names = ["sample-20-flaws-seed2.csv", "sample-20-flaws-seed2.xlsx"]
    assert out.getvalue().splitlines() == [str(tmp_path / name) for name in names]
    assert len((tmp_path / names[0]).read_text(encoding="utf-8").splitlines()) >= 21
