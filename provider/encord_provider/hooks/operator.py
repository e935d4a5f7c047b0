"""What all operators and sensors have in common: arguments of Airflow's that they preset."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from airflow.providers.common.compat.sdk import BaseOperator

RETRIES: Mapping[str, Any] = {"retries": 2, "retry_delay": timedelta(seconds=15)}
"""A try that died comes again soon: what it left half done holds no lease for longer than it must."""


class EncordOperator(BaseOperator):
    """An operator whose `presets` hold unless the task, its group or its DAG says otherwise.

    What a constructor passes on would win over the default arguments of a DAG, and the scheduler never sees what the
    constructor of a mapped task would pass on.
    """

    presets: ClassVar[Mapping[str, Any]] = RETRIES

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**_left(self.presets, kwargs.get("default_args")), **kwargs})

    @classmethod
    def partial(cls, **kwargs: Any) -> Any:  # noqa: ANN401 - Airflow's, and no part of its public interface
        """Begin a mapped task; see Airflow's own documentation."""
        task = super().partial(**kwargs)
        given = [getattr(task.kwargs[of], "default_args", None) for of in ("dag", "task_group")]
        task.kwargs.update(_left(cls.presets, kwargs, kwargs.get("default_args"), *given))
        return task


def _left(presets: Mapping[str, Any], *given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return those presets that nobody has given."""
    said = {name for arguments in given for name in arguments or ()}
    return {name: value for name, value in presets.items() if name not in said}
