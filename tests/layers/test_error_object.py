from __future__ import annotations

import json

from petc.layers import error_object


def test_a_page_finds_the_error_and_a_list() -> None:
    body = json.loads(error_object.render('"Not Found"', status="404"))

    assert body == {"status": 404, "error": "Not Found", "errors": []}


def test_variables_stand_as_they_are() -> None:
    body = error_object.render("$error", timestamp="$time", path='"$path"')

    assert body == '{"timestamp":$time,"error":$error,"path":"$path","errors":[]}'
