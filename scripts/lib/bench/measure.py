"""Interleaved rounds of many operations, so that a disturbance of the machine affects all of them alike.

A figure is the median of the rounds' medians; a ratio is computed within each round.
"""
import statistics
import threading
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Subject:
    """A subject of measurement. key: its name in the JSON; title: its name in the table; works: one function
    per client that executes the operation once; least: minimum of calls per round.
    """
    key: str
    title: str
    works: tuple
    least: int = 3

    @property
    def clients(self):
        return len(self.works)


@dataclass
class Series:
    """The rounds of a subject: [[seconds per call]], and seconds per round"""
    rounds: list = field(default_factory=list)
    elapsed: list = field(default_factory=list)

    @property
    def all(self):
        return sorted(value for values in self.rounds for value in values)

    @property
    def medians(self):
        return [statistics.median(values) for values in self.rounds]

    def figures(self):
        """Return calls per second and milliseconds: p50, the median of the rounds' medians, the minimum and
        maximum of these, p95, p99.
        """
        medians = self.medians
        rates = [len(values) / elapsed for values, elapsed in zip(self.rounds, self.elapsed, strict=True)]
        return {
            'p50': _ms(statistics.median(medians)), 'least': _ms(min(medians)), 'most': _ms(max(medians)),
            'p95': _ms(quantile(self.all, 0.95)), 'p99': _ms(quantile(self.all, 0.99)),
            'per_second': round(statistics.median(rates), 1), 'calls': len(self.all)}


def _ms(seconds):
    return round(seconds * 1000, 3)


def quantile(values, share):
    """Return the value of sorted values below which a share of them lies"""
    return values[min(len(values) - 1, int(len(values) * share))]


def ratios(series, floor):
    """Return (median, minimum, maximum) of a subject's round medians divided by those of the floor"""
    found = [own / base for own, base in zip(series.medians, floor.medians, strict=True)]
    return [round(value, 2) for value in (statistics.median(found), min(found), max(found))]


def interleaved(subjects, rounds, seconds, progress=lambda number: None):
    """Run all subjects in turn, for some rounds; return {key: Series}.

    seconds: duration of a subject in a round, unless ``least`` calls take longer.
    """
    found = {subject.key: Series() for subject in subjects}
    for subject in subjects:
        for work in subject.works:
            work()
    for number in range(rounds):
        progress(number + 1)
        for subject in subjects:
            values, elapsed = once(subject, seconds)
            found[subject.key].rounds.append(values)
            found[subject.key].elapsed.append(elapsed)
    return found


def once(subject, seconds):
    """Run a subject with all its clients at once; return (seconds of each call, total seconds)"""
    lists, errors = [[] for _ in subject.works], []
    started = time.perf_counter()

    def run(work, values):
        try:
            while len(values) < subject.least or time.perf_counter() - started < seconds:
                before = time.perf_counter()
                work()
                values.append(time.perf_counter() - before)
        except Exception as error:
            errors.append(error)
    threads = [
        threading.Thread(target=run, args=pair) for pair in zip(subject.works[1:], lists[1:], strict=True)]
    for thread in threads:
        thread.start()
    run(subject.works[0], lists[0])
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [value for values in lists for value in values], time.perf_counter() - started
