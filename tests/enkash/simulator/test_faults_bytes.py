"""Faults in bytes and on the wire. The rows are credited behind all of them but drop_before."""

import http.client
import json
import socket
import zlib

import pytest
import requests

from tests.enkash.simulator.caller import row, wait_for_entry


def credited(sim):
    return [entry.reference for entry in sim.ledger.entries]


def raw_answer(caller, sim, **fault):
    """Every byte that comes back for one row, read until the server closes."""
    sim.faults.push(**fault)
    host, _, port = caller.url.removeprefix("http://").partition(":")
    query = "companyId=CEKDEMO001&cardAccountId=CADEMO1&isPointsAllocation=true"
    body = json.dumps([row("R1")]).encode()
    lines = [
        f"POST /api/v0/partner/enKashCard/bulk-create-allocate-points-json?{query} HTTP/1.1",
        "Host: simulator",
        "Connection: close",
    ]
    lines += [f"{name}: {value}" for name, value in caller.headers().items()]
    request = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(request)
        with connection.makefile("rb") as answer:
            return answer.read()


@pytest.mark.parametrize(("kind", "work"), [("drop_before", []), ("drop_after", ["R1"])])
@pytest.mark.parametrize(("reset", "error"), [(True, ConnectionResetError), (False, http.client.RemoteDisconnected)])
def test_dropped_connection_is_reset_or_closed(caller, sim, kind, work, reset, error):
    sim.faults.push(kind=kind, reset=reset)
    with pytest.raises(requests.ConnectionError) as caught:
        caller.bulk([row("R1")])
    assert type(caught.value.args[0].args[1]) is error
    assert credited(sim) == work


def test_hanging_answer_outlasts_the_read_timeout(caller, sim):
    sim.faults.push(kind="hang", seconds=30.0)
    with pytest.raises(requests.ReadTimeout):
        caller.bulk([row("R1")], timeout=0.1)
    wait_for_entry(sim, "R1")


def test_hanging_answer_may_come_after_all(caller, sim):
    sim.faults.push(kind="hang", seconds=0.05, then="answer")
    assert caller.allocate(row("R1"))["successCount"] == 1


def test_slow_answer_arrives_byte_by_byte(caller, sim):
    text = raw_answer(caller, sim, kind="slow_loris", step=4, pause=0.001)
    head, _, body = text.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
    assert json.loads(body)["code"] == 0


def test_truncated_answer_declares_more_than_it_sends(caller, sim):
    head, _, body = raw_answer(caller, sim, kind="truncate", share=0.5).partition(b"\r\n\r\n")
    declared = int(head.partition(b"Content-Length: ")[2].split(b"\r\n")[0])
    assert len(body) == declared // 2


def test_truncated_chunks_lack_the_last_one(caller, sim):
    text = raw_answer(caller, sim, kind="truncate", framing="chunked")
    assert b"Transfer-Encoding: chunked" in text
    assert not text.endswith(b"0\r\n\r\n")


def test_truncation_by_closing_looks_like_a_whole_answer(caller, sim):
    sim.faults.push(kind="truncate", framing="close")
    answer = caller.bulk([row("R1")])
    assert (answer.status_code, "Content-Length" in answer.headers) == (200, False)
    with pytest.raises(ValueError, match=r"(Unterminated|Expecting|Invalid)"):
        answer.json()


@pytest.mark.parametrize(
    ("fault", "start"),
    [
        ({"kind": "duplicate_keys"}, b'{"code":1,"response_code":1,"payload":{},"code":0,"code":0,'),
        ({"kind": "nan"}, b'{"note":NaN,"code":0,'),
        ({"kind": "nan", "value": "-Infinity"}, b'{"note":-Infinity,"code":0,'),
        ({"kind": "huge_number", "digits": 3}, b'{"note":999,"code":0,'),
        ({"kind": "deep_nesting", "depth": 3}, b'{"note":[[[]]],"code":0,'),
        ({"kind": "invalid_utf8"}, b'{"note":"\xff\xfe","code":0,'),
        ({"kind": "lone_surrogate"}, b'{"note":"\\ud800","code":0,'),
        ({"kind": "bom"}, b'\xef\xbb\xbf{"code":0,'),
    ],
)
def test_bytes_of_the_answer_are_spoilt(caller, sim, fault, start):
    sim.faults.push(**fault)
    answer = caller.bulk([row("R1")])
    assert answer.content.startswith(start)
    assert (answer.headers["Content-Type"], credited(sim)) == ("application/json", ["R1"])


def test_wrong_content_type_has_good_json(caller, sim):
    sim.faults.push(kind="wrong_content_type")
    answer = caller.bulk([row("R1")])
    assert (answer.headers["Content-Type"], answer.json()["code"]) == ("text/plain", 0)


def test_huge_body_is_streamed(caller, sim):
    sim.faults.push(kind="huge_body", size=3 * 2**20)
    answer = caller.bulk([row("R1")])
    assert len(answer.content) > 3 * 2**20
    assert answer.json()["code"] == 0


def test_gzip_bomb_is_small_on_the_wire(caller, sim):
    head, _, body = raw_answer(caller, sim, kind="gzip_bomb", size=8 * 2**20).partition(b"\r\n\r\n")
    assert b"Content-Encoding: gzip" in head
    assert len(body) < 20_000
    assert len(zlib.decompress(body, wbits=31)) > 8 * 2**20


def test_closing_the_simulator_ends_hanging_requests(caller, sim):
    sim.faults.push(kind="hang", seconds=300.0)
    with pytest.raises(requests.ReadTimeout):
        caller.bulk([row("R1")], timeout=0.05)
    wait_for_entry(sim, "R1")
    sim.close()
    assert [note.status for note in sim.control.watch.notes] == [200, 200]
