"""Customers from HubSpot's contacts, by its own client: all of them, or those that changed since the last time.

https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide and, for what changed,
https://developers.hubspot.com/docs/api-reference/search/guide: a search ends at 10,000 contacts, so it goes on in windows by
contact number, which holds however many share one moment. Listing has no such end. The token is a private app's, with the
scope `crm.objects.contacts.read`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from connectors.backoffice.customers import CUSTOMER_COLUMNS, customer
from connectors.backoffice.table import Row, made
from core.customer import Customer
from core.errors import BadRecord, Misconfigured, RetryLater
from core.settings import Environment, HubspotTable

if TYPE_CHECKING:
    from hubspot.crm.contacts import BasicApi, SearchApi  # type: ignore[import-untyped]

ADDRESS = "https://api.hubapi.com"
PAGE = 100
WINDOW = 10_000
"""The most that one search answers."""
OVERLAP = timedelta(minutes=10)
"""A contact that changed is found by searching a little later."""
TIMEOUT_SECONDS = 30.0
TRIES = 6
"""HubSpot allows five searches a second and a hundred requests in ten; it says so by 429, and the client waits."""


class HubSpot:
    """The contacts of one account. What a column is read from is the settings' (`HubspotTable`)."""

    def __init__(self, basic: "BasicApi", search: "SearchApi", table: HubspotTable) -> None:
        self._basic, self._search, self._table = basic, search, table
        self._properties = sorted(_properties(table))

    def everyone(self) -> Iterator[Customer | BadRecord]:
        """Every contact that is not archived, or what is wrong with it. Raises Misconfigured or RetryLater."""
        return made(self._rows(self._listed()), customer)

    def changed(self, since: datetime) -> Iterator[Customer | BadRecord]:
        """The same of those that changed since then, or shortly before."""
        return made(self._rows(self._searched(since - OVERLAP)), customer)

    def _listed(self) -> Iterator[Any]:
        after = None
        while True:
            further: dict[str, str] = {"after": after} if after else {}
            page = self._ask(partial(self._basic.get_page, limit=PAGE, properties=self._properties, **further))
            yield from page.results
            after = _next(page)
            if after is None:
                return

    def _searched(self, since: datetime) -> Iterator[Any]:
        last = 0
        while True:
            found = list(self._window(since, last))
            yield from found
            if len(found) < WINDOW:
                return
            last = int(found[-1].id)

    def _window(self, since: datetime, last: int) -> Iterator[Any]:
        from hubspot.crm.contacts import Filter, FilterGroup, PublicObjectSearchRequest

        filters = [
            Filter(property_name="lastmodifieddate", operator="GTE", value=str(int(since.timestamp() * 1000))),
            Filter(property_name="hs_object_id", operator="GT", value=str(last)),
        ]
        after, seen = None, 0
        while seen < WINDOW:
            asked = PublicObjectSearchRequest(
                filter_groups=[FilterGroup(filters=filters)],
                sorts=[{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
                properties=self._properties,
                limit=PAGE,
                after=after,
            )
            page = self._ask(partial(self._search.do_search, asked))
            yield from page.results
            seen, after = seen + len(page.results), _next(page)
            if after is None:
                return

    def _ask(self, call: Callable[..., Any]) -> Any:
        from hubspot.crm.contacts import ApiException
        from urllib3.exceptions import HTTPError

        try:
            page = call(_request_timeout=TIMEOUT_SECONDS)
        except ApiException as error:
            raise _said(error) from None
        except HTTPError as error:  # its text holds the address
            raise RetryLater(f"HubSpot cannot be reached: the connection failed ({type(error).__name__}).") from None
        if page.results is None:  # no JSON, which the client takes for an empty answer
            raise RetryLater("HubSpot's answer cannot be read.")
        return page

    def _rows(self, contacts: Iterator[Any]) -> Iterator[Row | BadRecord]:
        for contact in contacts:
            told = {"hs_object_id": contact.id, **(contact.properties or {})}
            plain = {name: str(value).replace("\0", "").strip() for name, value in told.items() if value is not None}
            yield Row(f"contact {contact.id} of HubSpot", self._columns(plain))

    def _columns(self, told: Mapping[str, str]) -> dict[str, str]:
        """A contact as a row of a customers' file."""
        table = self._table

        def joined(names: Sequence[str], by: str) -> str:
            return by.join(told[name] for name in names if told.get(name))

        handles = [
            f"{platform}:{bare}:import"
            for platform, name in table.handles.items()
            if (bare := _bare(told.get(name, "")))
        ]
        accounts = [f"{platform}:{told[name]}" for platform, name in table.account_ids.items() if told.get(name)]
        row = dict.fromkeys(CUSTOMER_COLUMNS, "") | {
            "customer_id": told.get(table.id, ""),
            "name": joined(table.name, " "),
            "emails": joined(table.emails, ";"),
            "phones": joined(table.phones, ";"),
            "handles": ";".join(handles),
            "account_ids": ";".join(accounts),
            "order_ids": joined(table.order_ids, ";"),
        }
        return row | {
            column: told.get(name, "")
            for column, name in (
                ("city", table.city),
                ("country", table.country),
                ("company_domain", table.company_domain),
                ("tier", table.tier),
                ("lifetime_value", table.lifetime_value),
            )
        }


def connect(table: HubspotTable, environment: Environment) -> HubSpot:
    """The account of HUBSPOT_ACCESS_TOKEN; no call is made. Raises Misconfigured where that is not set."""
    token = environment.need("HUBSPOT_ACCESS_TOKEN", "customers.hubspot is true")
    import requests
    from hubspot import Client  # type: ignore[import-untyped]
    from urllib3.util import Retry

    address = (environment.get("HUBSPOT_BASE_URL") or ADDRESS).rstrip("/")
    # The client knows no environment: requests tells what HTTPS_PROXY, NO_PROXY and REQUESTS_CA_BUNDLE mean for an address.
    with requests.Session() as session:
        surroundings = session.merge_environment_settings(address, {}, None, None, None)
    verify = surroundings["verify"]
    client = Client.create(
        access_token=token.get_secret_value(),
        host=address,
        proxy=requests.utils.select_proxy(address, surroundings["proxies"]),
        ssl_ca_cert=verify if isinstance(verify, str) else None,
        retry=Retry(
            TRIES,
            backoff_factor=0.5,
            status_forcelist=(429, 500, 502, 503, 504),
            allowed_methods=None,  # a search is a POST, and changes nothing
            raise_on_status=False,
        ),
    )
    return HubSpot(client.crm.contacts.basic_api, client.crm.contacts.search_api, table)


def _properties(table: HubspotTable) -> set[str]:
    named = {*table.name, *table.emails, *table.phones, *table.order_ids}
    named |= {*table.handles.values(), *table.account_ids.values()}
    named |= {table.id, table.city, table.country, table.company_domain, table.tier, table.lifetime_value}
    return named - {""}


def _bare(handle: str) -> str:
    """A handle as people type it into a CRM: with an @, or as the address of the profile."""
    return handle.split("?")[0].rstrip("/").rpartition("/")[2].lstrip("@").replace(";", "")


def _next(page: Any) -> str | None:
    after = page.paging.next.after if page.paging and page.paging.next else None
    return str(after) if after else None


def _said(error: Any) -> Misconfigured | RetryLater:
    """HubSpot's refusal in words of ours, for its own repeat what was asked."""
    if error.status == 401:
        return Misconfigured(
            "HubSpot does not accept HUBSPOT_ACCESS_TOKEN: make a private app there and set its token."
        )
    if error.status == 403:
        return Misconfigured("HUBSPOT_ACCESS_TOKEN may not read contacts: give its app crm.objects.contacts.read.")
    if error.status == 429:
        return RetryLater("HubSpot says that we ask too often (429).")
    if error.status is None or error.status >= 500 or error.status == 408:
        return RetryLater(f"HubSpot is in trouble ({error.status}).")
    return Misconfigured(f"HubSpot refuses to tell contacts ({error.status}): look at [customers.hubspot_properties].")
