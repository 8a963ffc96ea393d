from pathlib import Path

from rewards_portal.supervisor.environment import demo_environment, write_environment


def demo(path: Path, **outer: str) -> dict[str, str]:
    return demo_environment(
        path, outer=outer, simulator_url="http://127.0.0.1:8900", redis_url="unix:///r.sock?db=0", port=8000
    )


def test_secrets_are_kept_from_one_start_to_the_next(tmp_path: Path) -> None:
    path = tmp_path / "portal.env"
    first = demo(path)
    write_environment(path, first)
    assert demo(path) == first


def test_secrets_differ_between_installations(tmp_path: Path) -> None:
    one, other = demo(tmp_path / "a"), demo(tmp_path / "b")
    assert [one[name] == other[name] for name in ("SECRET_KEY", "DATA_KEY")] == [False, False]


def test_file_is_for_this_user_only(tmp_path: Path) -> None:
    path = tmp_path / "portal.env"
    path.write_text("SECRET_KEY=old\n")
    path.chmod(0o644)
    write_environment(path, demo(path))
    assert path.stat().st_mode & 0o777 == 0o600


def test_database_of_the_caller_is_used(tmp_path: Path) -> None:
    assert demo(tmp_path / "a", DATABASE_URL="postgresql:///x")["DATABASE_URL"] == "postgresql:///x"


def test_demo_never_leaves_the_simulator(tmp_path: Path) -> None:
    outer = {"ENKASH_ENVIRONMENT": "live", "ENKASH_API_URL": "https://example.com"}
    made = demo(tmp_path / "a", **outer)
    assert (made["ENKASH_ENVIRONMENT"], made["ENKASH_API_URL"]) == ("simulator", "http://127.0.0.1:8900")
