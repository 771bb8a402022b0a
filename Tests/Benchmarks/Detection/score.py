#!/usr/bin/env python3
"""How the firewall's detectors judge inputs that others have published.

    swift build -c release
    ./score.py --libinjection LIBINJECTION/data --crs CORERULESET

LIBINJECTION is a clone of github.com/libinjection/libinjection: a line of data/sqli-*.txt and data/xss-*.txt is an attack, one of
data/false_positives.txt is not, each encoded as in a URL. CORERULESET is a clone of github.com/coreruleset/coreruleset: of its
regression tests for SQL injection (942) and cross-site scripting (941) those of paranoia level 1 count, each caught if a detector
speaks up at any value that the rules look at, decoded as they decode it. `--show N` prints up to N of what was missed, and all that
was flagged. Needs PyYAML for --crs.
"""

import argparse
import glob
import html
import json
import os
import random
import re
import subprocess
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
JUDGE = os.environ.get("DETECTION_JUDGE", os.path.join(HERE, ".build", "release", "DetectionJudge"))

# "Negative" cases that are attacks by themselves, which the rule under test leaves to another rule.
ATTACKS_OF_OTHER_RULES = {
    (941100, 5): "a <script> element in the Referer, which rule 941100 does not read",
    (942160, 12): "BENCHMARK(2999/**/999, MD5(",
    (942350, 9): "';INSERT INTO category(id) VALUES (3)--",
    (942360, 29): "||(SELECT(DBMS_LDAP.INIT(…))FROM(DUAL))",
    (942360, 30): "'||(select(pg_sleep(15))where(true))||'",
    (942360, 31): "UNION ALL SELECT NULL,NULL,CONCAT(…)--",
}


