"""The main job for one theorem: derive, prove, train, and the files that come of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symicl.cli.codes import Interrupted
from symicl.cli.output import note, results_only
from symicl.cli.progress import training_progress
from symicl.cli.recording import open_records, study_recorder
from symicl.cli.reporting import write_record
from symicl.errors import DerivationError, InputError, MissingDependencyError, UnsupportedError
from symicl.records import fingerprint
from symicl.views import prepare_folder, read_json, replacing, write_json, write_text

if TYPE_CHECKING:
    from symicl.records import Records
    from symicl.statements import SecondOpinion, Theorem, Verdict
    from symicl.studies import Study, StudyResult
    from symicl.views import Typesetting

CHECKPOINTS = ".checkpoints"


@dataclass(frozen=True)
class Job:
    """Verifying theorems into one folder.

    Attributes
    ----------
    folder : Path
    seeds : sequence of int or None
        None for those of each experiment.
    fresh : bool
        Whether to ignore finished and interrupted trainings found in the folder.
    quiet : bool
    records : Records or None
        Where every run is recorded.
    setting : Typesetting, optional
        Notation and style of what is written.
    jobs : int
        Trainings at a time.
    alone : bool
        Whether no other training shares the terminal.
    """

    folder: Path
    seeds: Sequence[int] | None = None
    fresh: bool = False
    quiet: bool = False
    records: Records | None = None
    setting: Typesetting | None = None
    jobs: int = 1
    alone: bool = True

    def prove(self, theorem: Theorem) -> tuple[Verdict, SecondOpinion]:
        """Derive and prove, by both engines; writes the certificate, the LaTeX and the steps as data."""
        from symicl.statements import prove, second_opinion
        from symicl.views import theorem_latex

        with results_only():
            verdict = prove(theorem, record=True)
            opinion = second_opinion(verdict)
        write_text(self.folder / f"{theorem.id}.certificate.jsonl", verdict.proof_log)
        tex = self.folder / f"{theorem.id}.tex"
        write_record(self.folder, theorem, verdict.derivation, self.setting)
        if verdict.derivation is not None:
            write_text(tex, theorem_latex(theorem, verdict.derivation, setting=self.setting, standalone=True))
        else:
            tex.unlink(missing_ok=True)
        return verdict, opinion

    def train(self, theorem: Theorem) -> dict[str, Any]:
        """Train, or go on, or find it done; writes ``ID.training.json`` and ``ID.png``.

        Returns
        -------
        dict
            The document of ``ID.training.json``.

        Raises
        ------
        Interrupted
            After Ctrl-C; the checkpoints remain.
        """
        from symicl.studies import find_experiment

        try:
            experiment = find_experiment(theorem.id)
        except InputError as error:
            return _no_verdict(theorem.id, error)
        seeds = list(experiment.seeds if self.seeds is None else self.seeds)
        settings = fingerprint(experiment, seeds)
        file = self.folder / f"{experiment.id}.training.json"
        picture = self.folder / f"{experiment.id}.png"
        if not self.fresh:
            found = read_json(file)
            if isinstance(found, dict) and found.get("settings") == settings:
                note(f"the finished training in {file} is used again; --fresh repeats it", quiet=self.quiet)
                return found
        checkpoints = _Checkpoints(self.folder / CHECKPOINTS, experiment.id)
        checkpoints.prepare(settings, fresh=self.fresh)
        # What an earlier run has left must not be taken for a result of this one.
        for stale in (file, picture):
            stale.unlink(missing_ok=True)
        try:
            result = self._run(experiment, seeds, checkpoints.folder)
        except (DerivationError, UnsupportedError) as error:
            checkpoints.clear()
            document = _no_verdict(experiment.id, error)
        else:
            if result.interrupted:
                raise Interrupted
            document = result.document()
            self._draw(result, picture)
        document["settings"] = settings
        write_json(file, document)
        checkpoints.clear()
        return document

    def train_all(self, theorems: Sequence[Theorem]) -> Iterator[tuple[Theorem, dict[str, Any]]]:
        """Train all of them, each with its document, in the order in which they are done."""
        jobs = min(self.jobs, len(theorems))
        yield from self._train_in_processes(theorems, jobs) if jobs > 1 else self._train_here(theorems)
        folder = self.folder / CHECKPOINTS
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()

    def _train_here(self, theorems: Sequence[Theorem]) -> Iterator[tuple[Theorem, dict[str, Any]]]:
        for theorem in theorems:
            yield theorem, self.train(theorem)

    def _train_in_processes(
        self, theorems: Sequence[Theorem], jobs: int
    ) -> Iterator[tuple[Theorem, dict[str, Any]]]:
        from symicl.sweeps import Processes

        plain = {
            "folder": str(self.folder),
            "seeds": None if self.seeds is None else list(self.seeds),
            "fresh": self.fresh,
            "quiet": self.quiet,
            "records": None if self.records is None else str(self.records.path),
        }
        # Those at the end of the catalogue take longest: begun first, they leave no process idle at the end.
        units = [plain | {"theorem": theorem.id} for theorem in reversed(theorems)]
        by_id = {theorem.id: theorem for theorem in theorems}
        for unit, document in Processes(jobs, train_unit).map(units):
            yield by_id[unit["theorem"]], document

    def _run(self, experiment: Study, seeds: Sequence[int], checkpoints: Path) -> StudyResult:
        with training_progress(experiment, len(seeds), quiet=self.quiet, bar=self.alone) as progress:
            if self.records is None:
                return experiment.run({}, seeds=seeds, progress=progress, checkpoint=checkpoints)
            recorder = study_recorder(self.records, "verify", experiment, {}, resume=not self.fresh)
            try:
                result = experiment.run(
                    {}, seeds=seeds, progress=recorder.progress(progress), checkpoint=checkpoints
                )
            except BaseException as error:
                recorder.fail(error)
                raise
        recorder.finish(result)
        if recorder.error is not None:
            note(f"not recorded: {recorder.error}")
        return result

    def _draw(self, result: StudyResult, picture: Path) -> None:
        from symicl.views import draw

        try:
            with replacing(picture) as temporary:
                draw(result, temporary)
        except MissingDependencyError as error:
            note(f"no picture of {result.id}: {error}", quiet=self.quiet)


def train_unit(unit: Mapping[str, Any]) -> dict[str, Any]:
    """The training of one theorem in a process of its own; the unit is plain data."""
    from symicl.statements import find

    with open_records(unit["records"] and Path(unit["records"]), off=unit["records"] is None) as records:
        settings = {name: unit[name] for name in ("seeds", "fresh", "quiet")}
        job = Job(Path(unit["folder"]), records=records, alone=False, **settings)
        return job.train(find(unit["theorem"]))


@dataclass(frozen=True)
class _Checkpoints:
    """Where an unfinished training is kept, and the settings that it belongs to."""

    folder: Path
    theorem_id: str

    @property
    def _settings(self) -> Path:
        return self.folder / f"{self.theorem_id}.settings.json"

    def prepare(self, settings: dict[str, Any], *, fresh: bool) -> None:
        """Keep the checkpoints of the same settings, forget all others."""
        prepare_folder(self.folder)
        if fresh or read_json(self._settings) != settings:
            self.clear()
            write_json(self._settings, settings)

    def clear(self) -> None:
        """Remove the checkpoints of this theorem; the folder may be in use by other trainings."""
        for file in self.folder.glob(f"{self.theorem_id}.*"):
            file.unlink(missing_ok=True)


def _no_verdict(theorem_id: str, error: Exception) -> dict[str, Any]:
    return {"id": theorem_id, "verdict": "inconclusive", "reason": str(error), "seconds": 0.0, "runs": []}
