"""The columns of the products list."""

from __future__ import annotations

from dash.development.base_component import Component

from dashapp.domain.product_listing import ProductListing
from dashapp.web.components.server_grid import column, server_grid

COLUMNS = (
    column("product_name", "Product", "text", 230, cellRenderer="TenureProduct", pinned="left"),
    column("product_id", "Code", "text", 110),
    column("category", "Category", "text", 130),
    column("stage", "Stage", "text", 250, cellRenderer="TenureStage", tooltipField="reason",
           headerTooltip="Where the product stands in its life"),
    column("stage_probability", "Probability", "share", 140,
           headerTooltip="Share of resampled curves or trends in that stage"),
    column("net_sales", "Net sales", "money", 140, headerTooltip="Sales less returns, all observed days"),
    column("trend", "12 months", "text", 130, cellRenderer="TenureTrend", sortable=False,
           headerTooltip="Units of the last twelve whole months"),
    column("units", "Units", "count", 110, headerTooltip="Pieces sold less pieces returned"),
    column("gross_margin", "Gross margin", "money", 140,
           headerTooltip="Net sales less cost of goods; blank without costs"),
    column("buyers", "Buyers", "count", 110, headerTooltip="Identified customers who bought it"),
    column("repeat_rate", "Repeat rate", "share", 140, headerTooltip="Buyers who bought it on two days or more"),
    column("first_purchase_share", "First purchase", "share", 150,
           headerTooltip="Buyers who had it on their first purchase day"),
    column("starter_value", "Starters’ value", "money", 150, tooltipField="starter_words",
           headerTooltip="Past net sales of a customer who started with it; blank below 20 such customers"),
    column("return_rate", "Return rate", "share", 140, headerTooltip="Pieces returned of pieces sold"),
    column("last_sold_on", "Last sold", "date", 130),
)  # fmt: skip
"In order; the first stays in view. All but the twelve months sort."


def product_grid(grid_id: str, listing: ProductListing) -> Component:
    """The grid in the order of `listing`."""
    order = (listing.sort, listing.descending)
    return server_grid(grid_id, COLUMNS, "product_id", "min(60vh, 560px)", order)
