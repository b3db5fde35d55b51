"""A folder of YAML files and the environment → a newsroom and settings, or every error with its place."""

from aggregator.config.loading import Loaded, load
from aggregator.config.revisions import files_at, files_of, newsroom_from
from aggregator.config.schema import schema, schema_text
from aggregator.config.settings import RateLimit, Settings, unknown_variables
from aggregator.config.starter import shipped, starter

__all__ = [
    "Loaded",
    "RateLimit",
    "Settings",
    "files_at",
    "files_of",
    "load",
    "newsroom_from",
    "schema",
    "schema_text",
    "shipped",
    "starter",
    "unknown_variables",
]
