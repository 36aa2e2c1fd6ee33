"""A real Chromium before the local AWS: a page of a stranger gets nothing, and a deployed site goes on working."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from tests.frontend.chromium import launched
from tests.petc_local.running import ACCOUNT, LocalAws, local_aws
from tests.petc_local.types.deploying import att, create, ref
from tests.petc_local.types.test_cloudfront import site

STRANGER = "stranger.example"
RESOLVE = f"--host-resolver-rules=MAP {STRANGER} 127.0.0.1"
"""The stranger's name leads to this machine: its page is served here, and it rebinds to the local AWS."""


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with local_aws(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture(scope="module")
def started() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    with launched(RESOLVE) as running:
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield running, loop
        asyncio._set_running_loop(loop)


@pytest.fixture
def page(started: tuple[Browser, asyncio.AbstractEventLoop]) -> Iterator[Page]:
    browser, loop = started
    asyncio._set_running_loop(loop)
    with browser.new_context() as context:
        yield context.new_page()
    asyncio._set_running_loop(None)


class _Blank(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<title>stranger</title>")

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture(scope="module")
def stranger() -> Iterator[str]:
    """The address of a page on another origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Blank)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{STRANGER}:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def code_that_writes(path: Path) -> str:
    """Return a template whose creation runs a function on this machine: what a stranger would like to do."""
    code = f"def handler(event, context):\n    open({str(path)!r}, 'w').write('ran')\n    return {{}}\n"
    role = {"Version": "2012-10-17", "Statement": []}
    function = {
        "Runtime": "python3.11",
        "Handler": "index.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"ZipFile": code},
    }
    custom = {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}, "ServiceTimeout": 3}
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": role}},
        "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
        "Run": {"Type": "Custom::Run", "Properties": custom},
    }
    return json.dumps({"Resources": resources})


def call(name: str, path: Path) -> str:
    """Return the query of a call that makes such a stack."""
    values = {
        "Action": "CreateStack",
        "Version": "2010-05-15",
        "StackName": name,
        "Capabilities.member.1": "CAPABILITY_IAM",
        "TemplateBody": code_that_writes(path),
    }
    return "&".join(f"{key}={quote(value)}" for key, value in values.items())


SENT = {
    "image": "([base, query]) => new Promise(done => { const image = new Image();"
    " image.onload = image.onerror = done; image.src = `${base}/?${query}`; })",
    "script": "([base, query]) => new Promise(done => { const it = document.createElement('script');"
    " it.onload = it.onerror = done; it.src = `${base}/?${query}`; document.head.append(it); })",
    "fetch": "([base, query]) => fetch(`${base}/`, {method: 'POST', mode: 'no-cors',"
    " headers: {'Content-Type': 'application/x-www-form-urlencoded'}, body: query}).catch(() => 0)",
    "text": "([base, query]) => fetch(`${base}/?${query}`, {method: 'POST', mode: 'no-cors',"
    " headers: {'Content-Type': 'text/plain'}, body: 'x'}).catch(() => 0)",
    "beacon": "([base, query]) => navigator.sendBeacon(`${base}/?${query}`, 'x')",
    "presigned": "([base, query]) => fetch(`${base}/?${query}&X-Amz-Signature=0&X-Amz-Credential="
    "123456789012/20261123/us-west-2/cloudformation/aws4_request`, {mode: 'no-cors'}).catch(() => 0)",
    "frame": "([base, query]) => new Promise(done => { const it = document.createElement('iframe');"
    " it.onload = done; it.src = `${base}/?${query}`; document.body.append(it); })",
    "form": "([base, query]) => { const form = document.createElement('form'); form.method = 'post';"
    " form.enctype = 'text/plain'; form.action = `${base}/?${query}`; document.body.append(form); form.submit(); }",
    "link": "([base, query]) => { location.href = `${base}/?${query}`; }",
}
"""The ways in which a page sends a request without asking first, by their code in the page."""


def stacks(aws: LocalAws) -> set[str]:
    """Return the stacks of the account that a request without signature reaches."""
    found = aws.client("cloudformation", account=ACCOUNT).list_stacks()["StackSummaries"]
    return {stack["StackName"] for stack in found}


@pytest.mark.parametrize(
    ("way", "base"),
    [
        *((way, "http://127.0.0.1") for way in SENT),
        *(
            (way, base)
            for way in ("image", "fetch", "link")
            for base in ("http://localhost", "http://s.localhost")
        ),
    ],
)
def test_a_page_of_a_stranger_runs_no_code(
    aws: LocalAws, page: Page, stranger: str, tmp_path: Path, way: str, base: str
) -> None:
    name, written = (
        f"{way}-{base.partition('://')[2].replace('.', '-')}-x".replace("127", "n"),
        tmp_path / "ran",
    )
    with page.expect_request(lambda asked: "CreateStack" in f"{asked.url}{asked.post_data}"):
        page.goto(stranger)
        page.evaluate(SENT[way], [f"{base}:{aws.server.port}", call(name, written)])
    time.sleep(0.5)

    assert name not in stacks(aws)
    assert not written.exists()


def test_a_name_that_is_rebound_reads_nothing(aws: LocalAws, page: Page) -> None:
    """The stranger's page has the port of the local AWS, so after the rebinding it is of the same origin."""
    address = f"http://{STRANGER}:{aws.server.port}"
    page.goto(address)  # what is refused is a document of this origin too
    asked = [
        "/?Action=ListStacks&Version=2010-05-15",
        "/_petc/health",
        "/_petc/inventory",
        "/_ministack/health",
        "/health",
        "/2015-03-31/functions",
        "/",
    ]
    signature = "AWS4-HMAC-SHA256 Credential=123456789012/20261123/us-west-2/s3/aws4_request, Signature=0"
    told = page.evaluate(
        "([paths, signature]) => Promise.all(paths.flatMap(path => [{}, {Authorization: signature}].map("
        "headers => fetch(path, {headers}).then(answer => answer.status))))",
        [asked, signature],
    )

    assert told == [403] * len(told)


def test_a_stranger_opens_no_websocket(aws: LocalAws, page: Page, stranger: str) -> None:
    api = aws.client("apigatewayv2").create_api(
        Name="chat", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"
    )["ApiId"]
    aws.client("apigatewayv2").create_stage(ApiId=api, StageName="v1")
    opens = (
        "(address) => new Promise(done => { const it = new WebSocket(address);"
        " it.onopen = () => done('open'); it.onerror = () => done('refused'); })"
    )
    port = aws.server.port
    addresses = [
        f"ws://127.0.0.1:{port}/_aws/execute-api/{api}/v1",
        f"ws://{api}.execute-api.localhost:{port}/v1",
    ]
    page.goto(stranger)

    assert [page.evaluate(opens, address) for address in addresses] == ["refused", "refused"]


@pytest.fixture(scope="module")
def deployed(aws: LocalAws) -> dict[str, str]:
    made = create(
        aws,
        site(aws),
        outputs={"Host": att("Site", "DomainName"), "Files": ref("Files"), "Api": ref("Api")},
    )
    assert made.status == "CREATE_COMPLETE", made.reasons
    client = aws.client("s3")
    page = b"<!doctype html><title>the site</title><script src='/it.js'></script>"
    client.put_object(Bucket=made.outputs["Files"], Key="index.html", Body=page, ContentType="text/html")
    client.put_object(
        Bucket=made.outputs["Files"],
        Key="it.js",
        Body=b"document.title += ' runs'",
        ContentType="text/javascript",
    )
    label = made.outputs["Host"].partition(".")[0]
    return {
        "site": f"http://{label}.cloudfront.localhost:{aws.server.port}/",
        "api": f"http://{made.outputs['Api']}.execute-api.localhost:{aws.server.port}/v1/api",
        "files": made.outputs["Files"],
    }


class TestSite:
    """A distribution with files and an API behind it, opened at its own host."""

    def test_it_runs_and_calls_its_api(self, page: Page, deployed: dict[str, str]) -> None:
        page.goto(deployed["site"])
        beside = page.evaluate("() => fetch('/api').then(answer => answer.text())")
        posted = page.evaluate(
            "() => fetch('/api', {method: 'POST', body: '{}'}).then(answer => answer.text())"
        )
        across = page.evaluate(
            "(api) => fetch(api, {mode: 'no-cors'}).then(answer => answer.type)", deployed["api"]
        )

        assert page.title() == "the site runs"
        assert beside == "hello"
        assert "may not ask" not in posted  # the distribution has GET and HEAD only
        assert across == "opaque"

    def test_its_call_to_the_api_at_another_host_is_answered(
        self, page: Page, deployed: dict[str, str]
    ) -> None:
        page.goto(deployed["site"])
        with page.expect_response(deployed["api"]) as found:
            page.evaluate("(api) => fetch(api, {mode: 'no-cors'})", deployed["api"])

        assert found.value.status == 200

    def test_a_link_leads_to_it(self, page: Page, stranger: str, deployed: dict[str, str]) -> None:
        page.goto(stranger)
        page.evaluate("(address) => { location.href = address; }", deployed["site"])
        page.wait_for_url(deployed["site"])

        assert page.title() == "the site runs"

    def test_its_page_gets_and_puts_objects_by_presigned_addresses(
        self, aws: LocalAws, page: Page, deployed: dict[str, str]
    ) -> None:
        asked = {"Bucket": deployed["files"], "Key": "up.txt"}
        client = aws.client("s3")
        put, got = (client.generate_presigned_url(name, asked) for name in ("put_object", "get_object"))
        page.goto(deployed["site"])
        page.evaluate("(address) => fetch(address, {method: 'PUT', body: 'hello'})", put)

        assert page.evaluate("(address) => fetch(address).then(answer => answer.text())", got) == "hello"

    def test_a_stranger_embeds_and_asks_nothing_of_it(
        self, page: Page, stranger: str, deployed: dict[str, str]
    ) -> None:
        told: list[int] = []
        page.on("response", lambda answer: told.append(answer.status) if stranger not in answer.url else None)
        page.goto(stranger)
        for address in (deployed["site"], deployed["api"]):
            page.evaluate("(address) => fetch(address, {mode: 'no-cors'}).catch(() => 0)", address)
            page.evaluate(
                "(address) => fetch(address, {method: 'POST', mode: 'no-cors'}).catch(() => 0)", address
            )

        assert told == [403] * 4
