"""`python -m tests.properties.differential --tenants 300 --seed 1 [--only CLASS] [--one SEED] [--product CHECKOUT]`."""

from __future__ import annotations

import sys

from tests.properties import elsewhere


def main(arguments: list[str]) -> int:
    """The table on stdout, each example that differs on stderr as it comes; 1 where one does."""
    import argparse

    from tests.properties.differential.classes import classes
    from tests.properties.differential.running import examples, play, table

    options = argparse.ArgumentParser(prog="python -m tests.properties.differential")
    options.add_argument("--tenants", type=int, default=300)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", default="", metavar="CLASS")
    options.add_argument("--one", default="", metavar="SEED", help="play this one again, as 1/swaps/7, and tell it all")
    chosen = options.parse_args(arguments)
    if chosen.one:
        name = chosen.one.split("/")[1]
        result = play(name, classes()[name], chosen.one)
        print(result.told, "", *(result.wrong or ("nothing differs",)), sep="\n")
        return bool(result.wrong)
    results = []
    for result in examples(chosen.tenants, chosen.seed, chosen.only):
        results.append(result)
        if result.wrong:
            print(
                f"\n{result.seed} (exit 0: {result.ended})", *result.wrong[:6], sep="\n  ", file=sys.stderr, flush=True
            )
    print(table(results))
    return any(result.wrong for result in results)


if __name__ == "__main__":
    given = sys.argv[1:]
    elsewhere.given(given)
    sys.exit(main(given))
