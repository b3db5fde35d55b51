"""Writes the golden files anew: look at the difference before you commit it."""

from aggregator.publish import FORMATS, render
from tests.unit.publish.made_up import SITE
from tests.unit.publish.test_formats import GOLDEN, golden_publication

if __name__ == "__main__":
    for format in FORMATS:
        GOLDEN.joinpath(f"south-america.{format}").write_bytes(
            render(golden_publication(format), format, site=SITE).body
        )
