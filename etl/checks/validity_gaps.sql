-- title: Validity periods of a product leave no gap
-- dimension: completeness
-- severity: warn
-- table: staging.validity
-- scope: row
-- help: A price or cost ends before the next one begins: on the days between, the product's single cost counts, if there is one.
valid_to >= valid_from and date_diff('day', valid_to, next_from) > 1
