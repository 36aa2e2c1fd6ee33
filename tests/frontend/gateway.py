"""What stands before the page when it is deployed: its files as deploy publishes them, its headers, its API."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from owner_details import handler as owner_details
from petc.deploy.site import inventory, objects
from petc.deploy.targets import Target
from petc.layers import frontend
from petc.layers.frontend import site_headers
from tests import specs
from tests.frontend import clinic
from tests.frontend.clinic import Clinic
from tests.lambda_src.endpoints import Invocation, Received, Reply

FOLDER = specs.ROOT / "frontend"

Answer = Callable[[Received], Reply]


@cache
def compiled_headers() -> Mapping[str, str]:
    """The headers that layer 11 of the reference spec gives every answer."""
    template = json.loads(json.dumps(frontend.emit(specs.reference("dev")).template))
    config = template["Resources"]["Headers"]["Properties"]["ResponseHeadersPolicyConfig"]
    security = config["SecurityHeadersConfig"]
    return {
        "Content-Security-Policy": security["ContentSecurityPolicy"]["ContentSecurityPolicy"],
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": security["FrameOptions"]["FrameOption"],
        "Referrer-Policy": security["ReferrerPolicy"]["ReferrerPolicy"],
        "Strict-Transport-Security": "max-age={}; includeSubDomains".format(
            security["StrictTransportSecurity"]["AccessControlMaxAgeSec"]
        ),
    }


@cache
def published(api: str) -> Mapping[str, Reply]:
    """The site's files by key, as deploy puts them where pages reach the API at `api`."""
    place = inventory.SitePlace(Target("123456789012", "us-west-2"), "bucket", "", api)
    files = inventory.with_configuration(objects.read(FOLDER), place)
    return {
        item.key: Reply(
            200,
            item.source.read_bytes() if isinstance(item.source, Path) else item.source,
            {"Content-Type": item.content_type, "Cache-Control": item.cache_control},
        )
        for item in files
    }


class Gateway:
    """A server of site and API; `instead` replaces what a path answers, by the start of the path."""

    def __init__(self) -> None:
        self.clinic = Clinic()
        self.received: list[Received] = []
        self.instead: dict[tuple[str, str], Answer] = {}
        self.api = ""
        self.pages_at = ""
        self._is_stopped = False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Gateway:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server; whoever calls it afterwards is refused the connection."""
        self._is_stopped = True
        self._server.shutdown()
        self._server.server_close()

    def writes(self) -> list[tuple[str, str]]:
        """Method and path of every request that could change something."""
        return [(item.method, item.path) for item in self.received if item.method in ("POST", "PUT")]

    def _answer(self, request: Received) -> tuple[Reply, Mapping[str, str]]:
        for (method, start), answer in self.instead.items():
            if request.method == method and request.path.startswith(start):
                return answer(request), self._headers()
        path = urlsplit(request.path).path
        if path.startswith("/services/customers/"):
            return self.clinic.customers(_below(request, "/services/customers")), {}
        if path.startswith("/services/visits/"):
            return self.clinic.visit_service(_below(request, "/services/visits")), {}
        if path.startswith("/api/"):
            return self._api(request), self._headers()
        return self._file(path), self._headers()

    def _api(self, request: Received) -> Reply:
        path = urlsplit(request.path).path
        if request.method == "OPTIONS":
            return Reply(
                204,
                headers={
                    "Access-Control-Allow-Methods": "GET,POST,PUT,OPTIONS",
                    "Access-Control-Allow-Headers": "cache-control,content-type",
                },
            )
        if path.startswith("/api/customers/"):
            return self.clinic.customers(_below(request, "/api/customers"))
        if path.startswith("/api/visits/"):
            return self.clinic.visit_service(_below(request, "/api/visits"))
        if path == "/api/vets/vets":
            return Reply(200, json.dumps(self.clinic.vets).encode(), {"Content-Type": "application/json"})
        if path.startswith("/api/gateway/"):
            return _invoked(request)
        if path == "/api/genai/chatclient" and request.method == "POST":
            return self.clinic.chat(clinic.question(request))
        return clinic.problem(404, path)

    def _file(self, path: str) -> Reply:
        denied = Reply(403, b"<Error><Code>AccessDenied</Code></Error>", {"Content-Type": "application/xml"})
        return published(self.api).get(path.lstrip("/") or "index.html", denied)

    def _headers(self) -> Mapping[str, str]:
        headers = dict(compiled_headers())
        if self.api:
            policy = headers["Content-Security-Policy"]
            origin = "{0.scheme}://{0.netloc}".format(urlsplit(self.api))
            headers["Content-Security-Policy"] = site_headers.connecting(policy, origin)
        if self.pages_at:
            headers["Access-Control-Allow-Origin"] = self.pages_at
        return headers

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _serve(self) -> None:
                if gateway._is_stopped:
                    self.close_connection = True  # a connection that was kept open dies with the server
                    return
                size = int(self.headers.get("Content-Length", "0"))
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Received(self.command, self.path, headers, self.rfile.read(size))
                gateway.received.append(request)
                reply, common = gateway._answer(request)
                time.sleep(reply.delay)
                try:
                    self.send_response(reply.status)
                    for name, value in {**common, **reply.headers}.items():
                        self.send_header(name, value)
                    if reply.status != 204:
                        self.send_header("Content-Length", str(len(reply.body)))
                    self.end_headers()
                    self.wfile.write(reply.body)
                except OSError:
                    self.close_connection = True  # the page did not wait

            do_GET = do_POST = do_PUT = do_OPTIONS = _serve  # noqa: N815 the names that the base class calls

            def log_message(self, format: str, *args: object) -> None:
                """Keep the tests' output quiet."""

        return Handler


def _below(request: Received, prefix: str) -> Received:
    """The request as the service sees it: its own prefix is stripped on the way."""
    return Received(request.method, request.path.removeprefix(prefix), request.headers, request.body)


def _invoked(request: Received) -> Reply:
    """Run the function `owner_details` itself, as a proxy integration does."""
    path = urlsplit(request.path).path
    event = {"httpMethod": request.method, "path": path, "headers": dict(request.headers), "body": None}
    answer = owner_details.handler(event, Invocation())
    headers = answer["headers"]
    assert isinstance(headers, dict)
    status = answer["statusCode"]
    assert isinstance(status, int)
    return Reply(status, str(answer["body"]).encode(), headers)
