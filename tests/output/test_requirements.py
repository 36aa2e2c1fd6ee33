"""Lock files: single versions with hashes, and nothing that pip could run."""

from __future__ import annotations

import pytest

from petc.diagnostics import Rejected
from petc.output.requirements import RequirementsLock, parsed

A, B = "a" * 64, "b" * 64
HASH = f"--hash=sha256:{A}"


def read(text: str) -> RequirementsLock:
    return parsed(text.encode(), "mail/requirements.txt")


def refused(text: str) -> tuple[str, str]:
    with pytest.raises(Rejected) as caught:
        read(text)
    (problem,) = caught.value.diagnostics
    return problem.code, problem.message


def test_a_requirement_takes_several_lines_and_hashes() -> None:
    lock = read(f"# lock\nmail==1.0 \\\n    --hash=sha256:{A} \\\n    --hash=sha256:{B}  # via x\n")

    assert [(item.name, str(item), item.hashes) for item in lock.requirements] == [
        ("mail", "mail==1.0", (A, B))
    ]


def test_pip_is_given_each_requirement_on_one_line() -> None:
    (requirement,) = read(f"mail[tls, idn] == 1.0 \\\n {HASH}\n").requirements

    assert requirement.line == f"mail[tls,idn]==1.0 {HASH}"


@pytest.mark.parametrize(
    "version", ["1.0", "1!2.0", "1.0+cpu.1", "2.0.0rc1", "1.0.post1", "2024.7.4", "1.0-1"]
)
def test_every_form_of_a_version_is_taken(version: str) -> None:
    assert read(f"mail=={version} {HASH}").requirements[0].spelled == f"mail=={version}"


def test_an_index_is_kept_apart() -> None:
    lock = read("--index-url https://example.com/simple\n-i https://example.com:8443/\n\n# nothing else\n")

    assert lock == RequirementsLock(
        ("--index-url https://example.com/simple", "-i https://example.com:8443/")
    )


def test_what_holds_anyway_may_be_said() -> None:
    assert read("\ufeff--only-binary :all:\r\n--require-hashes\n") == RequirementsLock()


@pytest.mark.parametrize(
    "line",
    [
        "--no-binary :all:",
        "--only-binary :none:",
        "--only-binary mail",
        "--pre",
        "--prefer-binary",
        "--use-feature=x",
        "--find-links ../wheels",
        "-f .",
        "--find-links=https://example.com/wheels",
        "--no-index",
        "--trusted-host example.com",
        "--config-settings x=y",
        "--global-option=build",
        "--index-url https://example.com/simple --no-binary :all:",
        "--index-url=https://example.com/simple --find-links .",
        "--index-url http://example.com/simple",
        "--index-url file:///tmp/simple",
        "--index-url git+https://example.com/simple",
        "-i https://user:word@example.com/simple",
        "--index-url https://${HOST}/simple",
        "--index-url 'https://example.com/a b'",
        "--index-url ../simple",
        "--extra-index-url",
        "--index-url-x https://example.com",
    ],
)
def test_an_option_that_could_change_what_is_taken_is_refused(line: str) -> None:
    code, message = refused(f"{line}\n")

    assert code == "package-option"
    assert "word" not in message


@pytest.mark.parametrize(
    "line",
    [
        f"evil @ https://example.com/evil.tar.gz {HASH}",
        f"evil@https://example.com/evil-1.0-py3-none-any.whl {HASH}",
        f"evil[x] @ file:///tmp/evil.tar.gz {HASH}",
        f"evil @ git+https://example.com/evil.git@main {HASH}",
        f"evil @ hg+http://example.com/evil {HASH}",
        f"https://example.com/evil.tar.gz {HASH}",
        f"https://example.com/evil.tar.gz#sha256={A}",
        f"git+ssh://git@example.com/evil.git#egg=evil=={HASH}",
        f"file:///tmp/evil {HASH}",
        f"./evil {HASH}",
        f"../evil-1.0.tar.gz {HASH}",
        f"/tmp/evil {HASH}",
        f".\\evil {HASH}",
        f"evil-1.0.tar.gz {HASH}",
        f"evil-1.0-py3-none-any.whl {HASH}",
        f". {HASH}",
        "-e .",
        "-e git+https://example.com/evil.git#egg=evil",
        "--editable=./evil",
        "-r other.txt",
        "-rother.txt",
        "--requirement https://example.com/r.txt",
        "-c constraints.txt",
        "--constraint=c.txt",
        f"mail==1.0 {HASH} --no-binary mail",
        f"mail==1.0 --no-binary mail {HASH}",
        f"mail==1.0 {HASH} --config-settings x=y",
        f"mail==1.0 {HASH} --global-option=build",
        f"mail==1.0 {HASH} --install-option=x",
        f"mail==1.0 {HASH} other==1.0",
        f"mail==1.0 \\\n --index-url https://example.com {HASH}",
        f"mail==1.0 {HASH}\x0b--no-binary :all:",
        f"mail==1.0 {HASH}\x0c-e .",
        f"mail==1.0 {HASH}\u2028-e .",
        f"mail==${{VERSION}} {HASH}",
        f"${{NAME}}==1.0 {HASH}",
        f"mail==1.0 --hash=sha256:{A[:-1]}",
        f"mail==1.0 --hash=sha256:{A}0",
        f"mail==1.0 --hash=sha512:{A}{A}",
        f"mail==1.0 --hash=md5:{A[:32]}",
        "mail==1.0",
        f"mail==1.0 # {HASH}",
        f"mail>=1.0 {HASH}",
        f"mail==1.* {HASH}",
        f"mail===1.0 {HASH}",
        f"mail==1.0,<2 {HASH}",
        f"mail~=1.0 {HASH}",
        f"mail {HASH}",
        f"maïl==1.0 {HASH}",
        f"mail==\uff11.0 {HASH}",
        f'"mail==1.0" {HASH}',
        HASH.replace("--hash", "mail --hash"),
    ],
)
def test_what_is_no_single_version_with_hashes_is_refused(line: str) -> None:
    code, _ = refused(f"{line}\n")

    assert code == "asset-unlocked"


@pytest.mark.parametrize("marker", ['python_version < "3.12"', "sys_platform=='linux'"])
def test_a_marker_is_refused_for_pip_would_judge_it_by_another_python(marker: str) -> None:
    code, message = refused(f"mail==1.0 ; {marker} {HASH}\n")

    assert code == "package-marker"
    assert "mail/requirements.txt" in message


def test_every_line_that_is_wrong_is_named() -> None:
    with pytest.raises(Rejected) as caught:
        read(f"-e .\nmail==1.0 {HASH}\n--pre\n")

    assert [item.code for item in caught.value.diagnostics] == ["asset-unlocked", "package-option"]


def test_a_password_in_an_address_is_not_shown() -> None:
    assert "made-up" not in refused(f"evil @ https://user:made-up@example.com/evil.whl {HASH}")[1]


def test_other_bytes_than_utf_8_are_refused() -> None:
    with pytest.raises(Rejected, match="is not UTF-8 text"):
        parsed(b"mail==1.0 \xff", "requirements.txt")
