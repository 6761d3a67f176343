"""Executions of pipelines: a step begins when those before it are done."""

from leeboard.service.pipelines.asking import WORK
from leeboard.service.pipelines.executor import give_up, perform
from leeboard.service.work.kinds import Kind

ENTRY = Kind(WORK, perform, give_up, crew="pipelines")
