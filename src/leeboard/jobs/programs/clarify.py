"""Clarify: bias and feature attribution."""

from leeboard.clock import now
from leeboard.hosting.mapping import CLARIFY
from leeboard.jobs.baselines import read_baseline_files
from leeboard.jobs.clarify.configuration import has_config
from leeboard.jobs.clarify.execution import asked_of, fields_of
from leeboard.jobs.clarify.job import plan_of_job
from leeboard.jobs.clarify.predictor import ModelSource
from leeboard.jobs.environment import JobEnvironment
from leeboard.jobs.job import Log
from leeboard.jobs.programs import Ended, Program
from leeboard.jobs.run import run


def _run(environment: JobEnvironment, log: Log) -> Ended:
    plan = plan_of_job(environment, ModelSource(by_name=environment.models_url))
    if plan.config.segment_config:
        log("segment_config is read and not used: measures are of all rows together")
    try:
        known = environment.path_of("baseline_constraints")
        baselines = {
            name: read_baseline_files({"analysis.json": known}, name) for name in plan.monitors if known
        }
        job = environment.job(
            asked_of(plan, baselines), **fields_of(plan), title=plan.title, baseline_name=known or ""
        )
        return Ended.of(run(job, now=now(), log=log))
    finally:
        plan.close()


ENTRY = Program(CLARIFY, lambda environment: 5 if has_config(environment) else 0, _run)
