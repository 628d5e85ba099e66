-- The list in its order, all of it or of one category or account, with what it is filtered and summed by: rows that do
-- not match, and the sums of months, are read from the index alone.
create index facts_listed on facts (household_id, date, created_seq, id, folded, amount, article_id, financial_center_id, deleted_at)
    where deleted_at is null;
drop index facts_order;
-- Of a tag only notes with one are read.
create index facts_tagged on facts (household_id, date, created_seq, id, folded)
    where deleted_at is null and folded like '%#%';
drop index facts_article;
create index facts_article on facts (household_id, article_id, date, created_seq, id, deleted_at);
drop index facts_financial_center;
create index facts_financial_center on facts (household_id, financial_center_id, date, created_seq, id, amount, deleted_at);
-- The plans of some months, in the order of their list.
drop index plans_month;
create index plans_month on plans (household_id, month, article_id);
