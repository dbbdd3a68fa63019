"""What this installation is told: defaults < tenure.yaml < TENURE_* variables < flags, frozen and validated.

The file is `tenure.yaml` in the data directory, or the path in TENURE_CONFIG. An unknown key is an error.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from dashapp import written
from dashapp.errors import SettingsError

# Parts of secrets that stand in documentation and images (Flask, Django, Superset, Redash, Airflow, tutorials).
_PUBLISHED_SECRETS = (
    "changeme", "changethis", "secretkey", "supersecret", "thisisa", "thisismys", "mysecret", "yoursecret", "yourown",
    "djangoinsecure", "replaceme", "placeholder", "password", "temporarykey", "testnondevsecret",
    "c292a0a3aa32397cdb050e233733900f", "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
)  # fmt: skip
FOLDERS = ("inbox", "lake", "quarantine", "warehouse", "ledger", "state", "cache", "reports", "mappings", "exports")


class Settings(BaseSettings):
    """Every setting, its default and its meaning. `python -m dashapp config` prints the effective values."""

    model_config = SettingsConfigDict(env_prefix="TENURE_", frozen=True, extra="forbid", cli_parse_args=False)

    data_dir: Path = Field(default=Path("data"), description="Folder for everything the product writes")
    state_url: str = Field(default="", description="State database URL; empty means SQLite in the data directory")
    host: str = Field(default="127.0.0.1", description="Address the server listens on")
    port: int = Field(default=8050, ge=1, le=65535, description="Port the server listens on")
    web_workers: int = Field(default=1, ge=1, le=64, description="Web server processes")
    web_threads: int = Field(default=8, ge=1, le=64, description="Threads per web server process")
    looks_ahead: bool = Field(
        default=True, description="Views one choice away from the one looked at are answered while nobody waits"
    )
    tls: bool = Field(default=False, description="True when users reach the server by https; makes cookies Secure")
    proxies_count: int = Field(default=0, ge=0, le=5, description="Reverse proxies whose X-Forwarded-* are believed")
    secret_key: str = Field(default="", description="At least 32 characters; empty means the generated key file")
    secret_key_fallbacks: tuple[str, ...] = Field(
        default=(), description="Former secret keys, newest first; what they signed stays valid"
    )
    session_idle_minutes: int = Field(default=120, ge=1, description="A session dies after this long unused")
    session_absolute_hours: int = Field(default=24, ge=1, description="A session dies this long after sign-in")
    shop_name: str = Field(default="", description="Shown in the header; empty means the source's own name")
    currency: str = Field(default="", description="ISO 4217 code; empty means what the source declares")
    locale: str = Field(
        default=written.DEFAULT,
        description="How numbers, money and dates are written, for example en_GB, en_US, de_DE, fr_FR",
    )
    week_start: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = Field(
        default="monday", description="First day of the week in charts by week"
    )
    model: str = Field(default="mbg_nbd", description="Default purchase model: a name from the model shelf")
    horizon_days: int = Field(default=365, ge=1, le=3650, description="Default horizon of predicted CLV, days")
    annual_discount_rate: float = Field(default=0.10, ge=0, le=5, description="Default discount rate per year")
    gross_margin: float = Field(default=1.0, gt=0, le=1, description="Share of net sales counted as value; 1 = revenue")
    backtest_models: tuple[str, ...] = Field(
        default=("bg_nbd", "mbg_nbd", "pareto_nbd", "mbg_nbd+season"),
        description="Purchase models every refresh tests on the past; `model` is always among them",
    )
    backtest_origins: int = Field(default=3, ge=1, le=12, description="Cut-offs of the backtest")
    health_high_risk_below: float = Field(
        default=30.0, gt=0, lt=100, description="Health scores below this are high risk of not buying in the horizon"
    )
    health_low_risk_from: float = Field(
        default=70.0, gt=0, lt=100, description="Health scores from this on are low risk; the rest is medium"
    )
    valid_min_customers: int = Field(default=500, ge=1, description="Fewer buyers: no predicted money is shown")
    valid_min_repeaters: int = Field(default=100, ge=1, description="Fewer repeat buyers: no predicted money is shown")
    valid_min_days: int = Field(default=180, ge=1, description="Fewer days of data: no predicted money is shown")
    valid_min_horizons: float = Field(
        default=2.0, gt=0, description="Data shorter than this many horizons: predictions rank, amounts are doubtful"
    )
    valid_max_correlation: float = Field(
        default=0.30, gt=0, le=1, description="Frequency and spend correlated beyond this: amounts are doubtful"
    )
    valid_min_gini: float = Field(
        default=0.10, ge=-1, le=1, description="Backtest ranking below this Gini: no predicted money is shown"
    )
    valid_max_total_error: float = Field(
        default=0.20, gt=0, description="Backtest total wrong by more than this share: amounts are doubtful"
    )
    valid_max_coverage_error: float = Field(
        default=0.05, gt=0, description="Interval coverage short by more than this share: amounts are doubtful"
    )
    keep_snapshots: int = Field(default=5, ge=1, le=1000, description="Published snapshots kept for rollback")
    keep_deliveries: int = Field(
        default=10, ge=1, le=1000, description="Versions of the loaded data kept, so that an import can be undone"
    )
    keep_raw_files: bool = Field(
        default=True, description="Files are kept as delivered while one of those versions has rows of them"
    )
    max_reject_share: float = Field(default=0.10, ge=0, le=1, description="A refresh stops above this share of rejects")
    non_product_codes: tuple[str, ...] = Field(
        default=(
            "POST",
            "DOT",
            "M",
            "D",
            "B",
            "S",
            "C2",
            "PADS",
            "CRUK",
            "BANK CHARGES",
            "AMAZONFEE",
            "ADJUST",
            "ADJUST2",
            "TEST001",
            "TEST002",
            "SP1002",
            "SHIPPING",
            "FEE",
        ),
        description="Product codes that are charges, not products: money counts, units and baskets do not",
    )
    upload_max_mb: int = Field(default=200, ge=1, le=2000, description="Largest file that can be uploaded, MB")
    upload_quota_mb: int = Field(default=1000, ge=1, description="Uploads kept for one person at a time, MB")
    upload_quota_files: int = Field(default=20, ge=1, description="Uploads kept for one person at a time, files")
    upload_keep_hours: int = Field(default=72, ge=1, description="An uploaded file is removed after this long")
    exports_per_hour: int = Field(default=10, ge=1, description="Lists and pages one person may export in an hour")
    card_exports_per_hour: int = Field(
        default=120, ge=1, description="Single charts one person may export as data or image in an hour"
    )
    export_direct_rows: int = Field(
        default=50_000, ge=1, description="A workbook of more customers is made in the background"
    )
    export_analyst_rows: int = Field(
        default=250_000, ge=1, le=1_000_000, description="Most customers in a file of an analyst; others 1,000,000"
    )
    export_keep_hours: float = Field(
        default=24, gt=0, description="A file made in the background is removed after this long"
    )
    duckdb_memory_limit: str = Field(default="1GB", description="DuckDB memory limit per process")
    refresh_memory_limit: str = Field(
        default="2GB", description="DuckDB memory limit of a refresh; beyond it, it spills to disk"
    )
    duckdb_threads: int = Field(default=2, ge=1, description="DuckDB threads per process")
    query_timeout_seconds: float = Field(default=10, gt=0, description="A page query is interrupted after this long")
    computations_limit: int = Field(default=2, ge=1, description="Background computations running at once")
    computation_ttl_hours: float = Field(default=24, gt=0, description="A computed result is kept this long")
    job_memory_mb: int = Field(
        default=8192, ge=0, description="Address space the process of a job may take, MB; 0: no limit of its own"
    )
    job_cpu_minutes: int = Field(
        default=240, ge=0, description="Processor time the process of a job may take, minutes; 0: no limit of its own"
    )
    job_lost_after_seconds: float = Field(default=15, gt=0, description="A job without a heartbeat is lost after this")
    plotly_bundle: str = Field(
        default="", description="A smaller file of plotly.js of the same version for the browser; empty means the whole"
    )
    chromium_path: str = Field(default="", description="Browser for server-side images; empty means search the PATH")
    log_format: Literal["json", "text"] = Field(default="text", description="Log line format")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Least severe line logged"
    )

    @field_validator("locale")
    @classmethod
    def _known_locale(cls, value: str) -> str:
        return written.known(value)

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @field_validator("secret_key")
    @classmethod
    def _strong(cls, value: str) -> str:
        if value and weak_secret(value):
            raise ValueError(f"must have at least 32 characters and {weak_secret(value)}")
        return value

    @field_validator("secret_key_fallbacks")
    @classmethod
    def _all_strong(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(cls._strong(value) for value in values if value)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _YamlFile(settings_cls)

    def folder(self, name: str) -> Path:
        """A folder of the data directory, made private (0700) when first asked for."""
        path = self.data_dir / name
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        return path

    @property
    def state_database(self) -> str:
        """The URL of the state database."""
        return self.state_url or f"sqlite:///{self.folder('state') / 'tenure.db'}"


def weak_secret(value: str) -> str:
    """What makes a secret key guessable, or nothing.

    Published keys count as known: two thirds of 3,000 exposed Superset servers used the shipped one (CVE-2023-27524).

    >>> weak_secret("short")
    'be longer'
    >>> weak_secret("CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET")
    'not be a published default'
    """
    plain = re.sub(r"[^a-z0-9]", "", value.casefold())
    if len(value) < 32:
        return "be longer"
    if len(set(value)) < 8:
        return "not be a repeated pattern"
    return "not be a published default" if any(part in plain for part in _PUBLISHED_SECRETS) else ""


class _YamlFile(PydanticBaseSettingsSource):
    """The YAML file, found before the settings are: beside the data or where TENURE_CONFIG says."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        path = _config_path(self.current_state.get("data_dir"))
        return _read_yaml(path) if path else {}


