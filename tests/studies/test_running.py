"""What happens around a run: signals, missing torch, the random state, files."""

import builtins
import os
import signal

import numpy as np
import pytest

import symicl as si
from symicl.errors import InputError, MissingDependencyError
from symicl.numeric import compile_scalar

MODEL = si.LinearSelfAttention()
SMALL = si.LinearRegression().at(n=5, d=2, sigma2="1/4")


def test_without_torch_one_sentence_says_what_to_install(monkeypatch):
    real = builtins.__import__

    def no_torch(name, *args, **kwargs):
        if name == "torch":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", no_torch)
    with pytest.raises(MissingDependencyError, match=r"pip install 'symicl\[train\]'"):
        si.train(MODEL, SMALL)


def test_ctrl_c_ends_the_run_at_a_whole_step_and_gives_back_the_handler(tmp_path):
    pytest.importorskip("torch")
    before = signal.getsignal(signal.SIGINT)

    def press(step, total, excess):
        if step == 16:
            os.kill(os.getpid(), signal.SIGINT)

    options = {"steps": 40, "batch": 64, "seed": 2}
    path = tmp_path / "run.pt"
    part = si.train(MODEL, SMALL, checkpoint=path, progress=press, **options)
    assert part.interrupted and 16 <= part.steps < 40
    assert part.verdict == "unfinished"
    assert signal.getsignal(signal.SIGINT) is before
    assert [p.name for p in tmp_path.iterdir()] == ["run.pt"]
    whole, rest = si.train(MODEL, SMALL, **options), si.train(MODEL, SMALL, checkpoint=path, **options)
    assert rest.trajectory == whole.trajectory
    assert all(np.array_equal(whole.weights[name], rest.weights[name]) for name in whole.weights)


def test_the_global_random_state_and_the_number_of_threads_are_left_alone():
    torch = pytest.importorskip("torch")
    torch.manual_seed(5)
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    si.train(MODEL, SMALL, steps=5, batch=64)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads


def test_divergence_is_reported():
    pytest.importorskip("torch")
    with pytest.raises(InputError, match="smaller learning rate"):
        si.train(MODEL, SMALL, steps=60, batch=64, lr=1e12)


def test_a_checkpoint_that_cannot_be_written_is_refused(tmp_path):
    pytest.importorskip("torch")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        si.train(MODEL, SMALL, steps=5, batch=64, checkpoint=tmp_path / "file" / "run.pt")


def test_the_module_computes_what_the_symbolic_forward_pass_says():
    pytest.importorskip("torch")
    from symicl.studies.regression.torch_model import TorchModel
    from symicl.studies.runtime.draws import TorchDraws

    draws = TorchDraws(3, "float64")
    network, sample = TorchModel(MODEL, 2, draws), SMALL.sample(1, draws)
    task = SMALL.task
    weights = MODEL.symbolic_weights(task.d)
    prediction = MODEL.forward(weights, task.prompt()).single().trace()
    shapes = MODEL.weight_shapes()
    values = {task.n: 5, task.d: 2}
    values |= {task.X: sample.prompt.covariates[0].numpy(), task.y: sample.prompt.responses[0].numpy()}
    values |= {task.x: sample.prompt.query[0].numpy()}
    for name, weight in network.weights.items():
        array, top = weight.detach().numpy(), 0
        for row, height in zip(shapes[name].symbols(name, task.d), (2, 1), strict=True):
            left = 0
            for symbol, width in zip(row, (2, 1), strict=False):
                values[symbol] = array[top : top + height, left : left + min(width, array.shape[1])]
                left += width
            top += height
    exact = compile_scalar(prediction, "exact")(values)
    assert network(sample.prompt).item() == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_draws_are_standard_normal_and_repeatable(dtype):
    torch = pytest.importorskip("torch")
    from symicl.studies.runtime.draws import TorchDraws

    sample = TorchDraws(11, dtype).normal(200, 1000)
    assert sample.dtype == getattr(torch, dtype)
    assert torch.equal(sample, TorchDraws(11, dtype).normal(200, 1000))
    # Five standard errors of the mean, the variance and the fourth moment.
    for power, moment, deviation in ((1, 0, 1), (2, 1, 2**0.5), (4, 3, 96**0.5)):
        assert abs(float((sample.double() ** power).mean()) - moment) < 5 * deviation / 200_000**0.5


def test_a_picture_is_drawn_even_where_the_optimum_is_zero(tmp_path):
    pytest.importorskip("torch")
    pytest.importorskip("matplotlib")
    from symicl.studies import find_experiment
    from symicl.views.plots import draw_experiment

    result = find_experiment("mahankali2023.nonlinear").run({"n": 3, "d": 2, "target": "abs"}, steps=5)
    assert not result.optimal_coefficient.any()
    draw_experiment(result, tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
