#!/usr/bin/env python3
"""Checks that the tree keeps its own conventions: tidy.py SOURCE_DIR

Prints each breach as path:line: text, and exits with 1 if there is any. Reads only; needs only Python.
"""

import os
import re
import sys

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60
NAMES_WITHOUT_A_NOUN = {"utils", "helpers", "common", "manager"}
SKIPPED_FOLDERS = re.compile(r"\.git|(cmake-)?build(-.*)?|__pycache__")

CPP = (".cpp", ".h")
TEXT = CPP + (".toml", ".md", ".sh")

SYSTEM_CALLS = re.compile(r"(libmnl|boost|sys|linux)/|(unistd|fcntl)\.h$")


def find_files(root):
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(s for s in subfolders if not SKIPPED_FOLDERS.fullmatch(s))
        for name in sorted(names):
            yield os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace", newline="") as file:
        return file.read()


# --- names, lines, headers, includes -----------------------------------------------------------------------------


def check_names(paths):
    for path in paths:
        for part in path.split("/"):
            stem = part.split(".")[0]
            if stem.lower() in NAMES_WITHOUT_A_NOUN:
                yield path, 1, f"'{stem}' names no thing; put it beside its only caller, or call it by its main noun"


def check_white_space(path, text):
    for number, line in enumerate(text.split("\n"), 1):
        if "\t" in line:
            yield path, number, "tab"
        if line != line.rstrip():
            yield path, number, "white space at the end of the line"


def check_length(path, text):
    count = len(text.splitlines())
    if count > MAX_FILE_LINES:
        yield path, MAX_FILE_LINES + 1, f"file of {count} lines, more than {MAX_FILE_LINES}"


def check_header(path, text):
    lines = text.splitlines() or [""]
    if not re.match(r"// *\S", lines[0]):
        yield path, 1, "a header begins with a '//' line that says what it is for"
    code = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("//")]
    number, line = code[0] if code else (1, "")
    if line.strip() != "#pragma once":
        yield path, number, "'#pragma once' comes right after a header's opening comment"


def check_includes(path, text):
    layer = path.split("/")[0]
    for number, line in enumerate(text.splitlines(), 1):
        include = re.match(r"\s*#\s*include\s*[<\"]([^>\"]+)[>\"]", line)
        if not include:
            continue
        name = include.group(1)
        folders = name.split("/")[:-1]
        if layer in ("core", "reports"):
            if "runner" in folders:
                yield path, number, f"{layer} must not include runner: '{name}'"
            if SYSTEM_CALLS.match(name):
                yield path, number, f"{layer} makes no system calls: '{name}'"
        if layer == "core" and "reports" in folders:
            yield path, number, f"core must not include reports: '{name}'"
        if "toml++" in folders and path != "core/toml_document.cpp":
            yield path, number, f"only core/toml_document.cpp includes toml++: '{name}'"


# --- functions ---------------------------------------------------------------------------------------------------

NOT_CODE = re.compile(
    r"""
      //[^\n]*                                                # line comment
    | /\*.*?\*/                                               # block comment
    | \b(?:u8|[uUL])?R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)"   # raw string
    | "(?:\\.|[^"\\\n])*"                                     # string
    | (?<![0-9a-zA-Z_])'(?:\\.|[^'\\\n])+'                    # character, but no digit separator
    """,
    re.VERBOSE | re.DOTALL,
)


def blank(match):
    """Replaces by spaces what is matched, or by '' when it is a literal; line numbers stay."""
    text = match.group()
    literal = "" if text.startswith(("//", "/*")) else '""'
    return literal + re.sub(r"[^\n]", " ", text[len(literal):])


def blank_directives(code):
    """Blanks preprocessor lines, and all but the first branch of a condition so that braces stay in pairs."""
    lines, kept, continued = [], [], False
    for line in code.split("\n"):
        directive = continued or line.lstrip().startswith("#")
        word = "" if continued else re.sub(r"^\s*#\s*(\w*).*", r"\1", line) if directive else ""
        if word in ("if", "ifdef", "ifndef"):
            kept.append(True)
        elif word in ("else", "elif") and kept:
            kept[-1] = False
        elif word == "endif" and kept:
            kept.pop()
        continued = directive and line.rstrip().endswith("\\")
        lines.append("" if directive or not all(kept) else line)
    return "\n".join(lines)


