-- title: No column is emptier by ten points than in the delivery before
-- dimension: consistency
-- severity: warn
-- table: quality.columns
-- scope: row
-- warn_at: 1
-- help: Fewer rows of the newest delivery fill this column. A part of the source may have stopped sending it.
filled_share > 0 and round(earlier_share - filled_share, 9) >= 0.1
