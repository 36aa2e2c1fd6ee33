"""The GitHub workflow that `petc init --workflows github` writes: plan on pull requests, deploy from main.

Actions are pinned by commit, and petc and all that it needs by hash or commit: some of the jobs hold AWS
credentials, and a tag or a name on an index can be moved to other code.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from petc.cli.install_source import PetcSource

CHECKOUT = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2"
SETUP_PYTHON = "actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0"
UPLOAD = "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2"
DOWNLOAD = "actions/download-artifact@d3f86a106a0bac45b974a628896c90dbdf5c8093 # v4.3.0"
CREDENTIALS = "aws-actions/configure-aws-credentials@7474bc4690e29a8392af63c5b98e7449536d5c3a # v4.3.1"

COMMENT_LIMIT = 60_000
"""Characters of a comment; GitHub takes 65,536. (assumed: the web API refuses longer bodies)"""


REQUIREMENTS = ".github/petc-requirements.txt"
"""The file that says what the workflow installs, beside the workflow's folder."""

_REQUIREMENTS_HEAD = """\
# What .github/workflows/deploy.yml installs: petc and all that it needs, each with its hash.
# Written by petc init --workflows github; a newer petc writes it again once this file and the workflow are gone.
"""


def requirements(source: PetcSource) -> str:
    """Return the text of the requirements file: petc's own lock, and petc where a hash identifies it."""
    lock = resources.files("petc.bundled.requirements").joinpath("run.txt").read_text("utf-8")
    return _REQUIREMENTS_HEAD + (f"{source.requirement}\n" if source.requirement else "") + lock


def install(source: PetcSource) -> str:
    """Return the steps that put petc on the path, from `REQUIREMENTS` and with hashes.

    Only wheels are taken, since building a source distribution runs its code. A commit of petc is built without
    isolation, by the setuptools of the same file, and without looking for further requirements.
    """
    pip = "python -m pip install --disable-pip-version-check"
    steps = f"""\
      - uses: {SETUP_PYTHON}
        with:
          python-version: "3.13"
      - run: >-
          {pip}
          --require-hashes --only-binary=:all:
          -r {REQUIREMENTS}
"""
    if source.commit:
        steps += f"""\
      - run: {pip} --no-deps --no-build-isolation "petc @ {source.commit}"
"""
    return steps


def deploy(stages: Sequence[str], setup: str) -> str:
    """Return the text of `.github/workflows/deploy.yml` for stages in their order; `setup` installs petc."""
    return "".join(
        (
            _HEAD,
            _check(setup),
            _plan(stages, setup),
            _COMMENT.replace("@LIMIT@", str(COMMENT_LIMIT)),
            *(_deployed(stage, before, setup) for stage, before in zip(stages, ("", *stages), strict=False)),
        )
    )


_HEAD = """\
# Plans pull requests and deploys main. Nothing happens on AWS until these are set in the repository:
#
# * variable PETC_REGION: the region that petc talks to first, such as us-west-2
# * variable PETC_PLAN_ROLE: ARN of a role that may only read, for plans of pull requests
# * variable PETC_DEPLOY: the stages that main deploys, such as ["dev"]
# * an environment for each stage, with a variable PETC_DEPLOY_ROLE, and reviewers where somebody has to
#   approve first
#
# Both roles trust GitHub's OIDC provider for this repository: the one for plans the subject
# repo:OWNER/NAME:pull_request, each of the others repo:OWNER/NAME:environment:STAGE. No key is stored.
name: deploy

on:
  pull_request:
  push:
    branches: [main]

permissions:
  contents: read

jobs:
"""


def _check(setup: str) -> str:
    return f"""\
  check:
    name: the spec is sound and generated/ is what it compiles to
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    steps:
      - uses: {CHECKOUT}
        with:
          persist-credentials: false
{setup}\
      - run: petc validate --format github
      - run: petc compile --check --format github
      - name: keep what is to be reviewed
        uses: {UPLOAD}
        with:
          name: review
          path: generated/
          retention-days: 30
"""


def _plan(stages: Sequence[str], setup: str) -> str:
    return f"""\

  # Only branches of this repository: a fork gets no token for AWS, and should not.
  plan:
    name: plan ${{{{ matrix.stage }}}}
    needs: check
    if: >-
      github.event_name == 'pull_request' && vars.PETC_PLAN_ROLE != ''
      && github.event.pull_request.head.repo.full_name == github.repository
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    permissions:
      contents: read
      id-token: write # GitHub's word for who runs, which the role trusts
    concurrency:
      group: plan-${{{{ github.ref }}}}-${{{{ matrix.stage }}}}
      cancel-in-progress: true
    strategy:
      fail-fast: false
      matrix:
        stage: [{", ".join(f'"{stage}"' for stage in stages)}]
    steps:
      - uses: {CHECKOUT}
        with:
          persist-credentials: false
{setup}\
      - uses: {CREDENTIALS}
        with:
          role-to-assume: ${{{{ vars.PETC_PLAN_ROLE }}}}
          aws-region: ${{{{ vars.PETC_REGION }}}}
      - name: plan
        env:
          STAGE: ${{{{ matrix.stage }}}}
          NO_COLOR: "1"
        run: |
          set -o pipefail
          petc plan --stage "$STAGE" 2>&1 | tee "plan-$STAGE.txt"
      - name: keep the plan
        if: ${{{{ !cancelled() }}}}
        uses: {UPLOAD}
        with:
          name: plan-${{{{ matrix.stage }}}}
          path: plan-${{{{ matrix.stage }}}}.txt
          retention-days: 30
"""


