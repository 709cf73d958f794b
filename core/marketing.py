"""`[marketing]`: whom we tell what of the brands, when, and what is worth interrupting them for."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from core.teams import Channel, Zone
from core.tongue import Language

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class MarketingTable(BaseModel):
    """Reports and alerts for marketing, in its `language`, once `channel` or `mail_to` is set.

    `brands` are those that are reported on, all of ours where none is named. With `departments`, each team hears once a week
    how its topics went. `false_alarms_a_month` is how many alerts about a brand's volume and mood may be chance alone;
    `alerts_a_day` bounds all alerts about a brand. `thank_reach` is from how many followers on a promoter is an alert.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: Channel | None = None
    language: Language = "en"
    brands: tuple[str, ...] = ()
    zone: Zone = "UTC"
    hour: int = Field(9, ge=0, le=23)
    weekday: Weekday = "monday"
    daily: bool = True
    weekly: bool = True
    departments: bool = False
    alerts: bool = True
    false_alarms_a_month: float = Field(1.0, gt=0, le=30)
    alerts_a_day: int = Field(5, ge=1, le=50)
    thank_reach: int = Field(10_000, ge=1)
    mail_to: tuple[str, ...] = ()
    mail_from: str = ""
    smtp_host: str = ""
    smtp_port: int = Field(587, ge=1, le=65535)
    smtp_user: str = ""

    @model_validator(mode="after")
    def _mail_can_be_sent(self) -> "MarketingTable":
        if self.mail_to and not (self.smtp_host and self.mail_from):
            raise ValueError("mail_to needs smtp_host and mail_from: name the mail server, and who the mails come from")
        for address in (*self.mail_to, *((self.mail_from,) if self.mail_from else ())):
            if "@" not in address or any(sign in address for sign in "\r\n,;"):
                raise ValueError(f"'{address}' is no mail address; write it as name@company.com, one an entry")
        return self

    @property
    def on(self) -> bool:
        """Is anybody told at all?"""
        return bool(self.channel or self.mail_to)

    @property
    def day_of_week(self) -> int:
        """0 is Monday."""
        return DAYS.index(self.weekday)
