"""The sandbox, and the real client libraries pointed at it."""

from collections.abc import Iterator
from typing import Any

import praw
import pytest
import requests
import tweepy

from sandbox.server import Sandbox, running


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running() as sandbox:
        yield sandbox


class Readdressed(requests.adapters.HTTPAdapter):
    """tweepy writes X's address into its code; this sends its requests to the sandbox."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        request.url = (request.url or "").replace("https://api.twitter.com", self.url)
        return super().send(request, *args, **options)


@pytest.fixture
def x(sandbox: Sandbox) -> tweepy.Client:
    keys = sandbox.world.keys
    client = tweepy.Client(
        bearer_token=keys.x_bearer,
        consumer_key=keys.x_consumer_key,
        consumer_secret=keys.x_consumer_secret,
        access_token=keys.x_access_token,
        access_token_secret=keys.x_access_token_secret,
    )
    client.session.mount("https://api.twitter.com", Readdressed(sandbox.x_url))
    return client


@pytest.fixture
def reddit(sandbox: Sandbox) -> praw.Reddit:
    keys = sandbox.world.keys
    return praw.Reddit(
        client_id=keys.reddit_client_id,
        client_secret=keys.reddit_client_secret,
        user_agent=keys.reddit_user_agent,
        username=keys.reddit_username,
        password=keys.reddit_password,
        reddit_url=sandbox.reddit_url,
        oauth_url=sandbox.oauth_url,
        check_for_updates=False,
    )
