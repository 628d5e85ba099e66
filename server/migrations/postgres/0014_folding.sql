-- Which folding the `folded` column of a table has, and the last row that was folded again: the program does
-- that at its start, since letters are folded by it and not by the database.
create table folding (
    subject text collate "C" not null primary key,
    version bigint not null,
    after_household uuid not null,
    after_row uuid not null
);
insert into folding (subject, version, after_household, after_row) values
    ('articles', 0, '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000'),
    ('facts', 0, '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000'),
    ('financial_centers', 0, '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000');
