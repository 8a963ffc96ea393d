from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finder
from django.template import Context, Template

from allocations.domain.policy import Actor, Role
from allocations.presenters.shell import shell
from allocations.selectors.shell import OpenWork
from rewards_portal import packages


@pytest.fixture
def finder():
    return get_finder("rewards_portal.packages.PackageFinder")


def test_every_named_file_is_installed(finder) -> None:
    missing = [path for path in packages.sources() if not finder.find(path)]
    assert missing == []


def test_script_of_the_template_tag_is_among_them(finder) -> None:
    tag = Template("{% load django_htmx %}{% htmx_script %}").render(Context())
    assert [f"/static/{path}" in tag for path in packages.sources() if path.endswith(".js")] == [True]


def test_other_file_of_a_package_is_not_found(finder) -> None:
    assert finder.find("packages/../@tabler/core/package.json") == []


def test_exactly_the_named_files_are_collected(finder) -> None:
    collected = {path: storage.path(path) for path, storage in finder.list([])}
    assert collected == {path: str(Path(finder.find(path))) for path in packages.sources()}


def test_every_page_of_the_navigation_has_its_icon() -> None:
    everybody = Actor(id=1, name="Asha Rao", roles=frozenset(Role))
    pages = [
        item.page
        for item in shell(everybody, work=OpenWork(approvals=0, runs=0), url_name="home", environment="uat").nav
    ]
    styles = (settings.BASE_DIR / "static" / "portal.css").read_text()
    assert [page for page in pages if f"packages/icon-{page}.svg" not in packages.FILES] == []
    assert [page for page in pages if f'.to-{page} {{ --icon: url("packages/icon-{page}.svg")' not in styles] == []
