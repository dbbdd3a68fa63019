-- title: Validity periods of a product do not overlap
-- dimension: consistency
-- severity: warn
-- table: staging.validity
-- scope: row
-- help: A price or cost begins before the one before it has ended, or ends before it begins. The later start wins; correct the dates in the list.
valid_to < valid_from or next_from <= valid_to or next_from = valid_from
