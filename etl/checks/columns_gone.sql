-- title: No column is empty that was filled in the delivery before
-- dimension: consistency
-- severity: warn
-- table: quality.columns
-- scope: row
-- warn_at: 1
-- help: The delivery before had values here, the newest has none: the column was dropped or renamed at the source, or the mapping no longer finds it.
earlier_share > 0 and filled_share = 0
