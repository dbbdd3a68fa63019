from __future__ import annotations

import pandas as pd

from dashapp.web.components.accounts_of_lines import checks

ROWS = (("failed", "warn"), ("failed", "info"), ("warning", "warn"), ("passed", "stop"))


def test_a_warning_is_no_failure_and_no_pass():
    frame = pd.DataFrame(ROWS, columns=["status", "severity"]).assign(
        title="t", offending_rows=1, checked_rows=2, amount=0, help="h"
    )
    said = str(checks(frame, "GBP"))
    assert "1 passed, 1 failed, 2 to know." in said
    assert said.count("'Warning'") == 1
