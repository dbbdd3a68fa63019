"""The columns of the products list."""

from __future__ import annotations

from dash.development.base_component import Component

from dashapp.domain.product_listing import ProductListing
from dashapp.services import export_products
from dashapp.web.components.server_grid import column, explained, server_grid

_COLUMNS = (
    column("product_name", "Product", "text", 230, cellRenderer="TenureProduct", pinned="left"),
    column("product_id", "Code", "text", 110),
    column("category", "Category", "text", 130),
    column("stage", "Stage", "text", 250, cellRenderer="TenureStage", tooltipField="reason"),
    column("stage_probability", "Probability", "share", 140),
    column("net_sales", "Net sales", "money", 140),
    column("trend", "12 months", "text", 130, cellRenderer="TenureTrend", sortable=False),
    column("units", "Units", "count", 110),
    column("gross_margin", "Gross margin", "money", 140),
    column("buyers", "Buyers", "count", 110),
    column("repeat_rate", "Repeat rate", "share", 140),
    column("first_purchase_share", "First purchase", "share", 150),
    column("starter_value", "Starters’ value", "money", 150, tooltipField="starter_words"),
    column("return_rate", "Return rate", "share", 140),
    column("last_sold_on", "Last sold", "date", 130),
)
COLUMNS = explained(_COLUMNS, export_products.COLUMNS)
"In order; the first stays in view. All but the twelve months sort."


def product_grid(grid_id: str, listing: ProductListing) -> Component:
    """The grid in the order of `listing`."""
    order = (listing.sort, listing.descending)
    return server_grid(grid_id, COLUMNS, "product_id", "min(60vh, 560px)", order)