_COMMENT = f"""\

  # Apart from the plan, so that no job both runs the branch's spec with AWS credentials and may write here.
  comment:
    name: show the plans at the pull request
    needs: plan
    if: ${{{{ !cancelled() && needs.plan.result != 'skipped' }}}}
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      pull-requests: write # the comment, and nothing else
    steps:
      - uses: {DOWNLOAD}
        with:
          pattern: plan-*
          merge-multiple: true
          path: plans
      - name: write the comment, or change the one that is there
        env:
          GH_TOKEN: ${{{{ github.token }}}}
          NUMBER: ${{{{ github.event.pull_request.number }}}}
          RUN: ${{{{ github.server_url }}}}/${{{{ github.repository }}}}/actions/runs/${{{{ github.run_id }}}}
        run: |
          python3 - <<'END'
          import json, os, pathlib, re, subprocess

          MARK = "<!-- petc plan -->"
          comments = f"repos/{{os.environ['GITHUB_REPOSITORY']}}/issues/{{os.environ['NUMBER']}}/comments"
          plans = sorted(pathlib.Path("plans").glob("plan-*.txt"))
          room = @LIMIT@ // max(1, len(plans))

          def gh(*arguments, body=None):
              given = ["--input", "-"] if body else []
              text = json.dumps({{"body": body}}) if body else None
              command = ["gh", "api", *arguments, *given]
              return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout

          def shown(path):
              # What cannot be seen might hide text; a fence longer than any within keeps everything text.
              text = path.read_text("utf-8", "replace").rstrip()
              text = re.sub(r"\\x1b\\[[0-9;]*m", "", text)
              text = "".join(sign if sign.isprintable() or sign in "\\n\\t" else "?" for sign in text)
              if len(text) > room:
                  text = text[:room] + "\\n… the rest is in the artifact of the run"
              fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
              stage = re.sub(r"[^A-Za-z0-9-]", "?", path.stem.removeprefix("plan-"))
              return f"### {{stage}}\\n\\n{{fence}}text\\n{{text}}\\n{{fence}}\\n"

          parts = [shown(path) for path in plans] or ["No plan was made.\\n"]
          body = "\\n".join([MARK, "## petc plan\\n", *parts, f"[The run]({{os.environ['RUN']}})"])
          query = f'.[] | select(.user.login == "github-actions[bot]" and (.body | startswith("{{MARK}}"))) | .id'
          found = gh("--paginate", comments, "--jq", query).split()
          if found:
              place = f"repos/{{os.environ['GITHUB_REPOSITORY']}}/issues/comments/{{found[0]}}"
              gh("--method", "PATCH", place, body=body)
          else:
              gh("--method", "POST", comments, body=body)
          END
"""


def _deployed(stage: str, before: str, setup: str) -> str:
    after = f"[check, deploy-{before}]" if before else "check"
    # A stage that main does not deploy is skipped, and does not keep the next one from it.
    skipped = (
        f"\n      && (needs.deploy-{before}.result == 'success' || needs.deploy-{before}.result == 'skipped')"
    )
    return f"""\

  deploy-{stage}:
    name: deploy {stage}
    needs: {after}
    if: >-
      ${{{{ !cancelled() && github.event_name == 'push' && needs.check.result == 'success'
      && contains(fromJSON(vars.PETC_DEPLOY || '[]'), '{stage}'){skipped if before else ""} }}}}
    runs-on: ubuntu-24.04
    timeout-minutes: 180
    # Approval, and the role, belong to the environment.
    environment: "{stage}"
    permissions:
      contents: read
      id-token: write # GitHub's word for who runs, which the role trusts
    # One after the other, and none is cancelled once it runs. Of those that wait only the newest stays,
    # which deploys what the others would have.
    concurrency:
      group: deploy-{stage}
      cancel-in-progress: false
    steps:
      - uses: {CHECKOUT}
        with:
          persist-credentials: false
{setup}\
      - uses: {CREDENTIALS}
        with:
          role-to-assume: ${{{{ vars.PETC_DEPLOY_ROLE }}}}
          aws-region: ${{{{ vars.PETC_REGION }}}}
          # A first deployment takes its time. More than an hour has to be allowed by the role, too.
          role-duration-seconds: ${{{{ vars.PETC_SESSION_SECONDS || 3600 }}}}
      - run: petc deploy --stage {stage} --yes --confirm {stage} --wait
        env:
          NO_COLOR: "1"
"""
