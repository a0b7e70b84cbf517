"""The fields of a call as auth codes see them: always text, made only when a code asks."""

from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.domain.auth_codes import AuthField
from data.domain.rating import MS_PER_S
from data.domain.records import Direction
from ingest.columns import int_column, nullable_int_column, text_column
from ingest.local_time import local_ms

COLUMN_OF = {
    AuthField.CALLING_NUMBER: "calling_number",
    AuthField.CALLED_NUMBER: "called_number",
    AuthField.BILLING_NUMBER: "billing_number",
    AuthField.CALL_DISCONNECT_REASON: "disconnect_reason",
    AuthField.INGRESS_TRUNK: "ingress_trunk",
    AuthField.EGRESS_TRUNK: "egress_trunk",
    AuthField.SERVICE_PROVIDER: "service_provider",
    AuthField.FROM_URI: "from_uri",
    AuthField.TO_URI: "to_uri",
    AuthField.SOURCE_IP: "source_ip",
    AuthField.TARGET_IP: "target_ip",
}
"""The columns of normalised calls that codes see as they are."""


class FieldColumns:
    """One frame's fields, each made once."""

    def __init__(self, calls: pd.DataFrame, zone: ZoneInfo) -> None:
        """Take a frame of normalised calls and the tenant's zone."""
        self._calls, self._zone = calls, zone
        self._made: dict[AuthField, Any] = {}

    def values(self, name: AuthField) -> Any:  # noqa: ANN401 (pyarrow has no types)
        """Return a field as an Arrow array of text; a field that the file lacks is all nulls."""
        if name not in self._made:
            self._made[name] = self._column(name)
        return self._made[name]

    def _column(self, name: AuthField) -> Any:  # noqa: ANN401
        if name in COLUMN_OF:
            texts = text_column(self._calls, COLUMN_OF[name])
            return pa.nulls(len(self._calls), pa.string()) if texts is None else texts
        if name is AuthField.CALL_DIRECTION:
            words = pa.array([word.name.lower() for word in Direction])
            return words.take(pa.array(int_column(self._calls, "direction")))
        if name is AuthField.CALL_DURATION:
            seconds = -(-int_column(self._calls, "talk_ms") // MS_PER_S)
            return pc.cast(pa.array(seconds), pa.string())
        return self._instants("started_ms" if name is AuthField.CALL_STARTED else "ended_ms")

    def _instants(self, name: str) -> Any:  # noqa: ANN401
        instants = nullable_int_column(self._calls, name)
        known = instants.is_valid()
        local = local_ms(pc.fill_null(instants, 0).to_numpy(zero_copy_only=False), self._zone)
        seconds = pa.array(np.floor_divide(local, MS_PER_S)).cast(pa.timestamp("s"))
        texts = pc.strftime(seconds, format="%Y-%m-%d %H:%M:%S")
        return pc.if_else(known, texts, pa.scalar(None, pa.string()))
