"""The reference spec deployed to the local AWS, with a real MariaDB behind it and a model of the tests.

MiniStack's own model gives fixed answers and asks for no tools.
"""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from petc.local import environment, process
from tests.lambda_src import mariadb
from tests.lambda_src.endpoints import Endpoint, LocalAws
from tests.lambda_src.zips import ROOT

DAY = ("--as-of", "2026-11-23")


@dataclass(frozen=True, slots=True)
class Deployed:
    """The stage on the local AWS: the addresses of site and API, its model, and its database."""

    site: str
    api: str
    model: LocalAws
    database: mariadb.Server
    endpoint: str

    def asked(self, body: str) -> tuple[int, str]:
        """Post to the chat through the local API Gateway, and return status and text."""
        parts = urlsplit(self.api)
        # By address, because not every resolver knows names below `localhost`.
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=40)
        headers = {"Host": parts.netloc, "Content-Type": "application/json"}
        connection.request("POST", f"{parts.path.rstrip('/')}/api/genai/chatclient", body.encode(), headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def client(self, service: str) -> Any:
        """Return a client of the local AWS."""
        return boto3.client(
            service, endpoint_url=self.endpoint, region_name="us-west-2",
            aws_access_key_id="123456789012", aws_secret_access_key="local",
        )  # fmt: skip


@contextmanager
def stage(home: Path, server: mariadb.Server) -> Iterator[Deployed]:
    """Deploy `dev` from a copy of the spec in `home` to a local AWS of its own, or skip without a package index."""
    model = LocalAws()
    with ExitStack() as stack:
        bedrock = stack.enter_context(Endpoint(model.respond))
        _project(home, server, bedrock.url)
        stack.callback(process.stop, home / ".petc" / "local")
        _petc(home, "compile", "--stage", "dev", "--no-lint", *DAY)
        _petc(home, "bootstrap", "--stage", "dev", "--local", "--yes")
        _petc(home, "deploy", "--stage", "dev", "--local", "--yes", *DAY)
        status = json.loads(_petc(home, "status", "--stage", "dev", "--local", "--format", "json"))
        here = {item["name"]: next(iter(item["here"].values()), "") for item in status["outputs"]}
        running = process.running(home / ".petc" / "local")
        assert running
        made = Deployed(here["SiteUrl"], here["ApiUrl"], model, server, running.endpoint)
        admit(made)
        yield made


def secret(made: Deployed, function: str, variable: str) -> str:
    """Return the ARN of a secret that a deployed function was given."""
    found = made.client("lambda").get_function_configuration(FunctionName=f"petclinic-dev-{function}")
    return str(found["Environment"]["Variables"][variable])


def held(made: Deployed) -> dict[str, str]:
    """Return what the database's managed secret holds."""
    arn = secret(made, "genai", "CLINIC_SECRET_ARN")
    value: dict[str, str] = json.loads(
        made.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
    )
    return value


def admit(made: Deployed) -> None:
    """Let the database know the user of the managed secret, as RDS does."""
    user = held(made)
    made.database.run(
        f"CREATE OR REPLACE USER {user['username']}@'%' IDENTIFIED BY '{user['password']}' REQUIRE SSL",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON petclinic.* TO {user['username']}@'%'",
    )


def _project(home: Path, server: mariadb.Server, bedrock: str) -> None:
    for part in ("spec", "schemas", "lambda_src", "frontend"):
        shutil.copytree(ROOT / part, home / part, ignore=shutil.ignore_patterns("__pycache__"))
    wheels = ROOT / ".petc" / "wheels"
    if wheels.is_dir():  # so that no index is asked again
        shutil.copytree(wheels, home / ".petc" / "wheels")
    spec = home / "spec" / "petclinic.yaml"
    text = spec.read_text("utf-8")
    own = {"DATABASE_CA": str(server.authority), "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": bedrock}
    for old, new in (
        ("    schema: petclinic\n", f"    schema: petclinic\n    port: {server.port}\n"),
        (
            "    source: ../lambda_src/genai\n",
            f"    source: ../lambda_src/genai\n    environment: {json.dumps(own)}\n",
        ),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    spec.write_text(text, "utf-8")


def _petc(home: Path, *arguments: str) -> str:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("petc")), *arguments],
        cwd=home, capture_output=True, text=True, check=False, timeout=400,
        env={**os.environ, environment.DATABASE: "127.0.0.1", "NO_COLOR": "1"},
    )  # fmt: skip
    for line in (done.stdout + done.stderr).splitlines():
        if line.startswith("error[package-unavailable]: "):
            pytest.skip(line.partition(": ")[2])
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout
