-- question: What do the models take for granted, and do these data agree?
-- filters: none
-- columns: title VARCHAR, holds BOOLEAN, sentence VARCHAR
select title, holds, sentence
from meta.premises
order by position
