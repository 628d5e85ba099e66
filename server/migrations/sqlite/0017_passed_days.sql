-- The day on which the open days before `next_on` were found to lie too far back to be recorded automatically; none
-- while `next_on` is the first open day. A clock that shows an earlier day than this was wrong then.
alter table recurring add column passed_on text;
drop index recurring_due;
create index recurring_due on recurring (target, next_on) where automatic and deleted_at is null;
create index recurring_passed on recurring (passed_on) where automatic and deleted_at is null and passed_on is not null;
