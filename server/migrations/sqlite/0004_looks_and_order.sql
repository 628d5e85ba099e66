-- How a category looks, and in which order the accounts stand. Until now they stood by name; the steps
-- leave room to put one between two others.
alter table articles add column icon text not null default '';
alter table articles add column colour bigint not null default 0;
alter table financial_centers add column position bigint not null default 0;
update financial_centers set position = 1048576 * (select count(*) from financial_centers other
    where other.household_id = financial_centers.household_id
    and (other.folded < financial_centers.folded or (other.folded = financial_centers.folded and other.id <= financial_centers.id)));
