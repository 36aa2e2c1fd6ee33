"""Lock files, as pip reads them."""

from __future__ import annotations

import pytest

from petc.deploy.assets.requirements import Lock, parsed
from petc.diagnostics import Rejected

A, B = "a" * 64, "b" * 64


def test_a_requirement_takes_several_lines_and_hashes() -> None:
    lock = parsed(
        f"# lock\nmail==1.0 \\\n    --hash=sha256:{A} \\\n    --hash=sha256:{B}  # via x\n", "r.txt"
    )

    assert [(item.name, str(item), item.hashes) for item in lock.requirements] == [
        ("mail", "mail==1.0", (A, B))
    ]


def test_pip_is_given_each_requirement_on_one_line() -> None:
    (requirement,) = parsed(f"mail[tls]==1.0 \\\n --hash=sha256:{A}\n", "r.txt").requirements

    assert requirement.line == f"mail[tls]==1.0 --hash=sha256:{A}"


def test_options_are_kept_apart() -> None:
    lock = parsed("--index-url https://example.com/simple\n\n# nothing else\n", "r.txt")

    assert lock == Lock(("--index-url https://example.com/simple",), ())


@pytest.mark.parametrize("option", ["--no-binary :all:", "--pre", "--use-feature=x", "--prefer-binary"])
def test_an_option_that_changes_what_is_taken_is_refused(option: str) -> None:
    with pytest.raises(Rejected) as caught:
        parsed(f"{option}\n", "requirements.txt")

    assert [item.code for item in caught.value.diagnostics] == ["package-option"]


def test_wheels_only_is_what_holds_anyway() -> None:
    assert parsed("--only-binary :all:\n", "requirements.txt") == Lock()


def test_a_marker_is_refused_for_pip_would_judge_it_by_another_python() -> None:
    with pytest.raises(Rejected) as caught:
        parsed(f'mail==1.0 ; python_version < "3.12" --hash=sha256:{A}\n', "mail/requirements.txt")

    assert [item.code for item in caught.value.diagnostics] == ["package-marker"]
    assert "mail/requirements.txt" in str(caught.value)
