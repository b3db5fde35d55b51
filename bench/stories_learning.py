"""`python -m bench.stories_learning words|weights|cross`: real news → what telling stories apart is built on.

`words` reads feeds, their snapshots and traces of the test data and writes `aggregator/dedupe/data/usual_words.txt`: how usual
terms are in headlines at large, as numbers in few classes. `weights` reads labelled stories and prints the coefficients that
stand in `aggregator/dedupe/stories.py`. `cross` measures what they are worth on news that they were not learned from: each window
of time is told with coefficients that were learned from the others. All are deterministic.
"""

from __future__ import annotations

import csv
import gzip
import math
import os
import statistics
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

from aggregator.dedupe import stories_words
from aggregator.dedupe.stories import FEATURES, JUDGE, WINDOW_HOURS, Judge, features
from aggregator.dedupe.stories_contradiction import contradict
from aggregator.dedupe.stories_telling import Telling
from aggregator.dedupe.stories_window import Window
from aggregator.errors import ParseError
from aggregator.parse import parse
from aggregator.text import plain_text
from bench.eval.stories import Line, by_article, in_time, measure, telling_of, window_lines

DATA = Path(os.environ.get("AGGREGATOR_TEST_DATA", Path(__file__).parents[2] / "shared"))
WORDS = Path(stories_words.__file__).parent / "data" / "usual_words.txt"
_LANGUAGES = ("en", "es", "pt", "fr")
_RAREST = 300  # per million headlines: what is rarer is as rare as a word never seen
_SIGHTINGS = 3
_DOUBT = 1_000  # headlines without the term that are added to each language: few headlines say little
_LEAST_COSINE = 0.05  # pairs that share less are never in question
_RIDGE = 3.0  # on features of unit variance

# What a pair is judged by, whether it is of one story, and how much it counts.
Lesson = tuple[tuple[float, ...], bool, float]


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


def print_weights(lines: Mapping[str, Sequence[Line]]) -> None:
    """The coefficients that tell pairs of one story from others best."""
    lessons = [lesson for window in lines.values() for lesson in _lessons(window)]
    print(f"{len(lessons)} pairs, {sum(same for _, same, _ in lessons)} of one story; in force: {JUDGE}")
    learned = _learned(lessons)
    for name, weight in zip((*FEATURES, "bias"), (*learned.weights, learned.bias), strict=True):
        print(f"{weight:8.2f}  {name}")


def print_cross(lines: Mapping[str, Sequence[Line]]) -> None:
    """The figures of `bench eval stories` with each window told by what the others teach, then with what is in force."""
    lessons = {name: list(_lessons(window)) for name, window in lines.items()}
    judges = {
        name: _learned([lesson for other, those in lessons.items() if other != name for lesson in those])
        for name in lessons
    }
    flat = [line for window in lines.values() for line in window]
    for what, figures in (("learned from the other windows", measure(flat, judges)), ("in force", measure(flat))):
        b3 = " ".join(f"{name} {value:.3f}" for name, value in figures["b3"].items())
        print(f"{what}: B³ {b3}, false joins {figures['false_joins']:.3f} of {figures['pairs']['joined']} pairs")
    print(
        "B³ f1 of other samples of these stories: {:.3f} to {:.3f} (95 %)".format(*_interval(by_article(flat, judges)))
    )


def _interval(articles: Sequence[tuple[str, float, float]], samples: int = 1_000) -> tuple[float, float]:
    """Where 95 % of the B³ F1 lie when as many stories are drawn again, with replacement (bootstrap)."""
    stories: dict[str, list[float]] = {}
    for story, right, whole in articles:
        sums = stories.setdefault(story, [0.0, 0.0, 0.0])
        sums[:] = sums[0] + right, sums[1] + whole, sums[2] + 1
    dice, drawn = Random(1), list(stories.values())
    found = []
    for _ in range(samples):
        right, whole, count = map(sum, zip(*dice.choices(drawn, k=len(drawn)), strict=True))
        found.append(2 * right * whole / (right + whole) / count)
    found.sort()
    return found[samples * 25 // 1_000], found[samples * 975 // 1_000]


def _lessons(lines: Sequence[Line]) -> Iterator[Lesson]:
    """Pairs that share enough to be in question, in stories as they are labelled. Those of a large story count less each."""
    window = Window()
    seen: list[tuple[Telling, str]] = []
    sizes = Counter(line["story"] for line in lines)
    for line in in_time(lines):
        if (telling := telling_of(line, window)) is None:
            continue
        for other, story in seen:
            values = features(telling, other)
            asked = values[0] > _LEAST_COSINE and not contradict(telling, other)
            if telling.at - other.at <= WINDOW_HOURS and asked:
                same = story == line["story"]
                yield values, same, (sizes[story] - 1) ** -0.5 if same else 1.0
        window.add(telling, line["story"])
        seen.append((telling, line["story"]))


def _learned(lessons: Sequence[Lesson], rounds: int = 15) -> Judge:
    """Ridge-regularized logistic regression by Newton's method; the bias is not held back."""
    spreads = [statistics.pstdev(column) or 1.0 for column in zip(*(values for values, _, _ in lessons), strict=True)]
    rows = [(*(value / one for value, one in zip(values, spreads, strict=True)), 1.0) for values, _, _ in lessons]
    size = len(spreads) + 1
    weights = [0.0] * size
    for _ in range(rounds):
        slope = [-_RIDGE * weight for weight in weights[:-1]] + [0.0]
        bend = [[(_RIDGE if i == j < size - 1 else 0.0) for j in range(size)] for i in range(size)]
        for row, (_values, same, counts) in zip(rows, lessons, strict=True):
            chance = 1 / (1 + math.exp(-sum([weight * value for weight, value in zip(weights, row, strict=True)])))
            spread, off = counts * chance * (1 - chance), counts * (same - chance)
            for i, value in enumerate(row):
                slope[i] += off * value
                for j in range(i + 1):
                    bend[i][j] += spread * value * row[j]
        for i in range(size):
            for j in range(i):
                bend[j][i] = bend[i][j]
        weights = [weight + one for weight, one in zip(weights, _solve(bend, slope), strict=True)]
    *inner, bias = weights
    return Judge(tuple(round(one / by, 2) for one, by in zip(inner, spreads, strict=True)), round(bias, 2))


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
        told = window_lines([DATA / "eval" / "stories.jsonl", DATA / "eval" / "stories_extra.jsonl"])
        (print_cross if sys.argv[1:] == ["cross"] else print_weights)(told)