def simplify(statement):
    """A statement without what would mislead: labels, attributes, template arguments, names of operators."""
    text = re.sub(r"\boperator\s*(\(\s*\)|\[\s*\]|\"\"\s*\w+|[^\w\s(]+)", " operator_name ", statement)
    text = text.replace("->", " ARROW ")
    text = re.sub(r"\b(public|private|protected)\s*:(?!:)", " ", text)
    text = re.sub(r"\[\[.*?\]\]", " ", text, flags=re.DOTALL)
    text = re.sub(r"\b(alignas|decltype|explicit)\s*\([^()]*(\([^()]*\)[^()]*)*\)", " ", text)
    previous = None
    while text != previous:
        previous, text = text, re.sub(r"<[^<>]*>", " ", text)
    return " ".join(text.split())


def outside_parentheses(text):
    previous = None
    while text != previous:
        previous, text = text, re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", text)
    return text


NAMESPACE = re.compile(r"(inline )?namespace\b|extern \"\"$|export$")
TYPE = re.compile(
    r"(?:^|\s)(?:class|struct|union|enum(?: class| struct)?)(?: [\w:]+)*(?: ?:(?!:)[^)]*)?$"
)


def kind_of_block(statement):
    """What an opening brace after this statement begins, at namespace or class level."""
    text = simplify(statement)
    if NAMESPACE.match(text):
        return "scope"
    bare = outside_parentheses(text)
    if "=" in bare:
        return "initialiser"
    if TYPE.search(text):
        return "scope"
    if ")" not in text:
        return "initialiser"
    # Foo(int a) : a_{a}, b_{1} {   a brace after a name here is a member's, the body's comes after ')' or '}'
    in_member_list = re.search(r"(?<!:):(?!:)", bare) and not re.search(r"[)}]$", text)
    return "initialiser" if in_member_list else "function"


def find_functions(text):
    """Yields the first line and the count of lines of each function's body."""
    code = blank_directives(NOT_CODE.sub(blank, text))
    line, parentheses = 1, 0
    statement = ""
    blocks = []  # of (kind, first line, depth of parentheses outside, statement so far)
    for character in code:
        level = blocks[-1][0] if blocks else "scope"
        if character == "\n":
            line += 1
        if character == "{":
            if level != "scope":
                kind = level if level == "function" else "initialiser"
            else:
                kind = "initialiser" if parentheses > 0 else kind_of_block(statement)
            blocks.append((kind if level != "function" else "inner", line, parentheses, statement))
            statement, parentheses = "", 0
        elif character == "}":
            if not blocks:
                continue
            kind, first, parentheses, statement = blocks.pop()
            if kind == "function":
                yield first, line - first + 1
            if kind in ("scope", "function"):
                statement = ""
            else:
                statement += "}"
        elif character == ";" and parentheses == 0:
            statement = ""
        else:
            parentheses += (character == "(") - (character == ")")
            statement += character


def check_functions(path, text):
    for first, count in find_functions(text):
        if count > MAX_FUNCTION_LINES:
            yield path, first, f"function of {count} lines, more than {MAX_FUNCTION_LINES}"


# --- scenarios ---------------------------------------------------------------------------------------------------


def check_twins(paths):
    twins = {p.split("/")[-1] for p in paths if p.startswith("scenarios/must-fail/")}
    for path in paths:
        name = path.split("/")[-1]
        if path.startswith("scenarios/document/") and name.endswith(".toml") and name not in twins:
            yield path, 1, "no scenario of this name in scenarios/must-fail: a check that cannot fail checks nothing"


def check_tree(root):
    paths = list(find_files(root))
    yield from check_names(paths)
    yield from check_twins(paths)
    for path in paths:
        is_script = path.startswith(("ci/", ".ci/"))
        if not path.endswith(TEXT) and not is_script:
            continue
        text = read(root, path)
        yield from check_white_space(path, text)
        if path.endswith(CPP):
            yield from check_length(path, text)
            yield from check_includes(path, text)
            yield from check_functions(path, text)
        if path.endswith(".h"):
            yield from check_header(path, text)


def main(arguments):
    if len(arguments) != 2 or not os.path.isdir(arguments[1]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    breaches = sorted(set(check_tree(arguments[1])))
    for path, line, text in breaches:
        print(f"{path}:{line}: {text}")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
