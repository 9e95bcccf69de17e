-- The ledger of a million accounts, plain and partitioned by quarter, in a schema of its own (docs/scaling.md).
-- Run by psql on a scratch database with `generate_accounts 100000 --months 12 --last 2026-10` in it; takes 25 GB.
\timing on
\set ON_ERROR_STOP on
\pset pager off
drop schema if exists scratch cascade;
create schema scratch;

\echo == plain: every generated account ten times over
create unlogged table scratch.plain (like ledger_entry including defaults including constraints);
insert into scratch.plain (id, kind, amount, effective_on, period, key, source, note, created_at, account_id)
  select id + copy * 100000000::bigint, kind, amount, effective_on, period, key || ':' || copy, source, note, created_at,
         account_id + copy * 1000000::bigint
  from ledger_entry, generate_series(0, 9) copy;
alter table scratch.plain add primary key (id);
create unique index on scratch.plain (key);
create index on scratch.plain (account_id, effective_on, id);
analyze scratch.plain;
select count(*) as rows, pg_size_pretty(pg_table_size('scratch.plain')) as "table",
       pg_size_pretty(pg_indexes_size('scratch.plain')) as indexes from scratch.plain;

\echo == by quarter: the same rows
create table scratch.parted (like ledger_entry including defaults including constraints)
  partition by range (effective_on);
\set ON_ERROR_STOP off
\echo == a unique key without the partition key: refused
alter table scratch.parted add primary key (id);
create unique index on scratch.parted (key);
\set ON_ERROR_STOP on
select format('create unlogged table scratch.parted_%s partition of scratch.parted for values from (%L) to (%L)',
              to_char(since, 'YYYY_MM'), since::date, (since + interval '3 months')::date)
  from generate_series(timestamp '2025-10-01', timestamp '2027-01-01', interval '3 months') since \gexec
insert into scratch.parted select * from scratch.plain;
alter table scratch.parted add primary key (id, effective_on);
create unique index on scratch.parted (key, effective_on);
create index on scratch.parted (account_id, effective_on, id);
analyze scratch.parted;

\echo == triggers and foreign keys
create trigger only_grows before update or delete on scratch.plain
  for each row execute function ledger_entry_only_grows();
create trigger only_grows before update or delete on scratch.parted
  for each row execute function ledger_entry_only_grows();
select tgrelid::regclass as "partitions that have the trigger" from pg_trigger
  where tgname = 'only_grows' and tgrelid <> 'scratch.plain'::regclass order by 1;
\set ON_ERROR_STOP off
\echo == a change through the parent and in a partition: refused
delete from scratch.parted where account_id = 1 and id = 1;
update scratch.parted set amount = amount + 1
  where (id, effective_on) = (select id, effective_on from scratch.parted limit 1);
delete from scratch.parted_2026_07 where id = (select min(id) from scratch.parted_2026_07);
\echo == truncate and detach pass the trigger
begin; truncate scratch.parted_2026_07; rollback;
begin; alter table scratch.parted detach partition scratch.parted_2026_07; rollback;
\echo == foreign keys from other tables to a row by its id alone: refused
create table scratch.refers (entry_id bigint references scratch.parted (id));
\echo == by id and day: possible
create table scratch.refers_by_day (
  entry_id bigint, effective_on date, foreign key (entry_id, effective_on) references scratch.parted (id, effective_on));
\set ON_ERROR_STOP on
select conrelid::regclass as "references the ledger today", conname from pg_constraint
  where contype = 'f' and confrelid = 'ledger_entry'::regclass;

\echo == a closing: 300,000 new entries of a month of 100,000 accounts
create temporary table fresh as
  select id + 2000000000::bigint as id, kind, amount, date '2026-11-25' as effective_on, date '2026-11-01' as period,
         key || ':new' as key, source, note, created_at, made_by, approved_by, account_id
  from scratch.plain where account_id < 1000000 and effective_on >= '2026-10-01' and kind <> 'payment' limit 300000;
checkpoint;
explain (analyze, costs off, wal) insert into scratch.plain select * from fresh;
explain (analyze, costs off, wal) insert into scratch.parted select * from fresh;
analyze scratch.plain, scratch.parted;

\echo == a statement: the year of an account, in order
explain (analyze, costs off, buffers) select * from scratch.plain
  where account_id = 5050505 and effective_on between '2026-01-01' and '2026-12-31' order by effective_on, id;
explain (analyze, costs off, buffers) select * from scratch.parted
  where account_id = 5050505 and effective_on between '2026-01-01' and '2026-12-31' order by effective_on, id;
\echo == a statement of one quarter
explain (analyze, costs off, buffers) select * from scratch.parted
  where account_id = 5050505 and effective_on between '2026-10-01' and '2026-12-31' order by effective_on, id;

\echo == a balance: the sum since a checkpoint, which names an id and no day
explain (analyze, costs off, buffers) select sum(amount) from scratch.plain where account_id = 5050505 and id > 500000000;
explain (analyze, costs off, buffers) select sum(amount) from scratch.parted where account_id = 5050505 and id > 500000000;

\echo == a report: turnover of a month over all accounts
explain (analyze, costs off, buffers) select kind, sum(amount) from scratch.plain
  where effective_on >= '2026-10-01' and effective_on < '2026-11-01' group by kind;
explain (analyze, costs off, buffers) select kind, sum(amount) from scratch.parted
  where effective_on >= '2026-10-01' and effective_on < '2026-11-01' group by kind;

\echo == an old quarter goes to an archive
begin; alter table scratch.parted detach partition scratch.parted_2026_01; rollback;
