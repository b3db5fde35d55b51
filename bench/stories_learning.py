"""`python -m bench.stories_learning words|weights`: real news → what telling stories apart is built on.

`words` reads feeds, their snapshots and traces of the test data and writes `aggregator/dedupe/data/usual_words.txt`: how usual
terms are in headlines at large, as numbers in few classes. `weights` reads labelled stories, of the development half of their
windows alone, and prints the coefficients that stand in `aggregator/dedupe/stories.py`. Both are deterministic.
"""

from __future__ import annotations

import csv
import gzip
import math
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from aggregator.dedupe import stories_words
from aggregator.dedupe.stories import BIAS, FEATURES, WEIGHTS, features
from aggregator.dedupe.stories_window import Telling, Window
from aggregator.errors import ParseError
from aggregator.parse import parse
from aggregator.text import plain_text
from bench.eval.stories import in_time, telling_of, window_lines

DATA = Path(os.environ.get("AGGREGATOR_TEST_DATA", Path(__file__).parents[2] / "shared"))
WORDS = Path(stories_words.__file__).parent / "data" / "usual_words.txt"
DEVELOPMENT = ("2026-02", "2021-10", "ar-2023-12-26", "2017-01")
_LANGUAGES = ("en", "es", "pt", "fr")
_RAREST = 300  # per million headlines: what is rarer is as rare as a word never seen
_SIGHTINGS = 3
_DOUBT = 1_000  # headlines without the term that are added to each language: few headlines say little
_SHARED_WEIGHT = 5.0
_HOURS = 60.0
_RIDGE = 0.3

Lesson = tuple[tuple[float, ...], bool]


def write_words() -> None:
    """How usual each term is: the largest share among languages, in classes a fifth apart."""
    shares: dict[str, float] = {}
    for language, texts in _by_language().items():
        counts = Counter(term for title, summary in texts for term in _terms(title, summary))
        print(f"{language}: {len(texts)} headlines, {len(counts)} terms")
        for term, count in counts.items():
            if count >= _SIGHTINGS:
                shares[term] = max(shares.get(term, 0.0), count / (len(texts) + _DOUBT))
    classes: dict[int, list[str]] = defaultdict(list)
    for term, share in shares.items():
        if share * 1_000_000 >= _RAREST:
            classes[round(1_000_000 * 1.2 ** round(math.log(share, 1.2)))].append(term)
    lines = [f"{number} {' '.join(sorted(classes[number]))}" for number in sorted(classes, reverse=True)]
    head = "# Headlines of a million that have a term (the first letters of a word). `python -m bench.stories_learning words`"
    WORDS.write_text("\n".join([head, *lines, ""]), "utf-8")


def _terms(title: str, summary: str) -> set[str]:
    said = stories_words.wording(title, summary)
    return {*said.title, *said.text}


def _by_language() -> dict[str, list[tuple[str, str]]]:
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    for language, title, summary in _headlines():
        if language in _LANGUAGES and title.strip():
            texts[language].setdefault(title.strip(), summary)
    return {language: sorted(texts[language].items()) for language in _LANGUAGES}


def _headlines() -> Iterator[tuple[str, str, str]]:
    """(language, title, summary) of everything there is."""
    traces = DATA / "corpus" / "traces"
    for name, language, column in (("cl_rss_items", "es", "title"), ("gesab_items_public", "en", "title_last")):
        with gzip.open(traces / f"{name}.tsv.gz", "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield language, row[column] or "", ""
    corpus = DATA / "corpus"
    for path in sorted([*corpus.glob("snapshots/*/*.gz"), *corpus.glob("feeds/*")]):
        body = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        try:
            feed = parse(body, content_type="application/xml", url="https://example.org/")
        except ParseError:
            continue
        for entry in feed.entries:
            language = (entry.language or feed.language or "").partition("-")[0].lower()
            yield language, plain_text(entry.title), plain_text(entry.summary)[:400]


def print_weights(files: Sequence[Path]) -> None:
    """The coefficients that tell pairs of one story from others best, by ridge-regularized logistic regression."""
    lessons = list(_lessons(files))
    print(f"{len(lessons)} pairs, {sum(same for _, same in lessons)} of one story; in force: {WEIGHTS} {BIAS}")
    *weights, bias = _fit(lessons)
    for name, weight in zip((*FEATURES, "bias"), (*weights, bias), strict=True):
        print(f"{weight:8.2f}  {name}")


def _lessons(files: Sequence[Path]) -> Iterator[Lesson]:
    """Pairs that share enough to be in question, in stories as they are labelled."""
    for name, lines in window_lines(files).items():
        if name not in DEVELOPMENT:
            continue
        window = Window()
        seen: list[tuple[Telling, str]] = []
        for line in in_time(lines):
            if (telling := telling_of(line, window)) is None:
                continue
            for other, story in seen:
                shared = telling.terms.keys() & other.terms.keys()
                weight = sum(min(telling.terms[term].weight, other.terms[term].weight) for term in shared)
                if weight >= _SHARED_WEIGHT and abs(telling.at - other.at) <= _HOURS:
                    yield features(telling, other), story == line["story"]
            window.add(telling, line["story"])
            seen.append((telling, line["story"]))


def _fit(lessons: Iterable[Lesson], rounds: int = 25) -> list[float]:
    """Newton's method on the log-likelihood; the bias comes last and is not held back."""
    rows = [(*values, 1.0) for values, _ in lessons]
    truth = [float(same) for _, same in lessons]
    size = len(rows[0])
    weights = [0.0] * size
    for _ in range(rounds):
        slope = [-_RIDGE * weight for weight in weights[:-1]] + [0.0]
        bend = [[(_RIDGE if i == j < size - 1 else 0.0) for j in range(size)] for i in range(size)]
        for row, same in zip(rows, truth, strict=True):
            chance = 1 / (1 + math.exp(-sum(weight * value for weight, value in zip(weights, row, strict=True))))
            spread = chance * (1 - chance)
            for i, value in enumerate(row):
                slope[i] += (same - chance) * value
                for j in range(size):
                    bend[i][j] += spread * value * row[j]
        step = _solve(bend, slope)
        weights = [weight + one for weight, one in zip(weights, step, strict=True)]
    return weights


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Gaussian elimination with pivots."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for column in range(size):
        pivot = max(range(column, size), key=lambda at: abs(rows[at][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for other in range(size):
            if other != column:
                factor = rows[other][column] / rows[column][column]
                rows[other] = [value - factor * lead for value, lead in zip(rows[other], rows[column], strict=True)]
    return [rows[at][size] / rows[at][at] for at in range(size)]


if __name__ == "__main__":
    if sys.argv[1:] == ["words"]:
        write_words()
    else:
        print_weights([DATA / "eval" / "stories.jsonl", DATA / "eval" / "stories_extra.jsonl"])
