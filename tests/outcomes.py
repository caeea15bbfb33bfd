#!/usr/bin/env python3
"""Compares JUnit reports of scenarios with the table of what each must come to: tests/outcomes.py REPORT...

Of every scenario file in them each test must have the outcome that scenarios/expected.toml says, and its failure text the
words. Prints each difference, and exits with 1 if there is any, or if the reports have no test at all.
"""

import sys
import tomllib
import xml.etree.ElementTree as tree

ELEMENTS = {"failure": "failed", "error": "errored", "skipped": "skipped"}


def read_table():
    """(file, instance) to [outcome, name, words...] of each test, in their order."""
    with open("scenarios/expected.toml", "rb") as file:
        rows = tomllib.load(file)
    table = {}
    for name, row in rows.items():
        for instance, tests in row.get("instances", {"": row.get("tests")}).items():
            table["scenarios/" + name, instance] = tests
    return table


def found(case):
    for element in case:
        if element.tag in ELEMENTS:
            return ELEMENTS[element.tag], element.text or ""
    return "passed", ""


def compare(suite, table):
    name, file = suite.get("name"), suite.get("file")
    cases = [(case.get("name"), *found(case)) for case in suite.iter("testcase")]
    instance = name.partition("[")[2].removesuffix("]")
    expected = table.get((file, instance))
    if expected is None:
        yield f"{name}: there is no row for {file} [{instance}]"
        return
    if [(test[1], test[0]) for test in expected] != [case[:2] for case in cases]:
        yield f"{name}: expected {[tuple(test[:2]) for test in expected]}, got {[(c[1], c[0]) for c in cases]}"
        return
    for (_, test, *words), (_, _, text) in zip(expected, cases):
        yield from (f"{name}: {test}: no '{word}' in: {text}" for word in words if word not in text)


def main(reports):
    table, suites = read_table(), []
    for report in reports:
        suites += [suite for suite in tree.parse(report).iter("testsuite") if suite.get("file")]
    differences = [text for suite in suites for text in compare(suite, table)]
    for text in differences:
        print(f"outcomes: {text}", file=sys.stderr)
    print(f"{len(suites)} scenarios, {len(differences)} differences from the table of outcomes")
    return 1 if differences or not suites else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
