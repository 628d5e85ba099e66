-- The sum of the transactions of an account that are not deleted, so that a balance costs no sum; and the number of the
-- household's last change that is in these sums. If the log is ahead of it, a process of an earlier version has written:
-- then balances are summed as before, and the next change counts anew. The number is written first, which locks the
-- households against such processes until the sums are.
alter table households add column sums_seq bigint;
alter table financial_centers add column facts_sum bigint not null default 0;
update households set sums_seq = seq;
update financial_centers set facts_sum = coalesce((select cast(sum(f.amount) as bigint) from facts f
    where f.household_id = financial_centers.household_id and f.financial_center_id = financial_centers.id
    and f.deleted_at is null), 0);
