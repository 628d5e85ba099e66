-- Somebody who left or was removed. The row stays: transactions tell who recorded them.
alter table members add column removed_at bigint;
