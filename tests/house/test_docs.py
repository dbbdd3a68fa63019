"""The documents tell the truth about what is there now."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from etl.source import sources
from etl.sources.csv_folder import read_mapping
from tests.house import reference
from tests.house.code import ROOT

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_reference_is_what_the_code_says() -> None:
    assert reference.REFERENCE.read_text(encoding="utf-8") == reference.text(), "run `make docs`"


def test_every_direct_dependency_says_why_it_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {re.split(r"[<>=;\[ ]", line)[0] for line in wanted}
    told = (ROOT / "docs" / "dependencies.md").read_text()
    assert not {name for name in names if name not in told}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text())
    assert not [target for target in targets if not (document.parent / target).exists()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_in_documents_exist(document: Path) -> None:
    known = {command.strip("`").removeprefix("python -m ") for command, _ in reference._commands()}
    known |= {" ".join(command.split()[:2]) for command in known}
    used = re.findall(r"python -m ((?:etl|dashapp)(?: [a-z]+){1,2})", document.read_text())
    assert not [text for text in used if text not in known and " ".join(text.split()[:2]) not in known]


def test_the_readme_names_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "make run" in readme
    assert "make test" in readme


def test_the_mapping_in_the_documents_is_one_the_product_accepts(tmp_path: Path) -> None:
    shown = re.search(r"```yaml\n(.*?)```", (ROOT / "docs" / "sources.md").read_text(), re.DOTALL)
    assert shown
    (tmp_path / "mapping.yaml").write_text(shown.group(1))
    assert read_mapping(tmp_path / "mapping.yaml").shop.currency == "EUR"


def test_every_source_is_described() -> None:
    told = (ROOT / "docs" / "sources.md").read_text()
    assert not [name for name in sources() if f"| `{name}` |" not in told]
