"""What shops call the canonical columns: exports of common systems and everyday words in six languages.

A strong word says the column by itself; a weak one ("date", "name") only where its values agree.
Names are compared without case, accents, blanks and signs; what stands in brackets is a unit and does not count.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from etl.amounts import CODES

STRONG: dict[str, str] = {
    "order_id": """
        order id, order no, order nr, order number, order ref, order reference, order, invoice, invoice no, invoice nr,
        invoice number, invoice id, receipt, receipt no, receipt number, transaction id, transaction no,
        transaction number, sale id, sales order, sales order id, sales order number, basket id, ticket number,
        increment id, purchase id, document number, doc no, bestellnummer, bestellnr, bestellung, bestell id,
        auftragsnummer, auftragsnr, auftrag, rechnungsnummer, rechnungsnr, rechnung, belegnummer, belegnr, bonnummer,
        vorgangsnummer, numero de commande, numero commande, no commande, n commande, n de commande, num commande,
        id commande, commande, reference commande, numero de facture, numero facture, n facture, facture,
        numero de pedido, numero pedido, num pedido, n pedido, no pedido, id pedido, pedido, numero de factura,
        num factura, factura, ordernummer, bestelnummer, bestelling, factuurnummer, factuur, numero ordine, ordine,
        id ordine, numero fattura, fattura""",
    "ordered_at": """
        ordered at, order date, date ordered, ordered on, order time, order datetime, order timestamp, order created at,
        order purchase timestamp, purchase date, purchased at, purchased on, date of purchase, invoice date,
        transaction date, transaction time, sale date, sales date, date of sale, created at, date created, paid at,
        date paid, document date, posting date, return date, returned at, returned on, date returned, refund date,
        refunded at, refunded on, credit note date, retourdatum, ruckgabedatum, date de retour, fecha de devolucion,
        bestelldatum, auftragsdatum, kaufdatum, verkaufsdatum,
        rechnungsdatum, belegdatum, bestellt am, date de commande, date commande, date d achat, date achat,
        date de vente, date de facture, date facture, fecha de pedido, fecha pedido, fecha del pedido, fecha de compra,
        fecha de venta, fecha factura, fecha de factura, besteldatum, orderdatum, aankoopdatum, factuurdatum,
        data ordine, data fattura""",
    "customer_id": """
        customer id, customer no, customer nr, customer number, customer key, customer code, customer, client id,
        client no, client number, client code, client, user id, buyer id, member id, shopper id, account id,
        account number, cust id, cust no, kundennummer, kundennr, kunden id, kunde, debitor, debitorennummer,
        debitorennr, numero client, numero de client, n client, code client, id client, cliente, id cliente,
        numero de cliente, num cliente, codigo cliente, codigo de cliente, klant, klantnummer, klantnr, klant id,
        klantcode, debiteur, debiteurnummer, codice cliente""",
    "product_id": """
        product id, product key, product no, product number, product code, sku, lineitem sku, item sku, product sku,
        variant sku, item id, item no, item number, item code, stock code, article no, article number, article id,
        article code, variant id, part number, asin, ean, gtin, upc, isbn, barcode, artikelnummer, artikelnr,
        artikel id, artikelcode, produktnummer, produktnr, produkt id, produktcode, reference produit, ref produit,
        reference article, ref article, code article, code produit, id produit, codigo producto, codigo de producto,
        id producto, codigo articulo, codigo de articulo, productcode, productnummer, codice prodotto,
        codice articolo, id prodotto""",
    "product_name": """
        product name, product title, product description, product, item name, item description, lineitem name,
        line item name, article name, description, title, artikelname, artikelbezeichnung, artikelbeschreibung,
        bezeichnung, produktname, produkt, beschreibung, designation, libelle, nom du produit, nom produit, produit,
        nombre producto, nombre del producto, descripcion, producto, productnaam, omschrijving, artikelnaam,
        artikelomschrijving, beschrijving, nome prodotto, descrizione, prodotto""",
    "quantity": """
        quantity, qty, lineitem quantity, order quantity, order qty, item quantity, item qty, quantity ordered,
        qty ordered, quantity sold, units, units sold, pieces, pcs, number of items, return quantity, returned quantity,
        quantity returned, qty returned, returned qty,
        refund quantity, refunded quantity, quantity refunded, qty refunded, menge, anzahl,
        stuck, stueck, stuckzahl, stueckzahl, bestellmenge, quantite, qte, cantidad, cant, unidades, aantal,
        hoeveelheid, stuks, quantita, qta, pezzi""",
    "unit_price": """
        unit price, item price, lineitem price, price, price per unit, price each, sale price, selling price,
        product price, list price, retail price, base price, variant price, unit net price, net price, einzelpreis,
        stuckpreis, stueckpreis, preis, verkaufspreis, vk preis, preis pro stuck, nettopreis, bruttopreis,
        prix unitaire, prix unitaire ht, prix unitaire ttc, prix, prix de vente, prix ht, prix ttc, pu ht,
        precio unitario, precio, precio de venta, pvp, stukprijs, eenheidsprijs, prijs, prijs per stuk, verkoopprijs,
        prezzo unitario, prezzo""",
    "unit_cost": """
        unit cost, cost price, product cost, standard cost, purchase price, cost of goods, cogs, cost per item, cost,
        einkaufspreis, ek preis, einstandspreis, selbstkosten, prix d achat, prix achat, cout unitaire,
        prix de revient, cout, precio de compra, coste unitario, coste, costo unitario, costo, inkoopprijs, kostprijs,
        prezzo di acquisto""",
    "country": """
        country, country code, country name, shipping country, ship country, ship to country, delivery country,
        billing country, customer country, shipping country code, billing country code, land, lieferland, landercode,
        landescode, rechnungsland, pays, pays de livraison, pays de facturation, pais, pais de envio, landcode, paese,
        nazione""",
    "channel": """
        channel, sales channel, order channel, marketing channel, acquisition channel, order source, traffic source,
        utm source, kanal, vertriebskanal, verkaufskanal, marketingkanal, canal, canal de vente, canal de venta,
        canal de ventas, kanaal, verkoopkanaal, canale, canale di vendita""",
    "line_id": """
        line id, line no, line number, line item id, order line, order line id, order line number, order line item,
        order item id, item line, sales order line number, positionsnummer, positionsnr, pos nr, bestellposition,
        numero de ligne, numero ligne, numero de linea, num linea, regelnummer, orderregel, numero riga""",
    "refunded_order_id": """
        refunded order id, refunded order, original order id, original order, original order number,
        original invoice, returned order id, refund of order""",
    "customer_name": """
        customer name, full name, last name, surname, client name, contact name, company name, company, kundenname,
        nachname, firma, nom du client, nom client, nom de famille, raison sociale, nombre del cliente,
        nombre cliente, apellidos, klantnaam, achternaam, bedrijfsnaam, cognome, ragione sociale""",
    "email": """
        email, e mail, mail, email address, e mail address, customer email, billing email, emailadresse,
        e mail adresse, mailadresse, courriel, adresse email, adresse e mail, correo, correo electronico, emailadres,
        e mailadres, indirizzo email""",
    "signed_up_on": """
        signed up on, signed up at, sign up date, signup date, registered at, registered on, registration date,
        date registered, joined, joined on, join date, member since, customer since, account created,
        account created at, created at, date created, registriert am, registrierungsdatum, anmeldedatum, kunde seit,
        angelegt am, date d inscription, date inscription, inscrit le, client depuis, fecha de alta, fecha alta,
        fecha de registro, fecha registro, cliente desde, klant sinds, aanmelddatum, registratiedatum,
        data registrazione, cliente dal""",
    "category": """
        category, category name, product category, product type, product group, department, collection, kategorie,
        produktkategorie, warengruppe, produktgruppe, artikelgruppe, categorie, categorie produit, famille, rayon,
        categoria, familia, productgroep, productcategorie, artikelgroep""",
    "valid_from": """
        valid from, effective from, effective date, start date, gultig ab, gueltig ab, gultig von, gueltig von,
        valable du, date de debut, date debut, valido desde, fecha inicio, geldig vanaf, startdatum, ingangsdatum""",
    "valid_to": """
        valid to, valid until, effective to, end date, gultig bis, gueltig bis, valable jusqu au, date de fin,
        date fin, valido hasta, fecha fin, geldig tot, einddatum, enddatum""",
    "spend_date": """
        spend date, report date, reporting starts, cost date, day, tag, jour, dia, dag, week starting, week beginning,
        week commencing, week of, month starting, month of""",
    "spend": """
        spend, ad spend, amount spent, marketing spend, media cost, ad cost, advertising cost, ausgaben, werbekosten,
        kosten, depenses,
        depense, gasto, inversion, uitgaven, spesa""",
    "occurred_at": "occurred at, event time, event date, event timestamp, event datetime, timestamp, zeitpunkt",
    "event": "event, event name, event type, action, activity, ereignis, evenement, evento, gebeurtenis",
    "contract_id": """
        contract id, contract no, contract number, contract, subscription id, subscription, vertragsnummer, vertragsnr,
        vertrag, abo id, abonummer, numero de contrat, contrat, id abonnement, numero de contrato, contrato,
        contractnummer, abonnement id""",
    "started_on": """
        started on, started at, start date, contract start, subscription start, begin date, startdatum,
        vertragsbeginn, beginn, date de debut, date debut, fecha inicio, fecha de inicio, ingangsdatum, begindatum""",
    "cancelled_on": """
        cancelled on, canceled on, cancelled at, canceled at, cancellation date, ended on, ended at, end date,
        contract end, vertragsende, kundigungsdatum, kuendigungsdatum, gekundigt am, enddatum, date de resiliation,
        date resiliation, date de fin, date fin, fecha de baja, fecha baja, fecha fin, einddatum, opzegdatum""",
    "observed_until": "observed until, observation end, calibration end, snapshot date, as of, as of date",
    "frequency": "frequency, repeat purchases, repeat transactions, frequency cal",
    "recency_days": "recency days, t x, recency cal",
    "T_days": "t days, t, t cal, customer age days",
    "net_sales": "lifetime sales, lifetime revenue, lifetime spend",
    "monetary_value": "monetary value, mean repeat value, monetary value cal",
}

WEAK: dict[str, str] = {
    "order_id": "name, id, number, no, nr, reference, ref, beleg, document, transaction, ticket",
    "ordered_at": """date, datetime, date time, timestamp, time, day, created, created utc, datum, data, fecha, jour,
        tag, dia, zeitpunkt""",
    "customer_id": "id, number, no, nr, email, customer email, billing email, e mail, code, user, account, card number",
    "product_id": "id, number, no, nr, code, item, article, artikel, articulo, articolo, reference, referencia",
    "product_name": "name, item, article, artikel, articulo, articolo, naam, nom, nombre, nome",
    "quantity": "count, volume, items, nombre, amount",
    "unit_price": "item cost, amount, vk, pu, unit amount, dollars",
    "unit_cost": "ek, kosten",
    "country": "market, nation, ship to, region",
    "channel": "source, source name, store, platform, medium, referrer, quelle, fuente, bron",
    "line_id": "line, position, pos, zeile, ligne, linea, regel, riga, lineitem id",
    "customer_name": "name, nom, nombre, naam, nome, client, kunde, first name, vorname, prenom, voornaam",
    "signed_up_on": "created, date, datum, fecha, erstellt am, aangemaakt op, date creation",
    "category": "type, group, gruppe, groep, class, family, subcategory, gamme",
    "valid_from": "from, start, date, since, ab, von, du, desde, vanaf, datum",
    "valid_to": "to, until, end, bis, hasta, tot",
    "spend_date": "date, week, month, datum, fecha, data",
    "spend": "cost, costs, amount, budget, cout, coste, costo",
    "occurred_at": "date, datetime, time, created at, datum, fecha",
    "event": "type, name",
    "contract_id": "id, number, no, nr",
    "started_on": "start, from, created, created at, since, begin, inicio",
    "cancelled_on": "end, to, until, cancelled, canceled, ende, einde",
    # Recency is the silence since the last purchase to marketers, the days from first to last to the models: asked.
    "recency_days": "recency",
    "monetary_value": "monetary",
    "net_sales": "net sales, total sales, total spend, total revenue",
}

_TOTALS = """
    total, order total, order amount, total amount, grand total, amount, total price, total sales, revenue, sales,
    sales amount, value, order value, net sales, subtotal, gross, gross amount, gross sales, dollars, dollar value,
    betrag, gesamtbetrag, gesamt, summe, umsatz, bestellwert, rechnungsbetrag, montant, montant total, total ttc,
    total ht, importe, importe total, bedrag, totaal, totaalbedrag, omzet, importo, totale"""
"What the money of a whole line or order is called."
BRACKETS = re.compile(r"\(.*?\)|\[.*?\]")
UNIT = re.compile(rf"[\s_.,-]+(?:in[\s_])?(?:{'|'.join(CODES)})$")
"A currency behind a name, in capitals: `Cost EUR`."
_REFUNDS = """
    refund id, refund no, refund nr, refund number, refund, return id, return no, return nr, return number, rma, rma no,
    rma number, credit note, credit note no, credit note number, credit memo, credit memo number, gutschriftsnummer,
    gutschriftnr, retourennummer, retour nr, retournummer"""
"What the number of a refund is called: beside it, the number of an order is that of the order refunded."


def plain(name: str) -> str:
    """A header name as it is compared.

    >>> plain("Kunden-Nr."), plain("N° de commande"), plain("Price (EUR)"), plain("Cost EUR")
    ('kundennr', 'ndecommande', 'price', 'cost')
    """
    bare = UNIT.sub("", BRACKETS.sub("", name).strip()) or name
    split = unicodedata.normalize("NFKD", bare.replace("°", "").replace("º", "")).casefold()
    return re.sub(r"[^a-z0-9]", "", split)


@cache
def words(strong: bool) -> dict[str, tuple[str, ...]]:
    """Canonical column -> its names as they are compared, the most telling first."""
    table = STRONG if strong else WEAK
    return {canonical: tuple(plain(name) for name in names.split(",")) for canonical, names in table.items()}


def is_known(name: str) -> bool:
    """Whether any column of any entity may be called so."""
    text = plain(name)
    return any(text in names for strong in (True, False) for names in words(strong).values()) or name in STRONG


TOTALS = frozenset(plain(name) for name in _TOTALS.split(","))
REFUND_IDS = frozenset(plain(name) for name in _REFUNDS.split(","))
