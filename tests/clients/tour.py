"""The README's tour by the client that openapi-python-client makes of the document. That mypy takes it is half of the test."""

import csv
import os
import time
from http import HTTPStatus

from atalaya_client import AuthenticatedClient, Client
from atalaya_client.api.accounts import create_account
from atalaya_client.api.auth import get_me, list_my_accounts, list_sessions, login, logout
from atalaya_client.api.forecasts import forecast_path, predict, predict_batch, train
from atalaya_client.api.jobs import get_job
from atalaya_client.api.observations import upload_observations
from atalaya_client.models import (
    AccountRequest,
    AccountView,
    BatchAnswer,
    BatchItemRequest,
    BatchRefusal,
    BatchRequest,
    BatchResponse,
    ErrorCode,
    JobStateWord,
    JobView,
    LoginRequest,
    LoginResponse,
    MyAccountsResponse,
    PathRequest,
    PathResponse,
    PredictResponse,
    ProblemBody,
    RefreshDelivery,
    RoleWord,
    SessionsResponse,
    TrainableModel,
    TrainRequest,
    TrainResponse,
    UploadedObservation,
    UploadRequest,
    UploadResponse,
)
from datetime import date
from uuid import UUID

URL = os.environ["ATALAYA_URL"]
ACCOUNT = "gira_python"
DAY = date(2026, 9, 30)


def log_in() -> LoginResponse:
    body = LoginRequest(
        username=os.environ["ATALAYA_ADMIN"],
        password=os.environ["ATALAYA_ADMIN_PASSWORD"],
        refresh=RefreshDelivery.NONE,
    )
    granted = login.sync(client=Client(base_url=URL), body=body)
    assert isinstance(granted, LoginResponse), granted
    return granted


def history() -> list[UploadedObservation]:
    with open(os.environ["ATALAYA_HISTORY"], encoding="utf-8") as file:
        rows = csv.DictReader(file)
        return [UploadedObservation(hora=row["hora"], seguidores=int(row["seguidores"])) for row in rows]


def upload(client: AuthenticatedClient) -> None:
    created = create_account.sync(client=client, body=AccountRequest(cuenta=ACCOUNT, nombre="Gira"))
    assert isinstance(created, AccountView) and created.zona_horaria is None, created
    stored = upload_observations.sync(
        ACCOUNT, client=client, body=UploadRequest(observations=history()), idempotency_key="gira-2"
    )
    assert isinstance(stored, UploadResponse) and stored.inserted == 130, stored


def train_twice(client: AuthenticatedClient) -> None:
    body = TrainRequest(username=ACCOUNT, models=[TrainableModel.RIDGE, TrainableModel.DRIFT])
    trained = train.sync(client=client, body=body)
    assert isinstance(trained, TrainResponse) and trained.model_version == 1, trained
    taken_on = train.sync_detailed(client=client, body=TrainRequest(username=ACCOUNT), prefer="respond-async")
    assert taken_on.status_code is HTTPStatus.ACCEPTED and isinstance(taken_on.parsed, JobView), taken_on
    job = taken_on.parsed
    identifier: UUID = job.id
    while job.state in (JobStateWord.QUEUED, JobStateWord.RUNNING):
        time.sleep(0.2)
        found = get_job.sync(identifier, client=client)
        assert isinstance(found, JobView), found
        job = found
    assert job.state is JobStateWord.SUCCEEDED and job.error is None, job


def forecast(client: AuthenticatedClient) -> None:
    one = predict.sync(ACCOUNT, client=client, fecha=DAY)
    assert isinstance(one, PredictResponse) and [interval.level for interval in one.intervals] == [80, 95], one
    path = forecast_path.sync(ACCOUNT, client=client, body=PathRequest(h=3, level=[80]))
    assert isinstance(path, PathResponse) and len(path.forecast) == 3, path
    items = [(ACCOUNT, "2026-09-30"), ("BCPComunica", "2026-09-30"), (ACCOUNT, "hoy")]
    request = BatchRequest(items=[BatchItemRequest(username=name, fecha=when) for name, when in items])
    batch = predict_batch.sync(client=client, body=request)
    assert isinstance(batch, BatchResponse), batch
    first, second, third = batch.results
    assert isinstance(first, BatchAnswer) and first.prediction == one.prediction, first
    assert isinstance(second, BatchRefusal) and second.error_code == "ACCOUNT_FORBIDDEN", second
    assert isinstance(third, BatchRefusal) and third.error_code == "VALIDATION_FAILED", third
    refused = predict.sync("BCPComunica", client=client, fecha=DAY)
    assert isinstance(refused, ProblemBody) and refused.error_code is ErrorCode.ACCOUNT_FORBIDDEN, refused


def main() -> None:
    granted = log_in()
    assert granted.rol is RoleWord.ADMIN and granted.empresa_id is not None, granted
    client = AuthenticatedClient(base_url=URL, token=granted.access_token, headers={"Accept-Language": "en"})
    mine = list_my_accounts.sync(client=client)
    assert isinstance(mine, MyAccountsResponse), mine
    assert "Interbank" in [account.cuenta for account in mine.accounts], mine
    upload(client)
    train_twice(client)
    forecast(client)
    sessions = list_sessions.sync(client=client, limit=1)
    assert isinstance(sessions, SessionsResponse) and len(sessions.sessions) == 1, sessions
    assert logout.sync_detailed(client=client).status_code is HTTPStatus.NO_CONTENT
    assert get_me.sync_detailed(client=client).status_code is HTTPStatus.UNAUTHORIZED
    print("the tour in Python is done")


if __name__ == "__main__":
    main()
