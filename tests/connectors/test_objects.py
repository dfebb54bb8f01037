"""A folder and a bucket are read alike, within bounds, and say plainly what is wrong."""

import sys
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Final

import pytest

from bot.connectors.objects import Objects, TooLargeError, open_objects
from bot.errors import ConnectorError
from tests.providers.buckets import CREDENTIALS, Buckets, running_buckets
from tests.providers.standin import Reply, StandIn

FILES: Final = {
    "AWSLogs/1/a.csv": b"one",
    "AWSLogs/1/b/c.csv": b"two",
    "AWSLogs/2/d.csv": b"three",
    "e.csv": b"four",
}


@pytest.fixture(scope="module")
def buckets() -> Iterator[Buckets]:
    with running_buckets() as running:
        yield running


def written(folder: Path, files: Mapping[str, bytes]) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def s3() -> Iterator[StandIn]:
    """An S3 that answers what it is told to."""
    with StandIn() as running:
        yield running


@pytest.fixture(scope="module")
def told(s3: StandIn) -> Iterator[Objects]:
    """What the bot reads that S3 with: made once, as boto3 takes its time."""
    opened = open_objects("s3://logs/kiro", "kiro", endpoint_url=s3.url, credentials=CREDENTIALS)
    yield opened
    opened.close()


@pytest.fixture(scope="module", params=["folder", "bucket", "bucket's prefix"])
def objects(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, buckets: Buckets
) -> Iterator[Objects]:
    """The same files in each kind of place."""
    if request.param == "folder":
        opened = open_objects(str(written(tmp_path_factory.mktemp("reports"), FILES)), "kiro")
    else:
        address = "s3://company-logs/kiro/reports" if "prefix" in request.param else "s3://company-reports"
        buckets.put(address, FILES)
        opened = buckets.open(address)
    yield opened
    opened.close()


def test_a_folder_and_a_bucket_list_the_same_names(objects: Objects) -> None:
    assert list(objects.files("")) == list(FILES)
    assert list(objects.files("AWSLogs/1/")) == ["AWSLogs/1/a.csv", "AWSLogs/1/b/c.csv"]
    assert list(objects.folders("")) == ["AWSLogs/"]
    assert list(objects.folders("AWSLogs/")) == ["AWSLogs/1/", "AWSLogs/2/"]


def test_a_folder_that_is_not_there_has_no_files(objects: Objects) -> None:
    assert list(objects.files("AWSLogs/3/")) == []


def test_a_file_is_read_as_a_stream(objects: Objects) -> None:
    with objects.opened("AWSLogs/1/b/c.csv", 3) as stream:
        assert (stream.read(1), stream.read()) == (b"t", b"wo")


def test_a_file_beyond_the_bound_is_refused(objects: Objects) -> None:
    with pytest.raises(TooLargeError, match="larger than"), objects.opened("AWSLogs/2/d.csv", 4):
        pytest.fail("it was opened")


def test_a_file_that_went_away_is_tried_again_by_the_next_run(objects: Objects) -> None:
    with pytest.raises(ConnectorError, match="kiro: ") as raised, objects.opened("gone.csv", 10):
        pytest.fail("it was opened")
    assert not raised.value.permanent


def listed(names: list[str], more: str = "") -> Reply:
    """One page of S3's list of objects; *more* is the token of the next."""
    contents = "".join(f"<Contents><Key>{name}</Key></Contents>" for name in names)
    token = f"<NextContinuationToken>{more}</NextContinuationToken>" if more else ""
    page = f"<KeyCount>{len(names)}</KeyCount><IsTruncated>{str(bool(more)).lower()}</IsTruncated>{token}{contents}"
    return Reply(f"<ListBucketResult>{page}</ListBucketResult>", headers={"Content-Type": "application/xml"})


def test_every_page_of_a_list_is_read(s3: StandIn, told: Objects) -> None:
    pages = {"": listed(["kiro/a.csv"], "second"), "second": listed(["kiro/b.csv"])}
    s3.routes["GET", "/*"] = lambda asked: pages[asked.one("continuation-token")]
    assert list(told.files("")) == ["a.csv", "b.csv"]


def test_the_console_s_empty_folders_are_no_files(s3: StandIn, told: Objects) -> None:
    s3.routes["GET", "/*"] = lambda _: listed(["kiro/AWSLogs/", "kiro/AWSLogs/a.csv"])
    assert list(told.files("")) == ["AWSLogs/a.csv"]


def test_a_bucket_that_does_not_exist_is_said_so(buckets: Buckets) -> None:
    objects = buckets.open("s3://no-such-bucket/kiro")
    with pytest.raises(ConnectorError, match=r"s3://no-such-bucket/kiro does not exist \(404 NoSuchBucket\)"):
        list(objects.files(""))
    objects.close()


def test_a_folder_that_does_not_exist_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match="cannot be read: No such file or directory"):
        list(open_objects(str(tmp_path / "nowhere"), "kiro").folders(""))


@pytest.mark.parametrize("address", ["s3://", "s3:///prefix", "s3://Bucket_Name", "s3://a"])
def test_an_address_without_a_bucket_is_refused(address: str) -> None:
    with pytest.raises(ConnectorError, match="must look like s3://bucket/prefix"):
        open_objects(address, "kiro")


@pytest.mark.parametrize(
    ("status", "code", "said", "permanent"),
    [
        (403, "AccessDenied", r"may not be read \(403 AccessDenied\): allow s3:ListBucket and s3:GetObject", True),
        (403, "InvalidAccessKeyId", r"may not be read \(403 InvalidAccessKeyId\)", True),
        (400, "odd and long", "answered 400$", True),
        (501, "NotImplemented", "answered 501 NotImplemented", True),
    ],
)
def test_what_s3_refuses_is_said_plainly(
    s3: StandIn, told: Objects, status: int, code: str, said: str, permanent: bool
) -> None:
    body = f"<Error><Code>{code}</Code></Error>"
    s3.routes["GET", "/*"] = lambda _: Reply(body, status, {"Content-Type": "application/xml"})
    with pytest.raises(ConnectorError, match=said) as raised:
        list(told.files(""))
    assert raised.value.permanent is permanent
    assert CREDENTIALS.secret_access_key not in str(raised.value)


class _BreaksOff(BaseHTTPRequestHandler):
    """Promises eight bytes and sends four."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "8")
        self.end_headers()
        self.wfile.write(b"half")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def test_a_stream_that_breaks_off_is_tried_again_by_the_next_run() -> None:
    with HTTPServer(("127.0.0.1", 0), _BreaksOff) as s3:
        thread = threading.Thread(target=s3.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{s3.server_port}"
        objects = open_objects("s3://logs/kiro", "kiro", endpoint_url=url, credentials=CREDENTIALS)
        with pytest.raises(ConnectorError, match="did not answer") as raised, objects.opened("a.csv", 100) as stream:
            stream.read()
        objects.close()
        thread.join()
    assert not raised.value.permanent


def test_without_credentials_the_next_step_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    objects = open_objects("s3://logs", "kiro", endpoint_url="http://127.0.0.1:9")
    with pytest.raises(ConnectorError, match="no AWS credentials"):
        list(objects.files(""))
    objects.close()


def test_without_boto3_the_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(ConnectorError, match=r'pip install "worthwhile\[aws\]"'):
        open_objects("s3://logs/kiro", "kiro")
    assert list(open_objects(str(tmp_path), "kiro").files("")) == []
