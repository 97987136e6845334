"""The same stories for a store on disk and one on a server."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import boto3
import pytest

from pipeline.evidence.signing import SigningKey
from pipeline.evidence.store import Namespace, ObjectStore, open_store
from pipeline.settings import StoreSettings
from tests.servers import s3


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    with s3() as endpoint:
        yield endpoint


@pytest.fixture
def s3_settings(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> StoreSettings:
    bucket = f"bucket-{uuid4().hex[:12]}"
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3", endpoint_url=s3_endpoint).create_bucket(Bucket=bucket)
    return StoreSettings(directory=tmp_path, objects_url=f"s3://{bucket}/town", s3_endpoint=s3_endpoint)


@pytest.fixture(params=["disk", "s3"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> StoreSettings:
    if request.param == "s3":
        found: StoreSettings = request.getfixturevalue("s3_settings")
        return found
    return StoreSettings(directory=tmp_path / "doorstep")


@pytest.fixture
def store(settings: StoreSettings) -> ObjectStore:
    return open_store(settings, Namespace.ORIGINALS)


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return SigningKey.at(tmp_path / "keys" / "signing.pem")
