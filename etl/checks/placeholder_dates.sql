-- title: No date is the zero of a calendar
-- dimension: conformity
-- severity: warn
-- table: staging.order_lines
-- scope: row
-- help: 1904, 1970 and 1980 began on these days for computers: the date was empty and became a number. One such line starts the observed period decades early and makes its customer the oldest of the shop.
order_date in (
    cast('1904-01-01' as date), cast('1969-12-31' as date), cast('1970-01-01' as date), cast('1980-01-01' as date)
)
