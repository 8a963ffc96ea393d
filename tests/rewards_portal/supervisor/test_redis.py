import shutil
import tempfile
from pathlib import Path

import pytest
from redis import Redis

from rewards_portal.supervisor.redis import redis_binary, redis_url, socket_path


def test_binary_of_the_machine_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: "/somewhere/redis-server")
    assert redis_binary() == Path("/somewhere/redis-server")


def test_binary_of_the_wheel_serves_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert redis_binary().name == "redis-server"


def test_socket_stays_in_a_short_folder(tmp_path: Path) -> None:
    assert socket_path(Path("/var/demo")) == Path("/var/demo/redis.sock")


@pytest.mark.parametrize("folder", ["/" + "long/" * 30, "/a folder"])
def test_socket_leaves_a_folder_that_is_too_long_or_has_a_space(folder: str, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = socket_path(Path(folder))
    assert (path.name, path.parent.parent, path.parent.is_dir()) == ("redis.sock", tmp_path, True)


def test_url_of_a_path_with_a_space_is_understood() -> None:
    client = Redis.from_url(redis_url(Path("/a folder/redis.sock")))
    assert client.connection_pool.connection_kwargs["path"] == "/a folder/redis.sock"


def test_server_keeps_jobs_rather_than_evicting_them(redis_server: str) -> None:
    with Redis.from_url(redis_server) as client:
        settings = [client.config_get(name)[name] for name in ("maxmemory-policy", "appendonly", "port")]
    assert settings == ["noeviction", "yes", "0"]
