"""Downloads of the products list, each noted in the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from flask.typing import ResponseReturnValue

from dashapp.domain.product_listing import ProductListing
from dashapp.services.export_desk import Leaving
from dashapp.services.export_products import ProductsFile, ProductsRequest
from dashapp.web import asof, identity
from dashapp.web.route import Route
from dashapp.web.routes.exports import CSV, XLSX, both, download, note, pieces, plain

if TYPE_CHECKING:
    from dashapp.services.services import Services


def products_csv(services: Services) -> ResponseReturnValue:
    """The whole list, streamed."""
    file = _file(services)
    _leave(services, "products.csv", file)
    return plain(file.csv(), file.name("csv"), "/export/products-about.csv")


def products_zip(services: Services) -> ResponseReturnValue:
    """The same beside the file that explains it."""
    file = _file(services)
    _leave(services, "products.csv", file)
    return both(file.csv(), file.about_csv(), file.name)


def products_xlsx(services: Services) -> ResponseReturnValue:
    """The whole list as a workbook with an About sheet."""
    file = _file(services)
    _leave(services, "products.xlsx", file)
    return download(pieces(file.xlsx(services.settings)), XLSX, file.name("xlsx"))


def products_about(services: Services) -> ResponseReturnValue:
    """What the columns of the CSV file mean and where its figures come from."""
    file = _file(services)
    return download([file.about_csv()], CSV, file.name("about.csv"))


def _leave(services: Services, target: str, file: ProductsFile) -> None:
    """The journal knows of the download before its first byte leaves. Raises Throttled."""
    snapshot, filters = asof.shown(services).id, file.request.listing.sentence()
    note(services, Leaving(target, file.rows, snapshot, filters, request.full_path, matching=file.matching))


def _file(services: Services) -> ProductsFile:
    listing = ProductListing.from_query(request.args.to_dict())
    asked = ProductsRequest(listing, identity.principal().user_name, services.clock())
    return ProductsFile(asof.shown(services), asked)


ROUTES = (
    Route("/export/products.csv", "exports.products_csv", products_csv, "exports:run"),
    Route("/export/products.zip", "exports.products_zip", products_zip, "exports:run"),
    Route("/export/products.xlsx", "exports.products_xlsx", products_xlsx, "exports:run"),
    Route("/export/products-about.csv", "exports.products_about", products_about, "exports:run"),
)
