-- title: Returned goods were sold before
-- dimension: consistency
-- severity: warn
-- table: marts.refunds
-- scope: row
-- help: No earlier sale of as many pieces to the customer is in the data, the line names no customer or product, or it names an order that is not there. It was bought before the data begins, or the sale is missing. The money counts; the link to an order is missing.
kind = 'return' and refunded_order_id is null
