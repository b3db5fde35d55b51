"""Nouns: what news is made of, as frozen values of the standard library alone."""

from aggregator.model.article import (
    Article,
    Category,
    Content,
    Credit,
    Enclosure,
    Evidence,
    Picture,
    Sighting,
    Visibility,
    article_id,
    listed_of,
    lowest_key,
    order_key,
)
from aggregator.model.channel import Channel, ChannelKind, Order, Stories
from aggregator.model.decision import Action, Decision, OwnedKey, Ruling
from aggregator.model.document import Document, Hints, NotModified, Request, Validators
from aggregator.model.entry import Byline, Entry, Feed, Media, Tag
from aggregator.model.host import HostPenalty, HostTurn, Move, Refusal, RobotsFile
from aggregator.model.hub import TOPIC_GONE, Intent, Mode, OutsideHub, Ping, Subscription, Topic, subscription_id
from aggregator.model.lease import FIRST_TRUST, HubLease, LeaseState, Push
from aggregator.model.newsroom import NO_HUB, OWN_HUB, AuthorProfile, Keywords, Newsroom, Section, Site
from aggregator.model.outlet import Every, Outlet, Source
from aggregator.model.page import Page, Stated
from aggregator.model.poll import Health, Poll, PollOutcome, Schedule, Vitals
from aggregator.model.reuse import EVERYTHING, SUMMARY_LENGTH, Allowance, Republish, Signal, Standard
from aggregator.model.rhythm import Binding, Forecast, Rhythm
from aggregator.model.span import Span
from aggregator.model.title import Title
from aggregator.model.verdict import Key, KeyKind, New, Revised, Unchanged, Verdict

__all__ = [
    "EVERYTHING",
    "FIRST_TRUST",
    "NO_HUB",
    "OWN_HUB",
    "SUMMARY_LENGTH",
    "TOPIC_GONE",
    "Action",
    "Allowance",
    "Article",
    "AuthorProfile",
    "Binding",
    "Byline",
    "Category",
    "Channel",
    "ChannelKind",
    "Content",
    "Credit",
    "Decision",
    "Document",
    "Enclosure",
    "Entry",
    "Every",
    "Evidence",
    "Feed",
    "Forecast",
    "Health",
    "Hints",
    "HostPenalty",
    "HostTurn",
    "HubLease",
    "Intent",
    "Key",
    "KeyKind",
    "Keywords",
    "LeaseState",
    "Media",
    "Mode",
    "Move",
    "New",
    "Newsroom",
    "NotModified",
    "Order",
    "Outlet",
    "OutsideHub",
    "OwnedKey",
    "Page",
    "Picture",
    "Ping",
    "Poll",
    "PollOutcome",
    "Push",
    "Refusal",
    "Republish",
    "Request",
    "Revised",
    "Rhythm",
    "RobotsFile",
    "Ruling",
    "Schedule",
    "Section",
    "Sighting",
    "Signal",
    "Site",
    "Source",
    "Span",
    "Standard",
    "Stated",
    "Stories",
    "Subscription",
    "Tag",
    "Title",
    "Topic",
    "Unchanged",
    "Validators",
    "Verdict",
    "Visibility",
    "Vitals",
    "article_id",
    "listed_of",
    "lowest_key",
    "order_key",
    "subscription_id",
]