def judge(kind, values):
    lines = "".join(f"{kind} {value.hex()}\n" for value in values)
    answers = subprocess.run([JUDGE], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(answers) == len(values)
    return answers


def decoded(text):
    if isinstance(text, str):
        text = text.encode("utf-8", "surrogateescape")
    return urllib.parse.unquote_to_bytes(text.replace(b"+", b" "))


def shown(value):
    return repr(value[:140])[2:-1]


# libinjection's files


def lines(path):
    with open(path, "rb") as file:
        for line in file:
            line = line.strip(b"\r\n")
            if line.strip() and not line.startswith(b"#"):
                yield decoded(line)


def score_libinjection(folder, show):
    benign = list(lines(os.path.join(folder, "false_positives.txt")))
    for kind, pattern in (("sqli-low", "sqli-*.txt"), ("sqli-high", "sqli-*.txt"), ("xss", "xss-*.txt")):
        values = [value for path in sorted(glob.glob(os.path.join(folder, pattern))) for value in lines(path)]
        missed = [value for value, answer in zip(values, judge(kind, values)) if answer == "0"]
        flagged = [(value, answer) for value, answer in zip(benign, judge(kind, benign)) if answer != "0"]
        print(f"libinjection {kind}: missed {len(missed)} of {len(values)}, flagged {len(flagged)} of {len(benign)}")
        for value in random.sample(missed, min(show, len(missed))):
            print("    missed ", shown(value))
        for value, answer in flagged[: None if show else 0]:
            print("    flagged", shown(value), "|", answer)


# The Core Rule Set's regression tests


def paranoia_levels(folder):
    levels = {}
    for name in ("REQUEST-941*.conf", "REQUEST-942*.conf"):
        for path in glob.glob(os.path.join(folder, "rules", name)):
            with open(path) as file:
                for rule in file.read().split("\n\n"):
                    number, level = re.search(r"\bid:(\d+)", rule), re.search(r"paranoia-level/(\d)", rule)
                    if number and level:
                        levels[int(number.group(1))] = int(level.group(1))
    return levels


def unicode_decoded(text):
    """`%u003c`, as URL_DECODE_UNI reads it."""
    return re.sub(rb"%u([0-9a-fA-F]{4})", lambda m: chr(int(m.group(1), 16)).encode("utf-8", "surrogatepass"), text)


def form(text):
    for pair in text.encode("utf-8", "surrogateescape").split(b"&"):
        name, sign, value = pair.partition(b"=")
        yield decoded(unicode_decoded(name))
        if sign:
            yield decoded(unicode_decoded(value))


def leaves(value):
    if isinstance(value, dict):
        for name, member in value.items():
            yield name
            yield from leaves(member)
    elif isinstance(value, list):
        for member in value:
            yield from leaves(member)
    else:
        yield str(value)


def request_values(request, reads_path_parts):
    """The values that the rules look at: path, arguments and their names, cookies, User-Agent, Referer, and headers of one's own."""
    path, _, query = str(request.get("uri", "")).partition("?")
    values = [decoded(path)]
    if reads_path_parts and path.count("/") > 1:
        values += [decoded(path.split("/", 2)[-1]), decoded(path.rsplit("/", 1)[-1])]
    if query:
        values += form(query)
    headers = {name.lower(): str(value) for name, value in (request.get("headers") or {}).items()}
    body, kind = request.get("data"), headers.get("content-type", "")
    if body is not None:
        body = str(body)
        raw = body.encode("utf-8", "surrogateescape")
        if "json" in kind:
            try:
                values += [leaf.encode() for leaf in leaves(json.loads(body))]
            except ValueError:
                values.append(raw)
        elif "xml" in kind:
            values += [html.unescape(text).encode() for text in re.findall(r'probe="(.*)"></a>', body, re.S)] + [raw]
        elif "multipart" in kind:
            values.append(raw)
        else:
            values += form(body.rstrip("\r\n"))
    for name, value in headers.items():
        if name == "cookie":
            for cookie in value.split(";"):
                cookie_name, _, cookie_value = cookie.partition("=")
                values += [decoded(cookie_name.strip()), decoded(cookie_value)]
        elif name not in ("host", "accept", "content-type", "content-length", "connection", "accept-encoding", "accept-language"):
            values.append(decoded(value))
    for value in list(values):
        entities = html.unescape(value.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        values += [again for again in (decoded(value), entities) if again != value]
    return values


def score_crs(folder, show):
    import yaml

    levels = paranoia_levels(folder)
    for kind, family in (("sqli-low", 942), ("sqli-high", 942), ("xss", 941)):
        attacks, caught, negatives, flagged, missed = 0, 0, 0, [], []
        for path in sorted(glob.glob(os.path.join(folder, f"tests/regression/tests/REQUEST-{family}*/*.yaml"))):
            with open(path) as file:
                suite = yaml.safe_load(file)
            rule = suite["rule_id"]
            if levels.get(rule) != 1:
                continue
            for test in suite["tests"]:
                for stage in test["stages"]:
                    values = request_values(stage["input"], family == 942)
                    hits = [(v, a) for v, a in zip(values, judge(kind, values)) if a != "0"]
                    if "expect_ids" in stage["output"].get("log", {}):
                        attacks += 1
                        caught += bool(hits)
                        if not hits:
                            missed.append((rule, test["test_id"]))
                    elif (rule, test["test_id"]) not in ATTACKS_OF_OTHER_RULES:
                        negatives += 1
                        if hits:
                            flagged.append((rule, test["test_id"], *hits[0]))
        print(f"CRS {kind}: caught {caught} of {attacks} ({100 * caught / attacks:.1f} %), flagged {len(flagged)} of {negatives}")
        if show:
            print("    missed ", " ".join(f"{rule}-{number}" for rule, number in missed))
        for rule, number, value, answer in flagged:
            print(f"    flagged {rule}-{number}", shown(value), "|", answer)
    left_out = " ".join(f"{rule}-{number}" for rule, number in ATTACKS_OF_OTHER_RULES)
    print(f"not among the negatives, being attacks that another rule is for: {left_out}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--libinjection", metavar="DIR", help="the folder `data` of libinjection")
    parser.add_argument("--crs", metavar="DIR", help="a clone of coreruleset")
    parser.add_argument("--show", metavar="N", type=int, default=0)
    options = parser.parse_args()
    random.seed(1)
    if options.libinjection:
        score_libinjection(options.libinjection, options.show)
    if options.crs:
        score_crs(options.crs, options.show)


if __name__ == "__main__":
    main()
