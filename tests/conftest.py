"""Tests in another order: `--order-seed N` shuffles the files, and the tests in each; workers agree by the number."""

from ordering import shuffled


def pytest_addoption(parser):
    parser.addoption(
        "--order-seed", type=int, help="shuffle the files of tests, and the tests in each of them"
    )


def pytest_report_header(config):
    seed = config.getoption("order_seed")
    return None if seed is None else f"order of tests: --order-seed {seed}"


def pytest_collection_modifyitems(config, items):
    seed = config.getoption("order_seed")
    if seed is not None:
        items[:] = shuffled(items, seed, key=lambda item: item.path)
