-- title: Every line has a product
-- dimension: completeness
-- severity: info
-- table: staging.order_lines
-- scope: row
-- help: Other lines name a product, these do not. They count in sales and stay out of product figures.
product_key is null and (select has_products from desk.inputs)