def _config_path(data_dir: Any) -> Path | None:
    named = os.environ.get("TENURE_CONFIG")
    if named and not Path(named).is_file():
        raise SettingsError(f"TENURE_CONFIG names {named}, which is not a file.", "Correct the path or unset it.")
    path = Path(named) if named else Path(data_dir or "data") / "tenure.yaml"
    return path if path.is_file() else None


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError as error:
        raise SettingsError(f"{path} is not valid YAML: {error}.", "Check the indentation and the colons.") from error
    if not isinstance(content, dict):
        raise SettingsError(f"{path} must hold `key: value` lines.", "See docs/reference.md.")
    return content


def load(**flags: Any) -> Settings:
    """The effective settings; this process writes numbers and days as they say.

    Raises SettingsError that names every key that cannot be used.
    """
    try:
        _refuse_unknown_variables()
        settings = Settings(**{key: value for key, value in flags.items() if value is not None})
    except ValidationError as error:
        lines = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"The settings cannot be used: {lines}.", "See docs/reference.md for every key.") from error
    written.use(settings.locale, settings.week_start)
    return settings


def _refuse_unknown_variables() -> None:
    known = {f"TENURE_{name}".upper() for name in Settings.model_fields} | {"TENURE_CONFIG", "TENURE_ACTOR"}
    unknown = sorted(
        name
        for name in os.environ
        if name.startswith("TENURE_") and not name.startswith("TENURE_TEST_") and name not in known
    )
    if unknown:
        raise SettingsError(f"Unknown setting {', '.join(unknown)}.", "See docs/reference.md for every key.")
