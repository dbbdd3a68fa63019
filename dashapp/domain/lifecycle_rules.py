"""The thresholds of the life of products, all in one place, and the numbers their stages have inside matrices."""

from __future__ import annotations

from dataclasses import dataclass

from dashapp.domain.vocabulary import LifecycleStage as Stage

STAGES = tuple(Stage)
CODE = {stage: code for code, stage in enumerate(STAGES)}
PHASES = STAGES[:4]
"Those of a curve, in order."
NONE = -1
"Not on sale yet."
METHODS = ("none", "rule", "bass", "gompertz", "trend", "held")
"held: the last month says something else, and one month changes nothing."


@dataclass(frozen=True)
class LifecycleRules:
    """Every threshold of the definition. Periods are whole calendar months."""

    least_periods: int = 6
    "Fewer months on sale than this are too early to say."
    least_units: float = 30.0
    "Fewer pieces sold than this are too early to say."
    new_periods: int = 3
    "A product launched fewer months ago is new."
    launch_after_months: float = 1.0
    "A first sale within this of the first observed day may not be the launch: the product may be older than the data."
    settling_periods: int = 6
    "Of such products these first months are left out: every buyer looks like a first-time buyer at the start."
    agreeing_periods: int = 2
    "Months in a row that must agree before a stage changes."
    agreeing_trends: int = 3
    "The same where the trend of a few months decides: two such trends share most of their months."
    history_periods: int = 24
    "Cut-offs that are judged, the last one included."
    draws: int = 60
    "Resampled curves per product behind the probabilities."
    season_units: float = 20.0
    "Categories that sell less a month take the season of the whole shop."
    gaps_least: int = 20
    "With fewer gaps between days of sale, three times the median gap takes the place of their 95th percentile."
    dormant_floor_days: float = 60.0
    "No silence shorter than this is dormancy, however often the product usually sells."
    dormant_fallback_days: float = 90.0
    "The same for products with few gaps."
    discontinued_days: float = 365.0
    "A silence longer than this, and than the one allowed, ends the product."
    revived_periods: int = 6
    "Months for which a product counts as revived after it sold again."
    seasonal_share: float = 0.8
    "Share of each of the last two years' units in the same few calendar months that makes a product seasonal."
    seasonal_span: int = 4
    "How many consecutive calendar months those are."
    steady_periods: int = 12
    "Months over which sales must be flat to be steady."
    steady_band: float = 0.03
    "Change per month, relative, that still is flat; the slope and one standard error must lie within."
    steady_new_share: float = 0.5
    "Steady sales are repeat sales: at most this share of the buyers may be first-time buyers."
    trend_periods: int = 6
    "Months of the slope that decides where a curve says no more than a constant."
    trend_growth: float = 0.02
    "Slope of ln(1 + units) per month beyond which the trend is growth, or decline."
    trend_level: float = 0.6
    "Last three months against the best three; below it a product that does not grow declines."
    seed: int = 20260101
    "Of the resampling."
